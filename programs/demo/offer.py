"""Everything in a demonstration that is not a person's, as rows of files."""

from .money import Money
from .partners import Partners
from .places import Places
from .policy import Policy
from .schemes import Schemes

MAKERS = (Partners, Schemes, Places, Money, Policy)


def tables(corridors):
    """Return {file: rows} of the offer of the corridors."""
    return {
        file: rows
        for maker in MAKERS
        for file, rows in maker(corridors).tables().items()
    }
