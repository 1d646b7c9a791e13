"""Teams: people who move together, all in one slot or none of them."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import LIVE_PLACEMENT_STATES, ApplicationState, PinKind
from programs.models import Application, Pin, Placement, Team
from programs.refusals import Refusal, RefusalKind

from . import audit, bulk, claims, states, transactions
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
        # Who pins one of them to a place takes turns with this.
        claims.claim(people={each.participant_id for each in applications})
        for _team, refusal in of_pins({code: ids}):
            refusal.field = "applications"
            raise refusal
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


def of_pins(teams):
    """Yield (team, refusal) where pins of members cannot be kept together.

    Asks the database once for a thousand people. A pin that no longer binds is none.

    Parameters
    ----------
    teams: {what a team is known by here: ids of the applications of its members}.
    """
    pins = {}
    members = {pk for ids in teams.values() for pk in ids}
    for some in states.batches(members, bulk.BATCH):
        pins.update((pin.application_id, pin) for pin in pins_of(some))
    for team, ids in teams.items():
        own = [pins[pk] for pk in ids if pk in pins]
        if any(pin.pathway_id for pin in own):
            yield team, takes_no_pathway()
        elif len({pin.slot_id for pin in own}) > 1:
            yield team, pinned_apart()


def pins_of(applications):
    """Return the pins of people to a place that bind when their intake is decided."""
    return Pin.objects.filter(
        Q(until=None) | Q(until__gte=F("application__intake__decide_by")),
        kind=PinKind.PIN,
        application__in=applications,
    )


def takes_no_pathway():
    """Return the refusal of a pathway for somebody in a team."""
    return Refusal(
        "team-takes-no-pathway",
        _(
            "Members of a team go together to one slot, and one is pinned to a "
            "pathway; the coordinator may take that pin back."
        ),
        kind=RefusalKind.CONFLICT,
        field="team",
    )


def pinned_apart():
    """Return the refusal of a team whose members are pinned to different slots."""
    return Refusal(
        "team-pinned-apart",
        _(
            "Members of a team go together to one slot, and two are pinned to "
            "different ones; the coordinator may take one of the pins back."
        ),
        kind=RefusalKind.CONFLICT,
        field="team",
    )


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
