"""The history of decisions: append-only, chained, and tied to no other table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.roles import Permission


class AuditEventQuerySet(models.QuerySet):
    """Entries that can be read, and neither changed nor removed."""

    def visible_to(self, user):
        """Only those who may see everything read the audit trail."""
        seen = access.is_signed_in(user) and user.allows(Permission.VIEW_ALL)
        return self if seen else self.none()

    def update(self, **kwargs):
        raise TypeError("An audit entry is never changed.")

    def delete(self):
        raise TypeError("An audit entry is never deleted.")


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

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-sequence"]

    def __str__(self):
        return f"{self.sequence} {self.action} {self.object_type}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("An audit entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("An audit entry is never deleted.")


class ChainHead(models.Model):
    """The last number and hash of the audit trail; its row lock orders the writers.

    It also tells when entries were cut off at the end, which no chain can show alone.
    """

    id = models.PositiveSmallIntegerField(_("identifier"), primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(_("number"), default=0)
    hash = models.CharField(_("hash"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("head of the audit trail")
        verbose_name_plural = _("heads of the audit trail")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="chain_has_one_head")
        ]

    def __str__(self):
        return f"{self.sequence} {self.hash[:12]}"
