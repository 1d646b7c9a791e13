"""Keys are issued, shown once, and revoked; each time somebody answers for it."""

from programs.audit_actions import AuditAction
from programs.domain import audit, transactions

from .models import InstitutionKey


@transactions.verb
def issue(*, institution, scopes, name, expires_at, by, now):
    """Make a key for an institution; return it with its secret, which is not kept."""
    with transactions.atomic():
        key, secret = InstitutionKey.objects.create_key(
            name=name,
            institution=institution,
            scopes=sorted(set(scopes)),
            expiry_date=expires_at,
        )
        _note(AuditAction.API_KEYS_ISSUE, key, by, now)
    return key, secret


@transactions.verb
def revoke(*, key, by, now):
    """Make a key useless from the next request on; this cannot be undone."""
    with transactions.atomic():
        if InstitutionKey.objects.filter(pk=key.pk, revoked=False).update(revoked=True):
            _note(AuditAction.API_KEYS_REVOKE, key, by, now)
    key.refresh_from_db()
    return key


def _note(action, key, by, now):
    audit.record(
        by=by,
        action=action,
        obj=key.institution,
        data={"prefix": key.prefix, "scopes": key.scopes},
        now=now,
    )
