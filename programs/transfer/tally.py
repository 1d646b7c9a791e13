"""What is counted of a file, piece by piece: the rows themselves are not kept."""

import hashlib
import json
from collections import Counter

from .rows import Action

MOST_COMMON = 5
MOST_ROWS = 20
"""Rows of a group of errors that are named."""
MOST_DIFFERENT = 100_000
"""Different texts of a column that are told apart; beyond that it says “more”."""


class Tally:
    """Counts, errors in groups, and a digest that covers the verdict on every row.

    Parameters
    ----------
    kind: of the rows. file_digest: of the file, and of what it is taken for.
    """

    def __init__(self, kind, file_digest):
        self.kind = kind
        self.file_digest = file_digest
        self.actions = Counter()
        self.pieces = []
        """Digests of the pieces, in order."""
        self._groups = {}
        self._columns = {}

    def add(self, rows):
        """Count the rows of the next piece."""
        self.pieces.append(digest_of(rows))
        for row in rows:
            self.actions[row.action.value] += 1
            for problem in row.problems:
                self._group(row, problem)
            for name, text in row.cells.items():
                if name not in self._columns:
                    self._columns[name] = _Column(self.kind.by_name[name])
                self._columns[name].add(text.strip(), row.values.get(name))

    def _group(self, row, problem):
        facts = problem.as_json()
        key = json.dumps(_in_common(facts), sort_keys=True, default=str)
        group = self._groups.setdefault(key, {**facts, "count": 0, "rows": []})
        group["count"] += 1
        if len(group["rows"]) < MOST_ROWS:
            group["rows"].append(row.number)

    @property
    def counts(self):
        """Rows by what taking them would do."""
        return {action.value: self.actions[action.value] for action in Action}

    @property
    def num_rows(self):
        """How many rows were judged."""
        return self.actions.total()

    @property
    def num_bad(self):
        """How many of them have something wrong."""
        return self.actions[Action.BAD.value]

    @property
    def groups(self):
        """Errors in groups, the commonest first.

        Dicts of column, code, params, count, and rows: numbers of the first of them.
        """
        return sorted(self._groups.values(), key=lambda group: -group["count"])

    @property
    def columns(self):
        """What a person checks of each column of the file at a glance."""
        return {name: column.facts for name, column in self._columns.items()}

    @property
    def digest(self):
        """SHA-256 of the kind, the file and every row's verdict."""
        facts = json.dumps([self.kind.name, self.file_digest, self.pieces])
        return hashlib.sha256(facts.encode()).hexdigest()


def digest_of(rows):
    """Return the digest of the verdicts on some rows."""
    verdicts = [
        (row.number, row.action, [each.as_json() for each in row.problems])
        for row in rows
    ]
    told = json.dumps(verdicts, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _in_common(facts):
    """Return what makes two problems one: not the row that another one stands in."""
    params = {name: said for name, said in facts["params"].items() if name != "row"}
    return {**facts, "params": params}


class _Column:
    """Numbers and dates get their smallest, middle and largest value, so that a score
    in the wrong column shows; choices their commonest values; private columns counts
    only.
    """

    def __init__(self, column):
        self.column = column
        self.filled = self.empty = 0
        self.seen = set()
        self.values = Counter()
        self.texts = Counter()
        self.is_measured = column.kind in {"number", "date"} and not column.private
        self.is_chosen = column.kind == "choice" and not column.private

    def add(self, text, value):
        """Count a cell."""
        if text:
            self.filled += 1
            if len(self.seen) <= MOST_DIFFERENT:
                self.seen.add(hash(text))
            if self.is_chosen:
                self.texts[text] += 1
        else:
            self.empty += 1
        if self.is_measured and value is not None:
            self.values[value] += 1

    @property
    def facts(self):
        """What is shown of the column."""
        facts = {
            "filled": self.filled,
            "empty": self.empty,
            "different": min(len(self.seen), MOST_DIFFERENT),
        }
        if len(self.seen) > MOST_DIFFERENT:
            facts["is_more"] = True
        if self.values:
            write = self.column.write
            facts |= {
                "least": write(min(self.values)),
                "median": write(self._median()),
                "most": write(max(self.values)),
            }
        if self.is_chosen:
            facts["common"] = self.texts.most_common(MOST_COMMON)
        return facts

    def _median(self):
        """Return the value in the middle, the lower one of two."""
        below, middle = 0, (self.values.total() + 1) // 2
        for value in sorted(self.values):
            below += self.values[value]
            if below >= middle:
                return value
        raise AssertionError  # there are values
