"""Costs, payers, budgets and exchange rates."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from programs import formats
from programs.domain import conditions, funding, money
from programs.models import (
    BudgetLine,
    CostCategory,
    CostRule,
    ExchangeRate,
    FeeWaiver,
    FundingRule,
    FundingSource,
    Program,
    Slot,
)
from programs.roles import Permission

from .base import OFFICERS, DeskAdmin, DeskHistoryAdmin, DeskTabular
from .displays import AmountColumn
from .filters import RowsFilter
from .geography import ReferenceAdmin
from .verbs import JudgedForm, VerbsMixin
from .widgets import with_preview

TREASURERS = (Permission.MANAGE_MONEY,)


@admin.register(CostCategory)
class CostCategoryAdmin(ReferenceAdmin):
    """Kinds of cost."""

    list_display = ["name", "code", "basis"]
    search_fields = ["code", "name_en", "name_id"]


@admin.register(CostRule)
class CostRuleAdmin(VerbsMixin, AmountColumn, DeskHistoryAdmin):
    """What a category costs a person in a program or a slot."""

    verbs = money
    managed_by = (Permission.MANAGE_MONEY, Permission.MANAGE_PROGRAMS)
    program_paths = ("program", "slot.intake.program")
    may_delete = True
    list_display = [
        "where",
        "category",
        "amount_in_words",
        "formula",
        "origin",
        "condition",
        "basis",
    ]
    list_filter = [
        ("program", RowsFilter),
        ("category", RowsFilter),
        ("formula", ChoicesDropdownFilter),
        ("basis", ChoicesDropdownFilter),
    ]
    list_select_related = ["program", "slot__intake__program", "category", "origin"]
    search_fields = ["program__code", "slot__code", "category__name_en"]
    autocomplete_fields = ["program", "slot", "category", "origin"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Show whom the rule is for while its condition is typed."""
        form = super().get_form(request, obj, change, **kwargs)
        return with_preview(form, of="group", beside=("program", "slot"))

    def get_queryset(self, request):
        """Show the rules of programs the reader may see."""
        mine = Program.objects.visible_to(request.user).values("pk")
        slots = Slot.objects.visible_to(request.user).values("pk")
        return (
            super()
            .get_queryset(request)
            .filter(Q(program__in=mine) | Q(slot__in=slots))
        )

    @display(description=_("program or slot"), ordering="program")
    def where(self, rule):
        return rule.slot or rule.program


class BudgetLineInline(DeskTabular):
    """What a source has, year by year."""

    model = BudgetLine
    autocomplete_fields = ["category"]
    tab = False


@admin.register(FundingSource)
class FundingSourceAdmin(DeskAdmin):
    """Whose money it is."""

    managed_by = TREASURERS
    list_display = ["name", "code", "kind", "institution"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    list_select_related = ["institution"]
    search_fields = ["code", "name", "institution__name"]
    autocomplete_fields = ["institution"]
    inlines = [BudgetLineInline]


@admin.register(BudgetLine)
class BudgetLineAdmin(VerbsMixin, AmountColumn, DeskHistoryAdmin):
    """Money a source has in a fiscal year."""

    verbs = money
    managed_by = TREASURERS
    may_delete = True
    list_display = ["source", "fiscal_year", "category", "amount_in_words"]
    list_filter = [
        ("source", RowsFilter),
        "fiscal_year",
        ("category", RowsFilter),
    ]
    list_select_related = ["source", "category"]
    search_fields = ["source__name", "source__code"]
    autocomplete_fields = ["source", "category"]


@admin.register(FundingRule)
class FundingRuleAdmin(DeskAdmin):
    """Who may pay which share of a category in a program."""

    form = JudgedForm
    managed_by = (Permission.MANAGE_MONEY, Permission.MANAGE_PROGRAMS)
    program_paths = ("program",)
    may_delete = True
    list_display = ["program", "category", "share", "payers", "condition"]
    list_filter = [
        ("program", RowsFilter),
        ("category", RowsFilter),
    ]
    list_select_related = ["program", "category"]
    search_fields = ["program__code", "category__code"]
    autocomplete_fields = ["program", "category", "sources"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether condition and share can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: funding.of_rule(form.instance))
        return with_preview(form, of="group", beside=("program",))

    def get_queryset(self, request):
        """Show the rules of programs the reader may see, with their sources."""
        mine = Program.objects.visible_to(request.user).values("pk")
        rows = super().get_queryset(request).filter(program__in=mine)
        return rows.prefetch_related("sources")

    @display(description=_("share"), ordering="percent")
    def share(self, rule):
        return formats.percent(rule.percent / 100)

    @display(description=_("payers"))
    def payers(self, rule):
        names = [source.name for source in rule.sources.all()]
        if rule.host_pays:
            names.insert(0, str(_("the slot's host")))
        return ", ".join(names)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(DeskAdmin):
    """Dated planning and stress rates."""

    readable_by = OFFICERS
    managed_by = TREASURERS
    list_display = ["currency", "kind", "valid_from", "rate_in_words", "basis"]
    list_filter = [("kind", ChoicesDropdownFilter), "currency"]
    search_fields = ["currency"]

    @display(description=_("rupiah a unit"), ordering="rate")
    def rate_in_words(self, rate):
        return formats.number(rate.rate, decimals=4)


@admin.register(FeeWaiver)
class FeeWaiverAdmin(ReferenceAdmin):
    """What a worker may not be charged."""

    form = JudgedForm
    list_display = [
        "legal_reference",
        "destination",
        "sector",
        "valid_from",
        "names",
        "condition",
    ]
    list_filter = [("destination", RowsFilter)]
    list_select_related = ["destination"]
    search_fields = ["code", "legal_reference"]
    autocomplete_fields = ["destination", "categories"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the condition can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: conditions.of_row(form.instance))
        return with_preview(form, of="group")

    def get_queryset(self, request):
        """Bring the categories along."""
        return super().get_queryset(request).prefetch_related("categories")

    @display(description=_("categories"))
    def names(self, waiver):
        return ", ".join(category.name for category in waiver.categories.all())
