"""Text as people look for it: without case, marks and apostrophes, on both databases.

"Nur’aini", "NURAINI" and "nur'aini" are found by each other, and so are "Éka" and
"eka". One table of letters does it in Python, in SQLite (where it is a function of the
connection) and in PostgreSQL (``translate``), so they cannot disagree.
"""

import unicodedata

from django.db.models import Field, Lookup

APOSTROPHES = (
    "'`´\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{MODIFIER LETTER APOSTROPHE}\N{MODIFIER LETTER TURNED COMMA}"
    "\N{MODIFIER LETTER RIGHT HALF RING}\N{MODIFIER LETTER LEFT HALF RING}\N{PRIME}"
)
LETTERS = ((0x41, 0x5B), (0xC0, 0x250), (0x370, 0x530), (0x1E00, 0x2000))
"""Ranges of letters with case or marks: Latin, Greek, Cyrillic."""
MARKS = (0x300, 0x370)
OTHERS = str.maketrans("łøđıħŧ", "lodiht")
"""Letters whose stroke is no mark of its own."""
NAME = "fold_text"


def _below(letter):
    """Return a letter small and without marks; itself where that takes several."""
    plain = unicodedata.normalize("NFD", letter.lower())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    plain = plain.translate(OTHERS)
    return plain if len(plain) == 1 else letter


def _table():
    """Return {letter: the one below it}, and what goes altogether as empty text."""
    letters = [chr(code) for start, end in LETTERS for code in range(start, end)]
    changed = {letter: _below(letter) for letter in letters}
    gone = [*APOSTROPHES, *map(chr, range(*MARKS))]
    return {old: new for old, new in changed.items() if old != new} | dict.fromkeys(
        gone, ""
    )


TABLE = _table()
_CODES = str.maketrans(TABLE)
FROM = "".join(sorted(TABLE, key=lambda letter: not TABLE[letter]))
TO = "".join(TABLE[letter] for letter in FROM)
"""Arguments of PostgreSQL's ``translate``: what has no counterpart is left out."""


def fold(text):
    """Return a text as it is looked for; None stays None."""
    return None if text is None else str(text).translate(_CODES)


@Field.register_lookup
class Folds(Lookup):
    """``name__folds="nuraini"``: the column holds it, however it is written."""

    lookup_name = "folds"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """Compare both sides folded."""
        column, params = self.process_lhs(compiler, connection)
        pattern = f"%{connection.ops.prep_for_like_query(fold(self.rhs))}%"
        if connection.vendor == "sqlite":
            sql = f"{NAME}({column}) LIKE %s ESCAPE '\\'"
            return sql, [*params, pattern]
        sql = f"translate({column}::text, %s, %s) LIKE %s"
        return sql, [*params, FROM, TO, pattern]


def teach(*, connection, **_signal):
    """Give a new connection to SQLite the function; the other database has its own."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(NAME, 1, fold, deterministic=True)
