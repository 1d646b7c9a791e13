"""Who may act on a person's rights: officers who see the person, and the sender."""

from django.utils.translation import gettext as _

from programs.models import Participant
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

from . import checks, claims
from .actors import require


def require_officer(participant, by):
    """Refuse whoever may not handle personal data, or does not see this person."""
    require(by, Permission.REVEAL_PERSON)
    _require_seen(participant, by)


def require_officer_or_sender(participant, by):
    """Refuse anybody but officers and the institution that registered the person."""
    if not is_sender(participant, by):
        require_officer(participant, by)


def is_sender(participant, by):
    """Return whether somebody acts for the institution that registered the person."""
    if not (by.is_authenticated and by.is_active and by.allows(Permission.NOMINATE)):
        return False
    return participant.registered_by_id in by.institution_ids(Role.PARTNER)


def _require_seen(participant, by):
    if not Participant.objects.visible_to(by).filter(pk=participant.pk).exists():
        raise Refusal(
            "not-found", _("There is no such person."), kind=RefusalKind.FORBIDDEN
        )


def keep_known(participant):
    """Hold a person as they are until the end, and refuse what is added to nobody.

    Whoever erases claims the person: what is written comes before, and goes with the
    rest, or after, and is refused.

    Raises
    ------
    Refusal: the person was erased, or the registration is part of another.
    """
    claims.keep(people=[participant.pk])
    rows = Participant.objects.filter(pk=participant.pk, erased_at__isnull=True)
    known = rows.values_list("merged_into", flat=True).first()
    if known is not None:
        raise checks.merged()
    if not rows.exists():
        raise checks.erased()


def handled_by(rows, by):
    """Narrow rows about people to those whose rights somebody may handle.

    Parameters
    ----------
    rows: a queryset with ``participant``.
    """
    if by.allows(Permission.REVEAL_PERSON):
        return rows.visible_to(by)
    return rows.filter(participant__registered_by__in=by.institution_ids(Role.PARTNER))
