"""Fields of the path: lists instead of codes, days, amounts as people write them."""

from contextlib import suppress
from decimal import Decimal

from django import forms
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from programs import amounts, lists


class DayInput(forms.DateInput):
    """A day, chosen from a calendar or typed."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class Amount(forms.CharField):
    """An amount of money: 9.000.000, 9 juta, 1,5 bn, or 12,50 in another currency."""

    def to_python(self, value):
        """Return the amount, or None where nothing is said."""
        text = super().to_python(value)
        if not text:
            return None
        with suppress(ValueError):
            return Decimal(amounts.rupiah_of(text))
        with suppress(ValueError):
            amount = amounts.decimal_of(text)
            if amount == round(amount, 2) and amount <= amounts.MOST:
                return amount
        raise forms.ValidationError(
            _("“%(text)s” is no amount; write 9.000.000, 9 juta or 9 million.")
            % {"text": text}
        )


class FieldsOfStudy(forms.MultipleChoiceField):
    """Fields of study from a list; kept as codes with commas between them."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.SelectMultiple(attrs={"size": 7}), **kwargs)

    def prepare_value(self, value):
        """Show a stored text as the codes that it names."""
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value):
        """Return the text that is kept."""
        return ",".join(super().clean(value))

    def has_changed(self, initial, data):
        """Compare codes, in whatever order they were chosen."""
        kept = initial.split(",") if isinstance(initial, str) and initial else initial
        return super().has_changed(kept, data)


def language(value="", *, empty=""):
    """Return a list of languages, with nothing chosen first where that may be."""
    return select([("", empty or "–"), *lists.languages(value)])


def select(choices):
    """Return a plain list: it works by keyboard, on a telephone and without scripts."""
    return forms.Select(choices=choices)


def version_of(*rows):
    """Return a keyed digest of what a page shows: that it differs, never what."""
    text = "\n".join(map(repr, rows))
    return salted_hmac("planner.desk.setup", text).hexdigest()[:32]
