"""Links to a person's own page: made, withdrawn, opened with code and birth date."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.models import PersonalLink, RightsRequest
from programs.refusals import Refusal, RefusalKind

from . import audit, rights, transactions
from .actors import ThePerson, name_of, require_sender
from .officers import keep_known

LASTS = timedelta(days=90)
"""How long a link opens its page."""
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What codes are made of: nothing that a reader takes for something else."""
LENGTH = 20
"""Letters of a code: 100 bits."""
PAUSE = timedelta(hours=1)
"""How long no birth date is taken after ``SOME`` wrong ones."""
SOME, MOST = 5, 15
"""Wrong birth dates until a pause, and until the link opens nothing any more."""


@transactions.verb
def issue(*, application, by, now):
    """Make a link for the person whom an application is about; return its code.

    The code is returned here and kept nowhere. Earlier links stay as they are.

    Raises
    ------
    Refusal: not the sender and not who runs the program, or the person was erased.
    """
    require_sender(application, by)
    code = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    link = PersonalLink(
        application=application,
        digest=digest_of(code),
        issued_at=now,
        issued_by=name_of(by),
        expires_at=now + LASTS,
    )
    with transactions.atomic():
        keep_known(application.participant)
        link.save(force_insert=True)
        data = {"link": str(link.pk)}
        action = AuditAction.LINKS_ISSUE
        audit.record(by=by, action=action, obj=application, data=data, now=now)
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


@transactions.verb
def withdraw(*, application, by, now):
    """Withdraw every link to an application's page; return how many there were.

    Raises
    ------
    Refusal: not the sender and not who runs the program, or there is none.
    """
    require_sender(application, by)
    with transactions.atomic():
        count = application.links.live(now).update(withdrawn_at=now)
        if not count:
            raise Refusal(
                "no-link",
                _("There is no link that could be withdrawn."),
                kind=RefusalKind.CONFLICT,
            )
        action, data = AuditAction.LINKS_WITHDRAW, {"links": count}
        audit.record(by=by, action=action, obj=application, data=data, now=now)
    return count


def enter(*, code, birth_date, now):
    """Return the link that a code opens, to who knows the birth date too.

    Each try is counted before it is looked at, so that many at once win nothing.

    Raises
    ------
    Refusal: no such link, another birth date, or too many wrong ones.
    """
    link = PersonalLink.objects.live(now).filter(digest=digest_of(code)).first()
    if link is None:
        raise _unknown()
    tries = PersonalLink.objects.live(now).filter(pk=link.pk, wrong__lt=MOST)
    if not tries.exclude(locked_until__gt=now).update(wrong=F("wrong") + 1):
        raise Refusal(
            "too-many-dates",
            _(
                "Too many wrong dates were tried. Try again in an hour, or ask who "
                "wrote to you for a new link."
            ),
            kind=RefusalKind.CONFLICT,
        )
    if link.application.participant.birth_date != birth_date:
        link.refresh_from_db()
        if link.wrong % SOME == 0:
            PersonalLink.objects.filter(pk=link.pk).update(locked_until=now + PAUSE)
        raise _unknown()
    _note_opening(link, now)
    return link


@transactions.verb
def _note_opening(link, now):
    with transactions.atomic():
        rows = PersonalLink.objects.filter(pk=link.pk)
        rows.update(wrong=0, locked_until=None, opened_at=now)
        by, application = ThePerson(link), link.application
        audit.record(by=by, action=AuditAction.LINKS_OPEN, obj=application, now=now)


def _unknown():
    return Refusal(
        "no-such-link",
        _(
            "This code and this date of birth open no page. Look at both once more; "
            "if the link is older than 90 days, ask who wrote to you for a new one."
        ),
        kind=RefusalKind.FORBIDDEN,
    )


@transactions.verb
def ask(*, link, kind, words, now):
    """Note what the person asks for on the own page: the own data, an objection.

    Raises
    ------
    Refusal: the same was asked and is not answered yet.
    """
    application = link.application
    person = application.participant
    same = RightsRequest.objects.filter(
        participant=person, application=application, kind=kind, answered_at=None
    )
    with transactions.atomic():
        if same.exists():
            raise Refusal(
                "asked-already",
                _("You have asked for this already; an answer is on its way."),
                kind=RefusalKind.CONFLICT,
            )
        return rights.receive(
            participant=person,
            kind=kind,
            words=words,
            by=ThePerson(link),
            now=now,
            application=application,
        )


def digest_of(code):
    """Return the hash under which a code is kept, however somebody types it."""
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()
