"""What a user would pick instead: each takes a problem and seconds, gives a choice.

A peer returns (choice or None, its own bound or None). Nothing it says is believed:
the harness recomputes every plan.
"""

from functools import wraps
from itertools import pairwise

import numpy as np
from scipy import optimize

from planner.optimiser.model.openings import written
from planner.optimiser.model.problem import UNLIMITED
from tests.benchmarks.program import program


def greedy(problem, seconds, workers):
    """The forty-line baseline: best value per share of what it needs, first come.

    Cohorts that stay below their floor are closed, and their people sent home.
    """
    limit = np.minimum(problem.resource_upper, UNLIMITED).astype(float)
    for pool in np.flatnonzero(problem.resource_supplied):
        lines = problem.supply_index[slice(*problem.supply_ptr[pool : pool + 2])]
        limit[pool] = problem.supply_upper[lines].sum() / len(lines)
    share = problem.use_amount / np.maximum(limit[problem.use_resource], 1)
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    need = np.bincount(owner, weights=share, minlength=problem.num_options)
    left = limit.astype(np.int64)
    choice = np.full(problem.num_agents, -1)
    used = np.zeros(problem.num_resources, dtype=np.int64)
    for option in np.argsort(-problem.value() / (need + 1e-9), kind="stable").tolist():
        agent = problem.option_agent[option]
        if choice[agent] >= 0 or problem.value()[option] <= 0:
            continue
        span = slice(problem.use_ptr[option], problem.use_ptr[option + 1])
        rows, amounts = problem.use_resource[span], problem.use_amount[span]
        if (amounts <= left[rows]).all():
            left[rows] -= amounts
            used[rows] += amounts
            choice[agent] = option
    return _without_short_cohorts(problem, choice, used), None


def _without_short_cohorts(problem, choice, used):
    closed = problem.resource_only_if_used & (used < problem.resource_lower)
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    lost = np.bincount(
        owner[closed[problem.use_resource]], minlength=problem.num_options
    )
    gone = (choice >= 0) & (lost[choice] > 0)
    return np.where(gone, -1, choice)


def flow(problem, seconds, workers):
    """Minimum cost flow over seats alone: an exact answer to an easier question."""
    from ortools.graph.python import min_cost_flow

    first = np.repeat(False, problem.num_uses)
    first[problem.use_ptr[:-1]] = True
    seat = problem.use_resource[first]
    agents, resources = problem.num_agents, problem.num_resources
    sink = agents + resources
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        problem.option_agent, agents + seat, np.ones(len(seat)), -problem.value()
    )
    upper = np.minimum(problem.resource_upper, agents)
    every = np.arange(resources)
    solver.add_arcs_with_capacity_and_unit_cost(
        agents + every, np.full(resources, sink), upper, np.zeros(resources)
    )
    nobody = np.arange(agents)
    solver.add_arcs_with_capacity_and_unit_cost(
        nobody, np.full(agents, sink), np.ones(agents), np.zeros(agents)
    )
    solver.set_nodes_supplies(nobody, np.ones(agents))
    solver.set_node_supply(sink, -agents)
    if solver.solve() != solver.OPTIMAL:
        return None, None
    flows = solver.flows(np.arange(problem.num_options))
    return _choice(problem, np.flatnonzero(flows)), None


def highs(problem, seconds, workers):
    """HiGHS' mixed integer solver, through SciPy.

    Through OR-Tools 9.15 it loses its plan when its time is up, which is no fair peer.
    """
    written = program(problem)
    found = optimize.milp(
        -written.worth,
        integrality=written.whole.astype(int),
        bounds=optimize.Bounds(0, written.most),
        constraints=optimize.LinearConstraint(
            written.matrix, written.lower, written.upper
        ),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    if found.x is None:
        return None, None
    bound = getattr(found, "mip_dual_bound", None)
    chosen = np.flatnonzero(found.x[: written.options] > 0.5)
    return _choice(problem, chosen), None if bound is None else -float(bound)


def scip(problem, seconds, workers):
    """SCIP, through OR-Tools."""
    written = program(problem)
    solver = _solved("scip", written, seconds, whole=True)
    if not solver.has_solution():
        return None, None
    values = np.asarray(solver.variable_values())[: written.options]
    choice = _choice(problem, np.flatnonzero(values > 0.5))
    return choice, float(solver.best_objective_bound())


def _choice(problem, chosen):
    choice = np.full(problem.num_agents, -1)
    choice[problem.option_agent[chosen]] = chosen
    return choice


def highs_lp(problem, seconds, workers):
    """HiGHS on the linear program alone: no plan, and what it says the bound is."""
    return _linear("highs", problem, seconds)


def glop_lp(problem, seconds, workers):
    """GLOP on the linear program alone."""
    return _linear("glop", problem, seconds)


def _linear(name, problem, seconds):
    written = program(problem)
    solver = _solved(name, written, seconds, whole=False)
    if solver.status().name != "OPTIMAL":
        return None, None
    return None, float(solver.objective_value())


def _solved(name, written, seconds, *, whole):
    from ortools.linear_solver.python import model_builder_helper as builder

    model = builder.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.zeros(len(written.most)),
        written.most,
        written.worth,
        written.lower,
        written.upper,
        written.matrix,
    )
    model.set_maximize(True)
    if whole:
        for column in np.flatnonzero(written.whole).tolist():
            model.set_var_integrality(column, True)
    solver = builder.ModelSolverHelper(name)
    solver.set_time_limit_in_seconds(seconds)
    solver.solve(model)
    return solver


