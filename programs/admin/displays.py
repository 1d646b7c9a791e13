"""Columns that several tables show the same way: states, money, dates."""

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from programs import formats
from programs.formats import STATE_COLOURS


class StateColumn:
    """The state in words, coloured as well."""

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_label(self, row):
        return row.state, row.get_state_display()

    @display(description=_("state"))
    def state_words(self, row):
        """The state on a form, where it is read and moved by buttons."""
        return row.get_state_display()


class StayColumn:
    """From and to, for anything with ``starts_on`` and ``ends_on``."""

    @display(description=_("stay"), ordering="starts_on")
    def stay(self, row):
        return f"{formats.day(row.starts_on)} – {formats.day(row.ends_on)}"


class SafeDayColumn:
    """The last safe decision day, of rows that ``with_safe_day`` has brought."""

    @display(description=_("last safe decision day"), ordering="safe_day")
    def safe_until(self, row):
        return formats.day(row.safe_day)


class AmountColumn:
    """Money in its currency."""

    @display(description=_("amount"), ordering="amount")
    def amount_in_words(self, row):
        if row.amount is None:
            return _("no limit")
        return formats.money(row.amount, getattr(row, "currency", "IDR"))
