"""Is a plan dry? Small programs, a limit at a time, in which nobody loses a place.

For each limit, those who could use it choose again among all their options; whoever has
a place keeps one, everybody else stays. HiGHS solves the program tier by tier; what it
finds is counted only where the plan that comes of it keeps every limit in whole numbers
and is better. Nothing is shared with how the search makes its plans dry.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, sparse

from planner.optimiser import Limits, read_instance, solve
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.model.openings import written
from planner.optimiser.model.problem import UNLIMITED, pointers
from tests.benchmarks.program import program


@dataclass(frozen=True)
class Found:
    """What one program found: the tier that it bettered, and by how much."""

    limit: str
    agents: int
    tier: int
    gain: int


def report(path, seconds, programs):
    """Solve an instance, and print what small programs find in the plan."""
    problem = read_instance(path)
    result = solve(problem, limits=Limits(seconds=seconds))
    if result.plan is None:
        print("no plan")
        return
    found, after, unsolved = judge(problem, result.plan.choice, programs=programs)
    print(f"found by {len(found)} programs; {unsolved} not solved to the end")
    told = facts(problem, after).tiers
    print(f"tiers before {result.plan.tiers}, with all of it {told}")
    for each in found:
        print(
            f"  {each.limit}, {each.agents} agents: tier {each.tier + 1} {each.gain:+,}"
        )


def judge(problem, choice, *, people=200, programs=None, seconds=2.0, seed=1):
    """Return (what was found, the plan with all of it, programs not solved to the end).

    Parameters
    ----------
    people
        How many choose again together at most: who uses the limit, then who has no
        place, then others by lot.
    programs
        Limits that are looked at, drawn by lot; None for all of them.
    seconds
        Of each program and tier.
    """
    given = written(problem)
    problem, choice = given.problem, given.inside(np.asarray(choice))
    lot = np.random.default_rng(seed)
    limits = _limits(problem)
    if programs is not None and len(limits) > programs:
        limits = [limits[i] for i in sorted(lot.permutation(len(limits))[:programs])]
    found, open_ones = [], 0
    for name, rows in limits:
        agents = _agents(problem, choice, rows, people, lot)
        if len(agents) == 0:
            continue
        better, tier, gain, closed = _bettered(problem, choice, agents, seconds)
        open_ones += not closed
        if gain > 0:
            choice = better
            found.append(Found(name, len(agents), tier, gain))
    return found, given.outside(choice), open_ones


def _limits(problem):
    """Return (name, resources) of all that is limited: resources, then lines."""
    bounded = (problem.resource_upper < UNLIMITED) | (problem.resource_lower > 0)
    own = np.flatnonzero(bounded & ~problem.resource_supplied)
    limits = [(f"resource {row}", [row]) for row in own.tolist()]
    pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
    lines = np.flatnonzero(problem.supply_upper < UNLIMITED).tolist()
    return limits + [
        (f"line {line}", pool[problem.supply_index == line].tolist()) for line in lines
    ]


def _agents(problem, choice, rows, people, lot):
    """Return those who choose again: at most `people` of those who touch the rows."""
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    touches = np.zeros(problem.num_options, dtype=bool)
    touches[owner[np.isin(problem.use_resource, rows)]] = True
    agents = np.unique(problem.option_agent[touches])
    placed = choice[agents] >= 0
    inside = placed & touches[choice[agents]]
    order = np.lexsort((lot.random(len(agents)), placed, ~inside))
    return np.sort(agents[order[:people]])


def _bettered(problem, choice, agents, seconds):
    """Return (plan, tier, gain, whether every program was solved to its end)."""
    small, options = _small(problem, choice, agents)
    before, closed = facts(problem, choice).tiers, True
    for tier in range(problem.num_tiers):
        chosen, ended = _solved(small, tier, before, seconds)
        closed = closed and ended
        if chosen is None:
            continue
        after = choice.copy()
        after[agents] = -1
        own = options[chosen[chosen < len(options)]]
        after[problem.option_agent[own]] = own
        told = facts(problem, after)
        kept = (after >= 0)[agents] | (choice < 0)[agents]
        if not told.violations and kept.all() and told.tiers > before:
            pairs = enumerate(zip(told.tiers, before, strict=True))
            at = next(i for i, (new, old) in pairs if new != old)
            return after, at, told.tiers[at] - before[at], closed
    return choice, 0, 0, closed


def _small(problem, choice, agents):
    """Return the problem of these agents, all others being one, and their options."""
    free = np.zeros(problem.num_agents, dtype=bool)
    free[agents] = True
    options = np.flatnonzero(free[problem.option_agent])
    staying = choice[~free & (choice >= 0)]
    rest = _use(problem, staying)
    parts = [_entries(problem, option) for option in options]
    parts.append((np.flatnonzero(rest), rest[rest > 0]))
    values = np.concatenate(
        [problem.option_value[options], problem.option_value[staying].sum(axis=0)[None]]
    )
    small = problem.replace(
        agent_must=np.append(problem.agent_must[agents] | (choice[agents] >= 0), True),
        option_agent=np.append(
            np.searchsorted(agents, problem.option_agent[options]), len(agents)
        ),
        option_value=values,
        use_ptr=pointers(np.array([len(rows) for rows, _ in parts])),
        use_resource=np.concatenate([rows for rows, _ in parts]).astype(np.int32),
        use_amount=np.concatenate([amounts for _, amounts in parts]),
        agent_id=None,
        option_id=None,
    )
    return small, options


def _entries(problem, option):
    part = slice(*problem.use_ptr[option : option + 2])
    return problem.use_resource[part], problem.use_amount[part]


def _use(problem, options):
    use = np.zeros(problem.num_resources, dtype=np.int64)
    for option in options.tolist():
        rows, amounts = _entries(problem, option)
        np.add.at(use, rows, amounts)
    return use


def _solved(small, tier, levels, seconds):
    """Return (options chosen, whether that was the end) of one tier's program."""
    priced = tier == 0
    none = np.full(small.num_resources, 0)
    alone = small.replace(
        option_value=small.value(tier),
        resource_shortfall_price=_priced(small.resource_shortfall_price, priced, none),
        resource_excess_price=_priced(small.resource_excess_price, priced, none),
    )
    text = program(alone)
    if tier:
        text = _holding(text, small, tier, levels)
    answer = optimize.milp(
        -text.worth,
        integrality=text.whole.astype(int),
        bounds=optimize.Bounds(0, text.most),
        constraints=optimize.LinearConstraint(text.matrix, text.lower, text.upper),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    chosen = None
    if answer.x is not None:
        chosen = np.flatnonzero(answer.x[: text.options] > 0.5)
    return chosen, answer.status == 0


def _priced(price, priced, none):
    """Return soft prices, free of charge in the tiers after the first."""
    return price if priced else np.where(price >= 0, none, price)


def _holding(text, small, tier, levels):
    """Return the program with the tiers before as rows: their prices are of the first.

    The columns of the soft limits are those of the first tier's program, in its order.
    """
    first = program(small.replace(option_value=small.value(0)))
    soft = [first.worth[first.options :]]
    soft += [0 * text.worth[text.options :]] * (tier - 1)
    rows = [np.append(small.value(each), own) for each, own in enumerate(soft)]
    matrix = sparse.vstack([text.matrix, sparse.csr_matrix(np.array(rows))])
    least = [level - 0.5 for level in levels[:tier]]
    return replace(
        text,
        matrix=matrix.tocsr(),
        lower=np.append(text.lower, least),
        upper=np.append(text.upper, [np.inf] * tier),
    )
