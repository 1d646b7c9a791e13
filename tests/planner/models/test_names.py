"""What a row of a run is called, where people meet it: in the trail and in lists."""

from datetime import UTC, datetime

import pytest

from api import models as partners
from planner import models
from planner.models.filing import FileJob
from planner.models.parts import RunPart
from planner.models.searches import Search
from planner.models.ticks import Tick
from programs.models import (
    Application,
    ImportBatch,
    Institution,
    Intake,
    Participant,
    Program,
    Slot,
    User,
)

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
RUN = models.AllocationRun(number=7)
HOST = Institution(name="Monash")
INTAKE = Intake(program=Program(title_en="Nurses"), code="JP-1")
PERSON = Application(
    participant=Participant(given_name="Sari", code="P1"), intake=INTAKE
)
SLOT = Slot(role_title_en="Carer", code="S1")
PUBLICATION = models.Publication(run=RUN, published_at=NOON)

NAMES = {
    "run": (RUN, "Run 7"),
    "approval": (
        models.Approval(run=RUN, approver=User(username="rina")),
        "Run 7: rina",
    ),
    "artifact": (models.RunArtifact(run=RUN, kind="problem"), "Run 7: problem"),
    "part": (RunPart(run=RUN, name="0-1"), "Run 7: 0-1"),
    "search": (Search(run=RUN, state="queued"), "Run 7: queued"),
    "price": (models.LimitPrice(label_en="Seats", price=2.5), "Seats: 2.5"),
    "proposal": (
        models.Proposal(application=PERSON, slot=SLOT),
        f"{PERSON} → Carer (S1)",
    ),
    "reserve": (
        models.Reserve(application=PERSON, slot=SLOT, position=3),
        f"Carer (S1) 3: {PERSON}",
    ),
    "unplaced": (
        models.Unplaced(application=PERSON, main_reason="no_room"),
        f"{PERSON}: no_room",
    ),
    "person": (PERSON, "Sari (P1) → Nurses – JP-1"),
    "publication": (PUBLICATION, "Run 7 (2026-11-28)"),
    "published intake": (
        models.PublishedIntake(publication=PUBLICATION, intake=INTAKE),
        "Run 7 (2026-11-28): Nurses – JP-1",
    ),
    "file": (
        FileJob(step="check", batch=ImportBatch(filename="a.csv", kind="slots")),
        "check: a.csv (slots)",
    ),
    "tick": (Tick(at=NOON), "2026-11-28T12:00:00+00:00"),
    "key": (partners.InstitutionKey(name="HR", institution=HOST), "HR (Monash)"),
    "answer": (partners.IdempotencyRecord(route="/runs/", key="k1"), "/runs/ k1"),
    "endpoint": (
        partners.WebhookEndpoint(url="https://a.example", institution=HOST),
        "https://a.example (Monash)",
    ),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_row_is_called_by_what_it_is_about(kind):
    row, name = NAMES[kind]
    assert str(row) == name
