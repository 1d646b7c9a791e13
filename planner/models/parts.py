"""Parts of a run: what other workers may solve for the worker that serves the run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .runs import AllocationRun
from .served import Served


class RunPart(Served):
    """A part of one attempt of a run, with nothing scarce in common with the rest.

    It exists while the run is being solved. ``errand`` and ``outcome`` are files of the
    optimiser, compressed; they name nobody.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="parts",
        verbose_name=_("allocation run"),
    )
    run_attempt = models.PositiveSmallIntegerField(_("attempt of the run"))
    name = models.CharField(_("name"), max_length=20)
    num_options = models.PositiveIntegerField(_("options"))
    errand = models.BinaryField(_("what is asked for"))
    outcome = models.BinaryField(_("what was found"), null=True)

    class Meta(Served.Meta):
        verbose_name = _("part of a run")
        verbose_name_plural = _("parts of runs")
        ordering = ["run", "name"]
        constraints = [
            *Served.Meta.constraints,
            models.UniqueConstraint(
                fields=["run", "run_attempt", "name"], name="part_is_asked_for_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="part_dispatch")]

    def __str__(self):
        return f"{self.run}: {self.name}"
