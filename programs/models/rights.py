"""What the law on personal data asks for: a person's requests, and a person's key."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.choices import RightsKind, RightsOutcome

from .applications import Application
from .base import PublicModel, seen_through
from .encrypted import EncryptedTextField
from .participants import Participant


class RightsRequest(PublicModel):
    """What a person asked for about the own data, and what a human answered.

    The law gives three times 24 hours (``due_at``). What is asked and answered is
    encrypted, and goes with the person's other words when the person is erased.
    An objection names the application whose decision by machine it is about.
    """

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="rights_requests",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("what is asked for"), max_length=20, choices=RightsKind)
    words = EncryptedTextField(_("in the person's words"), blank=True, default="")
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("answer due at"))
    application = models.ForeignKey(
        Application,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="rights_requests",
        verbose_name=_("application it is about"),
    )
    received_by = models.CharField(_("received by"), max_length=150)
    answer = EncryptedTextField(_("answer"), blank=True, default="")
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=RightsOutcome, blank=True, db_default=""
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of persons")
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answered_by=""),
                name="a_human_answers_a_request",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.participant}"


class PersonKey(PublicModel):
    """The key under which free text about a person lies in rows that never change.

    The audit trail is chained and cannot be rewritten; with the key destroyed, the
    text in it can be read by nobody, and the chain still verifies.
    """

    participant = models.OneToOneField(
        Participant,
        models.CASCADE,
        related_name="text_key",
        verbose_name=_("person"),
    )
    key = EncryptedTextField(_("key"))

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("key of a person's texts")
        verbose_name_plural = _("keys of persons' texts")

    def __str__(self):
        return str(self.participant_id)
