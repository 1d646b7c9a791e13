"""Is the clock to be believed? What runs out by itself waits until it is.

An installation on one machine has no second clock to ask. When its clock moves by more
than a day between two ticks (set wrongly, or the machine was off), nothing expires,
lapses or is deleted by age before a person has looked: an expired offer cannot be taken
back.
"""

from datetime import timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from planner.models import Tick
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import SYSTEM, forbidden
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

CONFIRMERS = (Permission.PLAN, Permission.MANAGE_USERS)
MOST = timedelta(days=1)
"""How far the clock may move between two ticks before a person has to look."""


def tick(*, now):
    """Note that the clock was looked at; return whether it is to be believed."""
    row, is_first = Tick.objects.get_or_create(pk=1, defaults={"at": now})
    if row.jumped_to is not None:
        return False
    if is_first or abs(now - row.at) <= MOST:
        Tick.objects.filter(pk=1, jumped_to__isnull=True).update(at=now)
        return True
    _note_jump(row, now)
    return False


def pending():
    """Return the tick with a jump that nobody has confirmed, or None."""
    return Tick.objects.filter(jumped_to__isnull=False).first()


@transactions.verb
def confirm(*, by, now):
    """Believe the clock as it stands now; what is due by it goes on.

    Raises
    ------
    Refusal: nothing is to be confirmed, or the actor looks after no plans and accounts.
    """
    if not any(by.allows(permission) for permission in CONFIRMERS):
        raise forbidden(_("Your role does not allow this."))
    with transactions.atomic():
        row = pending()
        jumped = Tick.objects.filter(pk=1, jumped_to__isnull=False)
        if not jumped.update(at=now, jumped_from=None, jumped_to=None):
            raise Refusal(
                "no-jump",
                _("The clock has not jumped; there is nothing to confirm."),
                kind=RefusalKind.CONFLICT,
            )
        facts = {"from": row.jumped_from, "to": row.jumped_to}
        audit.record(
            by=by, action=AuditAction.CLOCK_CONFIRMED, obj=row, data=facts, now=now
        )


def _note_jump(row, now):
    """Keep the jump for a person to see; of several dispatchers one writes it."""
    with transactions.atomic():
        quiet = Tick.objects.filter(pk=1, at=row.at, jumped_to__isnull=True)
        if quiet.update(jumped_from=F("at"), jumped_to=now):
            audit.record(
                by=SYSTEM,
                action=AuditAction.CLOCK_JUMPED,
                obj=row,
                data={"from": row.at, "to": now},
                now=now,
            )
