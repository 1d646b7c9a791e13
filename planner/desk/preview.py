"""A file before it is taken: columns at a glance, and every row that is wrong."""

from programs import transfer
from programs.admin.participants import MASK

MOST_ROWS = 200


def preview_of(batch, user):
    """Judge the kept file again and return what the page shows of the verdict.

    The digest that the person confirms is the one of this very judgement, so data that
    change between looking and confirming are noticed.
    """
    report = transfer.inspect(
        batch.kind, bytes(batch.content), by=user, now=batch.created_at
    )
    private = {c.name for c in report.kind.columns if getattr(c, "private", False)}
    return {
        "digest": report.digest,
        "is_same": report.digest == batch.digest,
        "counts": report.counts,
        "num_good": len(report.good),
        "num_taken": report.counts["new"] + report.counts["changed"],
        "bad": [told_row(row, private) for row in report.bad[:MOST_ROWS]],
        "num_bad": len(report.bad),
        "ignored": report.ignored,
        "notes": report.notes,
        "columns": report.summary,
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
        "value": MASK if value and problem.column in private else value,
        "expectation": problem.expectation,
    }


def rows_of(batch):
    """Return the parked rows of an applied file, without their cells."""
    parked = [
        {
            "number": number,
            "problems": [
                {"column": p.column, "value": "", "expectation": p.expectation}
                for p in problems
            ],
        }
        for number, _cells, problems in transfer.parked_rows(batch)
    ]
    return {"parked": parked[:MOST_ROWS], "num_parked": len(parked)}
