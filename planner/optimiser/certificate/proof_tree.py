"""The proof tree: "no plan is worth more than this", checked without any solver.

Every node is the problem with tighter limits. It may first leave out what its prices
show to be in no better plan; then it asks a question with two complementary answers, or
is a leaf whose prices prove, in whole numbers, that it holds no better plan:

    floor(bound(leaf, its prices)) <= bound(tree)   for every leaf

Branch and bound (Land and Doig 1960), written down so that another can check it, as
VIPR does for integer programs (Cheung, Gleixner and Steffy 2017). The layout is
docs/optimiser/certificate.md; this is the reader of that page and nothing else.
Prices are whole numbers of 2**-bits units of value; a node's limits are Python
integers, lower and upper of each resource.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from planner.optimiser.certificate.dual_bound import Numbers
from planner.optimiser.certificate.node import (
    Bounds,
    Count,
    NodePrices,
    Question,
    Row,
    limits_of,
    worth,
)
from planner.optimiser.model.problem import Problem, spans
from planner.optimiser.model.validate import UNLIMITED

FORMAT = "allocation-proof/1"

MOST_BITS = 200
"""Prices finer than this are refused: nothing needs them."""


class TreeError(ValueError):
    """A tree that proves nothing: where it breaks, and why."""


@dataclass(frozen=True)
class TreeFacts:
    """What a tree proves: no plan is worth more than `bound`; None: there is none."""

    bound: int | None
    leaves: int


def verify(
    problem: Problem, tree: Any, *, tier: int = 0, levels: Sequence[int] = ()
) -> TreeFacts:
    """Return what a tree proves about a tier, or raise `TreeError`.

    Parameters
    ----------
    tree
        The JSON object of the tree.
    tier, levels
        The tier it is about, and what the plans it is about reach in those before.
    """
    tree = _object(tree, "the tree")
    if "bound" not in tree:
        raise TreeError("bound: missing; null says that there is no plan")
    bound = tree["bound"]
    if bound is not None:
        bound = _whole(bound, "bound")
        question = Question(problem, tier, levels)
    else:
        if tier:
            raise TreeError("bound: only the first tier asks whether there is any plan")
        question = Question(problem, None)
    extra = set(tree) - {"format", "bound", "rows", "nodes"}
    if extra or tree.get("format", FORMAT) != FORMAT:
        raise TreeError(f"format: not {FORMAT}, or unknown fields {sorted(extra)}")
    question = _with_rows(question, _list(tree, "rows"))
    nodes = _list(tree, "nodes")
    return TreeFacts(bound, _walk(question, nodes, bound))


def _walk(question: Question, nodes: list[Any], bound: int | None) -> int:
    """Check every node from the root down; return the number of leaves."""
    if not nodes:
        raise TreeError("nodes: there is no root")
    waiting = {0: Bounds.of(question.problem)}
    leaves = 0
    for at, record in enumerate(nodes):
        node = _object(record, f"nodes[{at}]")
        extra = set(node) - {"fix", "ask", "sides", "leaf", "ray"}
        if extra:
            raise TreeError(f"nodes[{at}].{min(extra)}: no such field")
        bounds = waiting.pop(at, None)
        if bounds is None:
            raise TreeError(f"nodes[{at}]: no node before it asks for it")
        try:
            for prices in _list(node, "fix"):
                exclude(question, bounds, read_prices(question, prices), bound)
            if "ask" in node:
                for side, child in zip(
                    _sides(node, at, nodes), (False, True), strict=True
                ):
                    _once(side, waiting)
                    waiting[side] = answer(question, bounds, node["ask"], yes=child)
            else:
                _leaf(question, bounds, node, bound)
                leaves += 1
        except TreeError as error:
            raise TreeError(f"nodes[{at}].{error}") from None
    if waiting:
        raise TreeError(f"nodes[{min(waiting)}]: asked for, but missing")
    return leaves


def _once(side: int, waiting: Mapping[int, Bounds]) -> None:
    if side in waiting:
        raise TreeError(f"sides: {side} is asked for twice")


def below(bound: int | None, bits: int) -> int:
    """Return what every leaf's bound has to stay below, over 2**bits."""
    return 0 if bound is None else (bound + 1) << bits


