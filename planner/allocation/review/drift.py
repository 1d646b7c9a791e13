"""What has changed since a run took its snapshot, and whether its plan still holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from django.utils.translation import gettext as _, ngettext

from planner.allocation.problem import snapshot, steps
from planner.allocation.problem.reading import Unbuildable
from planner.allocation.results import files
from planner.models import AllocationRun, LimitKey, LimitKind
from planner.optimiser import Problem
from planner.optimiser.model.problem import UNLIMITED
from programs import formats
from programs.costing import units_to_rupiah
from programs.models import Application
from programs.models.base import localised

from . import feasibility

MOST_TOLD = 100


@dataclass(frozen=True)
class Change:
    """One thing that is different from the snapshot, in words."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


@dataclass(frozen=True)
class Drift:
    """The data now against the data a run was made on."""

    same: bool
    input_digest_now: str
    changes: list[Change] = field(default_factory=list)
    missing: list[Application] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the plan can still be carried out."""
        return not self.missing and not self.violations


def since(run: AllocationRun) -> Drift:
    """Return what has changed since the snapshot of a run with a plan.

    Where nobody is left to place there is no problem of today: nothing of the plan
    holds any more, for the reason that a run of today would be told.
    """
    try:
        today = snapshot.of_run(run)
    except Unbuildable as error:
        gone = Application.objects.filter(proposals__run=run).distinct()
        return Drift(False, "", missing=list(gone), violations=[str(error)])
    return between(run, today)


def between(run: AllocationRun, today: snapshot.Snapshot) -> Drift:
    """Return what is different in a snapshot taken now."""
    digest = today.problem.digest
    if digest == run.input_digest:
        return Drift(True, digest)
    standing = feasibility.of_run(run, today)
    return Drift(
        same=False,
        input_digest_now=digest,
        changes=changes(run, files.problem(run), today)[:MOST_TOLD],
        missing=list(Application.objects.filter(pk__in=standing.missing)),
        violations=standing.violations,
    )


def changes(
    run: AllocationRun, before: Problem, today: snapshot.Snapshot
) -> list[Change]:
    """Return the differences between the stored problem and the one of today."""
    labels = {str(row.key): row.label for row in run.prices.all()}
    labels |= {str(li.key): localised(li.label_en, li.label_id) for li in today.limits}
    labels |= {
        str(line.key): localised(line.label_en, line.label_id) for line in today.lines
    }
    after = today.problem
    old = resources(before), money(before, run.summary.get("steps", {}))
    new = resources(after), money(after, steps.by_key(today.lines))
    return [
        *people(before, after),
        *limits(old[0], new[0], labels, told_bounds),
        *limits(old[1], new[1], labels, told_money),
        *ways(before, after),
    ]


def people(before: Problem, after: Problem) -> list[Change]:
    """Tell of people (or teams) who joined or left."""
    assert before.agent_id is not None
    assert after.agent_id is not None
    old, new = set(before.agent_id.tolist()), set(after.agent_id.tolist())
    if old == new:
        return []
    joined, left = len(new - old), len(old - new)
    return [
        Change(
            _("People and teams"),
            formats.number(len(old)),
            _("%(now)s (%(joined)d new, %(left)d gone)")
            % {"now": formats.number(len(new)), "joined": joined, "left": left},
        )
    ]


UNTOLD = (LimitKind.POOL, LimitKind.OVERLAP)
"""Limits that the problem needs and nobody set."""


def limits(
    old: dict[str, Any],
    new: dict[str, Any],
    labels: dict[str, str],
    told: Callable[[Any], str],
) -> list[Change]:
    """Tell of limits that appeared, went or moved."""
    return [
        Change(labels.get(key, key), told(old.get(key)), told(new.get(key)))
        for key in sorted(set(old) | set(new))
        if old.get(key) != new.get(key) and LimitKey.parse(key).kind not in UNTOLD
    ]


def resources(problem: Problem) -> dict[str, tuple[int, int]]:
    """Return {limit: (lower, upper)}."""
    assert problem.resource_id is not None
    bounds = zip(
        problem.resource_lower.tolist(), problem.resource_upper.tolist(), strict=True
    )
    return dict(zip(problem.resource_id.tolist(), bounds, strict=True))


def money(problem: Problem, step_of: dict[str, str]) -> dict[str, Fraction | int]:
    """Return {budget line: what it can pay in planning units, or UNLIMITED}."""
    assert problem.supply_id is not None
    return {
        key: upper if upper >= UNLIMITED else upper * Fraction(step_of.get(key, 1))
        for key, upper in zip(
            problem.supply_id.tolist(), problem.supply_upper.tolist(), strict=True
        )
    }


def told_bounds(bounds: tuple[int, int] | None) -> str:
    """Return two limits as text."""
    if bounds is None:
        return "–"
    lower, upper = bounds
    most = _("no limit") if upper >= UNLIMITED else formats.number(upper)
    return f"{formats.number(lower)}–{most}" if lower else most


def told_money(units: Fraction | int | None) -> str:
    """Return what a line can pay as text."""
    if units is None:
        return "–"
    if units >= UNLIMITED:
        return _("no limit")
    return formats.rupiah_short(units_to_rupiah(units))


def ways(before: Problem, after: Problem) -> list[Change]:
    """Tell how many ways to place somebody appeared, went, or are worth otherwise."""
    if before.option_id is None or after.option_id is None:
        return []
    old = worth_by_id(before)
    new = worth_by_id(after)
    both = old.keys() & new.keys()
    moved = sum(old[key] != new[key] for key in both)
    if old.keys() == new.keys() and not moved:
        return []
    return [
        Change(
            _("Ways to place somebody"),
            formats.number(len(old)),
            ngettext(
                "%(count)d (%(new)d new, %(gone)d gone, %(moved)d worth otherwise)",
                "%(count)d (%(new)d new, %(gone)d gone, %(moved)d worth otherwise)",
                len(new),
            )
            % {
                "count": len(new),
                "new": len(new) - len(both),
                "gone": len(old) - len(both),
                "moved": moved,
            },
        )
    ]


def worth_by_id(problem: Problem) -> dict[str, tuple[int, ...]]:
    """Return {option: its values}."""
    assert problem.option_id is not None
    values = np.atleast_2d(problem.option_value.T).T.tolist()
    return dict(zip(problem.option_id.tolist(), map(tuple, values), strict=True))
