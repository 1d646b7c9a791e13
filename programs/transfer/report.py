"""What a file would do: every row judged, nothing written."""

import hashlib
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice

from . import sheets
from .kinds import KINDS
from .limits import LIMITS
from .mapping import translated
from .messages import broken
from .rows import EVERY, no_step, read_rows
from .tally import Tally

ERRORS_COLUMN = "errors"
"""The column that files of parked rows get; it is ignored when they come back."""
PIECE = 2_000
"""Rows of people that are judged, and written, at a time."""
MOST_KEPT = 200
"""Wrong rows that are kept of a file of which no others are."""


@dataclass
class Report:
    """A file judged row by row, for a preview and for writing.

    ``digest`` covers the file and the verdict on every row: whoever confirms it
    confirms exactly this. ``rows`` are those that were kept: all of them, or the first
    wrong ones of a file that was judged piece by piece.
    """

    kind: object
    tally: Tally
    ignored: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    batch: object = None
    own: object = None
    """The translation, where the sheet is somebody's own."""

    @property
    def bad(self):
        """Rows with something wrong, as far as they were kept."""
        return [row for row in self.rows if not row.is_good]

    @property
    def num_rows(self):
        """How many rows the file has."""
        return self.tally.num_rows

    @property
    def num_bad(self):
        """How many rows have something wrong."""
        return self.tally.num_bad

    @property
    def counts(self):
        """Rows by what taking them would do."""
        return self.tally.counts

    @property
    def summary(self):
        """What a person checks of each column at a glance."""
        return self.tally.columns

    def with_action(self, action):
        """Rows that taking would treat this way, as far as they were kept."""
        return [row for row in self.rows if row.action is action]

    @property
    def digest(self):
        """SHA-256 of the kind, the file and every row's verdict."""
        return self.tally.digest


class Judging:
    """A file that is read and judged a piece at a time, however long it is.

    What a row says of others is remembered in a few numbers, so a file means the same
    whether it is judged whole or in pieces, before it is written or while it is.

    Parameters
    ----------
    kind, content, by, now, reason, mapping, known, step: as ``inspect`` takes them.
    """

    def __init__(
        self,
        kind,
        content,
        *,
        by,
        now,
        reason="",
        mapping=None,
        known=None,
        step=no_step,
    ):
        self.kind = KINDS[str(kind)](by, now=now, reason=reason)
        self.step = step
        self.tally = Tally(self.kind, _digest_of(content, mapping))
        self.own = mapping and translated(
            self.kind, content, mapping, known=known, step=step
        )
        if self.own:
            grid = self.own.grid
            self.sheet = sheets.Sheet(self.own.header, self.own.rows, size=grid.size)
            self._open = grid.rows
        else:
            self.sheet = sheets.opened(content, self.kind.by_name, step=step)
            self._open = self.sheet.rows
        self._seen = {}

    def pieces(self):
        """Yield (rows as they stand in the file, whether they are the last ones).

        Raises
        ------
        Refusal: the file cannot be read on, has no rows, or more than its kind may.
        """
        most = LIMITS.rows if self.kind.in_pieces else LIMITS.rows_at_once
        size = PIECE if self.kind.in_pieces else most + 1
        with closing(self._open):
            rows = iter(self.sheet.rows)
            piece, count = list(islice(rows, size)), 0
            if not piece:
                raise broken("no-rows")
            while piece:
                count += len(piece)
                if count > most:
                    raise broken("too-many-rows", limit=most)
                following = list(islice(rows, size))
                yield piece, not following
                piece = following

    def judge(self, piece, *, done=0, phase="judging"):
        """Return the rows of a piece, judged; twice the same for the same piece.

        Parameters
        ----------
        done: rows that were judged before. phase: what is told to who watches.
        """
        kind = self.kind
        rows = read_rows(self.sheet, piece, kind.by_name, kind.lookups)
        kind.prepare(rows)
        for place, row in enumerate(rows):
            if place % EVERY == 0:
                self.step(phase, done + place, max(self.sheet.size, done + len(rows)))
            kind.check(row)
        self._refuse_twins(rows)
        kind.decide(rows, self.sheet.header)
        return rows

    def count(self, rows):
        """Count the rows of a piece, once it is settled what becomes of them."""
        self.tally.add(rows)
        self.kind.look(rows)

    def _refuse_twins(self, rows):
        """The second row with a key is bad; the first counts."""
        kind = self.kind
        for row in rows:
            if not all(name in row.values for name in kind.key):
                continue
            earlier = self._seen.setdefault(hash(kind.key_of(row.values)), row.number)
            if earlier != row.number:
                row.refuse(kind.key[0], "key-in-file", row=earlier)

    def report(self, rows=(), batch=None):
        """Return what came of the pieces that were judged and counted.

        Parameters
        ----------
        rows: those that are kept.
        """
        return Report(
            kind=self.kind,
            tally=self.tally,
            ignored=[name for name in self._ignored() if name != ERRORS_COLUMN],
            notes=self._notes(),
            rows=list(rows),
            batch=batch,
            own=self.own,
        )

    def _ignored(self):
        return self.own.ignored if self.own else self.sheet.ignored

    def _notes(self):
        """Return what a person should read before confirming."""
        if self.own and not self.own.has_region_codes():
            return self.own.notes()
        told = self.own.notes() if self.own else self.sheet.notes
        return [*told, *self.kind.notes()]


def inspect(kind, content, **facts):
    """Judge a file without writing anything; return the report with all its rows.

    Parameters
    ----------
    reason: why rows come late, where the officer gave one.
    mapping: what somebody's own sheet means; without one the file is in our own form.
    known: {what: {text: code}} that is remembered of earlier sheets.
    step: called with (phase, rows done, rows) as it goes on, for whoever watches.

    Raises
    ------
    Refusal: the file as a whole cannot be read, with one sentence why.
    """
    judging = Judging(kind, content, **facts)
    judged = list(counted(judging))
    return judging.report(chain.from_iterable(judged))


def counted(judging, phase="judging"):
    """Yield the rows of each piece of a file, judged and counted."""
    for piece, _is_last in judging.pieces():
        rows = judging.judge(piece, done=judging.tally.num_rows, phase=phase)
        judging.count(rows)
        yield rows


def _digest_of(content, mapping):
    """Return the digest of a file, and of what it is taken for."""
    digest = hashlib.sha256(content)
    if mapping:
        digest.update(mapping.as_json().encode())
    return digest.hexdigest()
