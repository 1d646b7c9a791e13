"""Judging applications: who has at least one place that a plan may use."""

from django.db import transaction
from django.utils.translation import gettext as _

from programs import eligibility
from programs.choices import ApplicationState, IntakeState
from programs.models import Application
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, events
from .actors import SYSTEM, forbidden, runs_program

JUDGED = (
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
)
"""States of applications that nothing has been decided for yet."""
WHEN = (IntakeState.CLOSED, IntakeState.ALLOCATING)


def judge(*, intake, by, now):
    """Mark each undecided application of the intake eligible or ineligible.

    A person is eligible with one usable option: a ranked slot or pathway, or any slot
    where nothing was ranked. May be repeated: certificates arrive until the decision.

    Returns
    -------
    {state: number of applications}
    """
    _require_judge(intake, by)
    if intake.state not in WHEN:
        raise Refusal(
            "intake-not-closed",
            _("Close the intake first; applications are judged once they are all in."),
            kind=RefusalKind.CONFLICT,
        )
    undecided = Application.objects.filter(intake=intake, state__in=JUDGED)
    usable = _usable(intake, undecided, now)
    found = dict(undecided.values_list("pk", "state"))
    wanted = {
        pk: ApplicationState.ELIGIBLE if pk in usable else ApplicationState.INELIGIBLE
        for pk in found
    }
    changed = [pk for pk, state in wanted.items() if found[pk] != state]
    counts = {
        str(state): list(wanted.values()).count(state)
        for state in (ApplicationState.ELIGIBLE, ApplicationState.INELIGIBLE)
    }
    with transaction.atomic():
        moved = [_move(changed, wanted, state) for state in set(wanted.values())]
        audit.record(
            by=by,
            action="applications.judge",
            obj=intake,
            data={"changed": sum(map(len, moved)), **counts},
            now=now,
        )
        for rows in moved:
            _tell(rows, now)
    return counts


def _usable(intake, applications, now):
    """Return the ids of applications with an option that a plan may use."""
    facts = eligibility.load(
        applications=applications, slots=intake.slots.all(), on=now.date()
    )
    options = eligibility.options(facts)
    return set(facts.people.application[options.person[options.placeable]])


def _move(changed, wanted, state):
    """Move those whose verdict is the state, unless something was decided meanwhile."""
    rows = Application.objects.filter(
        pk__in=[pk for pk in changed if wanted[pk] == state], state__in=JUDGED
    )
    moved = list(rows.only("pk", "state", "nominated_by_id"))
    rows.update(state=state)
    for row in moved:
        row.state = state
    return moved


def _tell(rows, now):
    if rows:
        events.emit_many(
            kind=f"application.{rows[0].state}",
            entries=[(row, [row.nominated_by_id]) for row in rows],
            now=now,
        )


def _require_judge(intake, by):
    if by is SYSTEM or by.allows(Permission.PLAN) or runs_program(by, intake.program):
        return
    raise forbidden(_("Only coordinators of the program and planners may do this."))