def _leaf(
    question: Question, bounds: Bounds, node: Mapping[str, Any], bound: int | None
) -> None:
    """A leaf holds no plan worth more than the bound, or (a ray) no plan at all."""
    kind = "ray" if "ray" in node else "leaf"
    if kind not in node or ("ray" in node and "leaf" in node):
        raise TreeError("leaf: neither a question nor prices, or two of them")
    if kind == "ray":
        question, bound = replace(question, tier=None), None
    prices = read_prices(question, node[kind])
    proven = worth(question, bounds, prices).bound
    if proven is not None and proven >= below(bound, prices.bits):
        raise TreeError(
            f"{kind}: the prices prove {Fraction(proven, 1 << prices.bits)}, which is "
            f"not below {0 if bound is None else bound + 1}"
        )


def exclude(
    question: Question, bounds: Bounds, prices: NodePrices, bound: int | None
) -> int:
    """Leave out what is in no better plan of a node; return how much that is.

    The bound less what an option loses is the most that a plan with it is worth; the
    same for placing nobody, for a cohort that is open and for one that is closed.
    """
    proven = worth(question, bounds, prices)
    target = below(bound, prices.bits)
    if proven.bound is None:
        return 0
    room = proven.bound - target
    out = ~bounds.out & (proven.loss > room).astype(bool)
    must = ~bounds.must & (proven.best > room).astype(bool)
    bounds.out[out] = True
    bounds.must[must] = True
    changed = int(out.sum() + must.sum())
    for r, own in proven.opening.items():
        if max(0, own) - own > room and bounds.high[r] > 0:
            use_at_most(question, bounds, r, 0)
            changed += 1
        elif own > room:
            bounds.low[r] = max(bounds.low[r], 1)
            changed += 1
    return changed


def answer(question: Question, bounds: Bounds, asked: Any, *, yes: bool) -> Bounds:
    """Return the limits of one side of a question.

    `["use", r, k]`: at most k is used of resource r (no), or at least k + 1 (yes).
    `["agent", a, [options]]`: the agent gets none of them (no), or one of them (yes).
    `["count", [r, amount], k]`: at most k options are chosen that use at least so much
    of resource r (no), or at least k + 1 (yes).
    """
    if not isinstance(asked, list) or len(asked) != 3:
        raise TreeError(f"ask: {asked!r} is no question")
    kind, index, what = asked
    problem, result = question.problem, bounds.copy()
    if kind == "use":
        r = _index(index, problem.num_resources, "ask: resource")
        k = _index(what, UNLIMITED, "ask: amount")
        if not yes:
            use_at_most(question, result, r, k)
        else:
            result.low[r] = max(int(result.low[r]), k + 1)
    elif kind == "count":
        count = _count(problem, index, "ask: count")
        k = _index(what, UNLIMITED, "ask: number")
        low, high = limits_of(problem, result, count)
        result.counts[count] = (max(low, k + 1), high) if yes else (low, min(high, k))
    elif kind == "agent":
        a = _index(index, problem.num_agents, "ask: agent")
        start, stop = problem.agent_ptr[a : a + 2].tolist()
        if not isinstance(what, list) or not what:
            raise TreeError("ask: no options")
        some = np.zeros(problem.num_options, dtype=bool)
        for option in what:
            o = _index(option, problem.num_options, "ask: option")
            if not start <= o < stop:
                raise TreeError(f"ask: option {o} is not one of agent {a}")
            some[o] = True
        if yes:
            result.must[a] = True
            some[start:stop] = ~some[start:stop]
        result.out[some] = True
    else:
        raise TreeError(f"ask: {kind!r} is no kind of question")
    return result


def use_at_most(question: Question, bounds: Bounds, r: int, k: int) -> None:
    """Limit the use of a resource; who alone would use more is left out.

    What an option opens may give back some of what it uses. A cohort that may not have
    its floor is closed, and so is one that alone uses more by opening.
    """
    problem = question.problem
    lower = int(question.hard()[0][r])
    if problem.resource_only_if_used[r] and k < lower:
        k = 0
    bounds.high[r] = min(int(bounds.high[r]), k)
    entries = np.flatnonzero(
        (problem.use_resource == r) & (problem.own_use > bounds.high[r])
    )
    owner = np.searchsorted(problem.use_ptr, entries, side="right") - 1
    bounds.out[owner] = True
    opens = np.flatnonzero(
        (problem.opening_resource == r) & (problem.opening_amount > bounds.high[r])
    )
    for cohort in np.searchsorted(problem.opening_ptr, opens, side="right") - 1:
        if bounds.high[cohort] > 0:
            use_at_most(question, bounds, int(cohort), 0)


