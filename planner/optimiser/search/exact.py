"""The exact phase: what prices leave open goes to branch and bound, if it is little.

Prices and the best plan rule options out (reduced-cost fixing); where few are left two
methods settle them (mip/agreement.py), or the search that a problem's structure has of
its own (structure.py).
"""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser.mip.agreement import prove
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.reduced_cost import fixed_by_reduced_cost

if TYPE_CHECKING:
    from planner.optimiser.search.pipeline import Outcome, Pipeline

UNITS = 20_000_000
"""Units of work, uses looked at, to one unit of CP-SAT's deterministic time."""


def settle_exactly(
    pipeline: "Pipeline", outcome: "Outcome", seconds: float
) -> "Outcome":
    """Return the outcome with what an exact search makes of it, within these seconds.

    Parameters
    ----------
    outcome
        What the pipeline has come to: its prices say what is open.
    seconds
        What the search may take; where work is limited, all that is left of it too.

    Returns
    -------
    Outcome
        The same one where nothing bounds the problem, or more than `exact_options` are
        open.
    """
    watch = pipeline.watch
    if not np.isfinite(outcome.prices.bound):
        return outcome
    with watch.during("exact"):
        keep, _ = fixed_by_reduced_cost(
            pipeline.problem, outcome.prices, pipeline.best.objective
        )
        if keep is not None and keep.sum() > pipeline.tuned.exact_options:
            return outcome
        answer = (pipeline.special or partial(prove, held=pipeline.held))(
            pipeline.problem,
            pipeline.best.choice,
            outcome.prices,
            limits=replace(
                watch.limits, seconds=max(0.01, seconds), work=_work_left(watch)
            ),
            stop=watch.report,
            on_plan=pipeline.better,
            parameters=pipeline.parameters,
        )
    watch.work += answer.work * UNITS
    if answer.choice is not None:
        pipeline.better(answer.choice)
    return replace(
        outcome,
        choice=pipeline.best.choice,
        status=answer.status,
        proven=answer.proven,
        bound=answer.bound,
    )


def _work_left(watch: Watch) -> int | None:
    """Return the work that is left, in the units of CP-SAT: about a second each."""
    left = watch.work_left()
    return None if left is None else max(1, left // UNITS)
