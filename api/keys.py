"""Keys are issued, shown once, replaced and revoked; somebody answers each time.

Whoever calls with a key looks after the keys of its institution, as far as its own
reaches: not beyond its scopes, and not beyond its networks.
"""

from datetime import timedelta

from django.utils.translation import gettext as _, gettext_lazy

from programs import sandbox
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.refusals import Refusal, RefusalKind
from programs.sandbox import stage

from .models import InstitutionKey, Scope
from .networks import are_within

NO_SANDBOX = gettext_lazy(
    "This installation has no sandbox yet: whoever operates it runs "
    "`manage.py open_sandbox`."
)
TEST = "test_"
"""What a key begins with that opens the sandbox, and nothing else."""
TEST_SCOPES = frozenset({Scope.NOMINATE, Scope.HOST})
"""What is tried there; its planner is a part of it."""
MOST = 20
"""Keys of one institution that open at the same time."""
LIFE = timedelta(days=90)
"""How long a key opens unless somebody says."""
LONGEST = timedelta(days=366)
"""How long a key opens that its owner makes without an administrator."""
OVERLAP = timedelta(hours=24)
"""How long the old key opens beside the one that replaces it, unless somebody says."""


@transactions.verb
def issue(*, institution, scopes, name, expires_at, by, now, allowed_networks=()):
    """Make a key for an institution; return it with its secret, which is not kept.

    In the sandbox it is a test key, and its secret says so.
    """
    with transactions.atomic():
        key, secret = InstitutionKey.objects.create_key(
            name=name,
            institution=institution,
            scopes=sorted(set(scopes)),
            expiry_date=expires_at,
            allowed_networks=list(allowed_networks),
        )
        _note(AuditAction.API_KEYS_ISSUE, key, by, now)
    return key, f"{TEST}{secret}" if sandbox.is_entered() else secret


@transactions.verb
def issue_test(
    *, institution, scopes, name, by, now, expires_at=None, allowed_networks=()
):
    """Make a test key for an institution of the live side: it opens the sandbox only.

    Raises
    ------
    Refusal: there is no sandbox, the scope is none of those tried there, the caller's
        key reaches less far, or there are too many keys.
    """
    facts = _asked_for(by, scopes, name, expires_at, allowed_networks, now)
    _require_sandbox(scopes)
    with transactions.atomic():
        audit.record(
            by=by,
            action=AuditAction.API_KEYS_ISSUE_TEST,
            obj=institution,
            data={"scopes": sorted(set(scopes))},
            now=now,
        )
        with sandbox.entered(), transactions.atomic():
            known = stage.admit(institution)
            _require_room(known, now)
            return issue(institution=known, by=by, now=now, **facts)


@transactions.verb
def issue_own(*, by, now, name, scopes, expires_at=None, allowed_networks=None):
    """Make a key for the caller's institution, no mightier than the caller's own.

    Parameters
    ----------
    by: who calls with a key. allowed_networks: ``None`` for those of the caller's key.

    Raises
    ------
    Refusal: the caller's key reaches less far, it would open for too long or is over
        already, or there are too many.
    """
    within = by.key.allowed_networks if allowed_networks is None else allowed_networks
    facts = _asked_for(by, scopes, name, expires_at, within, now)
    with transactions.atomic():
        _require_room(by.key.institution, now)
        return issue(institution=by.key.institution, by=by, now=now, **facts)


@transactions.verb
def rotate(*, key, by, now, overlap=OVERLAP):
    """Make the key that replaces one; return it with its secret.

    It has name, scopes and networks of the old one, and opens as long as that did from
    its making; the old one opens for the overlap yet.

    Raises
    ------
    Refusal: the key was replaced before, opens nothing, or is mightier than the
        caller's own.
    """
    _require_reach(by, key.scopes, key.allowed_networks)
    ends = min(filter(None, [key.expiry_date, now + overlap]))
    life = min(key.expiry_date - key.created, LONGEST) if key.expiry_date else LIFE
    with transactions.atomic():
        usable = InstitutionKey.objects.usable(now=now).filter(pk=key.pk)
        if not usable.filter(rotated_at=None).update(rotated_at=now, expiry_date=ends):
            raise Refusal(
                "key-replaced",
                _("This key was replaced or withdrawn already; replace the new one."),
                kind=RefusalKind.CONFLICT,
            )
        _note(AuditAction.API_KEYS_ROTATE, key, by, now, until=ends.isoformat())
        return issue(
            institution=key.institution,
            scopes=key.scopes,
            name=key.name,
            expires_at=now + max(life, overlap),
            allowed_networks=key.allowed_networks,
            by=by,
            now=now,
        )


@transactions.verb
def revoke(*, key, by, now):
    """Make a key useless from the next request on; this cannot be undone."""
    _require_reach(by, key.scopes, key.allowed_networks)
    with transactions.atomic():
        if InstitutionKey.objects.filter(pk=key.pk, revoked=False).update(revoked=True):
            _note(AuditAction.API_KEYS_REVOKE, key, by, now)
    key.refresh_from_db()
    return key


def _asked_for(by, scopes, name, expires_at, allowed_networks, now):
    """Return the facts of a key that is asked for, if the caller may ask for it."""
    _require_reach(by, scopes, allowed_networks)
    expires_at = expires_at or now + LIFE
    _require_time(expires_at, now)
    return {
        "scopes": scopes,
        "name": name,
        "expires_at": expires_at,
        "allowed_networks": allowed_networks,
    }


def _require_reach(by, scopes, allowed_networks):
    """Refuse to let a key look after one that may do more than itself."""
    own = getattr(by, "key", None)
    if own is None:
        return
    beyond = sorted(set(scopes) - set(own.scopes))
    if beyond:
        raise Refusal(
            "beyond-own-scopes",
            _("Your key has not the scope %(scopes)s; use one that has it.")
            % {"scopes": ", ".join(beyond)},
            kind=RefusalKind.FORBIDDEN,
            field="scopes",
        )
    if not are_within(allowed_networks, own.allowed_networks):
        raise Refusal(
            "beyond-own-networks",
            _("Your key opens from %(networks)s only; ask an administrator for more.")
            % {"networks": ", ".join(own.allowed_networks)},
            kind=RefusalKind.FORBIDDEN,
            field="allowed_networks",
        )


def _require_sandbox(scopes):
    if not sandbox.is_prepared():
        raise Refusal(
            "sandbox-not-open",
            NO_SANDBOX,
            kind=RefusalKind.CONFLICT,
        )
    if not set(scopes) <= TEST_SCOPES:
        raise Refusal(
            "no-test-planning",
            _("A test key nominates or hosts; the sandbox plans by itself."),
            field="scopes",
        )


def _require_time(expires_at, now):
    if not now < expires_at <= now + LONGEST:
        raise Refusal(
            "expiry-refused",
            _("Use a moment from now to %(days)d days ahead.") % {"days": LONGEST.days},
            field="expires_at",
        )


def _require_room(institution, now):
    """Refuse one more key than anybody keeps in order; who comes first is counted."""
    type(institution).objects.select_for_update().get(pk=institution.pk)
    if institution.api_keys.usable(now=now).count() >= MOST:
        raise Refusal(
            "too-many-keys",
            _("An institution has at most %(most)d keys; withdraw one first.")
            % {"most": MOST},
            kind=RefusalKind.CONFLICT,
        )


def _note(action, key, by, now, **data):
    audit.record(
        by=by,
        action=action,
        obj=key.institution,
        data={"prefix": key.prefix, "scopes": key.scopes, **data},
        now=now,
    )
