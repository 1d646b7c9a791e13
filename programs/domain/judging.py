"""Judging applications: who has at least one place that a plan may use."""

from django.utils.translation import gettext as _

from programs import eligibility
from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, IntakeState
from programs.days import day_of
from programs.models import Application, Intake
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, claims, events, notices, states, transactions
from .actors import SYSTEM, forbidden, runs_program

JUDGED = (
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
)
"""States of applications that nothing has been decided for yet."""
WHEN = (IntakeState.CLOSED, IntakeState.ALLOCATING)


@transactions.verb
def judge(*, intake, by, now):
    """Mark each undecided application of the intake eligible or ineligible.

    A person is eligible with one usable option: a ranked slot or pathway, or any slot
    where nothing was ranked. May be repeated: certificates arrive until the decision.

    Returns
    -------
    {state: number of applications}
    """
    _require_judge(intake, by)
    _require_closed(intake)
    undecided = Application.objects.filter(intake=intake, state__in=JUDGED)
    usable = _usable(intake, undecided, now)
    everybody = set(undecided.values_list("pk", flat=True))
    verdicts = {
        ApplicationState.ELIGIBLE: everybody & usable,
        ApplicationState.INELIGIBLE: everybody - usable,
    }
    counts = {str(state): len(ids) for state, ids in verdicts.items()}
    with transactions.atomic():
        claims.claim(intakes=[intake.pk])
        _require_closed(Intake.objects.get(pk=intake.pk))
        moved = [row for state, ids in verdicts.items() for row in _move(ids, state)]
        audit.record(
            by=by,
            action=AuditAction.APPLICATIONS_JUDGE,
            obj=intake,
            data={"changed": len(moved), **counts},
            now=now,
        )
        _tell(moved, now)
    return counts


def _require_closed(intake):
    if intake.state not in WHEN:
        raise Refusal(
            "intake-not-closed",
            _("Close the intake first; applications are judged once they are all in."),
            kind=RefusalKind.CONFLICT,
        )


def _usable(intake, applications, now):
    """Return the ids of applications with an option that a plan may use."""
    facts = eligibility.load(
        applications=applications, slots=intake.slots.all(), on=day_of(now, intake)
    )
    options = eligibility.options(facts)
    return set(facts.people.application[options.person[options.placeable]])


def _move(ids, state):
    """Move those of another verdict, unless something was decided meanwhile."""
    moved = []
    for batch in states.batches(ids):
        rows = Application.objects.filter(pk__in=batch, state__in=JUDGED)
        rows = rows.exclude(state=state)
        moved += rows.only("pk", "state", "nominated_by_id").order_by("pk")
        rows.update(state=state)
    for row in moved:
        row.state = state
    return moved


def _tell(moved, now):
    for state in sorted({row.state for row in moved}):
        rows = [row for row in moved if row.state == state]
        events.emit_many(
            kind=notices.EVENTS["application"][state],
            entries=[(row, [row.nominated_by_id]) for row in rows],
            now=now,
        )


def _require_judge(intake, by):
    if by is SYSTEM or by.allows(Permission.PLAN) or runs_program(by, intake.program):
        return
    raise forbidden(_("Only coordinators of the program and planners may do this."))
