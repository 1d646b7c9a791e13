"""The people whom a reader's institution registered and sent, in groups that count."""

from django.db.models import Exists, OuterRef

from planner.desk.parts.lacking import Lacking
from programs import clock
from programs.choices import ApplicationState, IntakeState, PlacementState
from programs.days import day_of, is_open_on
from programs.models import Application, Intake, Participant, Placement
from programs.roles import Role

HIDDEN = ("participant__nik", "participant__passport", "participant__disability")


def nominees(user):
    """Return the applications that the reader's institution has sent.

    Of whoever works for no partner, such as an administrator: all that one may see.
    """
    rows = Application.objects.sent_by(user).filter(participant__erased_at__isnull=True)
    if own := user.institution_ids(Role.PARTNER):
        rows = rows.filter(nominated_by__in=own)
    return rows.select_related("participant", "intake__program", "team").defer(*HIDDEN)


def unnominated(user):
    """Return own people who apply to nothing."""
    alive = Application.objects.filter(participant=OuterRef("pk")).exclude(
        state=ApplicationState.WITHDRAWN
    )
    people = Participant.objects.sent_by(user)
    people = people.filter(~Exists(alive), erased_at__isnull=True)
    if own := user.institution_ids(Role.PARTNER):
        people = people.filter(registered_by__in=own)
    people = people.select_related("home_institution").order_by("code", "pk")
    return people.defer("nik", "passport", "disability")


def offered(applications):
    """Narrow applications to those with an offer that waits for an answer."""
    return applications.filter(Exists(offers().filter(application=OuterRef("pk"))))


def offers():
    """Return placements that wait for an answer."""
    return Placement.objects.filter(state=PlacementState.OFFERED).order_by()


def lacking_of(user, now):
    """Return what the reader's nominees lack, as far as it can still be brought."""
    return Lacking(nominees(user), on=day_of(now))


def is_open(intake, now):
    """Return whether nominations and choices are taken at a moment."""
    return intake.state == IntakeState.OPEN and is_open_on(intake, now)


def open_intakes(user):
    """Return the intakes that take nominations now, the next to close first."""
    now = clock.now()
    rows = Intake.objects.visible_to(user).filter(state=IntakeState.OPEN)
    rows = rows.select_related("program").order_by("closes_on", "code")
    return [intake for intake in rows if is_open(intake, now)]
