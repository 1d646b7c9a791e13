"""A problem in the making: limits by name, options in columns, uses in blocks."""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import numpy as np
import numpy.typing as npt

from planner.models import LimitKey, LimitKind
from planner.optimiser import Problem
from planner.optimiser.model.problem import HARD, UNLIMITED, pointers
from programs.eligibility.columns import Array
from programs.models import FundingSource, Quota


@dataclass
class Limit:
    """Something limited, with the words people know it by.

    ``upper`` and ``lower`` are what is left for the plan; ``committed`` is what decided
    placements use already. Both count in ``scale`` units a person (or hour, ...). A
    soft price is paid for every started ``step`` of units.
    """

    key: LimitKey
    label_en: str
    label_id: str
    upper: int | None = None
    lower: int = 0
    committed: int = 0
    only_if_used: bool = False
    shortfall_price: int = HARD
    excess_price: int = HARD
    step: int = 1
    lines: tuple[int, ...] = ()
    scale: int = 1
    shown_upper: int | None = None
    shown_lower: int | None = None
    quota: Quota | None = None
    is_checked: bool = False
    """It rests on registrations that only the ministry may know to be one human."""

    @property
    def kind(self) -> LimitKind:
        """What sort of thing is limited."""
        return self.key.kind


@dataclass
class Line:
    """A budget line: what it has and what is committed, in exact planning units.

    In the problem it is counted in steps of ``step`` planning units (see ``steps``);
    ``rate`` is the rupiah a unit of its ``currency``.
    """

    key: LimitKey
    label_en: str
    label_id: str
    source: FundingSource
    year: int
    category: str | None
    budget: Fraction | None
    committed: Fraction
    currency: str = "IDR"
    rate: Fraction = Fraction(1)
    step: Fraction = Fraction(1)

    @property
    def left(self) -> Fraction | None:
        """What it can still pay, or None where that has no limit."""
        return (
            None
            if self.budget is None
            else max(Fraction(0), self.budget - self.committed)
        )


@dataclass
class Draft:
    """Limits, lines and uses, collected rule by rule and assembled once."""

    limits: list[Limit] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    blocks: list[tuple[Array, Array, Array]] = field(default_factory=list)
    opening: list[tuple[int, int, int]] = field(default_factory=list)

    def add_limit(self, limit: Limit) -> int:
        """Add a limit and return its index."""
        self.limits.append(limit)
        return len(self.limits) - 1

    def use(
        self, options: npt.ArrayLike, limits: npt.ArrayLike, amounts: npt.ArrayLike
    ) -> None:
        """Note that these options use these limits; all three may be one number."""
        options, limits, amounts = np.broadcast_arrays(options, limits, amounts)
        if options.size:
            self.blocks.append(
                (
                    options.astype(np.int64).ravel(),
                    limits.astype(np.int32).ravel(),
                    amounts.astype(np.int64).ravel(),
                )
            )

    def use_by_opening(self, cohort: int, limit: int, amount: int) -> None:
        """Note what a cohort uses of a limit once, if anybody is in it; below 0, what
        it gives back.

        From now on the cohort runs or does not run, with one person at the least.
        """
        self.opening.append((cohort, limit, amount))
        runs = self.limits[cohort]
        runs.only_if_used, runs.lower = True, max(1, runs.lower)

    def assemble(
        self,
        *,
        agent_must: Array,
        option_agent: Array,
        option_value: Array,
        ids: dict[str, Array],
        name: str,
    ) -> Problem:
        """Return the problem; uses of one option and limit are added up."""
        pointer, resource, amount = self._uses(len(option_agent))
        supply_ptr = pointers(np.array([len(li.lines) for li in self.limits], int))
        supplied = [line for limit in self.limits for line in limit.lines]
        upper = [UNLIMITED if li.upper is None else li.upper for li in self.limits]
        return Problem(
            agent_must=agent_must,
            option_agent=option_agent.astype(np.int32),
            option_value=option_value,
            use_ptr=pointer,
            use_resource=resource,
            use_amount=amount,
            resource_upper=np.array(upper, np.int64),
            resource_lower=self._column("lower", np.int64),
            resource_only_if_used=self._column("only_if_used", bool),
            resource_shortfall_price=self._column("shortfall_price", np.int64),
            resource_excess_price=self._column("excess_price", np.int64),
            resource_step=self._column("step", np.int64),
            supply_upper=np.array([left(line) for line in self.lines], np.int64),
            supply_ptr=supply_ptr,
            supply_index=np.array(supplied, np.int32),
            resource_id=np.array([str(li.key) for li in self.limits], "U"),
            supply_id=np.array([str(line.key) for line in self.lines], "U"),
            name=name,
            **self._opening(),
            **ids,
        )

    def _column(self, name: str, dtype: npt.DTypeLike) -> Array:
        return np.array([getattr(limit, name) for limit in self.limits], dtype)

    def _opening(self) -> dict[str, Array]:
        """Return what cohorts use by opening; nothing where none of them does."""
        if not self.opening:
            return {}
        cohort, limit, amount = np.array(sorted(self.opening), np.int64).T
        return {
            "opening_ptr": pointers(np.bincount(cohort, minlength=len(self.limits))),
            "opening_resource": limit.astype(np.int32),
            "opening_amount": amount,
        }

    def _uses(self, num_options: int) -> tuple[Array, Array, Array]:
        """Return the uses by option, then limit, each limit once an option."""
        if not self.blocks:
            empty = np.zeros(0, np.int64)
            return pointers(np.zeros(num_options, int)), empty.astype(np.int32), empty
        option, limit, amount = (
            np.concatenate(part) for part in zip(*self.blocks, strict=True)
        )
        self.blocks.clear()
        order = np.lexsort((limit, option))
        option, limit, amount = option[order], limit[order], amount[order]
        first = np.ones(len(option), bool)
        first[1:] = (option[1:] != option[:-1]) | (limit[1:] != limit[:-1])
        starts = np.flatnonzero(first)
        amount = np.add.reduceat(amount, starts)
        option, limit = option[starts], limit[starts]
        used = amount > 0
        counts = np.bincount(option[used], minlength=num_options)
        return pointers(counts), limit[used], amount[used]


def left(line: Line) -> int:
    """Return how many whole steps a line can still give."""
    return UNLIMITED if line.left is None else floor(line.left / line.step)
