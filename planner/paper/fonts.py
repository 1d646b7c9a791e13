"""Fonts of a PDF: each letter in one that has it, so that no name loses any.

DejaVu Sans where the system has it, else Bitstream Vera, its older sister that comes
with the library: the same look, fewer letters. Chinese, Japanese and Korean are set in
the fonts that every reader of PDF brings, and that need not be embedded.
"""

import unicodedata
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

SYSTEM = Path("/usr/share/fonts/truetype/dejavu")
OWN = Path(reportlab.__file__).parent / "fonts"
FILES = (
    (SYSTEM / "DejaVuSans.ttf", SYSTEM / "DejaVuSans-Bold.ttf"),
    (OWN / "Vera.ttf", OWN / "VeraBd.ttf"),
)
"""Pairs of plain and bold, the first that is there is taken."""
PLAIN, BOLD = "Plain", "Bold"
HAN, KANA, HANGUL = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
UNKNOWN = "\N{WHITE SQUARE}"


@cache
def registered():
    """Register the fonts, once a process; return what letters the plain one has."""
    plain, bold = next(pair for pair in FILES if all(path.exists() for path in pair))
    pdfmetrics.registerFont(TTFont(PLAIN, str(plain)))
    pdfmetrics.registerFont(TTFont(BOLD, str(bold)))
    pdfmetrics.registerFontFamily(
        PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD
    )
    for name in (HAN, KANA, HANGUL):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def marked(text):
    """Return a text as the library's mark-up, each run of letters in a font of its own.

    Parameters
    ----------
    text: as people write it; what would be mark-up in it is shown as it is.
    """
    known = registered()
    text = unicodedata.normalize("NFC", str(text))
    east = _east_of(text)
    pieces = []
    for font, run in groupby(text, key=lambda letter: _font_of(letter, east, known)):
        letters = "".join(run)
        if font == PLAIN:
            shown = "".join(_known(letter, known) for letter in letters)
            pieces.append(escape(shown, quote=False))
        else:
            pieces.append(f'<font name="{font}">{escape(letters, quote=False)}</font>')
    return "".join(pieces)


def plain(text):
    """Return a text with the letters that the plain font has, for pictures."""
    known = registered()
    text = unicodedata.normalize("NFC", str(text))
    return "".join(_known(letter, known) for letter in text)


def _font_of(letter, east, known):
    if ord(letter) in known or letter.isspace():
        return PLAIN
    code = ord(letter)
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF:
        return HANGUL
    if _is_kana(letter):
        return KANA
    is_han = 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
    return east if is_han or 0x3000 <= code <= 0x303F else PLAIN


def _is_kana(letter):
    return 0x3040 <= ord(letter) <= 0x30FF


def _east_of(text):
    """Return the font of Han letters: Japanese, where it has all of them."""
    han = "".join(letter for letter in text if "\u3400" <= letter <= "\u9fff")
    try:
        han.encode("shift_jis")
    except UnicodeEncodeError:
        return HAN
    return KANA


def _known(letter, known):
    """Return the letter, the one below its marks, or a square."""
    if ord(letter) in known or letter.isspace():
        return letter
    below = unicodedata.normalize("NFKD", letter)[:1]
    return below if below and ord(below) in known else UNKNOWN
