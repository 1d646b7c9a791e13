"""Replanning: a new plan that keeps what was decided, or pays for each change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from planner.allocation.results import losses
from planner.allocation.results.losses import Loss
from planner.models import (
    AllocationRun,
    LimitKind,
    LimitPrice,
    PublishedIntake,
    RunKind,
    Unplaced,
    loss_words,
)
from programs import formats
from programs.domain.actors import Actor
from programs.models import Application
from programs.models.base import localised
from programs.refusals import Refusal, RefusalKind

from . import request

CHANGE_PRICE = 2000
"""Points a moved offer costs unless said otherwise: two people placed."""
MOST = 1_000_000
"""The highest price of a change, and the most changes, that anybody may ask for."""


@dataclass(frozen=True)
class DecisionChange:
    """Somebody who would not keep what was decided; places are slot codes."""

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
    most_changes: int | None = None,
    **limits: Any,
) -> AllocationRun:
    """Ask for a run that starts from what is decided.

    Parameters
    ----------
    base: the run whose publication is in force.
    change_price: points each moved offer costs, one taken away twice as much; accepted
        ones cost three times, confirmed ones five times that. Who has departed stays.
    most_changes: how many people may lose or change a decided place at most; None for
        no limit. Where the data force more, there is no plan, and the run says so.
    limits: seconds, gap, workers, seed, and ``rings``, as for any run.

    Raises
    ------
    Refusal: the plan is not in force, or a number makes no sense.
    """
    check_number("change_price", change_price)
    if most_changes is not None:
        check_number("most_changes", most_changes)
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
        most_changes=most_changes,
        **limits,
    )


def check_number(field: str, number: int) -> None:
    """Refuse a price or a budget of changes that is below zero or beyond all reason."""
    if not 0 <= number <= MOST:
        raise Refusal(
            "bad-limit",
            _("%(field)s: write a whole number from 0 to %(most)s.")
            % {"field": field, "most": formats.number(MOST)},
            field=field,
        )


def changes(run: AllocationRun) -> list[DecisionChange]:
    """Return whose decided place the plan of a replanning changes, and why."""
    told = losses.of_run(run)
    return explained(run, told.people if told else [])


def explained(run: AllocationRun, lost: Iterable[Loss]) -> list[DecisionChange]:
    """Return losses with the people, and why the plan takes the place away.

    A constant number of queries, however many people lose something.
    """
    lost = list(lost)
    ids = [pk for loss in lost for pk in loss.applications]
    rows = Application.objects.select_related("participant", "intake__program")
    applications = rows.in_bulk(ids)
    reasons = {
        row.application_id: row for row in run.unplaced.filter(application__in=ids)
    }
    codes = {code for loss in lost for code in loss.before}
    seats = run.prices.filter(kind=LimitKind.SEATS, code__in=codes)
    full = {row.code: row for row in seats.order_by("code") if row.is_full}
    return [
        DecisionChange(
            application=applications[loss.applications[0]],
            state=str(loss_words.STATES[loss.state]),
            before=loss.before,
            after=loss.after,
            why=why(
                loss, [reasons[pk] for pk in loss.applications if pk in reasons], full
            ),
        )
        for loss in lost
    ]


def why(loss: Loss, unplaced: list[Unplaced], full: dict[str, LimitPrice]) -> str:
    """Return why somebody does not keep the decided place, in words for planners."""
    for row in unplaced:
        sentences = list(zip(row.reasons, row.for_planner(), strict=True))
        own = [text for reason, text in sentences if reason.get("slot") in loss.before]
        return own[0] if own else sentences[0][1]
    for code in loss.before:
        if code in full:
            name = localised(full[code].label_en, full[code].label_id)
            return _("%(slot)s is full after what has changed.") % {"slot": name}
    if loss.state == loss_words.PINNED:
        return _("The plan does not follow the pin.")
    return _("Moving is worth more to the plan than the price of the change.")
