"""A file before it is taken: columns at a glance, and every row that is wrong."""

from django.utils.translation import gettext_lazy as _

from planner.desk.imports.mapping import groups_of, mapping_of
from planner.models import RunState
from programs import transfer
from programs.admin.participants import MASK
from programs.domain import promised
from programs.models import Placement
from programs.transfer.mapping.fields import label_of

MOST_ROWS = 200
KEPT_OUT = "kept-out"
"""What is said where a changed rule asks for a reason."""
PHASES = {
    "opening": _("opening the file"),
    "judging": _("judging row by row"),
    "writing": _("writing the rows"),
    "undoing": _("taking the rows back"),
}
"""What a worker does with a file; before it says so it waits or opens it."""


def progress_of(job):
    """Return how far a worker is with a file."""
    told = job.progress or {}
    waits = job.state == RunState.QUEUED
    phase = PHASES.get(told.get("phase"), PHASES["opening"])
    return {
        "phase": _("waiting for a worker") if waits else phase,
        "done": told.get("done", 0),
        "total": told.get("total", 0),
        "attempt": job.attempt,
    }


def preview_of(batch, user):
    """Judge the kept file again and return what the page shows of the verdict.

    The digest that the person confirms is the one of this very judgement, so data that
    change between looking and confirming are noticed.
    """
    report = transfer.judged(batch, by=user, now=batch.created_at)
    private = {c.name for c in report.kind.columns if getattr(c, "private", False)}
    return {
        "digest": report.digest,
        "is_same": report.digest == batch.digest,
        "counts": report.counts,
        "num_good": report.num_rows - report.num_bad,
        "num_taken": report.counts["new"] + report.counts["changed"],
        "bad": [told_row(row, private) for row in report.bad[:MOST_ROWS]],
        "num_bad": report.num_bad,
        "ignored": report.ignored,
        "notes": report.notes,
        **_overview(batch, user, transfer.overview_of(report), report.summary),
    }


def _overview(batch, user, summary, columns):
    """Return the groups of errors, and what an own sheet is taken for."""
    own = mapping_of(batch, user, summary)
    kind = transfer.KINDS[batch.kind]
    named = {label_of(kind, name): facts for name, facts in columns.items()}
    return {
        "groups": groups_of(kind, summary, fields=own.get("taken", ())),
        "columns": named if own else columns,
        **own,
    }


def kept_preview_of(batch, user):
    """Return what the page shows of a verdict that a worker stored with the file.

    The digest that is confirmed is the stored one; writing judges the file again.
    """
    private = {
        column.name
        for column in transfer.KINDS[batch.kind].columns
        if getattr(column, "private", False)
    }
    facts = batch.summary
    counts = facts["counts"]
    rows = transfer.parked_rows(batch, MOST_ROWS)
    return {
        "digest": batch.digest,
        "is_same": True,
        "counts": counts,
        "num_good": batch.num_good,
        "num_taken": counts["new"] + counts["changed"],
        "bad": [
            {
                "number": number,
                "problems": [
                    told_problem(problem, cells, private) for problem in problems
                ],
            }
            for number, cells, problems in rows
        ],
        "num_bad": batch.num_bad,
        "ignored": facts["ignored"],
        "notes": facts["notes"],
        **_overview(batch, user, facts, facts["columns"]),
    }


def told_row(row, private=()):
    """Return a bad row's problems, each with its cell and what was expected."""
    return {
        "number": row.number,
        "problems": [
            told_problem(problem, row.cells, private) for problem in row.problems
        ],
    }


def told_problem(problem, cells, private):
    """Return one problem; cells that are personal stay masked."""
    value = cells.get(problem.column, "")
    return {
        "column": problem.column,
        "code": problem.code,
        "value": MASK if value and problem.column in private else value,
        "expectation": problem.expectation,
        "places": problem.params.get("places", ()),
    }


def kept_out(shown, user):
    """Return who would no longer pass by rows of a file, for who may see the names."""
    rows = [*shown.get("bad", ()), *shown.get("parked", ())]
    places = {
        pk
        for row in rows
        for problem in row["problems"]
        if problem["code"] == KEPT_OUT
        for pk in problem["places"]
    }
    if not places:
        return []
    known = Placement.objects.visible_to(user).filter(pk__in=places)
    return promised.names_of(known.select_related("application__participant"))


def rows_of(batch):
    """Return the parked rows of an applied file, without their cells."""
    parked = [
        {
            "number": number,
            "problems": [told_problem(problem, {}, ()) for problem in problems],
        }
        for number, _cells, problems in transfer.parked_rows(batch, MOST_ROWS)
    ]
    return {"parked": parked, "num_parked": batch.rows.count()}
