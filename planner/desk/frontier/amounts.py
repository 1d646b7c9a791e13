"""Amounts of money as people write them."""

import re

WORDS = {
    "juta": 10**6,
    "miliar": 10**9,
    "triliun": 10**12,
    "m": 10**6,
    "bn": 10**9,
    "tn": 10**12,
    "million": 10**6,
    "billion": 10**9,
}
MOST = 10**15
AMOUNT = re.compile(rf"([0-9][0-9.,]*)\s*({'|'.join(WORDS)})?")


def rupiah_of(text):
    """Return an amount as people write it: "2 miliar", "1,5 bn", "Rp 500.000.000".

    Raises
    ------
    ValueError: it is no amount above zero, or more than there is.
    """
    plain = text.lower().replace("rp", "").replace("\u00a0", " ").strip()
    match = AMOUNT.fullmatch(plain)
    if match is None:
        raise ValueError(text)
    figure, word = match.groups()
    if word:
        amount = round(float(figure.replace(",", ".")) * WORDS[word])
    else:
        amount = int(figure.replace(".", "").replace(",", ""))
    if not 0 < amount <= MOST:
        raise ValueError(text)
    return amount
