"""The volume method (Barahona and Anbil, 2000): prices that converge where values tie.

On intakes in which nearly every option is as good as another, use flips between nothing
and several times the limit from sweep to sweep, and paces that look at signs die where
they stand. So the direction is an average of what the sweeps see,

    v = a g + (1 - a) v         g(r) = limit(r) - use(r), a subgradient of the bound

with `a` what makes the mixture shortest, each row scaled by 1 / sqrt(sum of use**2),
and the step is Polyak's to a target below the bound:

    q = p - lambda (bound - target) / |v s|**2  v s**2

Only a better bound moves the centre p. It starts at zero, as a point where other steps
have died is a bad start, or at prices that are right for values that hardly differ.
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.parameters import VolumeParameters
from planner.optimiser.model.problem import FloatArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.lagrangian import Lagrangian
from planner.optimiser.relaxation.subgradient import Descent

TINY = 1e-12


@dataclass
class Step:
    """How far the next step goes: lambda, the mixing limit, failures so far."""

    length: float
    mixing: float
    failures: int = 0


def volume(
    dual: Lagrangian,
    watch: Watch,
    *,
    sweeps: int,
    seconds: float,
    start: FloatArray | None = None,
    known: float | None = None,
    whole: bool = True,
) -> Descent:
    """Return the best prices found in so many sweeps, or so many seconds.

    Parameters
    ----------
    dual
        What is priced: its prices are rows, then levels of earlier tiers.
    start
        Prices that are nearly right, or None for zeros.
    known
        The value of a plan: how large the numbers are where the bound is near 0.
    whole
        The bound is one of the problem, and told to the caller.
    """
    tuned, scale = watch.parameters.volume, dual.scale
    if start is None:
        mixing, aim = tuned.first_mixing, tuned.aim
    else:
        mixing, aim = tuned.near_mixing, tuned.near_aim
    best = Descent(dual.clip(np.zeros(len(scale)) if start is None else start))
    bound, average = dual(best.price)
    best.bound, best.sweeps = bound, 1
    step = Step(tuned.first_length, mixing)
    target = bound - aim * _size(bound, known)
    until = watch.seconds + seconds
    while best.sweeps < sweeps and not watch() and watch.seconds < until:
        direction = dual.inside(best.price, average) * scale
        length = _dot(direction, direction)
        if length < TINY or step.length < tuned.least_length:
            break
        change = step.length * (best.bound - target) / length * direction * scale
        price = dual.clip(best.price - change)
        bound, slack = dual(price)
        watch.work += dual.work
        best.sweeps += 1
        mixed = _mixing(average * scale, slack * scale, step.mixing)
        _adapt(
            step,
            tuned,
            better=bound < best.bound,
            along=_dot(average * scale, slack * scale),
        )
        if bound < best.bound:
            best.price, best.bound = price, bound
        average = mixed * slack + (1 - mixed) * average
        if best.bound - target < aim / 2 * _size(target, known):
            target = best.bound - aim * _size(best.bound, known)
        if best.sweeps % tuned.mixing_every == 0:
            step.mixing = max(tuned.least_mixing, step.mixing * tuned.mixing_factor)
        if best.sweeps % 16 == 0:
            watch.report(bound=best.bound if whole else None)
    return best


def _adapt(step: Step, tuned: VolumeParameters, *, better: bool, along: float) -> None:
    """Go further where steps gain, and less far after some that did not."""
    if better:
        step.failures = 0
        if along > 0:
            step.length = min(tuned.most_length, step.length * tuned.longer)
        return
    step.failures += 1
    if step.failures >= tuned.patience:
        step.failures = 0
        step.length *= tuned.shorter


def _mixing(average: FloatArray, slack: FloatArray, most: float) -> float:
    """Return the share of the new direction that makes the mixture shortest."""
    change = slack - average
    length = _dot(change, change)
    if length < TINY:
        return most
    return float(np.clip(-_dot(average, change) / length, most / 10, most))


def _dot(left: FloatArray, right: FloatArray) -> float:
    """Return the product in a fixed order: that of `@` depends on the threads."""
    return float((left * right).sum())


def _size(bound: float, known: float | None) -> float:
    """Return the size of the numbers: of a bound near 0, how far the plan is."""
    return max(abs(bound) + 1, 0.0 if known is None else bound - known)