def cpsat(problem, seconds, workers):
    """CP-SAT with the textbook's `use <= capacity x open`."""
    return _cpsat(problem, seconds, workers, enforced=False)


def cpsat_enforced(problem, seconds, workers):
    """CP-SAT with cohorts as enforced limits, which its users learn to write."""
    return _cpsat(problem, seconds, workers, enforced=True)


def _cpsat(problem, seconds, workers, *, enforced):
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(problem.num_options)]
    for agent in range(problem.num_agents):
        own = x[problem.agent_ptr[agent] : problem.agent_ptr[agent + 1]]
        (model.add_exactly_one if problem.agent_must[agent] else model.add_at_most_one)(
            own
        )
    penalties = []
    uses = _used(problem, x)
    for resource in range(problem.num_resources):
        if not problem.resource_supplied[resource]:
            penalties += _cpsat_limit(model, problem, resource, uses, enforced=enforced)
    _cpsat_supplies(model, problem, uses)
    value = cp_model.LinearExpr.weighted_sum(x, problem.value().tolist())
    model.maximize(value - sum(price * column for price, column in penalties))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None, None
    chosen = [o for o, column in enumerate(x) if solver.boolean_value(column)]
    choice = _choice(problem, np.array(chosen, dtype=np.int64))
    return choice, float(solver.best_objective_bound)


def _used(problem, x):
    """Return what is used of each resource, as expressions."""
    from ortools.sat.python import cp_model

    order = np.argsort(problem.use_resource, kind="stable")
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))[order]
    amount = problem.use_amount[order]
    ends = np.searchsorted(
        problem.use_resource[order], np.arange(problem.num_resources + 1)
    )
    return [
        cp_model.LinearExpr.weighted_sum(
            [x[o] for o in owner[first:last].tolist()], amount[first:last].tolist()
        )
        for first, last in pairwise(ends.tolist())
    ]


def _cpsat_limit(model, problem, resource, uses, *, enforced):
    """Add one resource's limits; return what its slacks cost."""
    use, most = uses[resource], 2**50
    lower = int(problem.resource_lower[resource])
    upper = min(int(problem.resource_upper[resource]), most)
    short_price = int(problem.resource_shortfall_price[resource])
    over_price = int(problem.resource_excess_price[resource])
    step = int(problem.resource_step[resource])
    missed = model.new_int_var(0, lower, "") if short_price >= 0 and lower else 0
    passed = model.new_int_var(0, most, "") if over_price >= 0 and upper < most else 0
    short, over = missed * step, passed * step
    if problem.resource_only_if_used[resource] and lower:
        opened = model.new_bool_var("")
        if enforced:
            model.add(use + short >= lower).only_enforce_if(opened)
            model.add(use - over <= upper).only_enforce_if(opened)
            model.add(use == 0).only_enforce_if(~opened)
        else:
            model.add(use + short >= lower * opened)
            model.add(use - over <= upper * opened)
    else:
        if lower:
            model.add(use + short >= lower)
        if upper < most:
            model.add(use - over <= upper)
    pairs = ((short_price, missed), (over_price, passed))
    return [(price, slack) for price, slack in pairs if not isinstance(slack, int)]


def _cpsat_supplies(model, problem, uses):
    given = [[] for _ in range(problem.num_supplies)]
    for pool in np.flatnonzero(problem.resource_supplied).tolist():
        flows = []
        for line in problem.supply_index[slice(*problem.supply_ptr[pool : pool + 2])]:
            flows.append(
                model.new_int_var(0, min(int(problem.supply_upper[line]), 2**50), "")
            )
            given[line].append(flows[-1])
        model.add(uses[pool] <= sum(flows))
    for line, flows in enumerate(given):
        if problem.supply_upper[line] < UNLIMITED:
            model.add(sum(flows) <= int(problem.supply_upper[line]))


def cbc(problem, seconds, workers):
    """CBC, through PuLP, where it is installed."""
    import pulp

    written = program(problem)
    model = pulp.LpProblem("allocation", pulp.LpMaximize)
    columns = [
        pulp.LpVariable(
            f"y{at}",
            0,
            None if np.isinf(most) else most,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for at, (most, whole) in enumerate(
            zip(written.most, written.whole, strict=True)
        )
    ]
    model += pulp.LpAffineExpression(zip(columns, written.worth, strict=True))
    matrix = written.matrix
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = [
            (columns[c], a)
            for c, a in zip(matrix.indices[span], matrix.data[span], strict=True)
        ]
        total = pulp.LpAffineExpression(terms)
        if np.isfinite(written.lower[row]):
            model += total >= written.lower[row]
        if np.isfinite(written.upper[row]):
            model += total <= written.upper[row]
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=workers))
    chosen = [o for o in range(written.options) if (columns[o].value() or 0) > 0.5]
    if model.sol_status not in {1, 2}:
        return None, None
    return _choice(problem, np.array(chosen, dtype=np.int64)), None


def _told(peer):
    """Give a peer that knows no openings the problem with agents in their place."""

    @wraps(peer)
    def told(problem, seconds, workers):
        given = written(problem)
        choice, bound = peer(given.problem, seconds, workers)
        return None if choice is None else given.outside(choice), bound

    return told


PEERS = {
    "greedy": greedy,
    "flow": flow,
    "cpsat": _told(cpsat),
    "cpsat-enforced": _told(cpsat_enforced),
    "highs": _told(highs),
    "scip": _told(scip),
    "cbc": _told(cbc),
    "highs-lp": _told(highs_lp),
    "glop-lp": _told(glop_lp),
}
