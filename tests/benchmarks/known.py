"""Published instances with known optima, solved and verified again."""

import csv
import time
from dataclasses import dataclass

from planner.optimiser import Limits, check, solve
from planner.optimiser.files.published import course_bids, gap, preflib_spa
from tests.paths import DATA

GLASGOW = {
    "y11_12": {
        "size-rank": (31, -44),
        "greedy": (31, 22, 6, 2, 1, 0),
        "generous": (31, 0, 0, -2, -9),
    },
    "y12_13": {
        "size-rank": (38, -58),
        "greedy": (38, 26, 6, 3, 2, 1),
        "generous": (38, 0, 0, -4, -13),
    },
    "y13_14": {
        "size-rank": (51, -111),
        "greedy": (51, 26, 7, 4, 6, 8),
        "generous": (51, -3, -6, -9, -18),
    },
}
"""Students placed and total rank; then the numbers of first, second ... choices, and of
fifth, fourth ... ones (Kwanashie, Irving, Manlove and Sng, 2014)."""


@dataclass
class Answer:
    """One instance: what is known, and what was found."""

    name: str
    known: object
    problem: object


def answers():
    """Yield every instance with a known answer, the smallest first."""
    with (DATA / "gap" / "data.csv").open() as table:
        for row in csv.DictReader(table):
            optimum = row["Optimum"] or row["Best known solution value"]
            yield Answer(row["Path"], -int(optimum), gap(DATA / "gap" / row["Path"]))
    for year, objectives in GLASGOW.items():
        file = DATA / "preflib_glasgow" / f"{year}.soi"
        for objective, known in objectives.items():
            problem = preflib_spa(file, objective=objective)
            yield Answer(f"glasgow/{year}-{objective}", known, problem)
    bids = DATA / "course_bids_ariel" / "ariel_5783_input.json"
    yield Answer("ariel/5783", None, course_bids(bids))


def report(seconds, workers, only=()):
    """Print one line an instance, and how many agree."""
    if not DATA.is_dir():
        print(f"there is no {DATA}: nothing to compare with")
        return
    agreed = proven = alone = total = 0
    print("| instance | known | found | status | verified gap | seconds |")
    print("|---|---|---|---|---|---|")
    for answer in answers():
        if only and not any(word in answer.name for word in only):
            continue
        started = time.perf_counter()
        result = solve(answer.problem, limits=Limits(seconds=seconds, workers=workers))
        took = time.perf_counter() - started
        verdict = check(answer.problem, result)
        assert verdict.holds, verdict.violations
        tiers = result.plan.tiers if result.plan else ()
        found = tiers if answer.problem.num_tiers > 1 else result.objective
        total += 1
        proven += result.status == "optimal"
        alone += result.termination == "agreed"
        agreed += answer.known is None or found == answer.known
        gaps = max(
            (tier.gap for tier in result.tiers if tier.gap is not None), default=1
        )
        print(
            f"| {answer.name} | {_told(answer.known)} | {_told(found)} | "
            f"{result.status}, {_by(result)} | {gaps:.4%} | {took:.2f} |",
            flush=True,
        )
    print(
        f"\n{agreed} of {total} agree with what is known; {proven} are proven by "
        f"prices, fees or a tree, {alone} only agreed by two methods."
    )


def _by(result):
    """Return what shows it: the prices, fees, a tree; or that two methods agree."""
    if result.status != "optimal":
        return str(result.termination)
    if any(tier.tree is not None for tier in result.tiers):
        return "tree"
    return "fees" if any(len(tier.fees) for tier in result.tiers) else "prices"


def _told(value):
    if value is None:
        return "not published"
    return " / ".join(map(str, value)) if isinstance(value, tuple) else str(value)
