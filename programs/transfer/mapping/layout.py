"""Where the table is in a sheet: its heading, its rows, and what stands around them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise

from openpyxl.utils.cell import range_boundaries

from programs.transfer.limits import LIMITS
from programs.transfer.messages import broken

from .headings import is_known
from .likeness import fold

LOOKED_AT = 40
"""Rows from the top in which the heading is looked for."""
ORDINAL = re.compile(r"\(?([0-9]{1,2})\)?\.?")
TOTAL = re.compile(
    r"(sub ?|grand )?total\b.*|(sub ?)?jumlah( total| keseluruhan| peserta)?\b.*"
    r"|rata rata\b.*"
)
MOST_TOLD = 200
"""Rows that are named one by one; beyond that they are counted."""
TITLE, NUMBERING, TOTALS, NOTE, REPEATED, HIDDEN = (
    "title", "numbering", "total", "note", "repeated", "hidden",
)  # fmt: skip
"""Why a row is no row of the table."""


@dataclass
class Table:
    """The table in a sheet.

    Parameters
    ----------
    headings: of its columns, distinct; "" where a column has none.
    rows: yields (row number, cells) of the rows of the table; to be read once.
    left_out: [(row number, why, first text)] of the others, filled while reading.
    counts: how many rows were left out for each reason.
    filled: merged ranges below the heading whose text each of their rows was given.
    """

    headings: list
    rows: object = ()
    left_out: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    filled: int = 0

    def leave_out(self, number, why, cells):
        """Note a row that is no row of the table."""
        self.counts[why] += 1
        if len(self.left_out) < MOST_TOLD:
            self.left_out.append((number, why, _first(cells)[:80]))


def table_of(grid, *, skip_hidden=False, limits=LIMITS):
    """Return the table in a grid.

    Raises
    ------
    Refusal: there is none, or it is too wide.
    """
    rows = iter(grid.rows)
    head = list(islice(rows, LOOKED_AT))
    merged = [_bounds(reference) for reference in grid.merged]
    top = _heading_row(head)
    if top is None:
        grid.rows.close()
        raise broken("no-table")
    first, last = _height(head, top, merged)
    named = [cells for number, cells in head if first <= number <= last]
    headings = _headings(named, first, merged)
    if len(headings) > limits.columns:
        grid.rows.close()
        raise broken("too-many-columns", limit=limits.columns)
    table = Table(headings)
    for number, cells in head:
        if number < first:
            table.leave_out(number, TITLE, cells)
    body = chain((row for row in head if row[0] > last), rows)
    down = [bounds for bounds in merged if bounds[1] > last]
    table.filled = sum(1 for _left, start, _right, end in down if end > start)
    table.rows = _rows(table, _filled(body, down), named[-1], grid, skip_hidden)
    return table


def _bounds(reference):
    """Return (first column, first row, last column, last row), columns from 0."""
    left, top, right, bottom = range_boundaries(reference)
    return left - 1, top, right - 1, bottom


def _heading_row(head):
    """Return the number of the row that names the most columns, or None."""
    best, found = (0, 0), None
    for number, cells in head:
        filled = [cell for cell in cells if cell.strip()]
        words = [cell for cell in filled if not re.fullmatch(r"[\d\s.,()/-]+", cell)]
        if len(words) < 2 or len(words) * 2 < len(filled):
            continue
        score = sum(map(is_known, set(words))), 0
        if score > best or found is None:
            best, found = max(best, score), number
    return found


def _height(head, top, merged):
    """Return the first and last row of a heading, which merged cells make higher."""
    filled = {number: _filled_places(cells) for number, cells in head}
    first = last = top
    below = set()
    for left, start, right, end in merged:
        reaches = start < top <= end or (right > left and start == top - 1)
        if reaches and len(filled.get(start, ())) > 1:
            first = min(first, start)
        if start == top:
            last = max(last, end)
            below |= set(range(left, right + 1)) if right > left else set()
    # Names below a wide one, and nothing else in that row.
    has_names_below = below and filled.get(top + 1) and filled[top + 1] <= below
    return first, max(last, top + 1) if has_names_below else last


def _filled_places(cells):
    return {place for place, cell in enumerate(cells) if cell.strip()}


def _headings(named, first, merged):
    """Return distinct names of the columns, a name over several before the own one."""
    width = max(len(cells) for cells in named)
    texts = {
        (first + line, place): cell.strip()
        for line, cells in enumerate(named)
        for place, cell in enumerate(cells)
    }
    for left, start, right, end in merged:
        if first <= start < first + len(named):
            text = texts.get((start, left), "")
            width = max(width, right + 1)
            for line in range(start, min(end, first + len(named) - 1) + 1):
                for place in range(left, right + 1):
                    texts[line, place] = text
    lines = range(first, first + len(named))
    names = [
        " / ".join(
            dict.fromkeys(
                " ".join(texts[line, place].split())
                for line in lines
                if texts.get((line, place))
            )
        )
        for place in range(width)
    ]
    while names and not names[-1]:
        names.pop()
    return _distinct(names)


def _distinct(names):
    """Number the names that stand there more than once."""
    seen, distinct = Counter(), []
    for name in names:
        seen[name] += 1
        distinct.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return distinct


def _filled(rows, merged):
    """Yield rows in which each cell of a merged range holds its text."""
    waiting = sorted(merged, key=lambda bounds: bounds[1])
    active = []
    for number, cells in rows:
        while waiting and waiting[0][1] <= number:
            bounds = waiting.pop(0)
            left = bounds[0]
            # A range that begins above the first row kept has its text there.
            if bounds[1] == number:
                active.append((*bounds, cells[left] if left < len(cells) else ""))
        active = [one for one in active if one[3] >= number]
        if active:
            cells = list(cells)
        for left, start, right, _end, text in active:
            if number == start and _is_title(cells, left, right):
                continue
            cells.extend([""] * (right + 1 - len(cells)))
            for place in range(left, right + 1):
                cells[place] = text
        yield number, cells


def _is_title(cells, left, right):
    """Return whether a merged range is all that a row holds: a text across it."""
    others = [c for place, c in enumerate(cells) if not left <= place <= right]
    return right > left and not any(cell.strip() for cell in others)


def _rows(table, rows, heading, grid, skip_hidden):
    """Yield the rows of the table; note the others with it."""
    width = sum(1 for name in table.headings if name)
    heading = [cell.strip() for cell in heading]
    for place, (number, cells) in enumerate(rows):
        filled = [cell for cell in cells if cell.strip()]
        why = _why_not(cells, filled, width, heading, is_first=place < 3)
        if number in grid.hidden and skip_hidden:
            why = why or HIDDEN
        if why:
            table.leave_out(number, why, cells)
        elif filled:
            yield number, cells


def _why_not(cells, filled, width, heading, *, is_first):
    """Return why a row is no row of the table, or "" where it is one."""
    if not filled:
        return ""
    if [cell.strip() for cell in cells[: len(heading)]] == heading:
        return REPEATED
    if is_first and _counts_up(filled):
        return NUMBERING
    if len(filled) * 2 <= max(width, 4) and TOTAL.fullmatch(fold(filled[0])):
        return TOTALS
    return NOTE if len(filled) == 1 and width > 2 else ""


def _counts_up(filled):
    """Return whether cells say 1, 2, 3 and so on: the columns, numbered."""
    found = [ORDINAL.fullmatch(cell.strip()) for cell in filled]
    if len(found) < 3 or not all(found):
        return False
    told = [int(each[1]) for each in found]
    return all(after == before + 1 for before, after in pairwise(told))


def _first(cells):
    return next((cell.strip() for cell in cells if cell.strip()), "")
