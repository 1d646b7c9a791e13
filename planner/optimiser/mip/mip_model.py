"""The mixed-integer program of a problem, for the solvers that want one.

    maximise    objective @ y
    subject to  row_lower <= A y <= row_upper        for the plain rows
                the same, or A y = 0 and no penalty  for the rows with a switch
                0 <= y <= upper, y integer

An agent is a multiple-choice row (sum of its y <= 1, = 1 where must), a cohort a row
with a switch (a minimum quantity), a soft limit a column for the steps that pass it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.optimiser.model.plan import NOTHING, Plan
from planner.optimiser.model.problem import UNLIMITED, BoolArray, IntArray, Problem
from planner.optimiser.relaxation.hall_cuts import TooManyRows, hall_rows

ALWAYS = -1
"""The switch of a row that always holds."""


@dataclass(frozen=True)
class MipRow:
    """One limit: `lower <= coefficients @ y[columns] <= upper`.

    With a `switch` column s the limit holds where y[s] = 1, and where y[s] = 0 the
    first `used` terms (what is used, without shortfall and excess) must be zero.
    """

    columns: IntArray
    coefficients: IntArray
    lower: int | None
    upper: int | None
    switch: int = ALWAYS
    used: int = 0


@dataclass
class MipModel:
    """An integer program whose first columns are the options that are kept.

    Attributes
    ----------
    option
        int64[k]; column c chooses option `option[c]`.
    upper, objective
        One entry per column; every column starts at 0 and is an integer. Flows seldom
        need a column: `hall_rows` states what the budget lines can carry.
    rows
        The agents' rows come first, then one for each limit that can bind.
    at_least
        Only solutions with this objective or more are wanted.
    """

    option: IntArray
    upper: list[int] = field(default_factory=list)
    objective: list[int] = field(default_factory=list)
    rows: list[MipRow] = field(default_factory=list)
    at_least: int | None = None

    def choice(self, problem: Problem, y: IntArray) -> IntArray:
        """Return the choice that a solution makes, int64[n] of options or -1."""
        chosen = self.option[y[: len(self.option)] > 0]
        choice = np.full(problem.num_agents, NOTHING, dtype=np.int64)
        choice[problem.option_agent[chosen]] = chosen
        return choice

    def add_column(self, upper: int, objective: int) -> int:
        self.upper.append(upper)
        self.objective.append(objective)
        return len(self.upper) - 1

    def add_row(
        self,
        columns: IntArray,
        coefficients: IntArray,
        lower: int | None,
        upper: int | None,
    ) -> None:
        """Add a plain row, unless its columns cannot break it."""
        least, most = self.reach(columns, coefficients)
        lower = None if lower is None or lower <= least else lower
        upper = None if upper is None or upper >= most else upper
        if lower is not None or upper is not None:
            self.rows.append(MipRow(columns, coefficients, lower, upper))

    def reach(self, columns: IntArray, coefficients: IntArray) -> tuple[int, int]:
        """Return the least and the most that `coefficients @ y[columns]` can be."""
        tops = [self.upper[column] for column in columns.tolist()]
        terms = [
            term * top for term, top in zip(coefficients.tolist(), tops, strict=True)
        ]
        return sum(t for t in terms if t < 0), sum(t for t in terms if t > 0)

    def settled(self) -> BoolArray:
        """bool[columns]; the columns that are 1 in every solution, alone in a row.

        A row with a switch asks for nothing while that is off.
        """
        result = np.zeros(len(self.upper), dtype=bool)
        for row in self.rows:
            alone = len(row.columns) == 1 and row.switch == ALWAYS
            if alone and row.lower == row.coefficients[0] == 1:
                result[row.columns] = np.asarray(self.upper)[row.columns] == 1
        return result

    def holds(self, y: IntArray) -> bool:
        """Whether a solution keeps every row, in exact arithmetic."""
        if (y < 0).any() or any(v > top for v, top in zip(y, self.upper, strict=True)):
            return False
        return all(_holds(row, y) for row in plain_rows(self))


def _holds(row: MipRow, y: IntArray) -> bool:
    terms = zip(row.coefficients.tolist(), y[row.columns].tolist(), strict=True)
    total = sum(term * amount for term, amount in terms)
    enough = row.lower is None or total >= row.lower
    return enough and (row.upper is None or total <= row.upper)


@dataclass(frozen=True)
class Held:
    """A level that a plan must keep: the sum of `value` less the soft prices paid.

    `soft_scale` says how many times dearer the soft prices of the problem are than
    those that count here; None where they do not count.
    """

    value: IntArray
    level: int
    soft_scale: int | None = None

    def reached(self, problem: Problem, choice: IntArray) -> int:
        """Return the level that a choice reaches."""
        chosen = choice[choice >= 0]
        value = int(self.value[chosen].sum())
        if self.soft_scale is not None:
            value -= Plan.of(problem, choice).soft_paid // self.soft_scale
        return value


@dataclass(frozen=True, eq=False)
class Focus:
    """The last tiers alone, for solvers that cannot tell large numbers apart.

    `problem` has the values of these tiers, `held` the levels of those before.
    """

    problem: Problem
    held: tuple[Held, ...]


def formulate(
    problem: Problem,
    keep: BoolArray | None = None,
    settled: BoolArray | None = None,
    at_least: int | None = None,
    held: Sequence[Held] = (),
) -> MipModel:
    """Write a single-tier problem as an integer program.

    Parameters
    ----------
    keep
        bool[o]; the options that may be chosen, by default all of them.
    settled
        bool[n]; agents known to get one of their kept options.
    at_least
        Only plans with this objective or more are wanted.
    held
        Other sums over the chosen options that must not fall.
    """
    every = np.ones(problem.num_options, dtype=bool) if keep is None else keep
    option = np.flatnonzero(every)
    program = MipModel(
        option,
        upper=[1] * len(option),
        objective=problem.option_value[option].tolist(),
        at_least=at_least,
    )
    must = problem.agent_must if settled is None else problem.agent_must | settled
    _agents(program, problem, must)
    uses = _Uses(problem, option)
    for resource in np.flatnonzero(~problem.resource_supplied):
        _resource(program, problem, int(resource), *uses.of(int(resource)))
    _supplies(program, problem, uses)
    for level in held:
        _hold(program, level)
    return program


def _agents(program: MipModel, problem: Problem, must: BoolArray) -> None:
    """Give each agent at most one of its options, or exactly one."""
    owner = problem.option_agent[program.option]
    ends = np.searchsorted(owner, np.arange(problem.num_agents + 1))
    for agent in range(problem.num_agents):
        columns = np.arange(ends[agent], ends[agent + 1])
        least = int(must[agent])
        if len(columns) > 1 or least:
            ones = np.ones(len(columns), dtype=np.int64)
            program.rows.append(MipRow(columns, ones, least or None, 1))


class _Uses:
    """What the kept options use, resource by resource."""

    def __init__(self, problem: Problem, option: IntArray) -> None:
        sizes = np.diff(problem.use_ptr)
        column_of = np.full(problem.num_options, -1, dtype=np.int64)
        column_of[option] = np.arange(len(option))
        column = np.repeat(column_of, sizes)
        kept = np.flatnonzero((column >= 0) & (problem.use_amount > 0))
        resource = problem.use_resource[kept]
        order = np.argsort(resource, kind="stable")
        self.column = column[kept][order]
        self.amount = problem.use_amount[kept][order]
        every = np.arange(problem.num_resources + 1)
        self.ends = np.searchsorted(resource[order], every)

    def of(self, resource: int) -> tuple[IntArray, IntArray]:
        part = slice(self.ends[resource], self.ends[resource + 1])
        return self.column[part], self.amount[part]

    def together(self, resources: IntArray) -> tuple[IntArray, IntArray]:
        """Return the columns that use any of the resources, and how much in all."""
        if len(resources) == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        parts = [self.of(int(resource)) for resource in resources]
        columns, places = np.unique(
            np.concatenate([columns for columns, _ in parts]), return_inverse=True
        )
        amounts = np.zeros(len(columns), dtype=np.int64)
        np.add.at(amounts, places, np.concatenate([amounts for _, amounts in parts]))
        return columns, amounts


def _resource(
    program: MipModel,
    problem: Problem,
    resource: int,
    columns: IntArray,
    amounts: IntArray,
) -> None:
    """Add the limits of one resource, its soft prices and its switch.

    The last started step may reach past the other limit, so that each has a row then.
    """
    lower = int(problem.resource_lower[resource])
    upper = int(problem.resource_upper[resource])
    most = sum(amounts.tolist())
    used = len(columns)
    short = int(problem.resource_shortfall_price[resource])
    over = int(problem.resource_excess_price[resource])
    step = int(problem.resource_step[resource])
    below: list[tuple[int, int]] = []
    above: list[tuple[int, int]] = []
    if short >= 0 and lower > 0:
        below.append((program.add_column(-(-lower // step), -short), step))
    if over >= 0 and most > upper:
        steps = -((upper - most) // step)
        above.append((program.add_column(steps, -over), -step))
    ceiling = None if upper >= min(most, UNLIMITED) else upper
    floor = lower or None
    rows = [(floor, ceiling, below + above)]
    if step > 1 and ceiling is not None and rows[0][2]:
        rows = [(floor, None, below), (None, ceiling, above)]
    switchable = bool(problem.resource_only_if_used[resource]) and lower > 0
    if switchable and not used:
        return
    switch = program.add_column(1, 0) if switchable else ALWAYS
    for least, top, extra in rows:
        terms = np.append(amounts, [sign for _, sign in extra]).astype(np.int64)
        own = np.append(columns, [column for column, _ in extra]).astype(np.int64)
        if switchable:
            program.rows.append(MipRow(own, terms, least, top, switch, used))
        else:
            program.add_row(own, terms, least, top)


def _hold(program: MipModel, held: Held) -> None:
    """Add the row that keeps a level; it comes last, when every column is there."""
    terms = np.zeros(len(program.upper), dtype=np.int64)
    chosen = len(program.option)
    terms[:chosen] = held.value[program.option]
    if held.soft_scale is not None:
        soft = np.asarray(program.objective[chosen:], dtype=object)
        terms[chosen:] = soft // held.soft_scale
    columns = np.flatnonzero(terms)
    program.rows.append(MipRow(columns, terms[columns], held.level, None))


def _supplies(program: MipModel, problem: Problem, uses: _Uses) -> None:
    """Add what the budget lines can carry: as cut rows, or as flows if too many."""
    try:
        rows = list(hall_rows(problem))
    except TooManyRows:
        _flows(program, problem, uses)
        return
    for pools, budget in rows:
        program.add_row(*uses.together(pools), None, budget)


def _flows(program: MipModel, problem: Problem, uses: _Uses) -> None:
    """Add a column for what each line gives each pool (whole units are enough)."""
    outflow: list[list[int]] = [[] for _ in range(problem.num_supplies)]
    for pool in np.flatnonzero(problem.resource_supplied):
        columns, amounts = uses.of(int(pool))
        most = sum(amounts.tolist())
        start, stop = problem.supply_ptr[pool : pool + 2]
        lines = problem.supply_index[start:stop].tolist()
        flows = [
            program.add_column(min(most, int(problem.supply_upper[line])), 0)
            for line in lines
        ]
        for line, flow in zip(lines, flows, strict=True):
            outflow[line].append(flow)
        minus = np.full(len(flows), -1, dtype=np.int64)
        program.add_row(np.append(columns, flows), np.append(amounts, minus), None, 0)
    for line, flows in enumerate(outflow):
        ones = np.ones(len(flows), dtype=np.int64)
        budget = int(problem.supply_upper[line])
        program.add_row(np.asarray(flows, dtype=np.int64), ones, None, budget)


def plain_rows(program: MipModel) -> Iterator[MipRow]:
    """Return the rows with each switch written out as plain rows.

    With use u, floor l, ceiling t, most use m and switch s, the switched row becomes

        u + short - excess - l s >= 0,   u + short - excess - t s <= 0,   u - m s <= 0
    """
    for row in program.rows:
        if row.switch == ALWAYS:
            yield row
            continue
        columns, terms = row.columns, row.coefficients
        _, most = program.reach(columns[: row.used], terms[: row.used])
        with_switch = np.append(columns, row.switch)
        if row.lower:
            yield MipRow(with_switch, np.append(terms, -row.lower), 0, None)
        ceiling = most if row.upper is None else min(most, row.upper)
        if row.upper is not None and len(columns) > row.used:
            yield MipRow(with_switch, np.append(terms, -row.upper), None, 0)
            ceiling = most
        used = np.append(columns[: row.used], row.switch)
        yield MipRow(used, np.append(terms[: row.used], -ceiling), None, 0)
