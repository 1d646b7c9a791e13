"""Teams: people who move together, all in one slot or none of them."""

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import LIVE_PLACEMENT_STATES, ApplicationState
from programs.models import Application, Placement, Team
from programs.refusals import Refusal, RefusalKind

from . import audit, transactions
from .actors import require_sender
from .checks import save

SMALLEST = 2


@transactions.verb
def form(*, intake, code, name, applications, by, now):
    """Bind applications of one intake to each other.

    The sender of all of them may do so, and the program's coordinators. The code is
    the sender's own; a team of people of several senders is nobody's.
    """
    ids = {application.pk for application in applications}
    for application in applications:
        require_sender(application, by)
        _require_free(application, intake)
    if len(ids) < SMALLEST:
        raise Refusal(
            "team-too-small",
            _("A team needs at least %(least)d people.") % {"least": SMALLEST},
            field="applications",
        )
    with transactions.atomic():
        team = Team(
            intake=intake, code=code, name=name, institution_id=_sender(applications)
        )
        save(team)
        bound = Application.objects.filter(pk__in=ids, team=None).update(team=team)
        if bound < len(ids):
            raise _in_a_team()
        audit.record(
            by=by,
            action=AuditAction.TEAMS_FORM,
            obj=team,
            data={"people": bound},
            now=now,
        )
    return team


@transactions.verb
def disband(*, team, by, now):
    """Let the members of a team go their own ways, unless they have places."""
    members = list(team.applications.select_related("intake__program"))
    for application in members:
        require_sender(application, by)
    placed = Placement.objects.filter(
        application__team=team, state__in=LIVE_PLACEMENT_STATES
    )
    if placed.exists():
        raise Refusal(
            "team-placed",
            _("The team has places; withdraw them first."),
            kind=RefusalKind.CONFLICT,
        )
    with transactions.atomic():
        audit.record(
            by=by,
            action=AuditAction.TEAMS_DISBAND,
            obj=team,
            data={"people": len(members)},
            now=now,
        )
        team.delete()


def _sender(applications):
    """Return the institution that nominates all of them, or None."""
    senders = {application.nominated_by_id for application in applications}
    return senders.pop() if len(senders) == 1 else None


def _require_free(application, intake):
    if application.intake_id != intake.pk:
        raise Refusal(
            "other-intake",
            _("Everyone in a team applies to the same intake."),
            field="applications",
        )
    if application.state == ApplicationState.WITHDRAWN:
        raise Refusal(
            "withdrawn",
            _("The application was withdrawn."),
            kind=RefusalKind.CONFLICT,
            field="applications",
        )
    if application.team_id:
        raise _in_a_team()


def _in_a_team():
    return Refusal(
        "in-a-team",
        _("One of these people is in a team already."),
        kind=RefusalKind.CONFLICT,
        field="applications",
    )
