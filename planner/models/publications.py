"""Publications: the one moment at which a plan becomes a decision."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Intake, User
from programs.models.base import PublicModel

from .runs import AllocationRun


class PublicationQuerySet(models.QuerySet):
    """Publications, narrowed to what somebody may see."""

    def visible_to(self, user):
        """Coordinators see publications of their own programs, partners none."""
        return access.restrict(
            self, user, institution=None, program="run__intakes__program"
        )


class Publication(PublicModel):
    """A plan made binding: never edited or deleted, only replaced by a later one."""

    run = models.OneToOneField(
        AllocationRun,
        models.PROTECT,
        related_name="publication",
        verbose_name=_("allocation run"),
    )
    result_digest = models.CharField(_("result digest"), max_length=64)
    published_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"))
    num_placements = models.PositiveIntegerField(_("placements"), default=0)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-published_at"]

    def __str__(self):
        return f"{self.run} ({self.published_at:%Y-%m-%d})"


class PublishedIntake(models.Model):
    """An intake that a publication decides; only one publication of it is live."""

    publication = models.ForeignKey(
        Publication,
        models.PROTECT,
        related_name="published_intakes",
        verbose_name=_("publication"),
    )
    intake = models.ForeignKey(
        Intake,
        models.PROTECT,
        related_name="publications",
        verbose_name=_("intake"),
    )
    is_live = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("published intake")
        verbose_name_plural = _("published intakes")
        ordering = ["publication", "intake"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "intake"],
                name="publication_names_an_intake_once",
            ),
            models.UniqueConstraint(
                fields=["intake"],
                condition=Q(is_live=True),
                name="intake_has_one_live_publication",
            ),
        ]

    def __str__(self):
        return f"{self.publication}: {self.intake}"
