"""What a band of a language test is worth, where the score may decide."""

from decimal import Decimal


def line_of(lines, band, score=None):
    """Return the line of a scale for a band, or for a score within one such as 42-71.

    Where the score decides (JLPT N3 is B1 from 104 points), the line of the highest
    ``from_score`` that it reaches; the lowest where no score is known.

    Parameters
    ----------
    lines: the ``LanguageScale`` rows of one test and version.
    """
    named = [line for line in lines if line.band == band]
    named = named or [line for line in lines if _is_within(line.band, band)]
    reached = [line for line in named if line.from_score <= Decimal(score or 0)]
    return max(reached, key=lambda line: line.from_score, default=None)


def _is_within(band, text):
    least, dash, most = band.partition("-")
    if not (dash and text.isdecimal() and least.isdecimal() and most.isdecimal()):
        return False
    return int(least) <= int(text) <= int(most)
