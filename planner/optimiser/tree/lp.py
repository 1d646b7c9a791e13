"""The linear relaxation of a node, kept in one program that moves from node to node.

    maximise    sum value x + sum value of opening y - soft prices
    subject to  sum of x over the options of an agent <= 1        (= 1 where must)
                lower y <= use <= upper y,  x <= y                (a cohort)
                lower <= use + step short - step over <= upper    (any other limit)
                use of a pool <= flows from its lines, flows out of a line <= its upper
                value of each tier before >= its level
    least <= sum of x over the options that use at least so much <= most   (a count)

What a cohort uses by opening stands in the rows of those resources, by its y.
The rows x <= y are added where a solution breaks them, and so is a row for the use of a
resource, or for a count, when a question is first asked about it. Options that are out
from the start have no column, and an agent with a single option has no row: its bound
says as much. The engines minimise, so every price is minus its dual.

Arrays: x float64[options], `column` int64[options] with -1 for none, `option`
int64[columns of options].
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from planner.optimiser.certificate.node import (
    Bounds,
    Count,
    NodePrices,
    Question,
    Row,
    counted,
    limits_of,
)
from planner.optimiser.model.plan import reach
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.model.validate import UNLIMITED
from planner.optimiser.tree.engine import Engine, Matrix

TINY = 1e-7
"""What a solution may break a row by."""

ROUNDS, MOST_CUTS = 12, 400
"""Rounds of rows x <= y for one node, and rows a round."""


@dataclass
class Solution:
    """What the relaxation of a node says; `bound` is None where it is infeasible."""

    bound: float | None
    x: FloatArray
    y: dict[int, float]
    use: FloatArray
    dual: FloatArray


NO_SOLUTION = Solution(None, np.zeros(0), {}, np.zeros(0), np.zeros(0))
"""What is known of a node that has not been solved."""


class Relaxation:
    """One linear program that moves from node to node."""

    def __init__(
        self, question: Question, engine: Engine, out: BoolArray | None = None
    ) -> None:
        self.question, problem = question, question.problem
        self.engine = engine
        kept = np.ones(problem.num_options, dtype=bool) if out is None else ~out
        self.option = np.flatnonzero(kept)
        self.column = np.where(kept, np.cumsum(kept) - 1, -1)
        self.flows: list[tuple[int, int]] = []
        self.problem = problem
        self.lower, self.upper = question.hard()
        self.users, self.reach = self._users(), reach(problem)
        self.agent_row: dict[int, int] = {}
        self.open: dict[int, int] = {}
        self.kinds: list[tuple[str, Any]] = []
        self.used_row: dict[int, int] = {}
        self.count_row: dict[Count, int] = {}
        self.steps: dict[int, dict[str, int]] = {}
        self.member: dict[tuple[int, int], int] = {}
        self._build()
        self.bounds = Bounds.of(problem)
        for r in self.steps:
            self._start_steps(r, int(self.bounds.low[r]), int(self.bounds.high[r]))
        for row in question.rows:
            self.add(row)

    def _build(self) -> None:
        """Write the program of the root."""
        problem, matrix = self.problem, Matrix()
        tier = self.question.tier
        for value in problem.value(tier or 0)[self.option].tolist():
            matrix.column(0.0 if tier is None else -float(value), 1.0)
        self._openings(matrix, tier)
        ends = np.searchsorted(self.option, problem.agent_ptr).tolist()
        for agent, (start, stop) in enumerate(pairwise(ends)):
            if stop - start < 2:
                continue
            low = 1.0 if problem.agent_must[agent] else -np.inf
            self.agent_row[agent] = self._row(
                matrix, "agent", agent, np.arange(start, stop), 1.0, low, 1.0
            )
        soft: list[tuple[int, float]] = []
        for r in range(problem.num_resources):
            always = not problem.resource_only_if_used[r]
            if len(self.users[r][0]) or (always and problem.resource_lower[r] > 0):
                self._resource(matrix, r, soft, paid=tier == 0)
        self.agent = problem.option_agent[self.option]
        self.alone = ~np.isin(self.agent, list(self.agent_row))
        self.bottoms, self.tops = np.zeros(len(self.option)), np.ones(len(self.option))
        self._lines(matrix)
        for i, level in enumerate(self.question.levels):
            opened = list(self.open)
            columns = np.append(np.arange(len(self.option)), [*self.open.values()])
            terms = np.append(
                problem.value(i)[self.option], problem.value_of_opening(i)[opened]
            )
            terms = terms.astype(float)
            if i == 0:
                columns = np.append(columns, [c for c, _ in soft])
                terms = np.append(terms, [-p for _, p in soft])
            self._row(matrix, "tier", i, columns.astype(int), terms, level, np.inf)
        self.matrix = matrix
        self.engine.load(matrix)

    def _users(self) -> list[tuple[IntArray, IntArray]]:
        """Return the columns of options that use some of each resource, and how
        much."""
        problem = self.problem
        owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
        column = self.column[owner]
        kept = np.flatnonzero((problem.use_amount > 0) & (column >= 0))
        order = kept[np.argsort(problem.use_resource[kept], kind="stable")]
        ends = np.searchsorted(
            problem.use_resource[order], np.arange(problem.num_resources + 1)
        )
        return [
            (column[order[a:b]], problem.use_amount[order[a:b]])
            for a, b in pairwise(ends)
        ]

    def _openings(self, matrix: Matrix, tier: int | None) -> None:
        """Give each cohort its column; it uses other resources as an option does."""
        problem = self.problem
        worth = problem.value_of_opening(tier or 0) * (tier is not None)
        for r in np.flatnonzero(problem.resource_only_if_used).tolist():
            if len(self.users[r][0]):
                self.open[r] = matrix.column(-float(worth[r]), 1.0)
                for other, amount in problem.opening_uses(r):
                    columns, amounts = self.users[other]
                    self.users[other] = (
                        np.append(columns, self.open[r]),
                        np.append(amounts, amount),
                    )

    def _row(
        self,
        matrix: Matrix,
        kind: str,
        key: Any,
        columns: Any,
        terms: Any,
        low: float,
        high: float,
    ) -> int:
        terms = np.broadcast_to(np.asarray(terms, dtype=float), len(columns))
        at = matrix.row(columns, terms, low, high)
        self.kinds.append((kind, key))
        return at

    def _resource(
        self, matrix: Matrix, r: int, soft: list[tuple[int, float]], *, paid: bool
    ) -> None:
        """Write the limits of one resource."""
        problem = self.problem
        columns, amounts = self.users[r]
        terms, most = amounts.astype(float), float(self.reach[r])
        if problem.resource_supplied[r]:
            start, stop = problem.supply_ptr[r : r + 2].tolist()
            flows = [matrix.column(0.0, np.inf) for _ in range(start, stop)]
            lines = problem.supply_index[start:stop].tolist()
            self.flows += list(zip(lines, flows, strict=True))
            columns = np.append(columns, flows)
            terms = np.append(terms, -np.ones(len(flows)))
            self._row(matrix, "resource", r, columns, terms, -np.inf, 0.0)
            return
        lower, upper = float(self.lower[r]), float(self.upper[r])
        upper = upper if upper < UNLIMITED else most
        extras = self._extras(matrix, r, most, soft, paid=paid)
        if problem.resource_only_if_used[r]:
            self._cohort(matrix, r, self.open[r], lower, upper, extras)
        elif extras:
            self._soft(matrix, r, extras)
            if lower > 0 or self.upper[r] < UNLIMITED:
                self._row(
                    matrix, "resource", r, columns, terms,
                    lower if lower > 0 else -np.inf,
                    upper if upper < most else np.inf,
                )  # fmt: skip
        elif lower > 0 or upper < most:
            at = self._row(
                matrix, "resource", r, columns, terms,
                lower if lower > 0 else -np.inf, upper if upper < most else np.inf,
            )  # fmt: skip
            self.used_row[r] = at

    def _extras(
        self,
        matrix: Matrix,
        r: int,
        most: float,
        soft: list[tuple[int, float]],
        *,
        paid: bool,
    ) -> dict[str, int]:
        """Add columns for the steps that are missing and that are too much, where that
        has a price."""
        problem, result = self.problem, dict[str, int]()
        for name, prices, limit in (
            ("short", problem.resource_shortfall_price, problem.resource_lower),
            ("over", problem.resource_excess_price, problem.resource_upper),
        ):
            price, end = float(prices[r]), float(limit[r])
            if price < 0 or (end <= 0 if name == "short" else end >= most):
                continue
            result[name] = column = matrix.column(price if paid else 0.0, np.inf)
            soft.append((column, price))
        if problem.resource_step[r] > 1:
            self.steps[r] = result
        return result

    def _cohort(
        self,
        matrix: Matrix,
        r: int,
        y: int,
        lower: float,
        upper: float,
        extras: dict[str, int],
    ) -> None:
        columns, amounts = self.users[r]
        terms = amounts.astype(float)
        with_y = np.append(columns, y)
        self._row(matrix, "resource", r, with_y, np.append(terms, -upper), -np.inf, 0.0)
        if lower > 0:
            self._row(
                matrix, "resource", r, with_y, np.append(terms, -lower), 0.0, np.inf
            )
        for name, column in extras.items():
            limit = (
                self.problem.resource_lower
                if name == "short"
                else (self.problem.resource_upper)
            )
            sign = float(self._sign(r, name))
            ends = (0.0, np.inf) if name == "short" else (-np.inf, 0.0)
            self._row(
                matrix, "resource", r, np.append(with_y, column),
                np.append(terms, [-float(limit[r]), sign]), *ends,
            )  # fmt: skip

    def _sign(self, r: int, name: str) -> int:
        """Return what one more step of what is missing, or is too much, adds to use."""
        step = int(self.problem.resource_step[r])
        return step if name == "short" else -step

    def _soft(self, matrix: Matrix, r: int, extras: dict[str, int]) -> None:
        columns, amounts = self.users[r]
        for name, column in extras.items():
            sign = float(self._sign(r, name))
            low = float(self.problem.resource_lower[r]) if name == "short" else -np.inf
            high = np.inf if name == "short" else float(self.problem.resource_upper[r])
            self._row(
                matrix, "resource", r, np.append(columns, column),
                np.append(amounts.astype(float), sign), low, high,
            )  # fmt: skip

    def _lines(self, matrix: Matrix) -> None:
        by_line: dict[int, list[int]] = {}
        for line, flow in self.flows:
            by_line.setdefault(line, []).append(flow)
        for line, flows in by_line.items():
            upper = int(self.problem.supply_upper[line])
            if upper < UNLIMITED:
                self._row(matrix, "supply", line, np.array(flows), 1.0, -np.inf, upper)

    def move(self, bounds: Bounds) -> None:
        """Go to a node: tighten and loosen what differs from the last one."""
        tops = np.where(bounds.out[self.option], 0.0, 1.0)
        bottoms = np.where(self.alone & bounds.must[self.agent], tops, 0.0)
        moved = np.flatnonzero((tops != self.tops) | (bottoms != self.bottoms))
        if len(moved):
            self.engine.columns(moved, bottoms[moved], tops[moved])
        self.bottoms, self.tops = bottoms, tops
        for agent in np.flatnonzero(bounds.must != self.bounds.must).tolist():
            if agent in self.agent_row:
                low = 1.0 if bounds.must[agent] else -np.inf
                self.engine.row(self.agent_row[agent], low, 1.0)
        changed = (bounds.low != self.bounds.low) | (bounds.high != self.bounds.high)
        for r in np.flatnonzero(changed).tolist():
            self._limit(r, int(bounds.low[r]), int(bounds.high[r]))
        for count in sorted(bounds.counts.keys() | self.bounds.counts.keys()):
            ends = limits_of(self.problem, bounds, count)
            if ends != limits_of(self.problem, self.bounds, count):
                self._count(count, *ends)
        self.bounds = bounds.copy()

    def _count(self, count: Count, low: int, high: int) -> None:
        """Limit a count, by a row that is there once it is asked about."""
        if count not in self.count_row:
            columns = self.column[counted(self.problem, count)]
            columns = columns[columns >= 0]
            self.count_row[count] = self._new_row("count", count, columns, 1.0)
        self.engine.row(self.count_row[count], float(low), float(max(low, high)))

    def _limit(self, r: int, low: int, high: int) -> None:
        """Limit the use of a resource, by a row of its own where it has none."""
        columns, amounts = self.users[r]
        if r in self.open:
            top = float(high > 0)
            ends = np.array([min(float(low > 0), top)]), np.array([top])
            self.engine.columns(np.array([self.open[r]]), *ends)
        self._start_steps(r, low, high)
        if r not in self.used_row:
            if not len(columns) and not low:
                return
            self.used_row[r] = self._new_row("use", r, columns, amounts)
        kind = self.kinds[self.used_row[r]][0]
        least, most = float(low) if low > 0 else -np.inf, float(high)
        if kind == "resource":
            least = max(least, float(self.lower[r]) or -np.inf)
            most = min(most, float(self.upper[r]))
        self.engine.row(self.used_row[r], least, max(most, least))

    def _start_steps(self, r: int, low: int, high: int) -> None:
        """Pay for the steps that have to be started within the limits of a node; of a
        cohort only where the node says that it runs."""
        problem, step = self.problem, int(self.problem.resource_step[r])
        for name, column in self.steps.get(r, {}).items():
            missing = int(problem.resource_lower[r]) - high
            if name == "over":
                missing = low - int(problem.resource_upper[r])
            elif r in self.open and not low:
                missing = 0
            least = np.array([float(max(0, -(-missing // step)))])
            self.engine.columns(np.array([column]), least, np.array([np.inf]))

    def _new_row(self, kind: str, key: Any, columns: Any, terms: Any) -> int:
        high = 0.0 if kind == "member" else np.inf
        terms = np.broadcast_to(np.asarray(terms, dtype=float), len(columns))
        self.engine.add(np.asarray(columns), terms, high)
        self.kinds.append((kind, key))
        return len(self.kinds) - 1

    def solve(self, *, most: int | None = None, cut: bool = True) -> Solution:
        """Solve the node, with rows x <= y added until none is broken."""
        for _ in range(ROUNDS if cut else 1):
            solution = self._run(most)
            if solution.bound is None or not cut or not self._separate(solution):
                return solution
        return self._run(most)

    def _run(self, most: int | None) -> Solution:
        answer = self.engine.run(most)
        none = np.zeros(0)
        if answer.infeasible:
            return Solution(None, none, {}, none, answer.dual)
        x = np.zeros(self.problem.num_options)
        x[self.option] = answer.value[: len(self.option)]
        y = {r: float(answer.value[column]) for r, column in self.open.items()}
        return Solution(-answer.objective, x, y, self._use(x, y), answer.dual)

    def _use(self, x: FloatArray, y: dict[int, float]) -> FloatArray:
        problem = self.problem
        owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
        use: FloatArray = np.bincount(
            problem.use_resource,
            weights=x[owner] * problem.use_amount,
            minlength=problem.num_resources,
        ).astype(np.float64)
        for r, part in y.items():
            for other, amount in problem.opening_uses(r):
                use[other] += part * amount
        return use

    def _separate(self, solution: Solution) -> bool:
        """Add the rows x <= y that a solution breaks most; tell whether any."""
        broken = []
        for r, y in solution.y.items():
            if y > 1 - TINY:
                continue
            columns, _ = self.users[r]
            options = self.option[columns[columns < len(self.option)]]
            over = solution.x[options] - y
            for at in np.flatnonzero(over > 1e-6).tolist():
                option = int(options[at])
                if (option, r) not in self.member:
                    broken.append((float(over[at]), option, r))
        broken.sort(reverse=True)
        for _, option, r in broken[:MOST_CUTS]:
            self._member(option, r)
        return bool(broken)

    def _member(self, option: int, r: int) -> None:
        """Add the row that nobody has the option in a closed cohort."""
        columns = [self.column[option], self.open[r]]
        self.member[option, r] = self._new_row(
            "member", (option, r), columns, [1.0, -1.0]
        )

    def whole(self) -> IntArray:
        """Return the columns that are whole in every plan: options, cohorts, steps."""
        steps = [c for columns in self.steps.values() for c in columns.values()]
        own = np.arange(len(self.option))
        return np.concatenate([own, [*self.open.values(), *steps]]).astype(np.int64)

    def chosen(self, value: FloatArray) -> IntArray:
        """Return the choice that a solution of the program comes nearest to."""
        picked = self.option[value[: len(self.option)] > 0.5]
        choice = np.full(self.problem.num_agents, -1, dtype=np.int64)
        choice[self.problem.option_agent[picked]] = picked
        return choice

    def without(
        self, question: Question, out: BoolArray, engine: Engine
    ) -> "Relaxation":
        """Return the same program less the options that are out, in another engine."""
        less = Relaxation(question, engine, out)
        for option, r in self.member:
            if less.column[option] >= 0 and r in less.open:
                less._member(option, r)
        return less

    def add(self, row: Row) -> None:
        """Add a derived row."""
        coefficient = row.coefficient[self.option].astype(float)
        columns = np.flatnonzero(coefficient)
        opened = [r for r in row.opening if r in self.open]
        self.engine.add(
            np.append(columns, [self.open[r] for r in opened]).astype(np.int64),
            np.append(coefficient[columns], [float(row.opening[r]) for r in opened]),
            float(row.right),
        )
        number = sum(kind == "row" for kind, _ in self.kinds)
        self.kinds.append(("row", number))

    def basis(self) -> Any:
        return self.engine.basis()

    def restore(self, basis: Any) -> None:
        """Go on from a basis, which may know fewer rows."""
        if basis is not None:
            self.engine.restore(basis)

    def prices(self, dual: FloatArray, bits: int) -> NodePrices:
        """Return duals as integer prices over 2**bits."""
        price: dict[int, int] = {}
        kinds = ("supply", "tier", "member", "row")
        parts: dict[str, dict[Any, int]] = {kind: {} for kind in kinds}
        count: dict[Count, int] = {}
        sums: dict[int, float] = {}
        for at in np.flatnonzero(np.abs(dual) > 1e-12).tolist():
            kind, key = self.kinds[at]
            if kind in ("resource", "use"):
                sums[key] = sums.get(key, 0.0) - float(dual[at])
            elif kind == "count":
                count[key] = round(-float(dual[at]) * 2.0**bits)
            elif kind in parts:
                number = round(-float(dual[at]) * 2.0**bits)
                if kind == "tier":
                    number = min(0, number)
                elif number < 0:
                    continue
                if number:
                    parts[kind][key] = number
        for r, total in sums.items():
            number = round(total * 2.0**bits)
            if number:
                price[r] = number
        return NodePrices(
            bits, price, parts["supply"], parts["tier"], parts["member"], parts["row"],
            count=count,
        )  # fmt: skip
