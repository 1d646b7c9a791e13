"""A map of the provinces as tiles of one size, so that small ones are seen as well.

Java is a tenth of the country on a map and more than half of its people: tiles say
nothing of area, keep neighbours together, and have room for figures.
"""

from django.utils.translation import gettext as _

TILES = {
    "11": (0, 0, "Aceh"),
    "12": (0, 1, "Sumut"),
    "13": (0, 2, "Sumbar"),
    "14": (1, 1, "Riau"),
    "15": (1, 2, "Jambi"),
    "16": (1, 3, "Sumsel"),
    "17": (0, 3, "Bengkulu"),
    "18": (1, 4, "Lampung"),
    "19": (2, 2, "Babel"),
    "21": (2, 1, "Kepri"),
    "31": (3, 3, "Jakarta"),
    "32": (3, 4, "Jabar"),
    "33": (4, 4, "Jateng"),
    "34": (4, 5, "DIY"),
    "35": (5, 4, "Jatim"),
    "36": (2, 4, "Banten"),
    "51": (6, 4, "Bali"),
    "52": (7, 4, "NTB"),
    "53": (8, 4, "NTT"),
    "61": (4, 1, "Kalbar"),
    "62": (5, 1, "Kalteng"),
    "63": (5, 2, "Kalsel"),
    "64": (6, 1, "Kaltim"),
    "65": (6, 0, "Kaltara"),
    "71": (9, 0, "Sulut"),
    "72": (8, 1, "Sulteng"),
    "73": (7, 3, "Sulsel"),
    "74": (8, 3, "Sultra"),
    "75": (8, 0, "Gorontalo"),
    "76": (7, 2, "Sulbar"),
    "81": (10, 2, "Maluku"),
    "82": (10, 1, "Malut"),
    "91": (13, 1, "Papua"),
    "92": (12, 1, "Pabar"),
    "93": (13, 3, "Pasel"),
    "94": (12, 2, "Pateng"),
    "95": (13, 2, "Papeg"),
    "96": (11, 1, "Pabadaya"),
}
"""Kemendagri code -> column, row, and the short name that officials write."""
SHADES = ((0.0, 0), (0.25, 1), (0.5, 2), (0.75, 3), (1.0, 4))
"""Share of people placed, up to and with which a tile has a shade."""
WIDTH, HEIGHT = 62, 44
"""Of a tile, in the units of the picture."""


def provinces(rows):
    """Return a tile for each province, also for those that nobody applied from.

    Parameters
    ----------
    rows: of ``parts.groups.provinces_of``.
    """
    known = {row["code"]: row for row in rows if row["code"]}
    tiles = []
    for code, (column, line, short) in TILES.items():
        row = known.get(code)
        tiles.append(
            {
                "code": code,
                "short": short,
                "x": column * WIDTH,
                "y": line * HEIGHT,
                "row": row,
                "shade": None if row is None else shade_of(row["share"]),
            }
        )
    return {
        "legend": legend(),
        "tiles": tiles,
        "width": WIDTH * (1 + max(column for column, *_rest in TILES.values())),
        "height": HEIGHT * (1 + max(line for _column, line, _name in TILES.values())),
    }


def legend():
    """Return (shade, what it means) for each shade."""
    return [
        (0, _("nobody placed")),
        (1, _("up to a quarter")),
        (2, _("up to a half")),
        (3, _("up to three quarters")),
        (4, _("more")),
    ]


def shade_of(share):
    """Return the shade of a share between 0 and 1: 0 is nobody, 4 is more than 3/4."""
    return next(shade for upper, shade in SHADES if (share or 0) <= upper)
