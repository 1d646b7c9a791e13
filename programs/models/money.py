"""What a place costs, who may pay for what, and how much there is."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from programs import formats
from programs.choices import CostFormula, FundingSourceKind, PrioritySector, RateKind

from .base import (
    BilingualName,
    CurrencyField,
    PublicModel,
    ReferenceQuerySet,
    Sourced,
    seen_through,
    seen_within,
)
from .geography import Country, Region
from .history import EditHistory
from .institutions import Institution
from .programs import Program
from .slots import Slot

LONGEST_CONDITION = 500
"""Characters of a condition of a rule about money: it is part of an index."""
WHOLE = 100
"""Per cent that the payers of a category share at most."""


class ExchangeRate(PublicModel, Sourced):
    """How many rupiah a unit of a currency costs from a date on, for planning."""

    currency = CurrencyField(_("currency"))
    kind = models.CharField(
        _("kind"), max_length=10, choices=RateKind, default=RateKind.PLANNING
    )
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rupiah a unit"), max_digits=18, decimal_places=6)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "kind", "valid_from"],
                name="exchange_rate_is_unique_a_day",
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0), name="exchange_rate_is_positive"
            ),
        ]

    def __str__(self):
        return f"{self.currency} {self.kind} {self.valid_from}: {self.rate}"


class CostCategory(BilingualName, Sourced):
    """A kind of cost (airfare, tuition, living ...) that payers are chosen by."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost category")
        verbose_name_plural = _("cost categories")
        ordering = ["code"]


class CostRuleQuerySet(models.QuerySet):
    """Cost rules by reader."""

    def visible_to(self, user):
        """Rules of the programs and slots the reader may see."""
        programs = Program.objects.visible_to(user).values("pk")
        slots = Slot.objects.visible_to(user).values("pk")
        return self.filter(Q(program__in=programs) | Q(slot__in=slots))


class CostRule(PublicModel, Sourced):
    """What one category costs a person in a program or in one slot.

    Rules of the slot replace the program's rules for the same category and the same
    people; a rule for the person's province adds to the rules without one (the domestic
    leg of a journey).
    """

    program = models.ForeignKey(
        Program,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cost_rules",
        verbose_name=_("program"),
    )
    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cost_rules",
        verbose_name=_("slot"),
    )
    category = models.ForeignKey(
        CostCategory,
        models.PROTECT,
        related_name="cost_rules",
        verbose_name=_("category"),
    )
    formula = models.CharField(_("formula"), max_length=10, choices=CostFormula)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    currency = CurrencyField(_("currency"), default="IDR")
    origin = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for people from"),
    )
    condition = models.CharField(
        _("only for whom"),
        max_length=LONGEST_CONDITION,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "A condition in one line; the cost comes on top of those without one: "
            "disability"
        ),
    )

    objects = CostRuleQuerySet.as_manager()
    history = EditHistory()

    class Meta:
        verbose_name = _("cost rule")
        verbose_name_plural = _("cost rules")
        ordering = ["program", "slot", "category"]
        constraints = [
            models.CheckConstraint(
                condition=Q(program__isnull=False, slot__isnull=True)
                | Q(program__isnull=True, slot__isnull=False),
                name="cost_rule_is_of_a_program_or_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="cost_is_not_negative"
            ),
            # Null is distinct from null in a unique constraint, and SQLite knows no
            # other way, so each combination of the two optional fields has its own.
            models.UniqueConstraint(
                fields=["program", "category", "formula", "origin", "condition"],
                condition=Q(program__isnull=False, origin__isnull=False),
                name="program_cost_rule_is_unique_an_origin",
            ),
            models.UniqueConstraint(
                fields=["program", "category", "formula", "condition"],
                condition=Q(program__isnull=False, origin__isnull=True),
                name="program_cost_rule_is_unique",
            ),
            models.UniqueConstraint(
                fields=["slot", "category", "formula", "origin", "condition"],
                condition=Q(slot__isnull=False, origin__isnull=False),
                name="slot_cost_rule_is_unique_an_origin",
            ),
            models.UniqueConstraint(
                fields=["slot", "category", "formula", "condition"],
                condition=Q(slot__isnull=False, origin__isnull=True),
                name="slot_cost_rule_is_unique",
            ),
        ]

    def __str__(self):
        return f"{self.slot or self.program}: {self.category} {self.amount}"


