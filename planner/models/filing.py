"""What a worker does with a file that somebody brought."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import ImportBatch, User

from .served import Served
from .states import ACTIVE


class FileStep(models.TextChoices):
    """What is to be done with the file."""

    JUDGE = "judge", _("judge the file")
    APPLY = "apply", _("write the good rows")
    UNDO = "undo", _("take back what was written")


class FileJob(Served):
    """One step of a big file, served like a run: the row is the truth."""

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="jobs", verbose_name=_("import")
    )
    step = models.CharField(_("step"), max_length=5, choices=FileStep)
    digest = models.CharField(_("confirmed digest"), max_length=64, blank=True)
    park = models.BooleanField(_("park bad rows"), default=False)
    detail = models.TextField(_("detail"), blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))

    class Meta(Served.Meta):
        verbose_name = _("work on a file")
        verbose_name_plural = _("work on files")
        ordering = ["created_at"]
        constraints = [
            *Served.Meta.constraints,
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(state__in=ACTIVE),
                name="file_is_worked_on_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="file_dispatch")]

    def __str__(self):
        return f"{self.get_step_display()}: {self.batch}"

    @property
    def is_active(self):
        """Whether somebody has yet to finish it."""
        return self.state in ACTIVE
