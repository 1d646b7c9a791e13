"""A report of two pages, and the same as a workbook: what people take to a meeting."""

import io
from dataclasses import dataclass, field
from typing import Any

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    KeepInFrame,
    PageBreak,
    Spacer,
    Table,
)

from . import fonts, sheets

SHADES = ("#e3e8ec", "#c5dff0", "#8cc1e2", "#2f7cae", "#0b5f97")
"""Of a tile's share, lightest first; the last two take white letters."""
FOOT = 10 * mm
INNER = sheets.INNER - 12
"""What is between the margins and the paddings, in points."""
BAR = 9
"""Height of a bar with its label, in points."""


@dataclass(frozen=True)
class Part:
    """A table, and what is drawn of it.

    Parameters
    ----------
    title: above it. columns: their heads. rows: lists of cells; numbers as numbers.
    shown: the same rows as texts for paper, where they are written in another way.
    bars: the columns (value, limit or None) that are drawn as bars, if any.
    most: rows that paper has room for; the workbook has all.
    more: what is said of the others, with ``%(count)s``. colour: of the bars.
    halves: whether paper has the second half of the rows beside the first.
    """

    title: str
    columns: list[str]
    rows: list[list[Any]]
    shown: list[list[str]] | None = None
    bars: tuple[int, int | None] | None = None
    most: int = 12
    more: str = "+ %(count)s"
    colour: Any = sheets.PEOPLE
    halves: bool = False

    @property
    def numbers(self) -> set[int]:
        """The columns that hold numbers."""
        return {
            at
            for at in range(len(self.columns))
            if any(isinstance(row[at], int | float) for row in self.rows)
        }


@dataclass(frozen=True)
class Report:
    """What a report says, in order of importance.

    Parameters
    ----------
    figures: (what, figure) of the first line. first, second: the parts of each page.
    tiles: of the map of provinces (`planner.desk.charts.provinces`), or None.
    foot: below each page: where it comes from, and from when.
    """

    title: str
    lead: str
    figures: list[tuple[str, str]]
    first: list[Part]
    second: list[Part] = field(default_factory=list)
    tiles: dict[str, Any] | None = None
    map_title: str = ""
    foot: str = ""

    @property
    def parts(self) -> list[Part]:
        """Every table, in order."""
        return [*self.first, *self.second]


def pdf(report: Report) -> bytes:
    """Return a report as PDF of two pages: what has no room is made smaller."""
    file = io.BytesIO()
    paper = sheets.document(file, title=report.title)
    height = sheets.HEIGHT - 2 * sheets.MARGIN - FOOT
    first = [*_head(report), *_parts(report.first)]
    second = [*_map(report), *_parts(report.second)]

    def foot(canvas, _document):
        canvas.setFont(fonts.PLAIN, 7)
        canvas.setFillColor(sheets.QUIET)
        canvas.drawString(sheets.MARGIN, FOOT, fonts.plain(report.foot)[:150])
        canvas.drawRightString(
            sheets.WIDTH - sheets.MARGIN, FOOT, f"{canvas.getPageNumber()} / 2"
        )

    fitted = [
        KeepInFrame(INNER, height, first, mode="shrink"),
        PageBreak(),
        KeepInFrame(INNER, height, second, mode="shrink"),
    ]
    paper.build(fitted, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _head(report):
    yield sheets.words(report.title, 15, bold=True, after=2)
    yield sheets.words(report.lead, 11, after=6)
    names = [name for name, _figure in report.figures]
    figures = [figure for _name, figure in report.figures]
    yield sheets.table([names, figures], [1] * len(names), size=9, width=INNER)
    yield Spacer(0, 6)


def _parts(parts):
    for part in parts:
        if not part.rows:
            continue
        yield sheets.words(part.title, 11, bold=True, after=2)
        rows = (part.shown or _as_texts(part.rows))[: part.most]
        if part.bars:
            yield _bars(part)
        yield _beside(part, rows) if part.halves else _table(part, rows, INNER)
        left = len(part.rows) - len(rows)
        if left:
            more = part.more % {"count": left}
            yield sheets.words(more, 7.5, colour=sheets.QUIET)
        yield Spacer(0, 7)


def _table(part, rows, width):
    rows = [part.columns, *rows]
    return sheets.table(
        rows, _widths(part), size=7.5, numbers=part.numbers, width=width
    )


def _beside(part, rows):
    """Return the rows as two tables, the second half beside the first."""
    middle, width = (len(rows) + 1) // 2, (INNER - 16) / 2
    halves = [_table(part, half, width) for half in (rows[:middle], rows[middle:])]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return Table([halves], [width + 16, width], style=style, hAlign="LEFT")


def _as_texts(rows):
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def _widths(part):
    """Return the columns' shares of the page: those with words have more."""
    words = 2 if part.halves else 3
    return [1 if at in part.numbers else words for at in range(len(part.columns))]


def _bars(part):
    """Draw the value of each row against its limit, longest at the page's width."""
    value, limit = part.bars
    rows = part.rows[: part.most]
    tops = [row[value] or 0 for row in rows]
    if limit is not None:
        tops += [row[limit] or 0 for row in rows]
    longest, name = max([1, *tops]), INNER * 0.3
    room = INNER - name - 60
    height = BAR * len(rows) + 2
    drawing = Drawing(INNER, height)
    for at, row in enumerate(rows):
        y = height - BAR * (at + 1)
        label = fonts.plain(row[0])[:38]
        drawing.add(String(0, y + 2, label, fontName=fonts.PLAIN, fontSize=6.5))
        if limit is not None and row[limit]:
            width = room * row[limit] / longest
            drawing.add(_box(name, y + 1, width, BAR - 3, sheets.LINE))
        width = room * (row[value] or 0) / longest
        drawing.add(_box(name, y + 1, width, BAR - 3, part.colour))
    return drawing


def _box(x, y, width, height, colour):
    return Rect(x, y, width, height, fillColor=colour, strokeColor=None)


def _map(report) -> list[Flowable]:
    """Return the map of provinces, each tile with its name and figures."""
    if report.tiles is None:
        return []
    scale = INNER / report.tiles["width"]
    drawing = Drawing(INNER, report.tiles["height"] * scale)
    top = report.tiles["height"]
    for tile in report.tiles["tiles"]:
        x, y = tile["x"] * scale, (top - tile["y"] - 42) * scale
        shade = tile["shade"]
        fill = white if shade is None else HexColor(SHADES[shade])
        ink = white if shade is not None and shade >= 3 else sheets.INK
        box = Rect(x, y, 60 * scale, 42 * scale, fillColor=fill)
        box.strokeColor, box.strokeWidth = sheets.LINE, 0.5
        drawing.add(box)
        told = [(tile["short"], 27 * scale)]
        if tile["row"]:
            figures = f"{tile['row']['placed']}/{tile['row']['people']}"
            told.append((figures, 9 * scale))
        for text, up in told:
            drawing.add(
                String(
                    x + 3,
                    y + up,
                    text,
                    fontName=fonts.PLAIN,
                    fontSize=6.5,
                    fillColor=ink,
                )
            )
    title = sheets.words(report.map_title, 11, bold=True, after=3)
    return [title, drawing, Spacer(0, 8)]
