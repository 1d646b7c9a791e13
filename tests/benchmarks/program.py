"""A problem as the textbook writes it: one column an option, rows for every limit.

What a user of a general solver would write down, and what every matrix peer gets.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.optimiser.model.problem import UNLIMITED


@dataclass(frozen=True)
class Program:
    """maximise worth @ y, lower <= matrix @ y <= upper, 0 <= y <= most.

    The first `options` columns choose options; then come open or closed, shortfall and
    excess, and flows. `whole` says which columns are integers.
    """

    options: int
    worth: np.ndarray
    most: np.ndarray
    whole: np.ndarray
    matrix: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray


class _Builder:
    def __init__(self, problem):
        self.worth = [problem.value().astype(float)]
        self.most = [np.ones(problem.num_options)]
        self.whole = [np.ones(problem.num_options, dtype=bool)]
        self.columns = problem.num_options
        self.entries, self.lower, self.upper, self.rows = [], [], [], 0

    def column(self, count, worth, most, *, whole):
        self.worth.append(np.broadcast_to(np.asarray(worth, dtype=float), (count,)))
        self.most.append(np.broadcast_to(np.asarray(most, dtype=float), (count,)))
        self.whole.append(np.full(count, whole))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def row(self, count, lower, upper):
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (count,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), (count,)))
        self.rows += count
        return np.arange(self.rows - count, self.rows)

    def terms(self, rows, columns, terms):
        rows, columns, terms = np.broadcast_arrays(rows, columns, terms)
        self.entries.append((rows, columns, terms.astype(float)))

    def program(self, problem):
        rows, columns, terms = map(np.concatenate, zip(*self.entries, strict=True))
        matrix = sparse.csr_matrix((terms, (rows, columns)), (self.rows, self.columns))
        return Program(
            options=problem.num_options,
            worth=np.concatenate(self.worth),
            most=np.concatenate(self.most),
            whole=np.concatenate(self.whole),
            matrix=matrix,
            lower=np.concatenate(self.lower),
            upper=np.concatenate(self.upper),
        )


def program(problem):
    """Write a single-tier problem down."""
    build = _Builder(problem)
    agents = build.row(problem.num_agents, problem.agent_must, 1)
    options = np.arange(problem.num_options)
    build.terms(agents[problem.option_agent], options, 1)
    _resources(build, problem)
    _supplies(build, problem)
    return build.program(problem)


def _resources(build, problem):
    """use + short >= lower, use - over <= upper; times open where only if used."""
    user = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    own = np.flatnonzero(~problem.resource_supplied)
    upper = problem.resource_upper[own].astype(float)
    upper[upper >= UNLIMITED] = np.inf
    lower = problem.resource_lower[own].astype(float)
    opened = problem.resource_only_if_used[own] & (lower > 0)
    total = np.bincount(
        problem.use_resource,
        weights=problem.use_amount,
        minlength=problem.num_resources,
    )
    most = np.minimum(upper, total[own])
    floor = build.row(len(own), np.where(opened, 0, lower), np.inf)
    roof = build.row(len(own), -np.inf, np.where(opened, 0, upper))
    row_of = np.full(problem.num_resources, -1)
    row_of[own] = np.arange(len(own))
    at = row_of[problem.use_resource]
    here = at >= 0
    for rows in (floor, roof):
        build.terms(rows[at[here]], user[here], problem.use_amount[here])
    columns = build.column(int(opened.sum()), 0, 1, whole=True)
    build.terms(floor[opened], columns, -lower[opened])
    build.terms(roof[opened], columns, -most[opened])
    step = problem.resource_step[own].astype(float)
    stepped = bool((step > 1).any())
    short = problem.resource_shortfall_price[own]
    at = (short >= 0) & (lower > 0)
    columns = build.column(int(at.sum()), -short[at], np.inf, whole=stepped)
    build.terms(floor[at], columns, step[at])
    over = problem.resource_excess_price[own]
    at = (over >= 0) & np.isfinite(upper)
    columns = build.column(int(at.sum()), -over[at], np.inf, whole=stepped)
    build.terms(roof[at], columns, -step[at])


def _supplies(build, problem):
    """use of a pool <= its flows; flows out of a line <= what it has."""
    pools = np.flatnonzero(problem.resource_supplied)
    if not len(pools):
        return
    user = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    row_of = np.full(problem.num_resources, -1)
    row_of[pools] = build.row(len(pools), -np.inf, 0)
    at = row_of[problem.use_resource]
    here = at >= 0
    build.terms(at[here], user[here], problem.use_amount[here])
    pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
    flows = build.column(len(pool), 0, np.inf, whole=False)
    give = problem.supply_upper.astype(float)
    give[give >= UNLIMITED] = np.inf
    lines = build.row(problem.num_supplies, -np.inf, give)
    build.terms(row_of[pool], flows, -1)
    build.terms(lines[problem.supply_index], flows, 1)