class FundingSource(PublicModel):
    """Whose money it is: a budget, a fund, a donor, a company, the participant."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=FundingSourceKind)
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_sources",
        verbose_name=_("institution"),
    )

    objects = seen_within(institution="institution")

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["code"]

    def __str__(self):
        return self.name


class LineKey(NamedTuple):
    """What people, files and scenarios call a budget line: SOURCE:YEAR[:CATEGORY]."""

    source: str
    year: int
    category: str = ""

    def __str__(self):
        return ":".join(str(word) for word in self if word)

    @classmethod
    def parse(cls, text):
        """Return the key that a text names.

        Raises
        ------
        ValueError: it names no source and year.
        """
        source, year, *category = text.split(":")
        if not (source and year.isdecimal() and len(category) <= 1 and all(category)):
            raise ValueError(text)
        return cls(source, int(year), *category)


class BudgetLine(PublicModel):
    """Money a source has in a fiscal year, for one category or for any (pagu).

    Without an amount the line has no limit (a host that pays what its people cost).
    """

    source = models.ForeignKey(
        FundingSource,
        models.CASCADE,
        related_name="budget_lines",
        verbose_name=_("funding source"),
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year"),
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
    )
    category = models.ForeignKey(
        CostCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    currency = CurrencyField(_("currency"), default="IDR")

    objects = seen_within(institution="source__institution")
    history = EditHistory()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["source", "fiscal_year", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "fiscal_year", "category"],
                condition=Q(category__isnull=False),
                name="budget_line_is_unique_a_category",
            ),
            models.UniqueConstraint(
                fields=["source", "fiscal_year"],
                condition=Q(category__isnull=True),
                name="budget_line_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="budget_is_not_negative",
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.fiscal_year} {self.category or ''}".strip()

    @property
    def key(self):
        """What people, files and scenarios call it."""
        return LineKey(self.source.code, self.fiscal_year, self.category_id or "")


class FundingRule(PublicModel):
    """Who may pay which share of a category in a program.

    The shares of a category add up to 100, never to more: a trigger of the database
    says so too (``programs.promises``). ``host_pays`` means the sources of the slot's
    own host; otherwise any of ``sources`` may pay the share, or part of it.
    """

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="funding_rules", verbose_name=_("program")
    )
    category = models.ForeignKey(
        CostCategory,
        models.PROTECT,
        related_name="funding_rules",
        verbose_name=_("category"),
    )
    percent = models.DecimalField(
        _("percent"),
        max_digits=5,
        decimal_places=2,
        default=100,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    host_pays = models.BooleanField(_("the host pays"), default=False)
    sources = models.ManyToManyField(
        FundingSource,
        blank=True,
        related_name="funding_rules",
        verbose_name=_("funding sources"),
    )
    condition = models.CharField(
        _("only for whom"),
        max_length=LONGEST_CONDITION,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "A condition in one line: whose costs may be paid so. Empty: everybody's."
        ),
    )

    objects = seen_through("program")

    class Meta:
        verbose_name = _("funding rule")
        verbose_name_plural = _("funding rules")
        ordering = ["program", "category", "-percent"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="funding_share_is_a_percentage",
            )
        ]

    def __str__(self):
        return f"{self.program}: {self.category} {self.percent}%"

    def clean(self):
        """Refuse a share with which the payers of the category pay more than all."""
        super().clean()
        if self.percent is None or None in (self.program_id, self.category_id):
            return
        others = FundingRule.objects.filter(
            program=self.program_id,
            category=self.category_id,
            condition__in=("", self.condition),
        ).exclude(pk=self.pk)
        total = others.aggregate(total=Sum("percent"))["total"] or 0
        if total + self.percent > WHOLE:
            raise ValidationError({"percent": _over(total)})


def _over(share):
    """Return what is wrong with a share, and what would be right."""
    text = _(
        "The other payers of this category share %(taken)s%% already, so at most "
        "%(left)s%% is left. Lower another share first."
    )
    numbers = {
        "taken": formats.number(share, decimals=2),
        "left": formats.number(max(WHOLE - share, 0), decimals=2),
    }
    return ValidationError(text, code="over-all", params=numbers)


class FeeWaiver(PublicModel, Sourced):
    """Categories a worker may not be charged, for a destination and a time."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    destination = models.ForeignKey(
        Country, models.PROTECT, related_name="fee_waivers", verbose_name=_("country")
    )
    sector = models.CharField(
        _("sector"), max_length=20, choices=PrioritySector, blank=True
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    categories = models.ManyToManyField(
        CostCategory, related_name="fee_waivers", verbose_name=_("categories")
    )
    legal_reference = models.CharField(_("legal reference"), max_length=200)
    condition = models.CharField(
        _("only for whom"),
        max_length=LONGEST_CONDITION,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "A condition in one line: who may not be charged. Empty: every worker."
        ),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee waiver")
        verbose_name_plural = _("fee waivers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="fee_waiver_ends_after_it_starts",
            )
        ]

    def __str__(self):
        about = [str(self.destination)]
        if self.sector:
            about.append(str(self.get_sector_display()))
        return f"{self.legal_reference} ({', '.join(about)})"

    def holds(self, *, country, sector, day):
        """Return whether it protects workers who begin there on that day."""
        ended = self.valid_to is not None and self.valid_to <= day
        return (
            self.destination_id == country
            and self.sector in ("", sector)
            and self.valid_from <= day
            and not ended
        )
