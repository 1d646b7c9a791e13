"""A sheet of somebody's own, in front of the importer: what its columns and words mean.

``propose`` looks at a file and says what it takes each column for; ``translated`` makes
of it the sheet that the importer reads. Nothing here judges a row or writes one.
"""

from .fields import Field, fields_of
from .proposal import is_ours, propose
from .spec import MADE, Mapping
from .translation import meant, translated

__all__ = [
    "MADE",
    "Field",
    "Mapping",
    "fields_of",
    "is_ours",
    "meant",
    "propose",
    "translated",
]
