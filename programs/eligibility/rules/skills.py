"""Rules about what a person can do on the first day: skills and language.

Both count what earlier steps of a pathway teach, and neither counts what has run out.
Whoever lacks one can still learn it before the slot starts, so the rule is mendable
until then.
"""

from datetime import date
from typing import Any

import numpy as np

from programs.choices import Cefr
from programs.eligibility.columns import Array, At, tongue
from programs.eligibility.facts import Facts

from .rule import FAIL, MEND, Broken, Numbers, Rule


def skill(f: Facts, p: At, s: At) -> Broken:
    """Every required skill is held at its level."""
    broken = False
    for place in range(f.slots.skill.shape[1]):
        broken |= _skill(f, p, s, place) < f.slots.level[s, place]
    return broken, _until_start(f, s)


def language(f: Facts, p: At, s: At) -> Broken:
    """The work language is held at its level, by a certificate valid at the start."""
    return _cefr(f, p, s) < f.slots.cefr[s], _until_start(f, s)


def skill_level(f: Facts, p: At, s: At, number: At) -> Array:
    """Return the level of a skill that a person has on the first day."""
    valid = f.people.skill_until[p, number] >= f.slots.start[s]
    return np.maximum(
        f.people.skill[p, number] * valid, f.slots.taught_skill[s, number]
    )


def _skill(f: Facts, p: At, s: At, place: int) -> Array:
    return skill_level(f, p, s, f.slots.skill[s, place])


def _cefr(f: Facts, p: At, s: At) -> Array:
    """Return the CEFR rank in the slot's language on its first day."""
    number, start = f.slots.language[s], f.slots.start[s]
    best = f.slots.taught_language[s, number]
    for place in range(f.people.language.shape[2]):
        valid = f.people.language_until[p, number, place] >= start
        best = np.maximum(best, f.people.language[p, number, place] * valid)
    return best


def _until_start(f: Facts, s: At) -> Array:
    """Return how bad a lack is: it can be mended while the slot has not begun."""
    return np.where(f.on[s] < f.slots.start[s], MEND, FAIL)


def _describe_skill(f: Facts, p: int, s: int) -> Numbers:
    start = f.slots.facts[s]["starts_on"].isoformat()
    gaps: Numbers = []
    for place in range(f.slots.skill.shape[1]):
        held, needed = int(_skill(f, p, s, place)), int(f.slots.level[s, place])
        if held < needed:
            name = f.labels.skills[f.slots.skill[s, place]]
            numbers = {"skill": name, "held": held, "needed": needed, "by": start}
            gaps.append((numbers, None))
    return gaps


def _describe_language(f: Facts, p: int, s: int) -> Numbers:
    start = f.slots.facts[s]["starts_on"]
    number, needed = int(f.slots.language[s]), int(f.slots.cefr[s])
    code = f.slots.facts[s]["work_language"]
    numbers = {
        "language": code,
        "held": _level(int(_cefr(f, p, s))),
        "needed": _level(needed),
        "by": start.isoformat(),
    }
    held = f.people.certificates.get((p, number), [])
    if held:
        best = max(held, key=lambda c: (c.until >= start.toordinal(), c.rank))
        numbers |= {"held_test": f"{best.test} {best.band}"}
        if best.until < start.toordinal():
            numbers["expires"] = start.fromordinal(best.until).isoformat()
        test, asked = _band(f, best.test, best.version, needed)
    else:
        test, asked = _band(f, None, None, needed, tongue(code))
    told, earliest = _sittings(f, test, int(f.on[s]), start)
    if asked:
        numbers |= {"needed_test": asked}
    return [(numbers | told, earliest)]


def _sittings(
    f: Facts, test: str, on: int, start: date
) -> tuple[dict[str, Any], date | None]:
    """Return the sitting that counts, in numbers, and the first day with results.

    The last one whose results come by the first day, or else the next of all. Nothing
    where no sitting of the test is known: some are held on any day.
    """
    coming = [s for s in f.labels.sittings.get(test, ()) if s.held_on.toordinal() >= on]
    if not coming:
        return {}, None
    in_time = [sitting for sitting in coming if sitting.results_on <= start]
    shown = in_time[-1] if in_time else coming[0]
    numbers = {
        "sitting": test,
        "sitting_on": shown.held_on.isoformat(),
        "results": shown.results_on.isoformat(),
        "in_time": bool(in_time),
    }
    return numbers, min(sitting.results_on for sitting in coming)


def _level(rank: int) -> str:
    return Cefr.values[rank - 1] if rank else ""


def _band(
    f: Facts, test: str | None, version: str | None, needed: int, code: str = ""
) -> tuple[str, str]:
    """Return the test, and its easiest band that is worth the needed level.

    Parameters
    ----------
    test, version: None for any. code: the language, where any test will do.
    """
    worth = [
        (rank, number, name, f"{name} {band}")
        for number, (tag, name, edition, rank, band) in enumerate(f.labels.scale)
        if rank >= needed
        and (name == test if test else tag == code)
        and version in (None, edition)
    ]
    return min(worth)[2:] if worth else ("", "")


SKILL = Rule("skill_level", skill, _describe_skill)
LANGUAGE = Rule("language_level", language, _describe_language)
