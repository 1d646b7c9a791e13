"""What is in the way of a place: every limit that a plan would break with it.

The question is counterfactual (Wachter, Mittelstadt and Russell 2018): the plan stays
as it is, one agent takes one more option, and everything that then does not hold is an
obstacle, not only the first. All of it is addition and, for money, maximum flow; no
solver is asked. Whoever raises each limit by what is short has a witness: a plan in
which everybody else keeps the place and this agent has this one.

With m options asked about: uses are looked at as int64 triples (option, resource,
amount), what an agent does now taken off (it may be counted as staying).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

import numpy as np

from planner.allocation.problem.builder import Limit
from planner.models import LimitKey, LimitKind
from planner.optimiser import Plan, Problem
from planner.optimiser.certificate.max_flow import flows, overdrawn
from planner.optimiser.model.problem import UNLIMITED, spans
from planner.optimiser.model.validate import started
from programs.eligibility.columns import Array

from .outcome import Outcome

Pay = tuple[tuple[int, int], ...]
"""What an option asks of pools, each (pool, steps of money)."""
Labels = Mapping[str, str]
"""What people call a limit: ``label_en`` and ``label_id``."""


@dataclass
class Short:
    """A hard limit without room: ``by`` is how much is missing.

    Of money ``by`` counts steps of ``lines``, which together can pay no more; of all
    else it counts the units of ``resource``.
    """

    by: int
    resource: int = -1
    lines: tuple[int, ...] = ()


@dataclass
class Obstacles:
    """What stands between an option and its agent in a plan.

    Attributes
    ----------
    short
        Hard limits without room.
    cohorts
        Resources of cohorts that would run with too few people.
    shares
        Priced limits that the place would miss further, with what that costs.
    change
        By how much each tier of the plan would change; of what the plan is worth the
        first tier counts first.
    """

    short: list[Short] = field(default_factory=list)
    cohorts: list[int] = field(default_factory=list)
    shares: dict[int, int] = field(default_factory=dict)
    change: tuple[int, ...] = ()

    @property
    def is_better(self) -> bool:
        """Whether the plan would be worth more with the place."""
        return self.change > (0,) * len(self.change)


class Search:
    """Obstacles of options in one plan; what money could still flow is kept."""

    def __init__(self, problem: Problem, choice: Array) -> None:
        self.problem, self.choice = problem, choice
        self.use = Plan.of(problem, choice).use
        self._paid: dict[Pay, list[Short]] = {}

    def of(self, options: Array) -> list[Obstacles]:
        """Return the obstacles of each option, each added to the plan by itself."""
        options = np.asarray(options, np.int64)
        told = [Obstacles() for _option in options]
        entry, resource, amount = self._with_opening(*self._changes(options))
        self._limits(told, entry, resource, amount)
        self._money(told, entry, resource, amount)
        self._values(told, options)
        return told

    def together(self, options: Iterable[int]) -> Obstacles:
        """Return the obstacles of several options of different agents at once."""
        chosen = np.array(list(options), np.int64)
        told = [Obstacles()]
        entry, resource, amount = self._changes(chosen)
        one, resource, amount = self._with_opening(
            *added(np.zeros_like(entry), resource, amount)
        )
        self._limits(told, one, resource, amount)
        self._money(told, one, resource, amount)
        change = np.sum([self._gain(option) for option in chosen.tolist()], axis=0)
        told[0].change = self._paid_for(change.tolist(), told[0])
        return told[0]

    def _changes(self, options: Array) -> tuple[Array, Array, Array]:
        """Return what changes of each resource: position in options, resource, by."""
        old = self.choice[self.problem.option_agent[options]]
        staying = np.flatnonzero(old >= 0)
        entry, resource, amount = self._uses(options)
        gone, freed, by = self._uses(old[staying])
        return added(
            np.concatenate([entry, staying[gone]]),
            np.concatenate([resource, freed]),
            np.concatenate([amount, -by]),
        )

    def _with_opening(
        self, entry: Array, resource: Array, amount: Array
    ) -> tuple[Array, Array, Array]:
        """Add what cohorts use that open by these changes, less what closing frees."""
        before = self.use[resource]
        turn = (before + amount > 0).astype(np.int64) - (before > 0)
        at = np.flatnonzero(self.problem.resource_opens[resource] & (turn != 0))
        if not len(at):
            return entry, resource, amount
        opening, counts = spans(self.problem.opening_ptr, resource[at])
        return added(
            np.concatenate([entry, np.repeat(entry[at], counts)]),
            np.concatenate([resource, self.problem.opening_resource[opening]]),
            np.concatenate(
                [
                    amount,
                    self.problem.opening_amount[opening] * np.repeat(turn[at], counts),
                ]
            ),
        )

    def _uses(self, options: Array) -> tuple[Array, Array, Array]:
        at, counts = spans(self.problem.use_ptr, options)
        entry = np.repeat(np.arange(len(options)), counts)
        return (
            entry,
            self.problem.use_resource[at].astype(np.int64),
            self.problem.use_amount[at],
        )

    def _limits(
        self, told: list[Obstacles], entry: Array, resource: Array, amount: Array
    ) -> None:
        """Compare with upper and lower limits, the hard ones and the priced ones."""
        problem, before = self.problem, self.use[resource]
        after = before + amount
        upper, lower = (
            problem.resource_upper[resource],
            problem.resource_lower[resource],
        )
        counted = ~problem.resource_supplied[resource]
        if_used = problem.resource_only_if_used[resource]
        over = np.maximum(0, after - upper) * counted
        under = np.maximum(0, lower - after) * ~(if_used & (after == 0)) * counted
        over_before = np.maximum(0, before - upper)
        under_before = np.maximum(0, lower - before) * ~(if_used & (before == 0))
        excess = problem.resource_excess_price[resource]
        shortfall = problem.resource_shortfall_price[resource]
        for at in np.flatnonzero((over > 0) & (excess < 0)).tolist():
            told[entry[at]].short.append(Short(int(over[at]), int(resource[at])))
        for at in np.flatnonzero((under > 0) & (shortfall < 0)).tolist():
            mine = told[entry[at]]
            if if_used[at]:
                mine.cohorts.append(int(resource[at]))
            else:
                mine.short.append(Short(int(under[at]), int(resource[at])))
        step = problem.resource_step[resource]
        more = started(over, step) - started(over_before, step)
        less = started(under, step) - started(under_before, step)
        paid = np.maximum(excess, 0) * more * counted
        paid += np.maximum(shortfall, 0) * less * counted
        for at in np.flatnonzero(paid).tolist():
            told[entry[at]].shares[int(resource[at])] = int(paid[at])

    def _money(
        self, told: list[Obstacles], entry: Array, resource: Array, amount: Array
    ) -> None:
        """Ask for money: whether all lines together can pay what is added."""
        money = np.flatnonzero(self.problem.resource_supplied[resource] & (amount != 0))
        asked: dict[int, list[tuple[int, int]]] = {}
        for at in money.tolist():
            asked.setdefault(int(entry[at]), []).append(
                (int(resource[at]), int(amount[at]))
            )
        for at, pay in asked.items():
            key = tuple(sorted(pay))
            if key not in self._paid:
                self._paid[key] = self.unpaid(dict(key))
            told[at].short += self._paid[key]

    def unpaid(self, pay: dict[int, int]) -> list[Short]:
        """Return the lines that cannot pay so much more for these pools."""
        if all(amount <= self._left[pool] for pool, amount in pay.items()):
            lines = [line for pool in pay for line in self._pools[pool]]
            if len(lines) == len(set(lines)):
                return []
        need = {
            pool: int(self.use[pool]) + pay.get(pool, 0)
            for pool in self._pools
            if self.use[pool] or pool in pay
        }
        pools = {pool: self._pools[pool] for pool in need}
        return [
            Short(
                by=sum(need[pool] for pool in asked)
                - sum(int(self.problem.supply_upper[line]) for line in lines),
                lines=tuple(lines),
            )
            for asked, lines in overdrawn(pools, need, self._give)
        ]

    @cached_property
    def _pools(self) -> dict[int, list[int]]:
        ptr, lines = self.problem.supply_ptr, self.problem.supply_index
        return {
            pool: lines[ptr[pool] : ptr[pool + 1]].tolist()
            for pool in np.flatnonzero(self.problem.resource_supplied).tolist()
        }

    @cached_property
    def _left(self) -> dict[int, int]:
        """What the lines of each pool could still give."""
        need = {pool: int(self.use[pool]) for pool in self._pools if self.use[pool]}
        paid = flows({pool: self._pools[pool] for pool in need}, need, self._give)
        left = self.problem.supply_upper.tolist()
        for lines in paid.values():
            for line, amount in lines.items():
                left[line] -= amount
        return {
            pool: sum(left[line] for line in lines)
            for pool, lines in self._pools.items()
        }

    @cached_property
    def _give(self) -> list[int | None]:
        upper = self.problem.supply_upper.tolist()
        return [None if each >= UNLIMITED else each for each in upper]

    def _values(self, told: list[Obstacles], options: Array) -> None:
        for mine, option in zip(told, options.tolist(), strict=True):
            mine.change = self._paid_for(self._gain(option), mine)

    def _gain(self, option: int) -> list[int]:
        """Return what an option is worth beyond what its agent does now."""
        worth = self._worth(option)
        old = int(self.choice[self.problem.option_agent[option]])
        was = self._worth(old) if old >= 0 else [0] * len(worth)
        return [new - gone for new, gone in zip(worth, was, strict=True)]

    def _worth(self, option: int) -> list[int]:
        worth: list[int] = np.atleast_1d(self.problem.option_value[option]).tolist()
        return worth

    @staticmethod
    def _paid_for(gain: list[int], found: Obstacles) -> tuple[int, ...]:
        first, *others = gain
        return first - sum(found.shares.values()), *others


def added(entry: Array, resource: Array, amount: Array) -> tuple[Array, Array, Array]:
    """Add up the amounts of the same entry and resource."""
    order = np.lexsort((resource, entry))
    entry, resource, amount = entry[order], resource[order], amount[order]
    first = np.ones(len(entry), bool)
    first[1:] = (entry[1:] != entry[:-1]) | (resource[1:] != resource[:-1])
    starts = np.flatnonzero(first)
    if not len(starts):
        return entry, resource, amount
    return entry[starts], resource[starts], np.add.reduceat(amount, starts)


def told(outcome: Outcome, short: Short) -> dict[str, object]:
    """Return a limit without room as it is stored: plain data, units of people.

    ``by`` is rounded up to whole persons (or hours, places ...); of money it is in
    planning units; of a share, which counts parts of persons, it is None. ``units``
    is the same as the problem file counts it.
    """
    snapshot = outcome.snapshot
    if short.lines:
        lines = [snapshot.lines[line] for line in short.lines]
        return {
            **money(
                {
                    str(line.key): {
                        "label_en": line.label_en,
                        "label_id": line.label_id,
                    }
                    for line in lines
                }
            ),
            "by": ceil(short.by * lines[0].step),
            "units": short.by,
        }
    limit = snapshot.limits[short.resource]
    return named(limit) | {
        "by": None if is_share(limit) else ceil(short.by / limit.scale),
        "upper": limit.shown_upper,
        "units": short.by,
    }


def money(lines: Mapping[str, Labels]) -> dict[str, object]:
    """Return budget lines that together pay no more, as a limit is stored.

    Parameters
    ----------
    lines: what people call each, by its name in the problem.
    """
    return {
        "kind": LimitKind.BUDGET,
        "lines": [LimitKey.parse(name).code for name in lines],
        "label_en": "; ".join(line["label_en"] for line in lines.values()),
        "label_id": "; ".join(line["label_id"] for line in lines.values()),
    }


def named(limit: Limit) -> dict[str, object]:
    """Return a limit's kind, key and names."""
    checked = {"checked": True} if limit.is_checked else {}
    return checked | {
        "kind": limit.kind,
        "limit": str(limit.key),
        "label_en": limit.label_en,
        "label_id": limit.label_id,
    }


def is_share(limit: Limit) -> bool:
    """Return whether a limit is a share of people, not a number of them."""
    return limit.quota is not None and limit.scale != 1
