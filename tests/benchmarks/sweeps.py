"""One pass over all options at given prices, against the memory's own speed."""

import time

import numpy as np

from planner.optimiser.certificate.dual_bound import Prices, bound
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper
from tests.benchmarks.families import seats_and_budgets

ROUNDS = 7


def report(people, workers):
    """Print the time of a dual sweep and of the exact check, and what memory allows."""
    problem = seats_and_budgets(people)
    read = sum(
        array.nbytes
        for array in (
            problem.option_value,
            problem.use_ptr,
            problem.use_resource,
            problem.use_amount,
        )
    )
    speed = bandwidth()
    model = flatten(problem)
    price = np.zeros(len(model.rows))
    with Sweeper(model, workers) as sweep:
        sweep(price)
        took = best_of(lambda: sweep(price))
    zero = Prices(
        price=np.full(problem.num_resources, 0.5),
        supply_price=np.zeros(problem.num_supplies),
        tier_price=np.zeros(0),
    )
    exact = best_of(lambda: bound(problem, zero), rounds=3)
    floor = read / speed
    print(
        f"{people} people, {problem.num_options} options, {problem.num_uses} uses: "
        f"{read / 1e6:.0f} MB of arrays\n"
        f"memory: {speed / 1e9:.1f} GB/s read; a sweep can take no less than "
        f"{floor * 1e3:.1f} ms\n"
        f"dual sweep, {workers} workers: {took * 1e3:.1f} ms, {took / floor:.1f} times "
        f"that\nexact bound of the check, 1 worker: {exact * 1e3:.0f} ms, "
        f"{exact / floor:.1f} times that"
    )


def bandwidth():
    """Return how many bytes a second one core reads when it only adds them up."""
    numbers = np.ones(1 << 25)
    return numbers.nbytes / best_of(numbers.sum)


def best_of(work, rounds=ROUNDS):
    """Return the least seconds that a piece of work took."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)
