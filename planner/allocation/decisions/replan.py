"""Replanning: a new plan that keeps what was decided, or pays for each change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from planner.allocation.problem.objective import WEIGHT_OF_STATE
from planner.allocation.review.compare import places
from planner.models import AllocationRun, LimitKind, PublishedIntake, RunKind, Unplaced
from programs.domain.actors import Actor
from programs.models import Application, Placement
from programs.models.base import localised
from programs.refusals import Refusal, RefusalKind

from . import request

CHANGE_PRICE = 2000
"""Points a changed offer costs unless said otherwise: two people placed."""


@dataclass(frozen=True)
class DecisionChange:
    """Somebody whose decided place a replanning would change."""

    application: Application
    state: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str


def replan(
    base: AllocationRun,
    *,
    by: Actor,
    now: datetime,
    change_price: int = CHANGE_PRICE,
    **limits: Any,
) -> AllocationRun:
    """Ask for a run that starts from what is decided.

    Parameters
    ----------
    base: the run whose publication is in force.
    change_price: points each changed offer costs; accepted ones cost three times,
        confirmed ones five times as much. Who has departed stays where they are.
    limits: seconds, gap, workers, seed, and ``rings``, as for any run.
    """
    if not PublishedIntake.objects.filter(publication__run=base, is_live=True).exists():
        raise Refusal(
            "not-published",
            _("Run %(number)d is not published; only a plan in force is replanned.")
            % {"number": base.number},
            kind=RefusalKind.CONFLICT,
        )
    return request.allocate(
        intakes=list(base.intakes.all()),
        by=by,
        now=now,
        profile=base.profile,
        kind=RunKind.REPLAN,
        base=base,
        change_price=change_price,
        **limits,
    )


def changes(run: AllocationRun) -> list[DecisionChange]:
    """Return whose decided place the plan of a replanning changes, and why."""
    standing: dict[UUID, list[Placement]] = {}
    rows = (
        Placement.objects.filter(
            application__intake__in=run.intakes.all(), state__in=WEIGHT_OF_STATE
        )
        .select_related("slot")
        .order_by("slot__starts_on")
    )
    for placement in rows:
        standing.setdefault(placement.application_id, []).append(placement)
    after = places(run)
    moved = [
        pk
        for pk, held in standing.items()
        if tuple(placement.slot.code for placement in held) != after.get(pk, ())
    ]
    reasons = {row.application_id: row for row in run.unplaced.all()}
    applications = Application.objects.select_related("participant").in_bulk(moved)
    return [
        DecisionChange(
            application=applications[pk],
            state=standing[pk][0].get_state_display(),
            before=tuple(placement.slot.code for placement in standing[pk]),
            after=after.get(pk, ()),
            why=why(run, standing[pk], reasons.get(pk)),
        )
        for pk in sorted(moved, key=str)
    ]


def why(run: AllocationRun, held: list[Placement], unplaced: Unplaced | None) -> str:
    """Return why somebody does not keep the decided place, in words for planners."""
    codes = {placement.slot.code for placement in held}
    if unplaced is not None:
        sentences = zip(unplaced.reasons, unplaced.for_planner(), strict=True)
        own = [text for reason, text in sentences if reason.get("slot") in codes]
        return (own or unplaced.for_planner())[0]
    seats = run.prices.filter(kind=LimitKind.SEATS, code__in=codes)
    full = [row for row in seats if row.is_full]
    if full:
        name = localised(full[0].label_en, full[0].label_id)
        return _("%(slot)s is full after what has changed.") % {"slot": name}
    return _("Moving is worth more to the plan than the price of the change.")
