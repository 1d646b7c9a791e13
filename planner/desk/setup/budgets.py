"""The step of budgets: what each payer has in each year, beside what seats may cost."""

from collections import Counter, defaultdict
from fractions import Fraction

from django import forms
from django.utils.translation import gettext as _

from programs import costing
from programs.choices import FundingSourceKind, InstitutionKind
from programs.costing import units_to_rupiah
from programs.domain import money, payers
from programs.models import BudgetLine, FundingSource, Slot
from programs.refusals import Refusal

from .costs import plain
from .fields import Amount, version_of


class BudgetCell(forms.Form):
    """What a payer has in a year: an amount in rupiah, or no limit.

    ``for_categories`` is how many budgets of the year are for one category of costs.
    """

    amount = Amount(required=False)
    no_limit = forms.BooleanField(required=False)

    def __init__(
        self, *args, source, year, line, for_categories, wanted, may, **kwargs
    ):
        values = {}
        if line is not None and line.amount is not None:
            values["amount"] = plain(line.amount)
        values["no_limit"] = line is not None and line.amount is None
        super().__init__(*args, initial=values, prefix=f"{source.pk}-{year}", **kwargs)
        self.source, self.year, self.line = source, year, line
        self.wanted, self.may = wanted, may
        self.for_categories = for_categories
        told = {"payer": source, "year": year}
        self.fields["amount"].widget.attrs["aria-label"] = (
            _("Budget of %(payer)s in %(year)s") % told
        )
        self.fields["no_limit"].widget.attrs["aria-label"] = (
            _("No limit for %(payer)s in %(year)s") % told
        )
        if not may:
            for field in self.fields.values():
                field.disabled = True

    def clean(self):
        """Refuse an amount that is to be no limit as well."""
        data = super().clean()
        if data.get("no_limit") and data.get("amount") is not None:
            self.add_error("amount", _("An amount, or no limit: not both."))
        return data

    def entry(self):
        """Return what is to be written, or None."""
        data = self.cleaned_data
        if not self.may or not self.has_changed():
            return None
        amount = None if data["no_limit"] else data["amount"]
        if amount is None and not data["no_limit"]:
            return None  # an emptied field takes no budget away
        if self.line is None:
            row = BudgetLine(source=self.source, fiscal_year=self.year, amount=amount)
            return money.Entry(row)
        self.line.amount = amount
        return money.Entry(self.line, ("amount",))


class BudgetsStep:
    """The page of budgets: payers of this program, year by year.

    Parameters
    ----------
    data: what was sent, or None.
    """

    template = "desk/setup/budgets.html"

    def __init__(self, intake, *, user, data=None):
        self.refused, costs = "", []
        slots = list(intake.slots.select_related("host").order_by("code"))
        try:
            costs = list(costs_of(intake, slots))
        except Refusal as refusal:  # no exchange rate: the page says which
            self.refused = str(refusal)
        self.wanted = defaultdict(Fraction)
        shares, _rules = payers.shares_of(intake.program)
        of_host = defaultdict(set)
        sources = {row.pk: row for row in FundingSource.objects.order_by("name")}
        for source in sources.values():
            if source.institution_id:
                of_host[source.institution_id].add(source.pk)
        hosts_without = {}
        for slot, category, year, amount in costs:
            for share in shares.get(category, ()):
                able = of_host[slot.host_id] if share.host_pays else share.sources
                if share.host_pays and not able:
                    hosts_without.setdefault(slot.host, set()).add(year)
                for source in able:
                    self.wanted[source, year] += amount * Fraction(share.percent) / 100
        self.hosts_without = dict(
            sorted(hosts_without.items(), key=lambda each: each[0].name)
        )
        lines, for_categories = {}, Counter()
        payers_due = {source for source, _year in self.wanted}
        for line in BudgetLine.objects.filter(source__in=payers_due).select_related(
            "source"
        ):
            at = line.source_id, line.fiscal_year
            if line.category_id is None:
                lines[at] = line
            else:
                for_categories[at] += 1
        self.cells = []
        order = {pk: place for place, pk in enumerate(sources)}
        for source, year in sorted(self.wanted, key=lambda at: (order[at[0]], at[1])):
            line = lines.get((source, year))
            row = line or BudgetLine(source=sources[source], fiscal_year=year)
            self.cells.append(
                BudgetCell(
                    data,
                    source=sources[source],
                    year=year,
                    line=line,
                    for_categories=for_categories[source, year],
                    wanted=units_to_rupiah(self.wanted[source, year]),
                    may=money.BOOKS[BudgetLine].may_keep(user, row)
                    and (line is None or line.currency == "IDR"),
                )
            )
        self.version = version_of(*((str(k), v.amount) for k, v in lines.items()))

    def let_hosts_pay(self, *, by, now):
        """Note the hosts that are to pay as payers, without a limit in each year."""
        for host, years in self.hosts_without.items():
            is_company = host.kind == InstitutionKind.COMPANY
            kind = FundingSourceKind.COMPANY if is_company else FundingSourceKind.DONOR
            source = payers.add(
                name=host.name, kind=kind, institution=host, by=by, now=now
            )
            lines = [BudgetLine(source=source, fiscal_year=year) for year in years]
            entries = [money.Entry(line) for line in lines]
            money.add_many(entries=entries, by=by, now=now)

    def is_valid(self):
        """Return whether everything that was sent can be read."""
        errors = [cell.errors for cell in self.cells]
        return not any(errors)

    def save(self, *, by, now):
        """Write the budgets that were added or changed."""
        entries = [entry for cell in self.cells if (entry := cell.entry())]
        money.add_many(entries=[e for e in entries if e.is_new], by=by, now=now)
        money.change_many(entries=[e for e in entries if not e.is_new], by=by, now=now)
        return bool(entries)


def costs_of(intake, slots):
    """Yield (slot, category, year, planning units) of all seats of each slot.

    Raises
    ------
    Refusal: a currency has no exchange rate on the day of the decision.
    """
    table = costing.load(slots=Slot.objects.filter(intake=intake))
    for slot in slots:
        for line in table.lines(slot.pk):
            yield slot, line.category, line.fiscal_year, line.amount * slot.capacity_max
