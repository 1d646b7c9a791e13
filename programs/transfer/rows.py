"""Rows of a file, read and judged against a kind's columns."""

from dataclasses import dataclass, field
from enum import StrEnum

from .columns import Code, Column
from .messages import CellError, Problem

EVERY = 100
"""Rows after which somebody who watches hears how far it is."""


def no_step(phase, done, total):
    """Tell nobody."""


class Action(StrEnum):
    """What taking a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass
class Row:
    """One row: its number in the file, its texts, its values and what is wrong.

    ``values`` has an entry for each column the file has; a column the file lacks is
    left alone when the row exists, and starts empty when it is new. ``changes`` are
    the values that differ from what there is, ``before`` what is there instead,
    ``entry`` what the domain's verb takes.
    """

    number: int
    cells: dict
    values: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    action: Action = Action.BAD
    changes: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    entry: object = None

    @property
    def is_good(self):
        """Whether the row can be taken."""
        return not self.problems

    def refuse(self, column, code, /, **params):
        """Note what is wrong with a cell."""
        self.problems.append(Problem(column, code, params))

    def failed(self, *columns):
        """Return whether any of the columns already has a problem."""
        return any(problem.column in columns for problem in self.problems)


def read_rows(sheet, piece, columns, lookups):
    """Return rows of a sheet with each cell read on its own.

    Parameters
    ----------
    piece: (row number, cells) of each.
    """
    named = [
        (place, name) for place, name in enumerate(sheet.header) if name in columns
    ]
    return [
        _read_row(number, cells, named, columns, lookups, len(sheet.header))
        for number, cells in piece
    ]


def _read_row(number, cells, named, columns, lookups, width):
    texts = {name: cells[place] if place < len(cells) else "" for place, name in named}
    row = Row(number, texts)
    for name, text in texts.items():
        column = columns[name]
        try:
            row.values[name] = column.read(text)
        except CellError as error:
            row.refuse(name, error.code, **error.params)
        else:
            _look_up(row, column, lookups)
    if any(cell.strip() for cell in cells[width:]):
        row.refuse("", "ragged")
    return row


def _look_up(row, column, lookups):
    value = row.values[column.name]
    if isinstance(column, Code) and value and value not in lookups[column.what]:
        row.refuse(column.name, "unknown", what=lookups.label(column.what))


def missing_columns(sheet, columns):
    """Return the names of required columns that the sheet lacks."""
    return [
        column.name
        for column in columns.values()
        if isinstance(column, Column)
        and column.required
        and column.name not in sheet.header
    ]
