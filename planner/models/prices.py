"""What every limit of a run was worth."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models.base import PublicModel, localised

from . import words
from .limits import LimitKey
from .runs import AllocationRun
from .states import LimitKind


class LimitPriceQuerySet(models.QuerySet):
    """Limits by weight and by reader."""

    def visible_to(self, user):
        """Whoever may see the run may see what limited it."""
        return access.restrict(
            self, user, institution=None, program="run__intakes__program"
        )


class LimitPrice(PublicModel):
    """A limit of a run: how much of it was used, and what one more unit is worth.

    ``people`` is the price in the tier that counts people (weighted by priority),
    ``price`` the one in the last tier that counts points. Money is in planning units
    of IDR 1,000.
    """

    run = models.ForeignKey(
        AllocationRun,
        models.CASCADE,
        related_name="prices",
        verbose_name=_("allocation run"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=LimitKind)
    # One text for what kind, code and part say: processes of the release before read
    # it and write nothing else, so it goes a release later.
    key = models.CharField(_("limit"), max_length=200, db_default="", editable=False)
    code = models.CharField(
        _("code"),
        max_length=200,
        db_default="",
        help_text=_("Of the slot, budget line, quota and so on."),
    )
    part = models.CharField(
        _("part"),
        max_length=40,
        blank=True,
        db_default="",
        help_text=_("Which of several limits of one thing, such as a year's."),
    )
    label_en = models.CharField(_("label (English)"), max_length=300)
    label_id = models.CharField(_("label (Indonesian)"), max_length=300)
    lower = models.BigIntegerField(_("lower limit"), null=True, blank=True)
    upper = models.BigIntegerField(_("upper limit"), null=True, blank=True)
    use = models.BigIntegerField(_("used"))
    price = models.FloatField(_("price"), default=0)
    people = models.FloatField(_("price in people"), default=0)
    is_hard = models.BooleanField(_("hard"), default=True)

    objects = LimitPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a limit")
        verbose_name_plural = _("prices of limits")
        ordering = ["run", "kind", "code", "part"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "code", "part"],
                condition=~Q(code=""),
                name="limit_has_one_price",
            )
        ]

    def __str__(self):
        return f"{self.label}: {self.price:g}"

    @property
    def label(self):
        """The limit's name in the reader's language."""
        return localised(self.label_en, self.label_id)

    @property
    def name(self):
        """What the limit is called in the problem and result files."""
        return str(LimitKey(LimitKind(self.kind), self.code, self.part))

    def words(self):
        """Return what one more unit of it is worth, as a sentence."""
        return words.price(self)

    @property
    def is_full(self):
        """Whether nothing is left of it."""
        return self.upper is not None and self.use >= self.upper

    @property
    def is_short(self):
        """Whether a lower limit is missed."""
        return self.shortfall > 0

    @property
    def shortfall(self):
        """How much is missing to the lower limit, 0 where it is met."""
        return max(0, (self.lower or 0) - self.use)

    @property
    def is_missed(self):
        """Whether it is missed, in either direction."""
        return self.is_short or (self.upper is not None and self.use > self.upper)
