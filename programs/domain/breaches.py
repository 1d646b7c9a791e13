"""Failures to protect personal data: noted at once, told within 3 x 24 hours."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.models import Breach
from programs.refusals import Refusal
from programs.roles import Permission

from . import audit, checks, transactions
from .actors import name_of, require

TIME = timedelta(hours=3 * 24)
"""Within which the people concerned and the authority are told (article 46)."""


@transactions.verb
def record(*, by, now, found_at, **facts):
    """Note a breach; its clock runs from when it was found.

    Parameters
    ----------
    facts: ``what_happened``, ``data_concerned``, ``num_people``, ``measures``.
    """
    require(by, Permission.MANAGE_USERS)
    if found_at > now:
        raise Refusal(
            "found-later", _("It cannot have been found after now."), field="found_at"
        )
    row = Breach(
        found_at=found_at, due_at=found_at + TIME, recorded_by=name_of(by), **facts
    )
    with transactions.atomic():
        checks.save(row)
        _note(AuditAction.BREACHES_RECORD, row, by, now)
    return row


@transactions.verb
def tell(*, breach, by, now, people=False, authority=False, measures=""):
    """Note that the people concerned or the authority were told, and what was done."""
    require(by, Permission.MANAGE_USERS)
    if people and breach.people_told_at is None:
        breach.people_told_at = now
    if authority and breach.authority_told_at is None:
        breach.authority_told_at = now
    breach.measures = measures.strip() or breach.measures
    with transactions.atomic():
        checks.save(breach)
        facts = {"people": people, "authority": authority}
        _note(AuditAction.BREACHES_TELL, breach, by, now, **facts)
    return breach


def waiting(by):
    """Return breaches of which somebody has yet to be told, the next due first."""
    untold = Q(people_told_at__isnull=True) | Q(authority_told_at__isnull=True)
    return Breach.objects.visible_to(by).filter(untold).order_by("due_at")


def _note(action, row, by, now, **facts):
    audit.record(by=by, action=action, obj=row, data=facts, now=now)
