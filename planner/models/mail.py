"""E-mails to people: what was written to whom, and whether a server has taken it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Application, User
from programs.models.base import PublicModel
from programs.models.encrypted import EncryptedTextField

from .publications import Publication
from .served import Served

OWN_CODE = "{own-code}"
"""Stands in a message for the code of the person's own page, made when it is sent."""


class MessageState(models.TextChoices):
    """Whether a message is on its way, and what is known of it."""

    QUEUED = "queued", _("waits to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("taken by the mail server")
    KEPT = "kept", _("kept in a file, sent to nobody")
    REFUSED = "refused", _("refused by the mail server")
    UNCERTAIN = "uncertain", _("cut off: perhaps sent, perhaps not")
    BOUNCED = "bounced", _("came back: the address was not reached")


class Mailing(Served):
    """One order to send messages, served like a run: the row is the truth."""

    publication = models.ForeignKey(
        Publication,
        models.PROTECT,
        related_name="mailings",
        verbose_name=_("publication"),
    )
    detail = models.TextField(_("detail"), blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))

    class Meta(Served.Meta):
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["created_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="mail_dispatch")]

    def __str__(self):
        return f"{self.publication}: {self.get_state_display()}"


class MessageQuerySet(models.QuerySet):
    """Messages, seen by who runs the program that they are about."""

    def visible_to(self, user):
        """Rows of the own programs; all for who sees all."""
        return access.restrict(
            self, user, institution=None, program="application__intake__program"
        )


class Message(PublicModel):
    """What one person is told of one publication; there is one of each."""

    publication = models.ForeignKey(
        Publication,
        models.PROTECT,
        related_name="messages",
        verbose_name=_("publication"),
    )
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        related_name="messages",
        verbose_name=_("application"),
    )
    mailing = models.ForeignKey(
        Mailing, models.PROTECT, related_name="messages", verbose_name=_("mailing")
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=MessageState,
        default=MessageState.QUEUED,
    )
    email = EncryptedTextField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = EncryptedTextField(_("text"), blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    sending_at = models.DateTimeField(_("begun"), null=True, blank=True)
    sent_at = models.DateTimeField(_("taken by the server"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["publication", "application"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "application"],
                name="a_person_is_told_of_a_publication_once",
            )
        ]

    def __str__(self):
        return f"{self.subject} ({self.get_state_display()})"
