"""Branch and bound that leaves a proof: best bound first, by strong branching.

    bound(node) = floor(value of its prices),  closed where  bound(node) <= aim

(Land and Doig 1960; strong branching: Applegate, Bixby, Chvatal and Cook 1995.) A node
is solved, its prices are rounded to whole numbers, and what they show to be in no
better plan is left out. Where the bound in whole numbers is small enough the node is a
leaf; otherwise a few questions of each kind are tried for some simplex steps, and the
one whose two sides lose most is asked. How much of a resource is used is asked before
who: one answer moves many people that a single one would only swap for another.

Arrays: x float64[options], prices float64[resources] in units of value.
"""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from planner.optimiser.certificate.dual_bound import Prices, bound
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.certificate.node import Bounds, NodePrices, Question, worth
from planner.optimiser.certificate.proof_tree import (
    FORMAT,
    answer,
    below,
    derive,
    exclude,
    read_prices,
)
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.plan import use_of
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.tree.branching import HALF, about, candidates, product
from planner.optimiser.tree.diving import dive
from planner.optimiser.tree.engine import Engine
from planner.optimiser.tree.lp import NO_SOLUTION, Relaxation, Solution
from planner.optimiser.tree.rounding import broken_rows

BITS = (0, 4, 8, 14, 20, 30)
"""Grids that prices are rounded to, the coarsest first."""

RAY_BITS = (4, 14, 24, 34, 44)

STEPS = 40
"""Simplex steps for each side of a question that is tried."""

WORTHWHILE = 0.02
"""Share of the options that prices have to leave out to be kept for that."""

ROUNDS, PROGRESS = 12, 1e-3
"""Rounds of derived rows at the root, and what one must lower the bound by for
another."""

BROKEN, MUCH_BROKEN = 0.02, 0.4
"""What a derived row has to be broken by at the root, and at a node, to be worth it."""

NOTHING = -(1 << 62)
"""Less than any plan is worth."""

HINT_BITS = 20
"""Grid of the prices of a trial."""

VAIN, RECENT = 6, 4
"""Trials in a row that are no better before the best is asked, and trials of the past
that say what the next is likely to lose."""

SMALL = 100
"""Options up to which a smaller program would save nothing."""

ANEW, SMALLER = 0.1, 0.8
"""Share of the options that a better plan has to leave out for the tree to begin anew,
and what may be left of a program for a smaller one."""

DIVES = 4
"""One in so many questions is followed by a dive for a better plan."""

AGAIN = 3
"""How often a node is solved again after something was left out."""


@dataclass(order=True)
class Open:
    """A node that waits: the largest bound first, and the oldest of equals."""

    key: float
    at: int
    bounds: Bounds = field(compare=False)
    basis: Any = field(compare=False, default=None)
    prices: NodePrices | None = field(compare=False, default=None)
    hint: NodePrices | None = field(compare=False, default=None)


