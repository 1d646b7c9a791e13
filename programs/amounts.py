"""Numbers and amounts of money as people write them, on every page alike.

An Indonesian writes 1.500.000 and 12,5; who writes English, 1,500,000 and 12.5. What
is right in Indonesian is read so, whatever language the desk speaks; else what is right
in English. A number whose groups are broken (1.50.000) is refused.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil

from babel.numbers import NumberFormatError, parse_decimal

WORDS = {
    "ribu": 10**3,
    "rb": 10**3,
    "juta": 10**6,
    "jt": 10**6,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
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


def rupiah_of(text: str) -> int:
    """Return whole rupiah: "2 miliar", "1,5 bn", "Rp 500.000.000".

    Raises
    ------
    ValueError: it is no whole amount, or more than there is.
    """
    plain = re.sub(r"\brp\.?", "", text.lower()).replace("\u00a0", " ").strip()
    match = AMOUNT.fullmatch(plain)
    if match is None:
        raise ValueError(text)
    figure, word = match.groups()
    amount = decimal_of(figure) * WORDS.get(word, 1)
    if amount > MOST or amount != int(amount):
        raise ValueError(text)
    return int(amount)


def change_of(text: str) -> int | str:
    """Return a change of an amount: a new one, "+10%", or so many rupiah more or less.

    Returns
    -------
    int for a new amount in rupiah; str with its sign for a change, "-12.5%" in per cent
    or "+2000000000" in rupiah.

    Raises
    ------
    ValueError: it is none of these.
    """
    text = text.strip()
    sign = text[:1] if text[:1] in ("+", "-") else ""
    rest = text[len(sign) :].strip()
    if rest.endswith("%"):
        share = decimal_of(rest[:-1])
        return f"{sign or '+'}{format(share.normalize(), 'f')}%"
    amount = rupiah_of(rest)
    return f"{sign}{amount}" if sign else amount


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
    text = text.strip()
    rest = text.removeprefix("+").strip()
    if rest.endswith("%"):
        return ceil(Fraction(before) * Fraction(decimal_of(rest[:-1])) / 100)
    if money:
        return rupiah_of(rest)
    number = decimal_of(rest)
    if number != int(number):
        raise ValueError(text)
    return int(number)
