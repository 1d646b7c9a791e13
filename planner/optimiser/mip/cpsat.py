"""Lazy clause generation by OR-Tools CP-SAT (Ohrimenko, Stuckey and Codish 2009).

It solves the program of mip_model.py in whole numbers, with a linear relaxation beside
the clauses (Perron, Didier and Gay 2023, "The CP-SAT-LP solver").

The low-level module is used on purpose: `cp_model` loads pandas, which takes longer
than most small proofs, and its expressions are slow to build.

Arrays: y and hint int64[columns]; the bound is in units of the objective.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np

from planner.optimiser.mip.mip_model import ALWAYS, MipModel, MipRow
from planner.optimiser.model.problem import IntArray

FAR = 2**62

POLL = 0.1
"""Seconds between two looks at the caller."""

Stop = Callable[[], bool]


@dataclass(frozen=True)
class MipAnswer:
    """What a solver says about an integer program; its own words, not yet believed.

    `bound` is an upper bound on the objective, or None. `closed` says that the solver
    claims to have finished: `y` is optimal, or nothing is feasible where `y` is None.
    """

    y: IntArray | None
    bound: float | None
    closed: bool


@dataclass(frozen=True)
class Effort:
    """How hard a solver may try: seconds on the clock, and units of its own work."""

    seconds: float
    work: float | None = None
    workers: int = 1
    seed: int = 1


def solve(
    program: MipModel,
    effort: Effort,
    *,
    hint: IntArray | None = None,
    stop: Stop | None = None,
    plainly: bool = False,
    on_plan: Callable[[IntArray], None] | None = None,
) -> MipAnswer:
    """Solve with CP-SAT (lazy clause generation), within some effort.

    Parameters
    ----------
    hint
        int64[columns]; a solution to begin at.
    stop
        Asked ten times a second.
    plainly
        Solve without presolve, symmetry and cuts: another method, to confirm by.
    on_plan
        Sees y, int64[columns], of every better solution.
    """
    cp = _ortools()
    model = _model(cp, program, hint)
    parameters = _parameters(cp, effort, plainly=plainly)
    wrapper = cp.SolveWrapper()
    wrapper.set_parameters(parameters)
    plans: SimpleQueue[IntArray] = SimpleQueue()
    callback = None  # it must outlive the solve
    if on_plan is not None:
        callback = _observer(cp, plans, len(program.upper))
        wrapper.add_solution_callback(callback)
    response = _run(wrapper, model, stop, plans, on_plan)
    if callback is not None:
        wrapper.clear_solution_callback(callback)
    return _answer(response)


def _run(
    wrapper: Any,
    model: Any,
    stop: Stop | None,
    plans: "SimpleQueue[IntArray]",
    on_plan: Callable[[IntArray], None] | None,
) -> Any:
    """Let the solver run in a thread; tell and ask the caller from this one."""
    with ThreadPoolExecutor(1) as pool:
        solving = pool.submit(wrapper.solve, model)
        while True:
            finished = wait([solving], timeout=POLL).done
            while on_plan is not None and not plans.empty():
                on_plan(plans.get())
            if finished:
                return solving.result()
            if stop is not None and stop():
                wrapper.stop_search()


def _ortools() -> Any:
    from ortools.sat.python import cp_model_helper  # slow import

    return cp_model_helper


def _model(cp: Any, program: MipModel, hint: IntArray | None) -> Any:
    model = cp.CpModelProto()
    for upper in program.upper:
        model.variables.add().domain.extend([0, upper])
    for row in program.rows:
        _add(model, row)
    worth = np.asarray(program.objective, dtype=np.int64)
    columns = np.flatnonzero(worth)
    model.objective.vars.extend(columns.tolist())
    model.objective.coeffs.extend((-worth[columns]).tolist())
    model.objective.scaling_factor = -1.0
    if program.at_least is not None:
        model.objective.domain.extend([-FAR, -program.at_least])
    if hint is not None:
        model.solution_hint.vars.extend(range(len(hint)))
        model.solution_hint.values.extend(hint.tolist())
    return model


def _add(model: Any, row: MipRow) -> None:
    """Add one row; cliques as cliques, a switched row with its switch."""
    columns, terms = row.columns.tolist(), row.coefficients.tolist()
    clique = row.upper == 1 and row.lower in {None, 1} and set(terms) == {1}
    if clique and row.switch == ALWAYS:
        target = model.constraints.add()
        kind = target.at_most_one if row.lower is None else target.exactly_one
        kind.literals.extend(columns)
        return
    constraint = model.constraints.add()
    low = -FAR if row.lower is None else row.lower
    high = FAR if row.upper is None else row.upper
    _linear(constraint.linear, columns, terms, low, high)
    if row.switch == ALWAYS:
        return
    constraint.enforcement_literal.append(row.switch)
    closed = model.constraints.add()
    _linear(closed.linear, columns[: row.used], terms[: row.used], 0, 0)
    closed.enforcement_literal.append(-row.switch - 1)


def _linear(
    linear: Any, columns: list[int], terms: list[int], low: int, high: int
) -> None:
    linear.vars.extend(columns)
    linear.coeffs.extend(terms)
    linear.domain.extend([low, high])


def _parameters(cp: Any, effort: Effort, *, plainly: bool) -> Any:
    parameters = cp.SatParameters()
    parameters.max_time_in_seconds = max(effort.seconds, 0.01)
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed
    parameters.catch_sigint_signal = False
    # Its presolve adds up amounts beyond 64 bits and then calls wrong plans optimal.
    parameters.presolve_inclusion_work_limit = 0
    if effort.work is not None:
        parameters.max_deterministic_time = effort.work
        # The same plan on any number of cores: as many workers, in fixed batches.
        parameters.num_workers = 2
        parameters.interleave_search = True
        parameters.interleave_batch_size = 4
    if plainly:
        parameters.cp_model_presolve = False
        parameters.symmetry_level = 0
        parameters.cut_level = 0
        parameters.random_seed = effort.seed + 1
    return parameters


def _observer(cp: Any, plans: "SimpleQueue[IntArray]", columns: int) -> Any:
    class Observer(cp.SolutionCallback):  # type: ignore[misc]
        """Hands every plan over as it is found."""

        def OnSolutionCallback(self) -> None:
            values = [self.SolutionIntegerValue(column) for column in range(columns)]
            plans.put(np.asarray(values, dtype=np.int64))

    return Observer()


def _answer(response: Any) -> MipAnswer:
    status = response.status
    # Enum members are compared by name: the types differ between OR-Tools releases.
    name = status.name if hasattr(status, "name") else str(status)
    if name == "INFEASIBLE":
        return MipAnswer(None, None, closed=True)
    y = np.asarray(list(response.solution), dtype=np.int64)
    if name not in {"OPTIMAL", "FEASIBLE"}:
        # The bound of a search that found nothing may be a 0 that was never set.
        return MipAnswer(None, None, closed=False)
    bound = float(-response.inner_objective_lower_bound)
    return MipAnswer(y, bound, closed=name == "OPTIMAL")
