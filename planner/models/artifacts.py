"""The files of a run: everything needed to solve and check it again anywhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .runs import AllocationRun
from .states import ArtifactKind


class RunArtifact(models.Model):
    """A compressed file of a run, with the SHA-256 of its bytes.

    Kept in a table of its own, so that lists of runs never load megabytes.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="artifacts",
        verbose_name=_("allocation run"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ArtifactKind)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("file of a run")
        verbose_name_plural = _("files of runs")
        ordering = ["run", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind"], name="run_has_one_file_a_kind"
            )
        ]

    def __str__(self):
        return f"{self.run}: {self.get_kind_display()}"
