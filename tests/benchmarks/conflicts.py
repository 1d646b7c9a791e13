"""How many planted conflicts are named exactly, and how fast."""

import time

from planner.optimiser.certificate.dual_bound import proves_infeasible
from planner.optimiser.conflicts.quickxplain import find_conflict
from tests.benchmarks.planted import planted


def report(people, count):
    """Print each planted conflict, whether it was named, and the total."""
    found, took = 0, []
    for seed in range(count):
        case = planted(people, seed)
        started = time.perf_counter()
        conflict = find_conflict(case.problem)
        took.append(time.perf_counter() - started)
        named = (
            {(r.kind, int(r.limit)) for r in conflict.reliefs if r.kind != "must"}
            if conflict
            else set()
        )
        proven = bool(
            conflict
            and conflict.prices
            and proves_infeasible(case.problem, conflict.prices)
        )
        found += named == case.limits
        print(
            f"{seed:3} {case.why}: {'named' if named == case.limits else named}, "
            f"{'proven' if proven else 'not proven'}, {took[-1]:.2f} s"
        )
    print(
        f"{found} of {count} named exactly at {people} people; "
        f"median {sorted(took)[len(took) // 2]:.2f} s, longest {max(took):.2f} s"
    )
