"""Fields of forms for numbers: "2 miliar", "+10%" and "12,5" mean what people mean.

Each reads by ``programs.amounts`` and shows the figure as it is read again, so that a
form that nobody touched changes nothing.
"""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext as _, gettext_lazy

from programs import amounts, formats


class _AsWritten:
    """A field of a number, written as text; a change is one of what stood there.

    Parameters
    ----------
    is_share: whether the figure itself is in per cent, so that "12,5%" is a figure.
    """

    before = None

    def __init__(self, *args, is_share=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_share = is_share
        self.widget.input_type = "text"
        self.widget.attrs = {"inputmode": "text"} | self.widget.attrs
        for name in ("step", "min", "max"):
            self.widget.attrs.pop(name, None)

    def get_bound_field(self, form, field_name):
        """Note what stood there, for who writes "+10%"."""
        self.before = form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)

    def widget_attrs(self, widget):
        """Let the text be any: the field says what is wrong, not the browser."""
        return {}

    def prepare_value(self, value):
        """Return a figure as text that is read again as the same figure."""
        if isinstance(value, str) or value is None or isinstance(value, bool):
            return value
        return shown(value)

    def to_python(self, value):
        """Read what was written."""
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        try:
            return super().to_python(str(self.figure_of(value)))
        except (ValueError, InvalidOperation) as error:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from error

    def figure_of(self, text):
        """Return the figure that a text means."""
        sign, rest = amounts.signed(text)
        share = amounts.share_of(rest)
        if share is not None and self.is_share and not sign:
            return share
        if share is None and not sign:
            return self.read(rest)
        if self.is_share or self.before in self.empty_values:
            raise ValueError(text)
        if share is None:
            after = Fraction(self.before) + (-1 if sign == "-" else 1) * Fraction(
                self.read(rest)
            )
        elif sign:
            after = amounts.changed(self.before, f"{sign}{share}%")
        else:  # "10%" of an amount may be a tenth of it, or a tenth more
            raise ValueError(text)
        return self.rounded(after)


class Figure(_AsWritten, forms.DecimalField):
    """A number with decimals: an amount of money, a rate, a score."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "Write a number such as 12,5 or 2 miliar, or a change such as +10%."
        )
    }

    def read(self, text):
        """Return an amount without a sign."""
        return amounts.amount_of(text)

    def rounded(self, after):
        """Return an exact figure with as many decimals as the field has."""
        after = Decimal(after.numerator) / Decimal(after.denominator)
        places = 0 if self.decimal_places is None else self.decimal_places
        return after.quantize(Decimal(1).scaleb(-places))


class Whole(_AsWritten, forms.IntegerField):
    """A whole number: seats, days, points."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "Write a whole number such as 1.000, or a change such as +10%."
        )
    }

    def read(self, text):
        """Return a count without a sign."""
        return amounts.number_of(text)

    def rounded(self, after):
        """Return a whole figure; a part of a whole is refused."""
        if after.denominator != 1:
            raise ValueError(after)
        return int(after)


def shown(value):
    """Return a figure as people read it here, so that it is read as the same again.

    An English 1.125 would be read as an Indonesian thousand, so it gets one more zero.
    """
    if isinstance(value, float):
        value = repr(value)
    plain = format(Decimal(value), "f")
    whole, _point, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    if (get_language() or "en").startswith("id"):
        grouped = formats.number(int(whole)) if abs(int(whole)) >= 10**4 else whole
        return f"{grouped},{decimals}" if decimals else grouped
    if len(decimals) == 3:
        decimals += "0"
    return f"{whole}.{decimals}" if decimals else whole


def echo(form, row):
    """Return each changed figure of a form as before -> after, in words.

    Parameters
    ----------
    form: saved. row: what it was about; its currency is that of its amounts.
    """
    told = []
    for name in form.changed_data:
        field = form.fields.get(name)  # a form may write one field as others
        if isinstance(field, _AsWritten):
            both = form.initial.get(name), form.cleaned_data.get(name)
            change = formats.before_after(*(_told(each, name, row) for each in both))
            told.append(f"{capfirst(field.label)}: {change}")
    return told


def _told(value, name, row):
    if value in (None, ""):
        return _("empty")
    if name == "amount" and getattr(row, "currency", ""):
        return formats.money(Decimal(value), row.currency)
    return shown(value)
