"""Holding a file against a run: checked, judged, noted, and nothing decided."""

from datetime import datetime
from hashlib import sha256

from planner.models import AllocationRun, by_hand_words as words
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from .comparison import Comparison
from .result import ByHand


@transactions.verb
def compare(run: AllocationRun, content: bytes, *, by: Actor, now: datetime) -> ByHand:
    """Hold a file of people and slots against the plan of a run; note who did.

    Parameters
    ----------
    run: with a plan. content: the bytes of a CSV or XLSX file.

    Raises
    ------
    Refusal: no plan to compare with, the file cannot be read, no right.
    """
    require(by, Permission.VIEW_ALL)
    if not run.has_plan:
        raise Refusal(
            "no-plan",
            words.no_plan(run.number),
            kind=RefusalKind.CONFLICT,
        )
    comparison = Comparison(run, content, by).told()
    with transactions.atomic():
        audit.record(
            by=by,
            action=AuditAction.RUNS_BY_HAND,
            obj=run,
            data={
                "sha256": sha256(content).hexdigest(),
                "rows": comparison.plan.rows,
                "bad": len(comparison.plan.bad),
                "holds": comparison.holds,
            },
            now=now,
        )
    return comparison
