"""Candidates of a host that it has not rated yet."""

from django.db.models import Exists, OuterRef

from programs.choices import ApplicationState
from programs.domain.slots import RATED
from programs.models import HostRating, Preference
from programs.roles import Role

UNSENT = (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)


def unrated(user, today):
    """Return the wishes for own slots whose person the host has not rated yet."""
    rated = HostRating.objects.filter(
        application=OuterRef("application"), slot=OuterRef("slot")
    )
    return (
        Preference.objects.filter(
            slot__host__in=user.institution_ids(Role.PARTNER),
            application__intake__state__in=RATED,
            application__intake__decide_by__gte=today,
            application__participant__restricted_at__isnull=True,
        )
        .exclude(application__state__in=UNSENT)
        .filter(~Exists(rated))
    )