@dataclass(eq=False)
class Search:
    """A tree that grows until it proves the best plan, or the time is up.

    Attributes
    ----------
    value
        The value of the best plan known, `NOTHING` or less where there is none; None
        where it is asked whether there is one.
    news
        Asked at every node for choices that others have found.
    choice
        That plan, if it was found here.
    """

    question: Question
    engine: Engine
    value: int | None
    until: float
    on_plan: Callable[[IntArray, int], None] | None = None
    choice: IntArray | None = None
    nodes: list[dict[str, Any]] = field(default_factory=list)
    root: NodePrices | None = None
    leaves: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    most_nodes: int | None = None
    news: Callable[[], list[IntArray]] | None = None
    past: dict[tuple[str, str, bool], list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ray_question = replace(self.question, tier=None)
        self.relaxation = Relaxation(self.question, self.engine)
        self.top: Bounds | None = None
        self.top_prices = NodePrices()
        self.planted = self.value
        self.former: dict[str, Any] | None = None
        self.heap: list[Open] = []
        self.stuck: list[Open] = []

    def run(self) -> bool:
        """Grow the tree; return whether it proves the value."""
        solution = self.relaxation.solve()
        if solution.bound is not None:
            self.root = self.certificate(solution)
            self.round(solution)
        self.plant()
        while self.heap and not self.over():
            node = heapq.heappop(self.heap)
            if not self.grow(node):
                heapq.heappush(self.heap, node)
                break
            self.listen()
        return not self.heap and not self.stuck

    def plant(self) -> None:
        """Begin the tree, anew if there is one: with what its root leaves out.

        What that one has proven is kept: the time may be up soon."""
        fixes = self.nodes[0].get("fix", []) if self.nodes else []
        if len(self.nodes) > 1:
            self.former = self.tree()
        bounds = Bounds.of(self.question.problem)
        for record in fixes:
            prices = read_prices(self.question, record)
            exclude(self.question, bounds, prices, self.value)
        self.nodes = [{"fix": fixes} if fixes else {}]
        self.heap, self.stuck, self.leaves = [], [], 0
        self.planted = self.value
        self.heap.append(Open(-np.inf, 0, bounds, prices=self.top_prices))

    def listen(self) -> None:
        """Take what others have found; begin anew where that leaves out much more."""
        for choice in [] if self.news is None else self.news():
            self.consider(choice)
        if self.planted == self.value or self.top is None:
            return
        bounds = self.top.copy()
        kept = int((~bounds.out).sum())
        exclude(self.question, bounds, self.top_prices, self.value)
        if kept - (~bounds.out).sum() > ANEW * kept:
            self.plant()

    def round(self, solution: Solution) -> None:
        """Add rows that the root's solution breaks, as long as they lower its bound."""
        for _ in range(ROUNDS):
            most = solution.bound
            if self.over() or most is None or self.value is None:
                return
            solution = self.cut(solution, BROKEN)
            if solution.bound is None or most - solution.bound < PROGRESS:
                return

    def cut(self, solution: Solution, broken: float) -> Solution:
        """Add rows that a solution breaks by so much, and return the next one."""
        if solution.bound is None or self.value is None:
            return solution
        if solution.bound < self.value + 1 or self.over():
            return solution
        new = broken_rows(self.question, solution.x, broken)
        for weights in new:
            row = derive(self.question, weights)
            self.question = replace(self.question, rows=(*self.question.rows, row))
            self.relaxation.add(row)
            self.rows.append(told(weights))
        if not new:
            return solution
        self.ray_question = replace(self.question, tier=None)
        return self.relaxation.solve()

    def over(self) -> bool:
        many = self.most_nodes is not None and len(self.nodes) > self.most_nodes
        return many or time.time() > self.until

    def certificate(self, solution: Solution) -> NodePrices:
        """Return the root's prices as a result states them: the coarsest that prove
        most, with nothing left out."""
        tier, levels = self.question.tier or 0, tuple(self.question.levels)
        best: tuple[Fraction, NodePrices] | None = None
        for bits in BITS:
            prices = self.relaxation.prices(solution.dual, bits)
            stated = as_stated(self.question.problem, prices, tier)
            proven = bound(self.question.problem, stated, tier=tier, levels=levels)
            if best is None or proven < best[0]:
                best = proven, prices
            if self.value is not None and proven < self.value + 1:
                break
        assert best is not None
        return best[1]

    def tree(self) -> dict[str, Any] | None:
        """Return the tree as far as it has come, with the bound that it proves.

        Open nodes are leaves with prices of their trial or of the node that asked."""
        proven = self.value
        nodes = [dict(node) for node in self.nodes]
        for node in (*self.heap, *self.stuck):
            if proven is None or node.prices is None:
                return None
            least, best = None, node.prices
            for prices in (node.prices, *([node.hint] if node.hint else ())):
                most = worth(self.question, node.bounds, prices).bound
                end = NOTHING if most is None else most >> prices.bits
                if least is None or end < least:
                    least, best = end, prices
            assert least is not None
            proven = max(proven, least)
            kept = {"fix": nodes[node.at]["fix"]} if "fix" in nodes[node.at] else {}
            nodes[node.at] = kept | {"leaf": told(best)}
        if self.former is not None and self.former["bound"] < proven:
            return self.former
        rows = {"rows": list(self.rows)} if self.rows else {}
        return {"format": FORMAT, "bound": proven} | rows | {"nodes": nodes}

    def grow(self, node: Open) -> bool:
        """Settle a node: a leaf, or a question with two sides. False: out of time."""
        record, bounds = self.nodes[node.at], node.bounds
        if node.hint is not None and self.closes(node, node.hint):
            return True
        self.relaxation.restore(node.basis)
        for again in range(AGAIN):
            self.relaxation.move(bounds)
            solution = self.relaxation.solve()
            if node.at and again == 0:
                solution = self.cut(solution, MUCH_BROKEN)
            if solution.bound is None:
                return self.infeasible(node, solution)
            prices, proven = self.rounded(bounds, solution)
            self.offer(solution)
            if proven is None or proven < below(self.value, prices.bits):
                record["leaf"] = told(prices)
                self.leaves += 1
                return True
            before = bounds.copy()
            left_out = exclude(self.question, bounds, prices, self.value)
            if left_out <= WORTHWHILE * (~before.out).sum():
                bounds = before
                break
            record.setdefault("fix", []).append(told(prices))
            if again == 0 and node.at == 0:
                self.shrink(bounds)
        node.bounds, node.prices = bounds, prices
        if node.at == 0:
            self.top, self.top_prices = bounds, prices
        return not self.over() and self.ask(node, solution)

    def closes(self, node: Open, prices: NodePrices) -> bool:
        """Make a node a leaf where the prices of its trial suffice."""
        proven = worth(self.question, node.bounds, prices).bound
        if proven is not None and proven >= below(self.value, prices.bits):
            return False
        self.nodes[node.at]["leaf"] = told(prices)
        self.leaves += 1
        return True

    def infeasible(self, node: Open, solution: Solution) -> bool:
        """Close a node that has no plan, by a ray that proves it."""
        record = self.nodes[node.at]
        for bits in RAY_BITS:
            for sign in (1.0, -1.0):
                if not len(solution.dual):
                    break
                ray = (
                    sign
                    * solution.dual
                    / max(1e-300, float(np.abs(solution.dual).max()))
                )
                prices = self.relaxation.prices(ray, bits)
                proven = worth(self.ray_question, node.bounds, prices).bound
                if proven is None or proven < 0:
                    record["ray"] = told(prices)
                    self.leaves += 1
                    return True
        question = self.unfixed(node.bounds)
        if question is None:
            self.stuck.append(node)
            return True
        self.push(node, Tried(0.0, question, [NO_SOLUTION] * 2), np.inf, None)
        return True

    def unfixed(self, bounds: Bounds) -> list[Any] | None:
        """Return a question about somebody who still has a choice; then one that says
        what everybody together uses, for then nothing is left open."""
        problem = self.question.problem
        for agent in range(problem.num_agents):
            start, stop = problem.agent_ptr[agent : agent + 2].tolist()
            own = [o for o in range(start, stop) if not bounds.out[o]]
            if len(own) + (not bounds.must[agent]) > 1:
                return ["agent", agent, own[:1]]
        use = use_of(problem, np.flatnonzero(~bounds.out))
        for r in np.flatnonzero(bounds.low < bounds.high).tolist():
            if bounds.low[r] < use[r] <= bounds.high[r]:
                return ["use", r, int(use[r]) - 1]
            if bounds.low[r] == use[r]:
                return ["use", r, int(use[r])]
        return None

    def rounded(
        self, bounds: Bounds, solution: Solution
    ) -> tuple[NodePrices, int | None]:
        """Return the coarsest prices that suffice, or fine ones where none can."""
        assert solution.bound is not None
        close = self.value is None or solution.bound < self.value + 1 + HALF
        for bits in BITS if close else (HINT_BITS,):
            prices = self.relaxation.prices(solution.dual, bits)
            proven = worth(self.question, bounds, prices).bound
            if proven is None or proven < below(self.value, bits):
                break
        return prices, proven

    def shrink(self, bounds: Bounds) -> None:
        """Go on with a program of what the root leaves in, if that is much less."""
        many = len(self.relaxation.option)
        if many > SMALL and (~bounds.out).sum() < SMALLER * many:
            engine = type(self.engine)()
            self.relaxation = self.relaxation.without(self.question, bounds.out, engine)
            self.engine = engine

    def offer(self, solution: Solution) -> None:
        """Take a solution that is whole, if it is a better plan."""
        x = solution.x
        if np.abs(x - np.rint(x)).max(initial=0.0) <= HALF:
            self.consider(self.relaxation.chosen(x[self.relaxation.option]))

    def consider(self, choice: IntArray) -> None:
        """Take a choice if it is a better plan."""
        problem, tier = self.question.problem, self.question.tier or 0
        known = facts(problem, choice)
        levels = zip(known.tiers, self.question.levels, strict=False)
        if known.violations or any(have < need for have, need in levels):
            return
        if self.value is None or known.tiers[tier] > self.value:
            self.value, self.choice = known.tiers[tier], choice
            if self.on_plan is not None:
                self.on_plan(choice, self.value)

    def ask(self, node: Open, solution: Solution) -> bool:
        """Choose the question whose two sides lose most, and ask it.

        What questions about the same limit or person have lost before says in which
        order they are tried; when several in a row are no better, that is enough.
        """
        basis, most = self.relaxation.basis(), solution.bound
        assert most is not None
        enough = most - (0 if self.value is None else self.value + 1) + 1e-6
        best: Tried | None = None
        vain = 0
        for question in self.ordered(candidates(self.question, node.bounds, solution)):
            sides = [self.tried(node.bounds, question, yes, basis) for yes in (0, 1)]
            ends = [side.bound for side in sides]
            gains = [enough if e is None else min(most - e, enough) for e in ends]
            self.past.setdefault(about(question), []).append(product(gains))
            score, vain = product(gains), vain + 1
            if best is None or score > best.score:
                best, vain = Tried(score, question, sides), 0
            if vain >= VAIN or time.time() > self.until:
                break
        if best is None:
            other = self.unfixed(node.bounds)
            if other is None:
                self.stuck.append(node)
                return True
            best = Tried(0.0, other, [solution, solution])
        self.push(node, best, most, basis)
        if len(self.nodes) // 2 % DIVES == 1:
            self.dive(node.bounds, solution, basis)
        return True

    def dive(self, bounds: Bounds, solution: Solution, basis: Any) -> None:
        """Look for a better plan below a node."""
        if self.value is None:
            return
        self.relaxation.restore(basis)
        least = self.value + 1
        found = dive(self.question, self.relaxation, bounds, solution, least)
        if found is not None:
            self.consider(found)

    def ordered(self, questions: list[list[Any]]) -> list[list[Any]]:
        """Return the questions by what they are likely to lose, the most first."""
        known = [each[-RECENT:] for each in self.past.values()]
        usual = sum(map(sum, known)) / max(1, sum(map(len, known)))

        def likely(question: list[Any]) -> float:
            own = self.past.get(about(question), [])[-RECENT:]
            return sum(own) / len(own) if own else usual

        return sorted(questions, key=likely, reverse=True)

    def tried(
        self, bounds: Bounds, question: list[Any], yes: int, basis: Any
    ) -> Solution:
        """Return one side after a few steps."""
        side = answer(self.question, bounds, question, yes=bool(yes))
        self.relaxation.move(side)
        self.relaxation.restore(basis)
        return self.relaxation.solve(most=STEPS, cut=False)

    def push(self, node: Open, best: "Tried", most: float, basis: Any) -> None:
        first = len(self.nodes)
        self.nodes[node.at] |= {"ask": best.question, "sides": [first, first + 1]}
        for side, solution in enumerate(best.sides):
            bounds = answer(self.question, node.bounds, best.question, yes=bool(side))
            self.nodes.append({})
            end, hint = solution.bound, None
            key = -np.inf if end is None else -min(end, most)
            if end is not None:
                hint = self.relaxation.prices(solution.dual, HINT_BITS)
            child = Open(
                max(node.key, key), first + side, bounds, basis, node.prices, hint
            )
            heapq.heappush(self.heap, child)


@dataclass(frozen=True, eq=False)
class Tried:
    """A question with what its two sides came to, and how good it is."""

    score: float
    question: list[Any]
    sides: list[Solution]


def as_stated(problem: Problem, prices: NodePrices, tier: int) -> Prices:
    """Return integer prices as a result states them."""
    unit = 2.0**prices.bits

    def filled(count: int, own: dict[int, int]) -> FloatArray:
        array = np.zeros(count)
        array[list(own)] = [number / unit for number in own.values()]
        return array

    pairs = np.array(list(prices.fee), dtype=np.int64).reshape(-1, 2)
    return Prices(
        price=filled(problem.num_resources, prices.price),
        supply_price=filled(problem.num_supplies, prices.supply),
        tier_price=filled(tier, prices.tier),
        fees=Fees(
            option=pairs[:, 0],
            resource=pairs[:, 1],
            fee=np.array([fee / unit for fee in prices.fee.values()], dtype=float),
        ),
    )


def told(prices: NodePrices) -> dict[str, Any]:
    """Return a price vector as the tree states it."""
    pairs = {
        "price": sorted(prices.price.items()),
        "supply": sorted(prices.supply.items()),
        "tier": sorted(prices.tier.items()),
        "row": sorted(prices.row.items()),
        "agent": sorted(prices.agent.items()),
    }
    record: dict[str, Any] = {"bits": prices.bits}
    record |= {name: [list(pair) for pair in own] for name, own in pairs.items() if own}
    if prices.fee:
        record["fee"] = [[o, r, fee] for (o, r), fee in sorted(prices.fee.items())]
    if prices.count:
        record["count"] = [[*count, p] for count, p in sorted(prices.count.items())]
    return record
