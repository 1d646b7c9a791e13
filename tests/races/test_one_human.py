"""Institutions that register one human at the same moment register one."""

from datetime import date

import pytest

from programs import transfer
from programs.choices import ImportKind
from programs.domain import participants
from programs.models import Participant
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.programs.transfer.conftest import as_csv

from .acts import meet
from .test_scarce_things import refusals
from .worlds import user

NIK, PASSPORT = "0011226005010001", "A1234567"
TOLD = 'INSERT INTO "programs_auditevent"'


def schools(world):
    """Let somebody be known by the passport alone; two schools know the NIK."""
    world.by = factories.administrator()
    factories.country.make(code="ID", currency="IDR")
    world.schools = [factories.institution.make() for _each in range(3)]
    registering(world, 0, passport=PASSPORT)()


def registering(world, school, **ids):
    """Return a call that registers the human as the API does."""
    home = world.schools[school]

    def register():
        return participants.register(
            by=user(world.by),
            now=NOW,
            registered_by=home,
            home_institution=home,
            code=f"P-{school}",
            given_name="Siti",
            birth_date=date(2001, 5, 20),
            sex="F",
            citizenship_id="ID",
            kkni=6,
            isced_f="0714",
            **ids,
        )

    return register


def by_file(world, school, **ids):
    """Return a call that registers the human by a file that was checked before."""
    code = world.schools[school].code
    row = {
        "code": f"P-{school}",
        "given_name": "Siti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": "ID",
        "home_institution": code,
        "registered_by": code,
        "kkni": "6",
        "isced_f": "0714",
        **ids,
    }
    facts = {"by": world.by, "now": NOW}
    report = transfer.check(
        ImportKind.PARTICIPANTS, as_csv([row]), filename="p.csv", **facts
    )
    assert not report.bad, [each.problems for each in report.bad]

    def take():
        return transfer.apply(
            report.batch, digest=report.digest, by=user(world.by), now=NOW
        )

    return take


@pytest.mark.parametrize("file_is_first", [True, False])
def test_a_chain_that_closes_at_once_is_one_human(prepare, file_is_first):
    """One brings the NIK, the other the NIK with a passport that a third has."""
    world = prepare(schools)
    file = by_file(world, 1, nik=NIK)
    bridge = registering(world, 2, nik=NIK, passport=PASSPORT)
    acts = (file, bridge) if file_is_first else (bridge, file)
    one, other = meet(acts[0], before=TOLD, second=acts[1])
    assert refusals(one, other) == []
    assert Participant.objects.filter(code__startswith="P-").count() >= 3
    keys = Participant.objects.exclude(human_key="").values_list("human_key", flat=True)
    assert len(keys) == 3
    assert len(set(keys)) == 1
