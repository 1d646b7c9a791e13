"""What sharing saves: ``python -m tests.faults.sharing`` prints it, with the load.

One run in two independent parts, and a batch of four scenarios, each under a fixed
limit of work and with one thread a solve: by one worker process and by two, in turn, so
that other work on the machine meets both alike.
"""

import argparse
import os
import signal
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .farm import Farm

PEOPLE, PART_WORK = 6_000, 800_000_000
"""People in each of the two parts, and the work for both of them together."""
SCENARIOS, SCENARIO_PEOPLE, SCENARIO_WORK = 4, 3_000, 200_000_000
READY, STARTED = " ready.", 90
"""What a worker says when it listens, and the seconds it may take to."""


@dataclass(frozen=True)
class Took:
    """One measurement: how many workers, how long, and what came out."""

    workers: int
    seconds: float
    solving: float
    load: float
    digests: dict

    def __str__(self):
        return (
            f"{self.workers} worker(s): {self.seconds:6.1f} s, of that solving "
            f"{self.solving:6.1f} s; load before {self.load:.1f}"
        )


def part_farm(folder):
    """Return a farm whose one problem falls into two large parts."""
    farm = Farm(folder, LOG_LEVEL="INFO")
    farm.act("worlds_apart", "2", str(PEOPLE), timeout=300)
    farm.start_dispatcher()
    return farm


def batch_farm(folder):
    """Return a farm with four scenarios of one problem."""
    farm = Farm(folder, LOG_LEVEL="INFO")
    farm.act("worlds_apart", "1", str(SCENARIO_PEOPLE), timeout=300)
    farm.act("scenarios", str(SCENARIOS))
    farm.start_dispatcher()
    return farm


def one_run(farm, workers):
    """Measure one run in parts."""
    return measure(farm, workers, "ask", "1", "600", str(PART_WORK))


def one_batch(farm, workers):
    """Measure a batch of scenarios."""
    return measure(farm, workers, "batch", str(SCENARIO_WORK))


def measure(farm, workers, *action):
    """Ask with so many workers there; measure from the request to the last end."""
    known = set(farm.act("states"))
    with at_work(farm, workers):
        load = os.getloadavg()[0]
        began = time.monotonic()
        farm.act(*action)
        states = farm.act("wait", "900", timeout=920)
        seconds = time.monotonic() - began
    new = [run for pk, run in states.items() if pk not in known]
    assert {run["state"] for run in new} == {"solved"}, states
    return Took(
        workers,
        seconds,
        sum(run["solve_seconds"] for run in new),
        load,
        {run["name"]: run["digest"] for run in new},
    )


@contextmanager
def at_work(farm, number):
    """Have so many workers listen while the block lasts."""
    before = logged(farm, READY)
    workers = [farm.start_worker() for _ in range(number)]
    deadline = time.monotonic() + STARTED
    while logged(farm, READY) < before + number:
        assert time.monotonic() < deadline, "the workers did not start"
        time.sleep(0.2)
    yield
    for worker in workers:
        farm.send(worker, signal.SIGKILL)


def logged(farm, event):
    """Return how often any process has logged a line that ends its event so."""
    logs = [path.read_text() for path in farm.folder.glob("log-*")]
    return sum(log.count(f'{event}"') for log in logs)


def main():
    """Measure both and print them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=2)
    options = parser.parse_args()
    for name, make, once in (
        ("one run, two parts", part_farm, one_run),
        ("four scenarios", batch_farm, one_batch),
    ):
        print(f"{name} ({os.cpu_count()} cores)", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            farm = make(Path(folder))
            try:
                found = []
                for number in (1, 2) * options.times:
                    found.append(once(farm, number))
                    print(f"  {found[-1]}", flush=True)
            finally:
                farm.close()
        alike = all(took.digests == found[0].digests for took in found)
        print("  plans:", "the same" if alike else "DIFFERENT", flush=True)


if __name__ == "__main__":
    main()
