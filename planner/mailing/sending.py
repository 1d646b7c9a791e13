"""Sending what was ordered: each message is claimed, handed over, and settled.

A message that is claimed and not settled was cut off between server and row: perhaps it
was sent. No worker tries it again; it is uncertain until a person decides.
"""

import re
import smtplib

import structlog
from django.core.mail import EmailMessage, get_connection
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from planner.jobs import endings, leases
from planner.models import OWN_CODE, Mailing, Message, MessageState, RunState
from programs import clock
from programs.domain import links
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal

from .letters import letter_of
from .outbox import is_kept

log = structlog.get_logger(__name__)
NOBODY_CAME_BACK = gettext_noop("Three workers took the e-mails and none came back.")
OWN_PAGE = re.compile(r"\S+" + re.escape(OWN_CODE))
"""The address of people's own pages in a message, before its code is made."""
NOT_REACHED = "not reached"
"""Detail of a message that no server was asked to take."""
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)
"""Answers of a server that has certainly not taken the message."""


def execute(mailing_id):
    """Serve a mailing; return its state, or None when somebody else has it."""
    lease = leases.claim(mailing_id, model=Mailing)
    if lease is None:
        return None
    cut_off = Message.objects.filter(mailing=lease.row_id, state=MessageState.SENDING)
    cut_off.update(state=MessageState.UNCERTAIN)
    try:
        with get_connection() as server:
            for message in _waiting(lease.row_id):
                lease.beat()
                send(message, server)
    except leases.Fenced:
        log.warning("mail.fenced", mailing=str(mailing_id), attempt=lease.attempt)
        return None
    except (OSError, smtplib.SMTPException) as error:
        # Nobody could be reached: what waits goes on waiting for the next attempt.
        log.warning("mail.attempt_failed", error=type(error).__name__)
        endings.give_back(lease, type(error).__name__)
        if not lease.is_last:
            return RunState.QUEUED
        _give_up([lease.row_id])
        return RunState.FAILED
    return endings.end(lease, RunState.SOLVED)


def _waiting(mailing_id):
    rows = Message.objects.filter(mailing=mailing_id, state=MessageState.QUEUED)
    rows = rows.select_related(
        "publication__run__publication",
        "application__participant",
        "application__intake__program__owner",
    )
    return rows.order_by("pk").iterator(chunk_size=100)


def send(message, server):
    """Hand one message over, unless somebody else has it; note what is known of it."""
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    message.subject, message.body = as_of_now(message)
    words = {"subject": message.subject, "body": message.body}
    if not waiting.update(state=MessageState.SENDING, sending_at=Now(), **words):
        return
    try:
        body = with_code(message)
    except Refusal:  # erased at this very moment
        _settle(message, MessageState.REFUSED, detail=NOT_REACHED)
        return
    letter = EmailMessage(
        message.subject,
        body,
        to=[message.email],
        headers={"Message-ID": f"<{message.pk}.{message.mailing_id}@planner>"},
        connection=server,
    )
    try:
        letter.send()
    except REFUSALS as error:
        _settle(message, MessageState.REFUSED, detail=_code_of(error))
    except (OSError, smtplib.SMTPException) as error:
        _settle(message, MessageState.UNCERTAIN, detail=type(error).__name__)
        raise
    else:
        if is_kept():  # a file is nobody's mail
            _settle(message, MessageState.KEPT)
        else:
            _settle(message, MessageState.SENT, sent_at=Now())


def as_of_now(message):
    """Return subject and body by what holds now: it may have been ordered days ago.

    Meanwhile the person may have answered, or moved up; the letter says so.
    """
    page = OWN_PAGE.search(message.body)
    run = message.publication.run
    subject, body = letter_of(run, message.application, page[0] if page else "")
    return subject[:200], body


def with_code(message):
    """Return the words of a message, with a link to the own page made for it alone."""
    if OWN_CODE not in message.body:
        return message.body
    code = links.issue(application=message.application, by=SYSTEM, now=clock.now())
    return message.body.replace(OWN_CODE, code)


def _settle(message, state, **columns):
    """Write what came of a message; who was thought dead still knows it best."""
    begun = (MessageState.SENDING, MessageState.UNCERTAIN)
    rows = Message.objects.filter(pk=message.pk, state__in=begun)
    rows.update(state=state, **columns)


def _code_of(error):
    """Return a server's answer as a number; its words may hold the address."""
    codes = getattr(error, "recipients", None)
    code = next(iter(codes.values()))[0] if codes else getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _give_up(mailings):
    """Say of what still waits that it was not sent; a person may order it again."""
    waiting = Message.objects.filter(mailing__in=mailings, state=MessageState.QUEUED)
    waiting.update(state=MessageState.REFUSED, detail=NOT_REACHED)


def end_hopeless():
    """Fail mailings whose last attempt died, and say which messages are uncertain."""
    lost = leases.hopeless(Mailing).values("pk")
    cut_off = Message.objects.filter(mailing__in=lost, state=MessageState.SENDING)
    cut_off.update(state=MessageState.UNCERTAIN)
    _give_up(lost)
    endings.end_hopeless(Mailing, NOBODY_CAME_BACK)
