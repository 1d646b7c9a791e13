"""What every kind of file has: columns, a key, checks, what exists, how to write it."""

from collections import Counter
from functools import cached_property
from itertools import islice

from programs.domain.actors import coordinates
from programs.models import Institution
from programs.roles import Permission, Role
from programs.transfer.lookups import Lookups
from programs.transfer.refused import cell_of
from programs.transfer.rows import Action, Row

from . import regions

CHUNK = 1_000
"""Rows a query asks for by key: SQLite takes a limited number of parameters."""


class Kind:
    """One kind of file, as somebody brings it.

    A subclass says in ``model`` what a row is, in ``columns`` what a file may hold and
    in ``key`` which of them name a row; it reads the cells of a row in ``check``, what
    exists in ``current``, and makes of rows what the verbs of the domain take in
    ``build``. What may be written, and how, is for those verbs alone.

    Parameters
    ----------
    by: the user. now: when; whoever only writes files needs none.
    reason: why rows come late, or rules change, for the verbs that take one.
    """

    name = ""
    model = None
    columns = ()
    key = ("code",)
    permissions = (Permission.IMPORT_DATA,)
    """Whoever holds one of these brings such files; rows are for the verbs to judge."""
    can_be_undone = False
    in_pieces = False
    """Whether a long file may be judged and written a piece at a time."""
    provinces = ""
    """How the columns begin that name a province by the code of a registry."""
    owner = ("code", "")
    """The column that decides whose a row is, and the lookup that has its name."""

    def __init__(self, by, *, now=None, reason=""):
        self.by = by
        self.now = now
        self.reason = reason
        self.lookups = Lookups(by)
        self.clashes = Counter()

    @cached_property
    def by_name(self):
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @classmethod
    def is_for(cls, by):
        """Return whether somebody may bring such files at all."""
        return any(by.allows(permission) for permission in cls.permissions)

    @cached_property
    def registrar(self):
        """The institution that a partner's rows are of; None to who coordinates."""
        if coordinates(self.by):
            return None
        own = Institution.objects.filter(pk__in=self.by.institution_ids(Role.PARTNER))
        codes = list(own.values_list("code", flat=True)[:2])
        return codes[0] if len(codes) == 1 else None

    def known(self, model):
        """Return the rows that a file may name: a partner's own, and no others."""
        rows = model.objects.all()
        return rows if coordinates(self.by) else rows.sent_by(self.by)

    def visible(self):
        """Return the rows of this kind that the user may see, as a queryset."""
        rows = self.model.objects.all()
        if hasattr(rows, "sent_by") and not coordinates(self.by):
            return rows.sent_by(self.by)
        return rows.visible_to(self.by) if hasattr(rows, "visible_to") else rows

    def key_of(self, values):
        """Return the natural key of a row."""
        return tuple(values[name] for name in self.key)

    def key_text(self, key):
        """Return a natural key for people."""
        return "/".join(str(part) for part in key if part)

    def prepare(self, rows):
        """Look at the rows of a piece before they are checked one by one."""

    def check(self, row):
        """Note what is wrong between the cells of a row, and settle its values."""

    def current(self, keys, columns):
        """Return {key: values} of the rows that exist, for the given columns."""
        raise NotImplementedError

    def full(self, values):
        """Return the values of a new row: columns the file lacks are empty."""
        empty = {name: column.empty for name, column in self.by_name.items()}
        return empty | values

    def build(self, rows):
        """Set the ``entry`` of rows that are new or changed."""
        raise NotImplementedError

    def problems(self, entries):
        """Return what the domain would refuse: {place: refusals}."""
        raise NotImplementedError

    def create(self, entries, now):
        """Call the verb for new rows."""
        raise NotImplementedError

    def change(self, entries, now):
        """Call the verb for changed rows."""
        raise NotImplementedError

    def decide(self, rows, header):
        """Tell new rows from changed and unchanged; refuse what the domain would."""
        good = [row for row in rows if row.is_good]
        existing = self.current([self.key_of(row.values) for row in good], header)
        for row in good:
            stored = existing.get(self.key_of(row.values))
            self.settle(row, stored)
            self._compare(row, stored)
        self.judge([row for row in good if row.action is not Action.UNCHANGED])
        for row in good:
            if not row.is_good:
                row.action = Action.BAD

    def settle(self, row, stored):
        """Settle values that depend on what is ``stored`` of the row, or None."""

    def _compare(self, row, stored):
        if stored is None:
            row.values = row.changes = self.full(row.values)
            row.action = Action.NEW
            return
        row.changes = {
            name: value
            for name, value in row.values.items()
            if name in stored and stored[name] != value
        }
        row.before = {name: stored[name] for name in row.changes}
        row.action = Action.CHANGED if row.changes else Action.UNCHANGED

    def write(self, rows, now):
        """Call the domain's verbs for the rows that are new or changed.

        Returns
        -------
        [(kind, primary key, what it was before or None)] of rows that can be undone.
        """
        written = []
        for action, verb in ((Action.NEW, self.create), (Action.CHANGED, self.change)):
            taken = [row for row in rows if row.action is action]
            if taken:
                verb([row.entry for row in taken], now)
            written += [(self.pk_of(row.entry), self._before(row)) for row in taken]
        if not self.can_be_undone:
            return []
        return [(self.name, pk, before) for pk, before in written]

    def _before(self, row):
        """Return key and values of a row before it was changed, None for a new one."""
        if row.action is Action.NEW:
            return None
        key = dict(zip(self.key, self.key_of(row.values), strict=True))
        return {"key": key, "values": row.before}

    def pk_of(self, entry):
        """Return the primary key of the row that an entry is about."""
        return

    def restore(self, befores, now):
        """Put rows back as they were before an import changed them.

        Parameters
        ----------
        befores: what ``write`` returned of each.
        """
        rows = []
        for number, before in enumerate(befores):
            row = Row(number, {}, values=dict(before["key"]), action=Action.CHANGED)
            row.changes = before["values"]
            rows.append(row)
        self.prepare(rows)
        self.build(rows)
        if rows:
            self.change([row.entry for row in rows], now)

    def judge(self, rows):
        """Build entries of rows that change something; note what the domain refuses."""
        rows = [row for row in rows if row.is_good]
        self.build(rows)
        problems = self.problems([row.entry for row in rows])
        for place, refusals in problems.items():
            for refusal in refusals:
                column, code, params = cell_of(refusal, self, rows)
                rows[place].refuse(column, code, **params)

    def look(self, rows):
        """Remember of the rows of a piece what ``notes`` tells of."""
        if self.provinces:
            self.clashes += regions.clashes(rows, self.provinces)

    def notes(self):
        """Return sentences a person should read before confirming."""
        return [note for note in [regions.clash_note(self.clashes)] if note]

    def template_columns(self):
        """Columns of an empty file."""
        return self.columns

    def export_columns(self, *, private=False):
        """Columns of an export; private ones only when asked for."""
        return self.columns

    def export_rows(self, queryset, *, private=False):
        """Yield {column: value} of the rows of a queryset."""
        raise NotImplementedError


def chunks(items, size=CHUNK):
    """Yield lists of at most ``size`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
