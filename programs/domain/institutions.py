"""What somebody who reads rows comes across in them, and may look up."""

from django.db.models import Q

from programs.access import is_signed_in
from programs.models import (
    Agreement,
    Application,
    FundingLine,
    FundingSource,
    Institution,
    Participant,
    Placement,
    Program,
    ResourceUse,
    SharedResource,
    Slot,
)
from programs.roles import Permission


def met_by(user):
    """Return the institutions that a reader may look up.

    The own ones, those of own agreements, and whoever a row that may be read refers
    to: owners of programs, hosts, senders and homes of people. Who sees all, sees all.
    """
    known = Institution.objects.visible_to(user)
    if not is_signed_in(user):
        return known
    if user.allows(Permission.VIEW_ALL):
        return known
    return known.filter(
        Q(pk__in=user.institution_ids())
        | Q(pk__in=_named_by(Agreement, user, "parties"))
        | Q(pk__in=_named_by(Program, user, "owner"))
        | Q(pk__in=_named_by(Slot, user, "host"))
        | Q(pk__in=_named_by(Application, user, "nominated_by"))
        | Q(pk__in=_named_by(Participant, user, "home_institution"))
    )


def payers_met_by(user):
    """Return the payers of places that a reader may read, and its own."""
    placements = Placement.objects.told_to(user).order_by()
    named = FundingLine.objects.filter(placement__in=placements.values("pk"))
    own = FundingSource.objects.visible_to(user).values("pk")
    return FundingSource.objects.filter(
        Q(pk__in=named.order_by().values("source")) | Q(pk__in=own)
    )


def resources_met_by(user):
    """Return the shared resources of slots that a reader may read, and its own."""
    used = ResourceUse.objects.visible_to(user).order_by().values("resource")
    own = SharedResource.objects.visible_to(user).values("pk")
    return SharedResource.objects.filter(Q(pk__in=used) | Q(pk__in=own))


def _named_by(model, user, field):
    rows = model.objects.visible_to(user).order_by()
    return rows.exclude(**{field: None}).values(field)
