"""Styles and frames of A4 sheets: one look for letters and reports."""

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from . import fonts

PEOPLE, MONEY, WARNING = HexColor("#0072b2"), HexColor("#00785a"), HexColor("#c04a00")
INK, QUIET, LINE = HexColor("#16202a"), HexColor("#5a6774"), HexColor("#c9d1d8")
WIDTH, HEIGHT = A4
MARGIN = 18 * mm
INNER = WIDTH - 2 * MARGIN
"""What is between the margins, in points."""


def document(file, *, title):
    """Return a document of A4 sheets that is written to a file; it names no author."""
    fonts.registered()
    sides = ("leftMargin", "rightMargin", "topMargin", "bottomMargin")
    margins = dict.fromkeys(sides, MARGIN)
    return SimpleDocTemplate(file, title=title, author="", **margins)


def style(size=10, *, bold=False, colour=INK, after=4, align=0):
    """Return the style of a paragraph.

    Parameters
    ----------
    size: of the letters, in points. after: space below it, in points.
    align: 0 left, 1 middle, 2 right.
    """
    fonts.registered()
    return ParagraphStyle(
        f"{size}{bold}{colour}{after}{align}",
        fontName=fonts.BOLD if bold else fonts.PLAIN,
        fontSize=size,
        leading=size * 1.4,
        textColor=colour,
        spaceAfter=after,
        alignment=align,
    )


def words(text, *args, **kwargs):
    """Return a paragraph in a style made by `style`."""
    return Paragraph(fonts.marked(text), style(*args, **kwargs))


def table(rows, widths, *, size=8, numbers=(), width=INNER):
    """Return a table with its first row as a head.

    Parameters
    ----------
    rows: lists of texts. widths: of the columns, as shares of the page.
    size: of the letters, in points. numbers: columns that are set to the right.
    width: of the table, in points.
    """
    total = sum(widths)
    cells = [
        [
            words(cell, size, bold=not at, after=0, align=2 if x in numbers else 0)
            for x, cell in enumerate(row)
        ]
        for at, row in enumerate(rows)
    ]
    columns = [width * share / total for share in widths]
    made = Table(cells, columns, repeatRows=1, hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]
        )
    )
    return made
