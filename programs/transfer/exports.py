"""Rows as CSV or XLSX that opens safely anywhere and comes back unchanged."""

from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import require
from programs.roles import Permission

from .batches import parked_rows
from .cells import Number
from .kinds import KINDS
from .report import ERRORS_COLUMN
from .tables import table


def export(kind, file_format, *, by, now, rows=None, private=False):
    """Return the bytes of a file with the rows of a kind that somebody may see.

    Parameters
    ----------
    rows: fewer of them, as a queryset that ``visible_to`` has narrowed already.
    private: with national ids and disability; needs the right to reveal a person, and
        is written to the audit trail.
    """
    maker = KINDS[str(kind)](by)
    allowed = [Permission.REVEAL_PERSON] if private else maker.permissions
    require(by, *allowed)
    columns = list(maker.export_columns(private=private))
    queryset = maker.visible() if rows is None else rows
    rows = [
        [column.write(values[column.name]) for column in columns]
        for values in maker.export_rows(queryset, private=private)
    ]
    facts = {"kind": str(kind), "rows": len(rows), "private": private}
    audit.record(by=by, action=AuditAction.TRANSFER_EXPORT, obj=by, data=facts, now=now)
    return _file(columns, rows, file_format)


def template(kind, file_format, *, by):
    """Return the bytes of an empty file with the columns of a kind."""
    return _file(KINDS[str(kind)](by).template_columns(), [], file_format)


def parked_file(batch, file_format, *, by):
    """Return the bytes of a file with the parked rows and what is wrong with each."""
    maker = KINDS[batch.kind](by)
    parked = list(parked_rows(batch))
    present = parked[0][1] if parked else {}
    columns = [column for column in maker.columns if column.name in present]
    rows = [
        [*(cells[column.name] for column in columns), in_words(problems)]
        for _number, cells, problems in parked
    ]
    return _file(columns, rows, file_format, extra=(ERRORS_COLUMN,), raw=True)


def in_words(problems):
    """Return problems as one text: each column and what it should hold."""
    return "; ".join(
        f"{problem.column}: {problem.expectation}"
        if problem.column
        else problem.expectation
        for problem in problems
    )


def _file(columns, rows, file_format, *, extra=(), raw=False):
    """Write texts under the names of their columns; ``raw`` ones stay text."""
    names = [column.name for column in columns] + list(extra)
    numeric = [column.kind == "number" and not raw for column in columns]
    numeric += [False] * len(extra)
    typed = (
        [
            Number(cell) if told else cell
            for cell, told in zip(row, numeric, strict=True)
        ]
        for row in rows
    )
    return table(names, typed, file_format)
