"""What coordinators ask of planners and administrators, and what came of it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from planner.desk.home.items import SOON, Item
from planner.desk.parts.needs import link_of, told
from programs.choices import NeedState
from programs.domain import needs
from programs.models import Need
from programs.roles import Permission

MOST = 5


def _waiting(user, now):
    rows = needs.waiting(user).select_related("intake", "source")
    for need in rows[:MOST]:
        yield Item(told(need), link_of(need), True)


def _answered(user, now):
    """Tell who asked what came of it, for a week."""
    rows = Need.objects.filter(asked_by=user, answered_at__gt=now - SOON)
    rows = rows.select_related("intake", "source").order_by("-answered_at")
    for need in rows[:MOST]:
        text = (
            _("Done: %(what)s")
            if need.state == NeedState.MET
            else _("Refused: %(what)s (%(why)s)")
        )
        link = reverse("admin:desk_setup_step", args=[need.intake_id, "ready"])
        yield Item(text % {"what": told(need), "why": need.answer}, link)


MAKERS = [
    (Permission.MANAGE_MONEY, _waiting),
    (Permission.MANAGE_USERS, _waiting),
    (Permission.MANAGE_PROGRAMS, _answered),
]
"""(permission, maker): whose worklist says what."""
