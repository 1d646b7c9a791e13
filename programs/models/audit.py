"""The history of decisions: append-only, chained, and tied to no other table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Who did what to which thing, when, and the hash that chains it to the past.

    There are no foreign keys, so nothing can be kept from being deleted by its
    history, and no personal data, so nothing here ever needs to be erased.
    """

    sequence = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.CharField(_("by"), max_length=150)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.CharField(_("identifier"), max_length=64, db_index=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    previous_hash = models.CharField(_("previous hash"), max_length=64, unique=True)
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-sequence"]

    def __str__(self):
        return f"{self.sequence} {self.action} {self.object_type}"
