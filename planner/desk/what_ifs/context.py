"""The questions of a run with their answers, and what can be asked."""

from planner.allocation.results.different import RAISED
from planner.models import LimitKind
from planner.models.what_if_words import answer, question
from programs.models import Application


def told(rows):
    """Return questions with their answers and the people they name."""
    rows = list(rows.select_related("application__participant", "created_by"))
    people = named(rows)
    return [
        {
            "row": row,
            "question": question(row),
            "answer": answer(row),
            "gained": of(row, "gained", people),
            "lost": of(row, "lost", people),
        }
        for row in rows
    ]


def of(row, which, people):
    """Return the people who gain or lose a place in the plan found."""
    plan = (row.found or {}).get("plan") or {}
    return [people[name] for name in plan.get(which, ()) if name in people]


def named(rows):
    """Return {name in the problem: application}, in one query; teams stay unnamed."""
    names = {
        name
        for row in rows
        for which in ("gained", "lost")
        for name in ((row.found or {}).get("plan") or {}).get(which, ())
        if ":" not in name
    }
    applications = Application.objects.select_related("participant").filter(
        pk__in=names
    )
    hidden = ("participant__nik", "participant__passport", "participant__disability")
    return {str(row.pk): row for row in applications.defer(*hidden)}


def limits_of(run):
    """Return the limits that can be raised by a number."""
    rows = run.prices.filter(kind__in=RAISED, upper__isnull=False)
    return sorted(rows, key=lambda row: (row.kind != LimitKind.BUDGET, row.name))
