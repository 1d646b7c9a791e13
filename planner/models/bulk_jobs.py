"""Lists of people or nominations that a partner sent, and what became of each row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Institution, User
from programs.models.base import PublicModel, seen_through
from programs.models.encrypted import EncryptedTextField

from .served import Served
from .states import ACTIVE


class BulkKind(models.TextChoices):
    """What the rows of a list are."""

    PARTICIPANTS = "participants", _("people to register")
    NOMINATIONS = "nominations", _("nominations")


class BulkJobQuerySet(models.QuerySet):
    """Jobs, narrowed to the caller's own institution."""

    def visible_to(self, user):
        """Whoever calls for an institution sees its jobs, and no others."""
        if not access.is_signed_in(user):
            return self.none()
        return self.filter(institution__in=user.institution_ids())

    def active(self):
        """Jobs that have yet to be finished."""
        return self.filter(state__in=ACTIVE)


class BulkJob(Served):
    """A list that is worked on batch by batch, served like a run: the row is the truth.

    ``key`` is the part of the API key that is no secret, or empty where ``user`` sent
    it. ``num_done`` grows with each batch, in the transaction that writes its rows.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=BulkKind)
    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="+", verbose_name=_("institution")
    )
    key = models.CharField(_("key"), max_length=16, blank=True)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="+", verbose_name=_("by")
    )
    language = models.CharField(_("language"), max_length=10)
    num_rows = models.PositiveIntegerField(_("rows"))
    num_done = models.PositiveIntegerField(_("rows that were judged"), default=0)
    num_made = models.PositiveIntegerField(_("rows that were taken"), default=0)
    detail = models.TextField(_("detail"), blank=True)
    created_at = models.DateTimeField(_("at"), db_index=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta(Served.Meta):
        verbose_name = _("list of a partner")
        verbose_name_plural = _("lists of partners")
        ordering = ["created_at"]
        constraints = [
            *Served.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(num_done__lte=models.F("num_rows"))
                & models.Q(num_made__lte=models.F("num_done")),
                name="no_more_rows_are_done_than_were_sent",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="bulk_dispatch")]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.institution})"


class BulkRow(PublicModel):
    """One row of a list: what was sent until it is judged, then what became of it.

    ``key`` is the sender's own, by which a row is not done twice; ``digest`` is of the
    row. ``made`` is the id of what the row made.
    """

    job = models.ForeignKey(
        BulkJob, models.CASCADE, related_name="rows", verbose_name=_("list")
    )
    index = models.PositiveIntegerField(_("place in the list"))
    key = models.CharField(_("key of the row"), max_length=100, blank=True)
    digest = models.CharField(_("digest of the row"), max_length=64)
    sent = EncryptedTextField(_("what was sent"), null=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    made = models.UUIDField(_("what it made"), null=True)
    problem = EncryptedTextField(_("problem"), null=True)
    is_replayed = models.BooleanField(_("done before"), default=False)

    objects = seen_through("job")

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of lists")
        ordering = ["job", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "index"], name="row_of_a_list_is_answered_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["key"], condition=~models.Q(key=""), name="bulk_row_key"
            )
        ]

    def __str__(self):
        return f"{self.job_id} {self.index}"
