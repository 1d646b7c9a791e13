"""What a person should know of how an own sheet was read, in sentences."""

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programs.transfer.sheets import notes_on

from .fields import label_of
from .layout import HIDDEN, NOTE, NUMBERING, REPEATED, TITLE, TOTALS

WHY = {
    TITLE: gettext_lazy("above the heading"),
    NUMBERING: gettext_lazy("numbers of the columns"),
    TOTALS: gettext_lazy("a total"),
    NOTE: gettext_lazy("a single cell"),
    REPEATED: gettext_lazy("the heading once more"),
    HIDDEN: gettext_lazy("hidden in the spreadsheet"),
}
"""Why a row was left out, in words."""
MOST = 8
"""Rows of one reason that are named."""


def told_of(translation):
    """Return sentences on what was read, left out and cleaned."""
    table = translation.table
    notes = notes_on(translation.grid)
    for why, count in table.counts.items():
        numbers = [str(row) for row, reason, _text in table.left_out if reason == why]
        more = ", …" if count > MOST else ""
        notes.append(
            ngettext(
                "%(count)d row was left out (%(why)s): row %(rows)s.",
                "%(count)d rows were left out (%(why)s): rows %(rows)s.",
                count,
            )
            % {
                "count": count,
                "why": WHY[why],
                "rows": ", ".join(numbers[:MOST]) + more,
            }
        )
    if gone := [
        one for one in translation.mapping.columns if one not in table.headings
    ]:
        notes.append(
            _("The sheet has no column %(names)s any more.")
            % {"names": ", ".join(f"“{name}”" for name in gone)}
        )
    if table.filled:
        notes.append(
            _("Merged cells were taken apart: each row has the text of its range.")
        )
    for name, count in translation.cleaned.items():
        notes.append(
            ngettext(
                "%(field)s: %(count)d cell was written with dots, blanks or a place, "
                "and is read without.",
                "%(field)s: %(count)d cells were written with dots, blanks or a place, "
                "and are read without.",
                count,
            )
            % {"count": count, "field": label_of(translation.kind, name)}
        )
    return notes
