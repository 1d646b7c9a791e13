"""Numbers and amounts of money as people write them, on every page and form alike.

An Indonesian writes 1.500.000 and 12,5; who writes English, 1,500,000 and 12.5. What
is right in Indonesian is read so, whatever language the desk speaks; else what is right
in English. A number whose groups are broken (1.50.000) is refused. "Rp 2 M" is 2 miliar
where the desk speaks Indonesian and 2 million where it speaks English.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil

from babel.numbers import NumberFormatError, parse_decimal
from django.utils.translation import get_language

WORDS = {
    "ribu": 10**3,
    "rb": 10**3,
    "juta": 10**6,
    "jt": 10**6,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
    "t": 10**12,
    "thousand": 10**3,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
MOST = 10**15
AMOUNT = re.compile(rf"([0-9][0-9.,]*)\s*({'|'.join(WORDS)})?")
PERCENT = re.compile(r"\s*(%|persen|percent|per cent)$")
MINUS = str.maketrans("\u2212\u2013", "--")
LOCALES = ("id", "en")


def decimal_of(text: str) -> Decimal:
    """Return a number of 0 or more: 12,5 or 12.5 is twelve and a half.

    Raises
    ------
    ValueError: it is no number, or its groups are broken.
    """
    text = text.strip()
    if not re.fullmatch(r"[0-9][0-9.,]*", text):
        raise ValueError(text)
    for locale in LOCALES:
        try:
            return parse_decimal(text, locale=locale, strict=True)
        except NumberFormatError:
            continue
    raise ValueError(text)


def parts_of(text: str) -> tuple[str, int]:
    """Return (figure, size) of an amount as written: "Rp 2 miliar" is ("2", 10**9).

    Raises
    ------
    ValueError: it is no amount.
    """
    plain = re.sub(r"\brp\.?", "", text.lower()).replace("\u00a0", " ").strip()
    match = AMOUNT.fullmatch(plain)
    if match is None:
        raise ValueError(text)
    figure, word = match.groups()
    if word == "m" and (get_language() or "").startswith("id"):
        word = "miliar"
    return figure, WORDS.get(word, 1)


def amount_of(text: str) -> Decimal:
    """Return an amount of 0 or more, in any currency: "2 miliar", "Rp 1,5 jt", "12,50".

    Raises
    ------
    ValueError: it is no amount, or more than there is.
    """
    figure, size = parts_of(text)
    amount = decimal_of(figure) * size
    if amount > MOST:
        raise ValueError(text)
    return amount


def rupiah_of(text: str) -> int:
    """Return whole rupiah: "2 miliar", "1,5 bn", "Rp 500.000.000".

    Raises
    ------
    ValueError: it is no whole amount, or more than there is.
    """
    return _whole(amount_of(text), text)


def number_of(text: str) -> int:
    """Return a whole number of 0 or more: "1.000", "12".

    Raises
    ------
    ValueError: it is none.
    """
    return _whole(decimal_of(text), text)


def share_of(text: str) -> Decimal | None:
    """Return the figure of "12,5%" or "12,5 persen", or None: it is no share.

    Raises
    ------
    ValueError: what stands before the sign is no number.
    """
    figure, num_signs = PERCENT.subn("", text.strip().lower())
    return decimal_of(figure) if num_signs else None


def _whole(number: Decimal, text: str) -> int:
    if number != int(number):
        raise ValueError(text)
    return int(number)


def signed(text: str) -> tuple[str, str]:
    """Return the sign that a text begins with, or nothing, and what follows it."""
    text = text.strip().translate(MINUS)
    sign = text[:1] if text[:1] in ("+", "-") else ""
    return sign, text[len(sign) :].strip()


def change_of(text: str, *, money: bool = True) -> int | str:
    """Return a change: a new figure, "+10%", or so much more or less.

    Parameters
    ----------
    text: as written. money: whether rupiah are meant, or what people count.

    Returns
    -------
    int for a new figure; str with its sign for a change, "-12.5%" in per cent or
    "+2000000000".

    Raises
    ------
    ValueError: it is none of these.
    """
    sign, rest = signed(text)
    share = share_of(rest)
    if share is not None:
        return f"{sign or '+'}{format(share.normalize(), 'f')}%"
    figure = rupiah_of(rest) if money else number_of(rest)
    return f"{sign}{figure}" if sign else figure


def changed(
    amount: Decimal | Fraction | int | None, change: int | str
) -> Fraction | None:
    """Return an amount after a change as `change_of` writes it; never below 0.

    Parameters
    ----------
    amount: a number in rupiah, or None where there is no limit; only a new amount
        changes that. change: int or str.

    Returns
    -------
    The exact Fraction, or None.
    """
    text = str(change)
    is_share = text.endswith("%")
    if not is_share and text[:1] not in ("+", "-"):
        return Fraction(text)
    if amount is None:
        return None
    before = Fraction(amount)
    more = before * Fraction(text[:-1]) / 100 if is_share else Fraction(text)
    return max(Fraction(0), before + more)


def more_of(text: str, before: Decimal | Fraction | int, *, money: bool) -> int:
    """Return by how much something is raised: "2 miliar", "+2 miliar", "+10%", "3".

    A share is one of what there is, rounded up to whole units.

    Parameters
    ----------
    text: as written. before: what there is, in the same units as the answer: rupiah,
    or what people count.

    Raises
    ------
    ValueError: it is no raise, or no whole number of what is counted.
    """
    sign, rest = signed(text)
    if sign == "-":
        raise ValueError(text)
    share = share_of(rest)
    if share is not None:
        return ceil(Fraction(before) * Fraction(share) / 100)
    return rupiah_of(rest) if money else number_of(rest)
