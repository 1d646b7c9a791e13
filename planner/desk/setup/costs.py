"""The step of costs: what a place costs and who pays, in one table."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from programs import lists
from programs.choices import CostFormula
from programs.domain import payers
from programs.models import CostCategory, CostRule, FundingSource

from .fields import Amount, version_of

USUAL = ("airfare_intl", "visa", "insurance", "living", "tuition")
"""Categories that a table without lines begins with."""
MORE_LINES = 2
HOST = "host"
PAYERS = ("first", "second")


class CostLine(forms.Form):
    """A line: category, amount, how often, and at most two who pay a share each."""

    category = forms.ChoiceField(required=False)
    amount = Amount(required=False)
    currency = forms.ChoiceField(required=False)
    formula = forms.ChoiceField(choices=CostFormula, required=False)
    first = forms.ChoiceField(required=False)
    first_share = forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, required=False
    )
    second = forms.ChoiceField(required=False)
    second_share = forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, required=False
    )

    def __init__(self, *args, categories, currencies, who, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "–"), *categories]
        self.fields["currency"].choices = currencies
        for name in PAYERS:
            self.fields[name].choices = [("", "–"), *who]
        number = int(self.prefix.rpartition("-")[2]) + 1
        for name, label in (
            ("category", _("category")),
            ("amount", _("amount")),
            ("currency", _("currency")),
            ("formula", _("how often")),
            ("first", _("payer")),
            ("first_share", _("share of the payer in per cent")),
            ("second", _("second payer")),
            ("second_share", _("share of the second payer in per cent")),
        ):
            told = _("Line %(line)s: %(field)s") % {"line": number, "field": label}
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = told

    def clean(self):
        """Refuse a cost without its category."""
        data = super().clean()
        if data.get("amount") is not None and not data.get("category"):
            self.add_error("category", _("This field is required."))
        return data

    def cost(self):
        """Return the cost of the line, or None where it states no amount."""
        data = self.cleaned_data
        if data.get("amount") is None:
            return None
        return payers.Cost(
            category=data["category"],
            amount=data["amount"],
            currency=data["currency"] or "IDR",
            formula=data["formula"] or CostFormula.ONE_OFF,
            shares=self._shares(data),
        )

    def _shares(self, data):
        chosen = [name for name in PAYERS if data[name]]
        if not chosen:  # payers that were shown and emptied pay no more
            return () if self.initial.get("first") else None
        left = Decimal(100)
        shares = []
        for name in chosen:
            percent = data[f"{name}_share"] or left
            left -= percent
            if percent > 0:
                shares.append(share_of(data[name], percent))
        return tuple(shares)


def share_of(value, percent):
    """Return the share that a choice of the list stands for."""
    if value == HOST:
        return payers.Share(percent, host_pays=True)
    return payers.Share(percent, sources=frozenset(map(_uuid, value.split("+"))))


def _uuid(text):
    return FundingSource._meta.pk.to_python(text)


def choice_of(share):
    """Return the choice of the list that stands for a share."""
    return HOST if share.host_pays else "+".join(sorted(map(str, share.sources)))


class CostsStep:
    """The page of costs and payers.

    Parameters
    ----------
    data: what was sent, or None.
    """

    template = "desk/setup/costs.html"

    def __init__(self, intake, *, user, data=None):
        self.program = intake.program
        self.rules = list(payers.of_table(self.program).select_related("category"))
        self.shares, _rules = payers.shares_of(self.program)
        sources = list(FundingSource.objects.visible_to(user).order_by("name"))
        self.names = {str(source.pk): source.name for source in sources}
        known = {
            "categories": [(row.pk, row.name) for row in CostCategory.objects.all()],
            "currencies": lists.currencies(*(rule.currency for rule in self.rules)),
            "who": self._who(sources),
        }
        lines = list(self._stored()) or [{"category": code} for code in USUAL]
        self.kept = {
            code for code, shares in self.shares.items() if len(shares) > len(PAYERS)
        }
        self.lines = [
            CostLine(data, initial=line, prefix=f"line-{at}", **known)
            for at, line in enumerate([*lines, *[{}] * MORE_LINES])
        ]
        self.others = (
            CostRule.objects.filter(slot__intake=intake).count()
            + self.program.cost_rules.exclude(origin=None, condition="").count()
        )
        self.version = version_of(
            *((str(r.pk), r.amount, r.currency, r.formula) for r in self.rules),
            *sorted((code, repr(s)) for code, s in self.shares.items()),
        )

    def _who(self, sources):
        """Return who may pay: the host, each source, and sets of sources in use."""
        who = [(HOST, _("the slot's host"))]
        who += [(str(source.pk), source.name) for source in sources]
        known = {value for value, _words in who}
        for shares in self.shares.values():
            for share in shares:
                value = choice_of(share)
                if value and value not in known:
                    names = (self.names.get(pk, "?") for pk in value.split("+"))
                    who.append((value, _(" or ").join(sorted(names))))
                    known.add(value)
        return who

    def _stored(self):
        """Yield the lines as they are stored; payers stand on a category's first."""
        told = set()
        for rule in self.rules:
            line = {
                "category": rule.category_id,
                "amount": plain(rule.amount),
                "currency": rule.currency,
                "formula": rule.formula,
            }
            shares = self.shares.get(rule.category_id, ())
            if rule.category_id not in told and len(shares) <= len(PAYERS):
                for name, share in zip(PAYERS, shares, strict=False):
                    line[name] = choice_of(share)
                    if share.percent != payers.WHOLE:
                        line[f"{name}_share"] = plain(share.percent)
            told.add(rule.category_id)
            yield line

    def is_valid(self):
        """Return whether everything that was sent can be read."""
        errors = [line.errors for line in self.lines]
        return not any(errors)

    def save(self, *, by, now):
        """Make the program's costs those of the table.

        Raises
        ------
        Refusal: what the table says cannot be.
        """
        costs = [cost for line in self.lines if (cost := line.cost())]
        payers.set_out(program=self.program, costs=costs, by=by, now=now)
        return True


def plain(amount):
    """Return an amount as people type it: without the cents that it does not have."""
    return f"{amount:.0f}" if amount == int(amount) else f"{amount.normalize():f}"
