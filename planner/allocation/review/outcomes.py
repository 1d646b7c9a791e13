"""How a published plan ended for one nominee, in words fit for the sender."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from planner.models import (
    PublishedIntake,
    Unplaced,
    WhatIf,
    difference_words,
    reason_words,
)
from programs.choices import ApplicationState, PlacementState
from programs.models import Application, Placement, ReserveEntry


def is_asked_why(application: Application, placed: Iterable[str]) -> bool:
    """Return whether the plan's reasons are what somebody without a place is told.

    Not who was offered a place after all, whatever became of it, nor who withdrew: what
    happened then is the reason, and the plan's would contradict it.

    Parameters
    ----------
    placed: states of the person's placements.
    """
    later = set(placed) - {PlacementState.SUPERSEDED}
    return application.state != ApplicationState.WITHDRAWN and not later


def for_sender(application: Application) -> dict[str, Any]:
    """Return the outcome of a nomination: reasons, and places on waiting lists.

    Nothing in it is about anybody else. Before a plan is published there is nothing.
    """
    return for_senders([application])[application.pk]


def for_senders(applications: Sequence[Application]) -> dict[Any, dict[str, Any]]:
    """Return {nomination: its outcome}, in a constant number of queries."""
    intakes = {row.intake_id for row in applications}
    live = PublishedIntake.objects.filter(intake__in=intakes, is_live=True)
    publications = {
        row.intake_id: row.publication for row in live.select_related("publication")
    }
    runs = [publication.run_id for publication in publications.values()]
    rows = Unplaced.objects.filter(run__in=runs, application__in=applications)
    left_out = {(row.run_id, row.application_id): row for row in rows}
    waiting = defaultdict(list)
    entries = ReserveEntry.objects.filter(
        publication__in={publication.pk for publication in publications.values()},
        application__in=applications,
    ).order_by("position", "slot")
    named = ("publication", "application", "slot", "position", "is_open")
    for publication, application, *entry in entries.values_list(*named):
        line = dict(zip(named[2:], entry, strict=True))
        waiting[publication, application].append(line)
    placed = defaultdict(list)
    rows = Placement.objects.filter(application__in=applications).order_by()
    for application, state in rows.values_list("application_id", "state"):
        placed[application].append(state)
    asked = defaultdict(list)
    questions = WhatIf.objects.filter(
        run__in=runs, application__in=applications, changes=[]
    )
    for question in questions.order_by("-created_at", "pk"):
        asked[question.run_id, question.application_id].append(question)
    found = {}
    for row in applications:
        publication = publications.get(row.intake_id)
        if publication is None:
            found[row.pk] = dict(NOTHING)
            continue
        found[row.pk] = _outcome(
            publication.published_at,
            left_out.get((publication.run_id, row.pk))
            if is_asked_why(row, placed[row.pk])
            else None,
            waiting[publication.pk, row.pk],
            asked[publication.run_id, row.pk],
        )
    return found


NOTHING: dict[str, Any] = {
    "published_at": None,
    "main_reason": None,
    "reasons": [],
    "different": None,
    "waiting": [],
}
"""What there is before a plan is published."""


def _outcome(
    published_at: Any,
    left_out: Unplaced | None,
    waiting: list[Any],
    asked: list[WhatIf],
) -> dict[str, Any]:
    return {
        "published_at": published_at,
        "main_reason": left_out.main_reason if left_out else None,
        "reasons": [told(reason) for reason in left_out.reasons] if left_out else [],
        "different": left_out
        and difference_words.for_reader(left_out, _differently(left_out, asked)),
        "waiting": waiting,
    }


def _differently(left_out: Unplaced, asked: list[WhatIf]) -> str:
    """Return how a plan with the person there compares, and what would change it."""
    sentences = (
        left_out.compared_for_participant(asked),
        left_out.differently_for_participant(),
    )
    return " ".join(filter(None, sentences))


def told(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a stored reason without other people's data, and where it is about."""
    return {
        "code": reason["code"],
        "text": reason_words.for_participant(reason),
        "slot": reason.get("slot"),
        "pathway": reason.get("pathway"),
    }
