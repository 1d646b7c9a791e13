"""Ordering e-mails to people: what is written is kept, and workers are told."""

import re
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from planner.jobs.kinds import MAILINGS
from planner.jobs.ringing import ring
from planner.models import Mailing, Message, MessageState
from programs import collisions
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import require
from programs.models import Application
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

ADDRESS = re.compile(
    r"[^@\s<>\"',;:()\[\]]+@[^@\s<>\"',;:()\[\]]+[^@\s<>\"',;:().\[\]]"
)
KEPT = ("filebased", "console", "dummy")
"""Django's ways of sending that reach nobody."""
AGAIN = (MessageState.UNCERTAIN, MessageState.REFUSED, MessageState.BOUNCED)
"""States in which a person may decide to send a message once more."""


class Letter(NamedTuple):
    """What one person is told: the application, the address, and the words."""

    application: Application
    email: str
    subject: str
    body: str


def is_kept():
    """Return whether e-mails are only kept on this machine, and reach nobody."""
    return settings.EMAIL_BACKEND.split(".")[-2] in KEPT


@transactions.verb
def queue(publication, letters, *, by, now):
    """Order that letters of a publication are sent; return the mailing.

    Parameters
    ----------
    letters: of people who have none of this publication yet, each with an address.

    Raises
    ------
    Refusal: the role does not allow it, nobody is left to be told, or somebody else
        ordered the same at this moment.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    if not letters:
        raise Refusal(
            "nobody-to-tell",
            _("Everybody with an e-mail address has been written to."),
            kind=RefusalKind.CONFLICT,
        )
    overtaken = Refusal(
        "told-already",
        _("Somebody else has just ordered these e-mails. Look once more."),
        kind=RefusalKind.CONFLICT,
    )
    once = "a_person_is_told_of_a_publication_once"
    with collisions.told_as(overtaken, Message, once), transactions.atomic():
        mailing = _order(publication, by, now)
        Message.objects.bulk_create(
            [
                Message(
                    publication=publication,
                    application=letter.application,
                    mailing=mailing,
                    email=letter.email,
                    subject=letter.subject[:200],
                    body=letter.body,
                )
                for letter in letters
            ],
            batch_size=500,
        )
        counted = {"messages": len(letters)}
        action = AuditAction.MESSAGES_QUEUE
        audit.record(by=by, action=action, obj=publication, data=counted, now=now)
    return mailing


@transactions.verb
def send_again(message, *, by, now):
    """Order a message once more that is uncertain, or that the mail server refused.

    Only a person decides it: where it is uncertain, the reader may get it twice.

    Raises
    ------
    Refusal: the role does not allow it, or the message is not of that kind.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    with transactions.atomic():
        mailing = _order(message.publication, by, now)
        rows = Message.objects.filter(
            pk=message.pk,
            state__in=AGAIN,
            application__participant__erased_at__isnull=True,
        )
        # The address may have been mended since it did not reach anybody.
        email = message.application.participant.email or message.email
        changes = {"mailing": mailing, "email": email, "detail": ""}
        if not rows.update(state=MessageState.QUEUED, **changes):
            raise Refusal(
                "not-to-send-again",
                _("This message is sent, or on its way; nothing is sent twice."),
                kind=RefusalKind.CONFLICT,
            )
        action = AuditAction.MESSAGES_SEND_AGAIN
        audit.record(by=by, action=action, obj=message, now=now)
    return mailing


@transactions.verb
def note_bounces(publication, text, *, by, now):
    """Note which e-mails of a publication came back; return how many.

    Parameters
    ----------
    text: whatever the mail server wrote, or a list of addresses; those in it that
        somebody was written to are found.

    Raises
    ------
    Refusal: the role does not allow it, or nobody was written to at any address in it.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    named = {found.casefold() for found in ADDRESS.findall(text)}
    sent = Message.objects.visible_to(by).filter(
        publication=publication, state=MessageState.SENT
    )
    ids = [
        row.pk for row in sent.only("email").iterator() if row.email.casefold() in named
    ]
    with transactions.atomic():
        rows = Message.objects.filter(pk__in=ids, state=MessageState.SENT)
        count = rows.update(state=MessageState.BOUNCED)
        if not count:
            raise Refusal(
                "nothing-bounced",
                _(
                    "No e-mail of this plan was sent to an address in this text. Paste "
                    "what came back, or the addresses."
                ),
                field="text",
            )
        counted = {"messages": count}
        action = AuditAction.MESSAGES_BOUNCE
        audit.record(by=by, action=action, obj=publication, data=counted, now=now)
    return count


@transactions.verb
def release(publication, *, by, now):
    """Order what was only kept in files, now that there is a mail server.

    Raises
    ------
    Refusal: the role does not allow it, there is still no server, or nothing was kept.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    with transactions.atomic():
        mailing = _order(publication, by, now)
        kept = Message.objects.visible_to(by).filter(
            publication=publication, state=MessageState.KEPT
        )
        ids = [] if is_kept() else list(kept.values_list("pk", flat=True))
        rows = Message.objects.filter(pk__in=ids, state=MessageState.KEPT)
        if not rows.update(state=MessageState.QUEUED, mailing=mailing):
            raise Refusal(
                "nothing-kept",
                _("There is no kept e-mail that could be sent now."),
                kind=RefusalKind.CONFLICT,
            )
        counted = {"messages": len(ids)}
        action = AuditAction.MESSAGES_QUEUE
        audit.record(by=by, action=action, obj=publication, data=counted, now=now)
    return mailing


def _order(publication, by, now):
    mailing = Mailing.objects.create(
        publication=publication, created_by=by, created_at=now
    )
    transaction.on_commit(lambda: ring(MAILINGS, mailing.pk))
    return mailing
