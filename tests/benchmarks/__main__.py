"""The benchmarks' one command; see README.md beside this file.

python -m tests.benchmarks race cohorts --people 1000 --peers greedy highs scip
python -m tests.benchmarks race teams-rank --peers highs
python -m tests.benchmarks sweep --people 1000000
python -m tests.benchmarks conflicts --people 10000
python -m tests.benchmarks known-answers
python -m tests.benchmarks dryness pools.npz --seconds 10
python -m tests.benchmarks make pools --people 100000 --output pools.npz
"""

import argparse
import sys
import tempfile
from pathlib import Path

from planner.optimiser import write_instance
from tests.benchmarks import conflicts, dryness, known, sweeps, tables
from tests.benchmarks.contender import OURS
from tests.benchmarks.families import FAMILIES, gap_d, gap_e
from tests.benchmarks.peers import PEERS
from tests.benchmarks.public import BEST, PUBLIC, read
from tests.benchmarks.race import measured, race


def main(arguments=None):
    given = _parser().parse_args(arguments)
    given.run(given)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    commands = parser.add_subparsers(required=True)
    racing = commands.add_parser("race", help="ours and peers on the same instances")
    racing.add_argument("family", choices=[*FAMILIES, "gap-d", "gap-e", *PUBLIC])
    racing.add_argument("--people", type=int, default=1000)
    racing.add_argument("--machines", type=int, default=20, help="of gap-d and gap-e")
    racing.add_argument("--seeds", type=int, nargs="+", default=[1])
    racing.add_argument("--seconds", type=float, default=30.0)
    racing.add_argument("--peer-seconds", type=float, default=None)
    racing.add_argument("--workers", type=int, default=2)
    racing.add_argument("--peers", nargs="*", choices=PEERS, default=["greedy"])
    racing.set_defaults(run=_race)
    sweeping = commands.add_parser("sweep", help="a sweep against memory bandwidth")
    sweeping.add_argument("--people", type=int, default=1_000_000)
    sweeping.add_argument("--workers", type=int, default=2)
    sweeping.set_defaults(run=lambda given: sweeps.report(given.people, given.workers))
    planting = commands.add_parser("conflicts", help="planted conflicts, found or not")
    planting.add_argument("--people", type=int, default=10_000)
    planting.add_argument("--count", type=int, default=30)
    planting.set_defaults(run=lambda given: conflicts.report(given.people, given.count))
    knowing = commands.add_parser(
        "known-answers", help="published optima, proven again"
    )
    knowing.add_argument("--seconds", type=float, default=60.0)
    knowing.add_argument("--only", nargs="*", default=[])
    knowing.add_argument("--workers", type=int, default=2)
    knowing.set_defaults(
        run=lambda given: known.report(given.seconds, given.workers, given.only)
    )
    drying = commands.add_parser("dryness", help="what small programs find in a plan")
    drying.add_argument("instance", type=Path)
    drying.add_argument("--seconds", type=float, default=10.0)
    drying.add_argument("--programs", type=int, help="limits, by lot; all by default")
    drying.set_defaults(
        run=lambda given: dryness.report(given.instance, given.seconds, given.programs)
    )
    making = commands.add_parser("make", help="write one instance of a family")
    making.add_argument("family", choices=[*FAMILIES, "gap-d", "gap-e", *PUBLIC])
    making.add_argument("--people", type=int, default=1000)
    making.add_argument("--machines", type=int, default=20)
    making.add_argument("--seed", type=int, default=1)
    making.add_argument("--output", type=Path, required=True)
    making.set_defaults(run=_make)
    return parser


def _race(given):
    peer_seconds = given.peer_seconds or given.seconds
    if given.family in PUBLIC:
        print(f"best known: {BEST[given.family]:,}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for seed in given.seeds:
            instance = Path(folder) / f"{given.family}-{given.people}-{seed}.npz"
            # In a process of its own: its memory is not ours.
            command = [sys.executable, "-m", "tests.benchmarks", "make", given.family]
            command += ["--people", str(given.people), "--seed", str(seed)]
            command += ["--machines", str(given.machines), "--output", str(instance)]
            took, _, _ = measured(command, 3600)
            print(f"\n{instance.stem}: made in {took:.1f} s", flush=True)
            runs = race(
                instance,
                [OURS, *given.peers],
                seconds=given.seconds,
                peer_seconds=peer_seconds,
                workers=given.workers,
                seed=seed,
            )
            print(tables.race_table(runs, instance), flush=True)
            instance.unlink()


def _make(given):
    if given.family in FAMILIES:
        problem = FAMILIES[given.family](given.people, given.seed)
    elif given.family in PUBLIC:
        problem = read(given.family)
    else:
        recipe = gap_d if given.family == "gap-d" else gap_e
        problem = recipe(given.people, given.machines, given.seed)
    write_instance(problem, given.output)


if __name__ == "__main__":
    main()
