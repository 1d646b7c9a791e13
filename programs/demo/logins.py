"""The demonstration's logins: one for each role, on one's own machine only."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.models import Institution, Membership, User
from programs.roles import Role

LOGINS = (
    ("coordinator", Role.COORDINATOR, "kemenperin", "Koordinator", "Kemenperin"),
    ("koordinator-ai", Role.COORDINATOR, "kemkomdigi", "Koordinator", "Kemkomdigi"),
    ("planner", Role.PLANNER, "kemenperin", "Perencana", "Penempatan"),
    ("approver", Role.APPROVER, "kemenperin", "Pejabat", "Penyetuju"),
    ("sender", Role.PARTNER, "poltek-jb", "Mitra", "Pengirim"),
    ("host", Role.PARTNER, "tanjung-osat", "Mitra", "Penerima"),
    ("auditor", Role.AUDITOR, "kemenperin", "Auditor", "Internal"),
    ("administrator", Role.ADMINISTRATOR, "kemenperin", "Administrator", "Sistem"),
)
"""User name, role, institution, given and family name; nobody real."""


def logins():
    """Return (user name, role's label, institution code) for people to read."""
    return [(name, role.label, institution) for name, role, institution, *_ in LOGINS]


def create(*, password):
    """Create the logins; without a password nobody can sign in with them."""
    hashed = make_password(password or None)
    institutions = dict(Institution.objects.values_list("code", "pk"))
    for name, role, institution, given, family in LOGINS:
        user = User.objects.create(
            username=name,
            password=hashed,
            first_name=given,
            last_name=family,
            email=f"{name}@planner.example",
            is_staff=True,
            is_demo=True,
            language="",  # that of the browser
        )
        Membership.objects.create(
            user=user, institution_id=institutions[institution], role=role
        )


def set_password(password):
    """Give the logins the password that is configured now, if it changed."""
    users = User.objects.of_the_demo().order_by("pk")
    # All of them have the same one, and checking a password is slow by design.
    if password and users and not users[0].check_password(password):
        users.update(password=make_password(password))


def close(*, by, now):
    """Close the demo's accounts for good; return how many there were.

    They stay as rows, because what they did stays theirs; nobody signs in with them.
    """
    with transaction.atomic():
        users = list(User.objects.of_the_demo().order_by("pk"))
        entries = [(user, None) for user in users]
        if entries:
            audit.record_many(
                by=by, action=AuditAction.ACCOUNTS_CLOSE, entries=entries, now=now
            )
        shut = {"is_active": False, "password": make_password(None)}
        User.objects.filter(pk__in=[user.pk for user in users]).update(**shut)
    return len(users)
