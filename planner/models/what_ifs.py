"""What if: a changed problem of a run, solved anew from the plan that is at hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Application, User

from .runs import AllocationRun
from .served import Served


class WhatIfQuerySet(models.QuerySet):
    """Questions by their reader."""

    def visible_to(self, user):
        """Whoever may see the run may see what was asked of it."""
        return access.restrict(
            self, user, institution=None, program="run__intakes__program"
        )


class WhatIf(Served):
    """A question about a run: this person there, these limits changed, or both.

    Or: what if arriving by pathways counted nothing (``leaves_out_arrivals``).

    ``option`` is the place by its position in the run's problem, ``place`` its code.
    ``changes`` are limits as reasons store them, with ``units`` to give way by.
    ``found`` is what came of it, null before. ``is_standing`` says that the run itself
    asks: what holds it back.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="what_ifs",
        verbose_name=_("allocation run"),
    )
    application = models.ForeignKey(
        Application,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application"),
    )
    option = models.PositiveIntegerField(_("option"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    leaves_out_arrivals = models.BooleanField(
        _("arrivals by pathways not counted"), default=False, db_default=False
    )
    seconds = models.FloatField(_("seconds allowed"), default=20)
    is_standing = models.BooleanField(_("asked by the run itself"), default=False)
    found = models.JSONField(_("found"), null=True, blank=True)
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    created_at = models.DateTimeField(_("requested at"))

    objects = WhatIfQuerySet.as_manager()

    class Meta(Served.Meta):
        verbose_name = _("what-if question")
        verbose_name_plural = _("what-if questions")
        ordering = ["run", "created_at", "pk"]
        constraints = [
            *Served.Meta.constraints,
            models.CheckConstraint(
                condition=Q(option__isnull=True, application__isnull=True)
                | Q(option__isnull=False, application__isnull=False),
                name="what_if_names_person_and_place",
            ),
            models.CheckConstraint(
                condition=Q(seconds__gt=0), name="what_if_takes_time"
            ),
        ]

    def __str__(self):
        return f"{self.run}: {self.place or len(self.changes)}"

    @property
    def is_open(self):
        """Whether it still waits for its answer."""
        return self.found is None and self.state in ("queued", "running")
