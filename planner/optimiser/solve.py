"""The one door: from a problem and its limits to a checked result."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from planner.optimiser.certificate.check import check, feasible
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.conflicts.quickxplain import find_conflict
from planner.optimiser.kernels.dispatch import compiles
from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.model.limits import Limits, Progress
from planner.optimiser.model.openings import written
from planner.optimiser.model.parameters import SearchParameters
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Result, Status, Termination, Tier
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.incumbent import OnPlan
from planner.optimiser.relaxation.lagrangian import Lagrangian, Level
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import (
    Descent,
    DualSolution,
    Sweeper,
    find_prices,
)
from planner.optimiser.relaxation.volume import volume
from planner.optimiser.search.block_search import search_blocks
from planner.optimiser.search.decomposition import split
from planner.optimiser.search.lexicographic import (
    Staged,
    TierBound,
    solve_in_turn,
    solve_tiers,
)
from planner.optimiser.search.pipeline import Outcome, Pipeline
from planner.optimiser.search.proving import (
    Proving,
    Stated,
    prove_at_once,
    refutation,
)
from planner.optimiser.search.remote_block import Helpers
from planner.optimiser.search.structure import proof_of_structure
from planner.optimiser.tree.prover import Prover

LONGEST = 86_400.0
"""Seconds that no step takes which ends by itself."""


class CheckFailed(RuntimeError):
    """The check found a fault in a result: an error of this package, never of data."""


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    warm_start: Plan | IntArray | None = None,
    on_progress: Progress | None = None,
    on_plan: OnPlan | None = None,
    helpers: Helpers | None = None,
    parameters: SearchParameters | None = None,
) -> Result:
    """Find the best plan within the limits, with prices that prove how good it is.

    Parameters
    ----------
    warm_start
        A plan, or the choice of one. If it is feasible no result is worse; if not,
        perhaps because the problem has changed, it is set aside.
    on_progress
        Called with (phase, seconds, incumbent, bound) at least once a second or so; a
        true answer stops the run, which then returns the best plan so far. With
        several tiers the numbers are those of the folded value that is searched.
    on_plan
        Called with the choice of every better plan, int64[n].
    helpers
        Others who may search blocks that have nothing scarce in common.
    parameters
        What steers the search; the defaults are those of the benchmarks.
    """
    watch = Watch(limits or Limits(), on_progress, parameters=parameters)
    start = _feasible_start(problem, warm_start)
    with Prover(problem, watch.parameters.proof) as prover:
        choice, stated = None, None
        if _goes_at_once(problem, start, watch):
            choice, stated = prove_at_once(problem, watch, prover, on_plan)
        if choice is not None and stated is not None:
            result = _proven(problem, choice, stated, watch)
        else:
            with watch.share(_searching(problem, watch)):
                start = start if choice is None else choice
                staged = _search(problem, watch, start, on_plan, helpers)
                cut = watch.timed_out or watch.cut
            result = _result(problem, staged, watch, prover, on_plan, cut=cut)
    if result.plan is None and not watch.stopped:
        with watch.during("conflict"):
            result = _with_conflict(problem, result, watch)
    with watch.during("check"):
        verdict = check(problem, result)
    if not verdict.holds:
        raise CheckFailed("; ".join(verdict.violations))
    return result


def _feasible_start(
    problem: Problem, warm_start: Plan | IntArray | None
) -> IntArray | None:
    """Return the choice to start from, or None if it is no plan of this problem."""
    if warm_start is None:
        return None
    start = warm_start.choice if isinstance(warm_start, Plan) else warm_start
    choice = np.asarray(start, dtype=np.int64)
    return choice if feasible(problem, choice) else None


def _search(
    whole: Problem,
    watch: Watch,
    start: IntArray | None,
    on_plan: OnPlan | None,
    helpers: Helpers | None,
) -> Staged:
    """Search the problem with openings as agents, and tell of it as it is given."""
    given = written(whole)
    if given.problem is whole:
        return _search_agents(whole, watch, start, on_plan, helpers)
    staged = _search_agents(
        given.problem,
        watch,
        None if start is None else given.inside(start),
        None if on_plan is None else given.telling(on_plan),
        helpers,
    )
    bounds = tuple(
        replace(
            each,
            prices=replace(each.prices, price=given.prices(each.prices.price)),
        )
        for each in staged.bounds
    )
    choice = None if staged.choice is None else given.outside(staged.choice)
    return replace(staged, choice=choice, bounds=bounds)


def _search_agents(
    problem: Problem,
    watch: Watch,
    start: IntArray | None,
    on_plan: OnPlan | None,
    helpers: Helpers | None,
) -> Staged:
    """Search once, or once for each group of tiers.

    Blocks with nothing scarce in common are searched apart.
    """
    with watch.during("split"):
        parts = split(problem, watch.parameters.decomposition.least_options)
    branches = watch.limits.work is None and all(
        len(part.option) <= watch.parameters.portfolio.options for part in parts
    )

    tuned = watch.parameters.lexicographic
    apart = problem.num_tiers > 1 and not branches
    unbounded = problem.num_tiers if apart else 0

    def search_tier(
        single: Problem,
        choice: IntArray | None,
        share: float,
        held: Sequence[Held] = (),
        focus: Focus | None = None,
        near: Descent | None = None,
        ties: IntArray | None = None,
    ) -> Outcome:
        left, kept = watch.seconds_left(), unbounded * _bounding(problem, watch)
        part = share * max(0.0, left - kept) / max(left, 1e-9)
        with watch.share(part), watch.work_share(share if apart else 1.0):
            if len(parts) == 1:
                pipeline = Pipeline(
                    single, watch, on_plan, held, focus=focus, near=near, ties=ties
                )
                return pipeline.search(choice)
            return search_blocks(
                single,
                [replace(part, whole=single) for part in parts],
                watch,
                choice,
                on_plan=on_plan,
                held=held,
                branches=branches,
                helpers=helpers,
                focus=focus,
            )

    def tier_pricer(
        problem: Problem,
        tier: int,
        reached: Sequence[int],
        starts: Sequence[FloatArray],
    ) -> TierBound:
        nonlocal unbounded
        unbounded -= 1
        return _tier_bound(problem, tier, reached, watch, starts)

    if apart:
        return solve_in_turn(
            problem,
            search_tier,
            tier_pricer,
            warm_start=start,
            parameters=tuned,
        )

    def pricer(single: Problem, prices: DualSolution) -> DualSolution:
        return _prices(single, prices, watch)

    if problem.num_tiers > 1:
        return solve_tiers(
            problem,
            search_tier,
            pricer,
            warm_start=start,
            parameters=tuned,
        )
    outcome = search_tier(problem, start, 1.0)
    bounds = (TierBound(outcome.prices, (), outcome.bound),)
    return Staged(outcome.choice, bounds, outcome.status, outcome.proven)


def _prices(problem: Problem, start: DualSolution, watch: Watch) -> DualSolution:
    """Return good prices, from those of a similar problem."""
    model = flatten(problem, watch.parameters.rows)
    sweeps = watch.parameters.pipeline.tier_sweeps
    with Sweeper(model, watch.limits.workers) as sweep, watch.during("prices"):
        descent: Descent = find_prices(model, sweep, watch, sweeps=sweeps, start=None)
        if not descent.sweeps:  # out of time: what no prices at all prove
            descent = Descent(descent.price, sweep(descent.price)[0])
    return descent.of_problem(model)


def _tier_bound(
    problem: Problem,
    tier: int,
    reached: Sequence[int],
    watch: Watch,
    starts: Sequence[FloatArray],
) -> TierBound:
    """Bound a tier by prices of all limits and of the levels of the tiers before.

    `reached` are the tiers of the plan, this one too; `starts` are prices and
    weights that may be nearly right, if there are any.
    """
    levels, value = reached[:tier], reached[tier]
    model = flatten(
        problem.replace(option_value=problem.value(tier)), watch.parameters.rows
    )
    rows, tuned = len(model.rows), watch.parameters.volume
    held = [Level(problem.value(i), level) for i, level in enumerate(levels)]
    seconds, clock = min(_bounding(problem, watch), watch.seconds_left()), watch
    if watch.limits.work is not None:  # in so many sweeps, whatever work is left
        seconds = LONGEST
        clock = Watch(Limits(seconds=seconds), parameters=watch.parameters)
    with Sweeper(model, watch.limits.workers) as sweep, watch.during("prices"):
        dual = Lagrangian(model, sweep, held)
        start = min(starts, key=lambda each: dual(dual.clip(each))[0], default=None)
        found = volume(
            dual, clock,
            sweeps=tuned.sweeps if compiles(model.num_uses) else tuned.few_sweeps,
            seconds=seconds, start=start, known=value, whole=False,
        )  # fmt: skip
    weights = tuple(found.price[rows:].tolist())
    known = zip(weights, levels, strict=True)
    bound = found.bound + sum(weight * level for weight, level in known)
    near = replace(found, price=found.price[:rows], bound=bound)
    price, supply_price = model.spread_prices(near.price)
    prices = DualSolution(price, supply_price, bound, near.fees)
    return TierBound(prices, weights, None, near)


def _bounding(problem: Problem, watch: Watch) -> float:
    """Return the seconds that are kept for the bound of a tier."""
    tuned = watch.parameters.lexicographic
    by_size = problem.num_uses * tuned.bound_seconds_a_use
    return min(by_size, tuned.bound_share * watch.limits.seconds)


def _searching(problem: Problem, watch: Watch) -> float:
    """Return the share of the time for the search; the rest is for proof and check."""
    tuned = watch.parameters.proof
    provable = problem.num_options <= tuned.options and watch.limits.work is None
    if not provable:
        tiers, most = problem.num_tiers, watch.parameters.pipeline.check_share
        seconds = problem.num_uses * tiers * watch.parameters.pipeline.check_seconds
        return 1.0 - min(most, seconds / max(watch.seconds_left(), 1e-9))
    small = problem.num_options <= watch.parameters.pipeline.lp_first_options
    return tuned.small_search_share if small else tuned.search_share


def _goes_at_once(problem: Problem, start: IntArray | None, watch: Watch) -> bool:
    """Whether branch and cut and a tree get the whole problem before anything else.

    Not where work decides or there is one core, where a plan is known already, where a
    gap is enough, or where a proof of its own is quicker.
    """
    tuned, limits = watch.parameters, watch.limits
    return (
        problem.num_tiers == 1
        and start is None
        and limits.work is None
        and limits.workers > 1
        and limits.gap == 0
        and tuned.pipeline.tiny_options < problem.num_options <= tuned.proof.options
        and proof_of_structure(problem, tuned) is None
    )


def _proven(problem: Problem, choice: IntArray, stated: Stated, watch: Watch) -> Result:
    """Return the result of a single tier whose plan was found and proven at once."""
    plan = Plan.of(problem, choice)
    tiers = (stated.tier(problem, plan, 0),)
    return _told(problem, plan, tiers, watch, Status.OPTIMAL, Termination.PROVED)


def _result(
    problem: Problem,
    staged: Staged,
    watch: Watch,
    prover: Prover,
    on_plan: OnPlan | None,
    *,
    cut: bool,
) -> Result:
    """Put together what was found and what it proves, each number recomputed.

    `cut` says that the clock ended the search, if not what came after it.
    """
    stated = [_stated(tier, bound) for tier, bound in enumerate(staged.bounds)]
    choice = staged.choice
    if choice is not None and not _near_enough(problem, choice, stated, watch):
        choice, stated = Proving(problem, watch, prover, on_plan)(choice, stated)
    agreed = staged.proven and choice is staged.choice
    plan = None if choice is None else Plan.of(problem, choice)
    if plan is not None and agreed and staged.status is Status.OPTIMAL:
        words = zip(stated, plan.tiers, strict=True)
        stated = [replace(tier, solver_bound=float(value)) for tier, value in words]
    tiers = tuple(each.tier(problem, plan, tier) for tier, each in enumerate(stated))
    status, termination = _status(staged.status, plan, tiers, watch, agreed=agreed)
    if cut and termination is Termination.EXHAUSTED:
        termination = Termination.TIME
    return _told(problem, plan, tiers, watch, status, termination)


def _told(
    problem: Problem,
    plan: Plan | None,
    tiers: tuple[Tier, ...],
    watch: Watch,
    status: Status,
    termination: Termination,
) -> Result:
    """Return the result with all that the run has to say beside it."""
    return Result(
        status=status,
        termination=termination,
        plan=plan,
        tiers=tiers,
        phases=tuple(watch.phases),
        seconds=watch.seconds,
        seed=watch.limits.seed,
        limits=watch.limits,
        parameters=watch.parameters.as_dict(),
        versions={name: version(name) for name in ("highspy", "numpy", "ortools")},
        digest=problem.digest,
        detail=watch.detail(),
        claims=watch.claims,
    )


def _near_enough(
    problem: Problem, choice: IntArray, stated: Sequence[Stated], watch: Watch
) -> bool:
    """Whether the prices close the gap that was asked for, or there is no time."""
    wanted = watch.limits.gap
    if watch.stopped or wanted == 0:
        return watch.stopped
    plan = Plan.of(problem, choice)
    gaps = (each.tier(problem, plan, tier).gap for tier, each in enumerate(stated))
    return all(gap is not None and gap <= wanted for gap in gaps)


def _with_conflict(problem: Problem, result: Result, watch: Watch) -> Result:
    """Say which limits cannot hold together, with prices or a tree that prove it."""
    tuned = watch.parameters.conflicts
    known = result.status is Status.INFEASIBLE
    extra = tuned.seconds if known else tuned.suspicion_seconds
    seconds = max(extra, watch.seconds_left())
    conflict = find_conflict(problem, seconds=seconds, parameters=tuned)
    reliefs = () if conflict is None else conflict.reliefs
    ray: Tier | None = None
    if conflict is not None and conflict.prices is not None:
        ray = _ray(conflict.prices.price, conflict.prices.supply_price)
    elif conflict is not None or result.status is Status.INFEASIBLE:
        tree = refutation(problem, watch, max(extra, watch.seconds_left()))
        if tree is not None:
            none = np.zeros(problem.num_resources), np.zeros(problem.num_supplies)
            ray = replace(_ray(*none), tree=tree)
    if ray is None:
        agreed = conflict is not None or result.status is Status.INFEASIBLE
        if not agreed:
            return result
        return replace(
            result,
            status=Status.INFEASIBLE,
            termination=Termination.AGREED,
            conflict=reliefs,
        )
    return replace(
        result,
        status=Status.INFEASIBLE,
        termination=Termination.PROVED,
        tiers=(ray,),
        conflict=reliefs,
    )


def _ray(price: FloatArray, supply_price: FloatArray) -> Tier:
    """Return the tier of a result without a plan, whose prices are its proof."""
    return Tier(
        value=None,
        bound=None,
        price=price,
        supply_price=supply_price,
        tier_price=np.zeros(0),
    )


def _stated(tier: int, bound: TierBound) -> Stated:
    """Return what the search knows about one tier, as a result states it."""
    prices = Prices(
        price=bound.prices.price,
        supply_price=bound.prices.supply_price,
        tier_price=-np.asarray(bound.weights[:tier], dtype=np.float64),
        fees=bound.prices.fees,
    )
    return Stated(prices=prices, solver_bound=bound.solver_bound)


def _status(
    status: Status,
    plan: Plan | None,
    tiers: tuple[Tier, ...],
    watch: Watch,
    *,
    agreed: bool,
) -> tuple[Status, Termination]:
    """Say what is known, and why the run ended.

    Optimal is what the certificate shows; what two methods agree on is called that.
    """
    ended = watch.termination()
    if plan is None:
        if status is Status.INFEASIBLE and agreed:
            return Status.INFEASIBLE, Termination.AGREED
        return Status.UNKNOWN, ended
    if all(
        tier.value is not None
        and tier.bound is not None
        and np.floor(tier.bound) <= tier.value
        for tier in tiers
    ):
        return Status.OPTIMAL, Termination.PROVED
    if status is Status.OPTIMAL and agreed:
        return Status.FEASIBLE, Termination.AGREED
    gaps = [tier.gap for tier in tiers]
    if all(gap is not None and gap <= watch.limits.gap for gap in gaps):
        return Status.FEASIBLE, Termination.GAP
    return Status.FEASIBLE, ended
