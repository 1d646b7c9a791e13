"""How many places of a plan are conditional, and how many are expected to hold."""

from collections import Counter
from fractions import Fraction
from typing import Any

from planner.allocation.problem import objective
from programs import conditions
from programs.expected import WHOLE

from .outcome import Outcome


def of(outcome: Outcome) -> dict[str, Any]:
    """Return the conditional places of a plan as plain data; chances are exact texts.

    A place on a pathway is its first step: what later steps wait for is in the chance
    of arriving. What is confidential is counted and not named.
    """
    snapshot = outcome.snapshot
    expected, pairs = snapshot.rows.expected, snapshot.pairs
    option, pair = objective.firsts(snapshot.offers, pairs)
    chosen = set(outcome.chosen.tolist())
    taken = [
        p for o, p in zip(option.tolist(), pair.tolist(), strict=True) if o in chosen
    ]
    sure = pairs.sure[taken]
    people: Counter[int] = Counter()
    for each in taken:
        person, column = int(pairs.applicant[each]), int(pairs.column[each])
        people.update(expected.waits(person, column))
    return {
        "places": len(taken),
        "conditional": int((sure < WHOLE).sum()),
        "expected": str(Fraction(int(sure.sum()), WHOLE)),
        "conditions": _told(outcome, people),
    }


def _told(outcome: Outcome, people: Counter[int]) -> list[dict[str, Any]]:
    """Return what places wait for, with the chance of each and for how many."""
    rows = outcome.snapshot.rows
    known = rows.facts.asked.known
    told = []
    for thing, count in sorted(people.items()):
        by, chance = rows.expected.things[thing]
        assert known is not None
        is_private = any(map(known.is_private, conditions.leaves(by)))
        told.append(
            {
                "condition": None if is_private else conditions.write(by),
                "names": {} if is_private else known.names(by, {}),
                "people": count,
                "is_said": by.chance is not None,
                "typed": str(chance.typed),
                "passed": chance.passed,
                "ended": chance.ended,
                "chance": str(chance.value),
            }
        )
    return told
