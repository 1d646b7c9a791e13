"""A line of months under a picture."""

from datetime import date

from babel import dates
from django.utils.translation import get_language

WIDTH = 900
LABELS = 210
ROW = 26


def months(first, last, x):
    """Yield the names of months at their places, at most some nine of them.

    Parameters
    ----------
    first, last: days. x: returns the place of a day.
    """
    language = (get_language() or "en")[:2]
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    step = max(1, count // 9)
    for i in range(0, count, step):
        month = first.month - 1 + i
        day = date(first.year + month // 12, month % 12 + 1, 1)
        label = dates.format_date(day, "MMM yy", locale=language)
        yield {"x": f"{x(day):.1f}", "text_x": f"{x(day) + 3:.1f}", "label": label}
