"""Asking what would have to be different: rows for workers, written with the run."""

from collections import Counter

from planner.models import AllocationRun, Inquiry, RunState, ScenarioPurpose, Unplaced

PEOPLE = 60
"""People without a place whom one part asks about: seconds for one worker."""


def ask(run: AllocationRun, unplaced: list[Unplaced], *, state: str) -> list[Inquiry]:
    """Write the parts of a run that has just got its plan; return them.

    Nobody is asked about in a plan that only tries out a budget, or that nobody can
    ever publish.
    """
    if not is_asked(run, state=state):
        return []
    subjects = in_order(unplaced)
    parts = [subjects[at : at + PEOPLE] for at in range(0, len(subjects), PEOPLE)]
    return Inquiry.objects.bulk_create(
        Inquiry(run=run, part=part, subjects=[str(row.pk) for row in some])
        for part, some in enumerate([[], *parts])
    )


def is_asked(run: AllocationRun, *, state: str) -> bool:
    """Return whether anything is asked of a run's plan."""
    is_trial = AllocationRun.objects.filter(
        pk=run.pk, scenario__purpose=ScenarioPurpose.BUDGET_TRIAL
    ).exists()
    return state == RunState.SOLVED and not is_trial


def in_order(unplaced: list[Unplaced]) -> list[Unplaced]:
    """Return who has a way to a place and none of them, the most wanted place first."""
    wanted = [row for row in unplaced if "option" in row.reasons[0]]
    names = [str(place(row)) for row in wanted]
    demand = Counter(names)
    keys = {
        row.pk: (-demand[name], name) for row, name in zip(wanted, names, strict=True)
    }
    return sorted(wanted, key=lambda row: (keys[row.pk], str(row.application_id)))


def place(row: Unplaced) -> str | None:
    """Return the code of the place that would be worth most."""
    main = row.reasons[0]
    code: str | None = main.get("pathway") or main.get("slot")
    return code
