"""Asking what if: this person there, these limits changed, or both at once.

Nothing is decided by it: the question is a row, a worker answers, the plan stays.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planner.allocation.results.different import Asked
from planner.jobs.kinds import WHAT_IFS
from planner.jobs.ringing import ring
from planner.models import AllocationRun, LimitPrice, WhatIf
from planner.models.states import ACTIVE
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.models import Application, Slot
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

MOST_WAITING = 20
"""Questions about one run that may wait at a time."""
MOST_SECONDS = 300


@transactions.verb
def ask(
    *,
    run: AllocationRun,
    by: Actor,
    now: datetime,
    application: Application | None = None,
    slot: Slot | None = None,
    limit: LimitPrice | None = None,
    amount: int | None = None,
    seconds: float = 20,
) -> WhatIf:
    """Ask what follows, and return the question at once.

    Parameters
    ----------
    run: with a plan. application, slot: who is put where. limit, amount: which limit
    is raised and by how much, in what people count; money in planning units.
    seconds: for each solve.

    Raises
    ------
    Refusal: nothing is asked, the person has no such way, the limit cannot be raised
    by so much, or too much waits.
    """
    require(by, Permission.PLAN)
    check(run, seconds)
    asked = Asked.of(run)
    option = None if application is None else way(asked, application, slot)
    changes = [] if limit is None else [change(asked, limit, amount)]
    if option is None and not changes:
        raise Refusal(
            "nothing-asked",
            _("Say who would go where, or which limit would be raised, or both."),
            field="limit",
        )
    with transactions.atomic():
        row = WhatIf.objects.create(
            run=run,
            application=application,
            option=option,
            place=slot.name if application and slot else "",
            changes=changes,
            seconds=seconds,
            created_by=by if by.pk else None,
            created_at=now,
        )
        audit.record(
            by=by,
            action=AuditAction.RUNS_WHAT_IF,
            obj=run,
            data={"place": row.place, "changes": len(changes)},
            now=now,
        )
        transaction.on_commit(lambda: ring(WHAT_IFS, row.pk))
    return row


def check(run: AllocationRun, seconds: float) -> None:
    """Refuse a run without a plan, seconds out of range, and too many questions."""
    if not run.has_plan:
        raise Refusal(
            "no-plan",
            _("Run %(number)d has no plan to ask about.") % {"number": run.number},
            kind=RefusalKind.CONFLICT,
        )
    if not 0 < seconds <= MOST_SECONDS:
        raise Refusal(
            "bad-limit",
            _("From above 0 to %(most)d seconds are allowed.") % {"most": MOST_SECONDS},
            field="seconds",
        )
    waiting = run.what_ifs.filter(state__in=ACTIVE, is_standing=False).count()
    if waiting >= MOST_WAITING:
        raise Refusal(
            "too-many-questions",
            _("%(count)d questions about this run wait for an answer; let some end.")
            % {"count": waiting},
            kind=RefusalKind.CONFLICT,
        )


def way(asked: Asked, application: Application, slot: Slot | None) -> int:
    """Return the option that puts a person into a slot, or refuse."""
    option = None if slot is None else asked.way_to(application, slot.name)
    if option is None:
        raise Refusal(
            "no-such-way",
            _(
                "In this run the person has no way to this place: a rule forbids it, "
                "it was not asked for, or the person was not part of the run."
            ),
            field="slot",
        )
    return option


def change(asked: Asked, limit: LimitPrice, amount: int | None) -> dict[str, object]:
    """Return a limit raised by an amount as it is stored, or refuse."""
    if amount is None or amount <= 0:
        raise Refusal("amount", _("Write an amount above 0."), field="by")
    told = asked.raise_of(limit, amount)
    if told is None:
        raise Refusal(
            "not-raised",
            _(
                "%(limit)s cannot be raised by so much: it has no upper limit, or the "
                "plan counts it in larger steps."
            )
            % {"limit": limit.label},
            field="limit",
        )
    return told
