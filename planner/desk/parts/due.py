"""Steps of stays that are due: what should have happened by today, and is not told."""

from django.db.models import Q

from programs.choices import ChangeState, PlacementState
from programs.models import DAY_AFTER, FIRST_DAY, Placement, PlacementChange
from programs.roles import Role


def due(rows, state, today):
    """Narrow placements of a state to those whose next step is due.

    Who is confirmed should have left, who has left should have arrived on the first
    day; who has arrived completes the stay after its last.
    """
    rows = rows.filter(state=state).annotate(first_day=FIRST_DAY, day_after=DAY_AFTER)
    if state == PlacementState.ARRIVED:
        return rows.filter(day_after__lte=today)
    if state in (PlacementState.CONFIRMED, PlacementState.DEPARTED):
        return rows.filter(first_day__lte=today)
    return rows


def sent(user):
    """Return the stays of people whom the reader's institution sent."""
    own = user.institution_ids(Role.PARTNER)
    return Placement.objects.visible_to(user).filter(application__nominated_by__in=own)


def hosted(user):
    """Return the stays with the reader's institution, from acceptance on."""
    own = user.institution_ids(Role.PARTNER)
    return Placement.objects.visible_to(user).filter(slot__host__in=own)


def changes_to_answer(user):
    """Return changes of stays to which the reader's side has yet to say something."""
    own = user.institution_ids(Role.PARTNER)
    waits = Q(sender_agreed_at=None, placement__application__nominated_by__in=own)
    waits |= Q(host_agreed_at=None, placement__slot__host__in=own)
    rows = PlacementChange.objects.visible_to(user)
    return rows.filter(waits, state=ChangeState.PROPOSED)
