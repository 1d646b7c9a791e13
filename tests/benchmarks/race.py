"""Contenders side by side on the same instance, each measured from outside."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from planner.optimiser import read_instance
from planner.optimiser.certificate.check import verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.certificate.proof_tree import verify
from planner.optimiser.model.fees import Fees
from tests.benchmarks.contender import OURS
from tests.paths import ROOT

GRACE = 120
"""Seconds beyond its limit after which a contender is ended."""


@dataclass
class Run:
    """What one contender did, as far as it could be verified.

    `wall` and `cpu` are of the whole process, `seconds` of the solve alone, `peak` is
    in bytes.
    """

    name: str
    wall: float
    cpu: float
    peak: int
    seconds: float = None
    value: int = None
    violations: int = 0
    bound: float = None
    own_bound: float = None
    first: float = None
    best: float = None
    proven: bool = False
    phases: dict = field(default_factory=dict)

    @property
    def feasible(self):
        return self.value is not None and not self.violations


def race(instance, names, *, seconds, peer_seconds, workers, seed):
    """Run the contenders one after the other on one instance file."""
    problem = read_instance(instance)
    return [
        _run(
            problem,
            instance,
            name,
            seconds if name == OURS else peer_seconds,
            workers,
            seed,
        )
        for name in names
    ]


def _run(problem, instance, name, seconds, workers, seed):
    output = Path(f"{instance}.{name}.npz")
    arguments = [name, instance, output, seconds, workers, seed]
    command = [sys.executable, "-m", "tests.benchmarks.contender", *map(str, arguments)]
    wall, cpu, peak = measured(command, seconds + GRACE)
    run = Run(name=name, wall=wall, cpu=cpu, peak=peak)
    if output.exists():
        with np.load(output) as found:
            _verify(problem, run, dict(found))
        output.unlink()
    return run


def measured(command, limit):
    """Run a command; return its wall and CPU seconds, and its peak memory in bytes.

    The kernel counts the memory of the process and tells its parent at the end.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        if time.perf_counter() - started > limit:
            process.kill()
            _, status, usage = os.wait4(process.pid, 0)
            break
        time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    says = process.stderr.read().decode(errors="replace").strip()
    process.stderr.close()
    if process.returncode:
        last = says.splitlines()[-1] if says else "ended by its limit"
        print(f"  {' '.join(command[2:4])}: {process.returncode} {last}")
    cpu = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - started, cpu, usage.ru_maxrss * 1024


def _verify(problem, run, found):
    """Recompute everything that was claimed."""
    run.seconds = float(found["seconds"])
    run.own_bound = float(found["own_bound"]) if "own_bound" in found else None
    run.first = float(found["first"]) if "first" in found else None
    run.best = float(found["best"]) if "best" in found else None
    run.proven = bool(found.get("proven", False))
    if "phases" in found:
        pairs = zip(
            found["phases"].tolist(), found["phase_seconds"].tolist(), strict=True
        )
        for name, seconds in pairs:
            run.phases[name] = run.phases.get(name, 0.0) + seconds
    if "choice" in found:
        truth = facts(problem, found["choice"].astype(np.int64))
        run.value, run.violations = truth.tiers[-1], len(truth.violations)
    if "price" in found:
        run.bound = proven_bound(problem, found)


def proven_bound(problem, found):
    """Return the better bound of what a result proves by prices with fees, and a tree.

    Without their fees prices prove less, often less than others would.
    """
    prices = Prices(
        price=found["price"],
        supply_price=found["supply_price"],
        tier_price=np.zeros(0),
        fees=Fees(
            option=found["fee_option"], resource=found["fee_resource"], fee=found["fee"]
        ),
    )
    bound = verified_bound(problem, prices)
    if "tree" in found:
        bound = min(bound, verify(problem, json.loads(str(found["tree"]))).bound)
    return bound
