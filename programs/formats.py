"""Numbers, money and dates as people write them, in the active language.

English money is written the Indonesian way round (Rp before the figure), with English
separators, so that one amount looks like one amount in both languages.
"""

from decimal import ROUND_HALF_UP, Decimal

from babel import dates, numbers
from django.utils import timezone
from django.utils.translation import get_language, pgettext

STEPS = [
    (Decimal(10) ** 12, "T"),
    (Decimal(10) ** 9, "B"),
    (Decimal(10) ** 6, "M"),
]

STATE_COLOURS = {
    "draft": "info",
    "proposed": "info",
    "queued": "info",
    "submitted": "info",
    "reading": "info",
    "checked": "info",
    "offered": "warning",
    "closed": "warning",
    "allocating": "warning",
    "reserve": "warning",
    "partly_applied": "warning",
    "undone": "plain",
    "open": "success",
    "in_force": "success",
    "eligible": "success",
    "accepted": "success",
    "agreed": "success",
    "confirmed": "success",
    "placed": "success",
    "decided": "success",
    "running": "success",
    "departed": "success",
    "arrived": "success",
    "completed": "success",
    "applied": "success",
    "solved": "success",
    "approved": "success",
    "published": "success",
    "infeasible": "danger",
    "failed": "danger",
    "ineligible": "danger",
    "declined": "danger",
    "expired": "danger",
    "rejected": "danger",
    "refused": "danger",
    "lapsed": "danger",
    "cancelled": "danger",
    "dismissed": "danger",
    "nobody": "danger",
    "outdated": "danger",
    "terminated": "danger",
    "withdrawn": "danger",
    "no_show": "danger",
    "ended_early": "danger",
    "unplaced": "danger",
}
"""Colours that go with the words of a state; never the only sign of it."""


def _locale():
    return "id_ID" if (get_language() or "en").startswith("id") else "en_GB"


def number(value, *, decimals=0):
    """Return 1234567 as "1.234.567" or "1,234,567"."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return numbers.format_decimal(value, format=pattern, locale=_locale())


def signed(value):
    """Return a whole difference with its sign; no difference is a plain 0."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number(abs(value))}"


def before_after(before, after):
    """Return a change as an arrow, from what it was to what it is."""
    return f"{before} \u2192 {after}"


def percent(value, *, decimals=2):
    """Return the fraction 0.0012 as "0.12%"."""
    if value is None:
        return "–"
    return number(Decimal(str(value)) * 100, decimals=decimals) + "%"


def rupiah(amount):
    """Return an amount in full: "Rp 1.250.000.000"."""
    if amount is None:
        return "–"
    whole = Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{'-' if whole < 0 else ''}Rp\u00a0{number(abs(whole))}"


def _step_word(step):
    return {
        "T": pgettext("short amount of money", "tn"),
        "B": pgettext("short amount of money", "bn"),
        "M": pgettext("short amount of money", "m"),
    }[step]


def rupiah_short(amount):
    """Return an amount for a tile: "Rp 1,25 miliar" or "Rp 1.25 bn"."""
    if amount is None:
        return "–"
    amount = Decimal(amount)
    for size, step in STEPS:
        if abs(amount) >= size:
            figure = number(abs(amount) / size, decimals=2)
            sign = "-" if amount < 0 else ""
            return f"{sign}Rp\u00a0{figure}\u00a0{_step_word(step)}"
    return rupiah(amount)


def money(amount, currency):
    """Return an amount in any currency, rupiah in the house's way."""
    if amount is None:
        return "–"
    if currency == "IDR":
        return rupiah(amount)
    return f"{currency}\u00a0{number(Decimal(amount), decimals=2)}"


def day(value):
    """Return a date in words: "21 November 2026"."""
    if value is None:
        return "–"
    return dates.format_date(value, format="d MMMM yyyy", locale=_locale())


def moment(value):
    """Return a date and a time in the desk's zone: "21 November 2026, 14:05"."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{day(local.date())}, {local:%H:%M}"


def duration(seconds):
    """Return seconds as "45 s", "2 min 05 s" or "1 h 02 min"."""
    if seconds is None:
        return "–"
    seconds = int(seconds)
    if seconds < 60:
        return pgettext("seconds", "%(count)s s") % {"count": seconds}
    if seconds < 3600:
        return pgettext("minutes and seconds", "%(minutes)s min %(seconds)02d s") % {
            "minutes": seconds // 60,
            "seconds": seconds % 60,
        }
    return pgettext("hours and minutes", "%(hours)s h %(minutes)02d min") % {
        "hours": seconds // 3600,
        "minutes": seconds % 3600 // 60,
    }