def _with_rows(question: Question, records: list[Any]) -> Question:
    """Read the derived rows: each may use those before it."""
    rows: list[Row] = []
    for at, record in enumerate(records):
        so_far = Question(question.problem, question.tier, question.levels, tuple(rows))
        try:
            rows.append(derive(so_far, read_prices(so_far, record, agents=True)))
        except TreeError as error:
            raise TreeError(f"rows[{at}].{error}") from None
    return Question(question.problem, question.tier, question.levels, tuple(rows))


def derive(question: Question, weights: NodePrices) -> Row:
    """Return the row that these weights of known rows make, rounded down.

    Known are: at most one option an agent, the hard upper limits, what the lines can
    give, and the rows before. Every option counts a whole number of times, so a
    weighted sum of them stays true with every number rounded down.
    """
    problem = question.problem
    lower, upper = question.hard()
    lines = {f: q for f, q in weights.supply.items() if q}
    if any(q < 0 or problem.supply_upper[f] >= UNLIMITED for f, q in lines.items()):
        raise TreeError("supply: only limited lines, and no negative weight")
    if any(w < 0 for w in (*weights.agent.values(), *weights.row.values())):
        raise TreeError("agent: no negative weight")
    if weights.fee or weights.tier:
        raise TreeError("fee: derived rows have no fees and no tiers")
    right = sum(q * int(problem.supply_upper[f]) for f, q in lines.items())
    right += sum(weights.agent.values())
    right += sum(w * question.rows[j].right for j, w in weights.row.items())
    numbers = np.zeros(problem.num_options, dtype=object)
    vector = np.zeros(problem.num_resources, dtype=object)
    for r, p in weights.price.items():
        if problem.resource_supplied[r]:
            start, stop = problem.supply_ptr[r : r + 2].tolist()
            least = min(
                lines.get(f, 0) for f in problem.supply_index[start:stop].tolist()
            )
            if not 0 <= p <= least:
                raise TreeError(f"price: {p} of resource {r} is more than its lines'")
        elif p > 0 and upper[r] < UNLIMITED:
            right += p * int(upper[r])
        elif p < 0 and not problem.resource_only_if_used[r]:
            right += p * int(lower[r])
        elif p:
            raise TreeError(f"price: resource {r} has no such limit")
        vector[r] = p
    entries, counts = spans(problem.use_ptr, np.arange(problem.num_options))
    owner = np.repeat(np.arange(problem.num_options), counts)
    used = vector[problem.use_resource[entries]]
    np.add.at(numbers, owner, used * problem.use_amount[entries].astype(object))
    for agent, w in weights.agent.items():
        numbers[slice(*problem.agent_ptr[agent : agent + 2])] += w
    for j, w in weights.row.items():
        numbers += question.rows[j].coefficient.astype(object) * w
    whole = 1 << weights.bits
    opening = _openings(question, weights, vector)
    return Row(
        numbers // whole,
        right // whole,
        {r: number // whole for r, number in opening.items() if number // whole},
    )


def _openings(
    question: Question, weights: NodePrices, vector: Numbers
) -> dict[int, int]:
    """Return what each cohort adds to a weighted sum of rows by opening."""
    problem, result = question.problem, {}
    for r in np.flatnonzero(problem.resource_opens).tolist():
        paid = sum(int(vector[s]) * amount for s, amount in problem.opening_uses(r))
        before = ((w, question.rows[j].opening) for j, w in weights.row.items())
        result[r] = paid + sum(w * row.get(r, 0) for w, row in before)
    return result


def read_prices(question: Question, record: Any, *, agents: bool = False) -> NodePrices:
    """Read a price vector: `{"bits": 4, "price": [[3, 16]], ...}`."""
    table = _object(record, "prices")
    bits = _whole(table.get("bits", 0), "bits")
    if not 0 <= bits <= MOST_BITS:
        raise TreeError(f"bits: {bits} is not from 0 to {MOST_BITS}")
    problem = question.problem
    prices = NodePrices(
        bits,
        _pairs(table, "price", problem.num_resources),
        _pairs(table, "supply", problem.num_supplies),
        _pairs(table, "tier", len(question.levels)),
        _fees(problem, table),
        _pairs(table, "row", len(question.rows)),
        _pairs(table, "agent", problem.num_agents) if agents else {},
        {} if agents else _counts(problem, table),
    )
    extra = set(table) - {"bits", "price", "supply", "tier", "fee", "row"}
    if extra - ({"agent"} if agents else {"count"}):
        raise TreeError(f"{min(extra)}: no such field")
    return prices


def _pairs(table: Mapping[str, Any], name: str, count: int) -> dict[int, int]:
    result: dict[int, int] = {}
    for pair in _list(table, name):
        if not isinstance(pair, list) or len(pair) != 2:
            raise TreeError(f"{name}: {pair!r} is no pair")
        at = _index(pair[0], count, name)
        if at in result:
            raise TreeError(f"{name}: {at} has two prices")
        result[at] = _whole(pair[1], name)
    return result


def _counts(problem: Problem, table: Mapping[str, Any]) -> dict[Count, int]:
    result: dict[Count, int] = {}
    for entry in _list(table, "count"):
        if not isinstance(entry, list) or len(entry) != 3:
            raise TreeError(f"count: {entry!r} is no price of a count")
        count = _count(problem, entry[:2], "count")
        if count in result:
            raise TreeError(f"count: {list(count)} has two prices")
        result[count] = _whole(entry[2], "count")
    return result


def _count(problem: Problem, pair: Any, name: str) -> Count:
    if not isinstance(pair, list) or len(pair) != 2:
        raise TreeError(f"{name}: {pair!r} is no pair of resource and amount")
    amount = _whole(pair[1], name)
    if not 0 < amount < UNLIMITED:
        raise TreeError(f"{name}: amount {amount} is not from 1 to {UNLIMITED - 1}")
    return _index(pair[0], problem.num_resources, name), amount


def _fees(problem: Problem, table: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    result: dict[tuple[int, int], int] = {}
    for entry in _list(table, "fee"):
        if not isinstance(entry, list) or len(entry) != 3:
            raise TreeError(f"fee: {entry!r} is no fee")
        option = _index(entry[0], problem.num_options, "fee: option")
        r = _index(entry[1], problem.num_resources, "fee: resource")
        uses = slice(*problem.use_ptr[option : option + 2].tolist())
        amount = problem.use_amount[uses][problem.use_resource[uses] == r]
        cohort = problem.resource_only_if_used[r] and not problem.resource_supplied[r]
        if not cohort or not (amount > 0).any() or (option, r) in result:
            raise TreeError(f"fee: {entry!r} is for no cohort of the option, or twice")
        result[option, r] = _whole(entry[2], "fee")
    return result


def _sides(node: Mapping[str, Any], at: int, nodes: list[Any]) -> list[int]:
    if "leaf" in node or "ray" in node:
        raise TreeError("leaf: a node that asks is no leaf")
    sides = _list(node, "sides")
    if len(sides) != 2:
        raise TreeError(f"sides: {len(sides)}, not 2")
    whole = [_whole(side, "sides") for side in sides]
    if not all(at < side < len(nodes) for side in whole) or whole[0] == whole[1]:
        raise TreeError(f"sides: {whole} are not two nodes after this one")
    return whole


def _object(record: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise TreeError(f"{name}: not a JSON object")
    return record


def _list(table: Mapping[str, Any], name: str) -> list[Any]:
    entries = table.get(name, [])
    if not isinstance(entries, list):
        raise TreeError(f"{name}: not a list")
    return entries


def _whole(number: Any, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise TreeError(f"{name}: {number!r} is not an integer")
    return number


def _index(number: Any, count: int, name: str) -> int:
    at = _whole(number, name)
    if not 0 <= at < count:
        raise TreeError(f"{name}: {at} is not from 0 to {count - 1}")
    return at
