"""Who is told of a published plan: everybody whom it decided about."""

from django.db.models import Q

from planner.models import MessageState
from programs.models import Application


def decided_by(run):
    """Return the applications that a run placed, put on a list, or found no place."""
    decided = Q(pk__in=run.proposals.values("application"))
    decided |= Q(pk__in=run.reserves.values("application"))
    decided |= Q(pk__in=run.unplaced.values("application"))
    return Application.objects.filter(decided)


def unreached(run, user):
    """Return those whom no e-mail reaches: without an address, or it came back."""
    bounced = run.publication.messages.filter(state=MessageState.BOUNCED)
    none = Q(participant__email="") | Q(pk__in=bounced.values("application"))
    return audience(run, user).filter(none)


def audience(run, user):
    """Return the applications that a published run decided, as far as one sees them."""
    rows = decided_by(run).filter(
        pk__in=Application.objects.visible_to(user).values("pk"),
        participant__erased_at__isnull=True,
    )
    return rows.select_related("participant", "intake__program__owner", "nominated_by")
