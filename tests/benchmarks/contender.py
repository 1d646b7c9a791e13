"""One contender, alone in a process: reads an instance, writes what it found.

python -m tests.benchmarks.contender NAME INSTANCE OUTPUT SECONDS WORKERS SEED
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from planner.optimiser import Limits, Status, read_instance, solve
from tests.benchmarks.peers import PEERS

OURS = "planner"


def main(name, instance, output, seconds, workers, seed):
    """Run one contender and save its plan, bound and seconds."""
    problem = read_instance(Path(instance))
    started = time.perf_counter()
    if name == OURS:
        found = _ours(problem, float(seconds), int(workers), int(seed))
    else:
        choice, bound = PEERS[name](problem, float(seconds), int(workers))
        found = {"choice": choice, "own_bound": bound}
    found["seconds"] = time.perf_counter() - started
    known = {key: value for key, value in found.items() if value is not None}
    np.savez(output, **known)


def _ours(problem, seconds, workers, seed):
    better = {}

    def watch(phase, at, incumbent, bound):
        # The plan that places nobody is no news.
        if incumbent:
            better.setdefault(incumbent, at)

    limits = Limits(seconds=seconds, workers=workers, seed=seed)
    result = solve(problem, limits=limits, on_progress=watch)
    return proof_of(result) | {
        "choice": None if result.plan is None else result.plan.choice,
        "own_bound": result.solver_bound,
        "proven": result.status == Status.OPTIMAL,
        "first": min(better.values(), default=None),
        "best": better[max(better)] if better else None,
        "phases": np.array([phase.name for phase in result.phases]),
        "phase_seconds": np.array([phase.seconds for phase in result.phases]),
    }


def proof_of(result):
    """Return what proves the bound of a result: prices with their fees, and a tree."""
    if not result.tiers:
        return {}
    fees, tree = result.fees, result.tiers[-1].tree
    return {
        "price": result.price,
        "supply_price": result.supply_price,
        "fee_option": fees.option,
        "fee_resource": fees.resource,
        "fee": fees.fee,
        "tree": None if tree is None else json.dumps(tree),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
