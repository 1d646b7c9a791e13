"""What a file would do: every row judged, nothing written."""

import hashlib
import json
import statistics
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from . import sheets
from .kinds import KINDS
from .mapping import translated
from .messages import broken
from .rows import Action, counted, missing_columns, no_step, read_rows

ERRORS_COLUMN = "errors"
"""The column that files of parked rows get; it is ignored when they come back."""
MOST_COMMON = 5


@dataclass
class Report:
    """A file judged row by row, for a preview and for writing.

    ``digest`` covers the file and the verdict on every row: whoever confirms it
    confirms exactly this.
    """

    kind: object
    rows: list
    ignored: list
    notes: list
    file_digest: str
    summary: dict = field(default_factory=dict)
    batch: object = None
    own: object = None
    """The translation, where the sheet is somebody's own."""

    @property
    def good(self):
        """Rows that can be taken."""
        return [row for row in self.rows if row.is_good]

    @property
    def bad(self):
        """Rows with something wrong."""
        return [row for row in self.rows if not row.is_good]

    @property
    def counts(self):
        """Rows by what taking them would do."""
        counted = Counter(row.action.value for row in self.rows)
        return {action.value: counted[action.value] for action in Action}

    def with_action(self, action):
        """Rows that taking would treat this way."""
        return [row for row in self.rows if row.action is action]

    def write(self, now):
        """Call the domain's verbs for the good rows; return what can be undone."""
        return self.kind.write(self.rows, now)

    @property
    def digest(self):
        """SHA-256 of the kind, the file and every row's verdict."""
        verdicts = [
            (row.number, row.action, [p.as_json() for p in row.problems])
            for row in self.rows
        ]
        facts = json.dumps([self.kind.name, self.file_digest, verdicts], default=str)
        return hashlib.sha256(facts.encode()).hexdigest()


def inspect(
    kind, content, *, by, now, reason="", mapping=None, known=None, step=no_step
):
    """Judge a file without writing anything.

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
    brought = KINDS[str(kind)](by, now=now, reason=reason)
    step("opening", 0, 0)
    own = mapping and translated(brought, content, mapping, known=known)
    sheet = _sheet_of(own) if own else _our_sheet(brought, content)
    rows = read_rows(sheet, brought.by_name, brought.lookups, step)
    brought.prepare(rows)
    for row in counted(rows, "judging", step):
        brought.check(row)
    _refuse_twins(brought, rows)
    step("comparing", 0, len(rows))
    brought.decide(rows, sheet.header)
    return Report(
        kind=brought,
        rows=rows,
        ignored=[name for name in sheet.ignored if name != ERRORS_COLUMN],
        notes=_notes(brought, own, sheet, rows),
        file_digest=_digest_of(content, mapping),
        summary=summarise(brought, rows),
        own=own,
    )


def _notes(brought, own, sheet, rows):
    """Return what a person should read before confirming."""
    if own and not own.has_region_codes():
        return own.notes()
    return [*(own.notes() if own else sheet.notes), *brought.notes(rows)]


def _our_sheet(brought, content):
    """Return the sheet of a file in our own form; all its columns have to be there."""
    sheet = sheets.read(content, known=brought.by_name)
    missing = missing_columns(sheet, brought.by_name)
    if missing:
        raise broken("missing-columns", columns=", ".join(missing))
    return sheet


def _sheet_of(own):
    """Return the sheet that was made of somebody's own."""
    with closing(own.grid.rows):
        rows = list(own.rows)
    if not rows:
        raise broken("no-rows")
    return sheets.Sheet(own.header, rows, own.ignored)


def _digest_of(content, mapping):
    """Return the digest of a file, and of what it is taken for."""
    digest = hashlib.sha256(content)
    if mapping:
        digest.update(mapping.as_json().encode())
    return digest.hexdigest()


def _refuse_twins(kind, rows):
    """The second row with a key is bad; the first counts."""
    seen = {}
    for row in rows:
        if not all(name in row.values for name in kind.key):
            continue
        earlier = seen.setdefault(kind.key_of(row.values), row.number)
        if earlier != row.number:
            row.refuse(kind.key[0], "key-in-file", row=earlier)


def summarise(kind, rows):
    """Return, for each column of the file, what a person checks at a glance.

    Numbers and dates get their smallest, middle and largest value, so that a score in
    the wrong column shows; choices their commonest values; private columns counts only.
    """
    columns = {}
    for name in rows[0].cells if rows else ():
        column = kind.by_name[name]
        filled = [row.cells[name].strip() for row in rows if row.cells[name].strip()]
        facts = {"filled": len(filled), "empty": len(rows) - len(filled)}
        facts["different"] = len(set(filled))
        values = [row.values[name] for row in rows if row.values.get(name) is not None]
        if column.kind in {"number", "date"} and values and not column.private:
            facts |= {
                "least": column.write(min(values)),
                "median": column.write(statistics.median_low(values)),
                "most": column.write(max(values)),
            }
        if column.kind == "choice" and not column.private:
            facts["common"] = Counter(filled).most_common(MOST_COMMON)
        columns[name] = facts
    return columns
