"""Why somebody is not placed: a code and its facts, for each way the person asked for.

Of a way that every rule allows, all that stands between it and the person is told (see
``obstacles``). Only codes and facts are found here; the words are made in
``planner.models.words`` when somebody reads them.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from planner.allocation.problem.snapshot import Snapshot
from planner.models import LimitKind
from planner.optimiser.model.problem import runs
from programs import eligibility

from . import obstacles
from .obstacles import Obstacles, named, told
from .outcome import Outcome

Reasons = dict[int, list[dict[str, Any]]]
"""Applicant -> reasons as they are stored, the main one first."""
MOST_WAYS = 12
"""Ways that are explained one by one: the best, where there are many."""
AGENTS_AT_ONCE = 500
"""Agents whose ways are looked at together, between two signs of life."""


def explain(outcome: Outcome, *, step: Callable[[], object]) -> Reasons:
    """Return {applicant: [reason]} for everybody without a place, main reason first.

    Parameters
    ----------
    outcome: the plan.
    step: called now and then, so that a caller can show that it is alive.
    """
    offers = outcome.snapshot.offers
    barred = ways_barred(outcome.snapshot)
    ways = Ways(outcome)
    reasons: Reasons = {}
    lists = own_lists(outcome)
    for first in range(0, len(lists), AGENTS_AT_ONCE):
        step()
        some = lists[first : first + AGENTS_AT_ONCE]
        found = ways.why_not([options for _members, options in some])
        for (members, _options), open_ways in zip(some, found, strict=True):
            for member in members:
                reasons[member] = [*open_ways, *barred.get(member, [])[:MOST_WAYS]]
                if not reasons[member]:
                    code = (
                        "team_not_together" if len(members) > 1 else "nothing_asked_for"
                    )
                    reasons[member].append({"code": code, "params": {}})
    spans = offers.spans_of(outcome.snapshot.pairs)
    for agent in sorted(outcome.placed):
        if offers.is_alternative(agent):
            taken = outcome.applicant_of(int(outcome.choice[agent]))
            for member in set(offers.agents[agent]) - {taken}:
                told = [CHECKED] if spans[member][1] else []
                told += barred.get(member, [])[:MOST_WAYS]
                reasons[member] = told or [{"code": "nothing_asked_for", "params": {}}]
    return reasons


CHECKED = {"code": "checked", "params": {}}
"""Why an application was not taken whose human another one places: its sender is told
nothing of the other."""


def own_lists(outcome: Outcome) -> list[tuple[tuple[int, ...], list[int]]]:
    """Return (applicants, their options best first) of everybody without a place.

    A team has one list; of a human with several applications each has its own.
    """
    offers = outcome.snapshot.offers
    lists: list[tuple[tuple[int, ...], list[int]]] = []
    for agent, group in enumerate(offers.agents):
        if agent in outcome.placed:
            continue
        options = outcome.options_of(agent)
        if not offers.is_alternative(agent):
            lists.append((group, options))
            continue
        whose = [outcome.applicant_of(option) for option in options]
        lists += [
            (
                (member,),
                [o for o, own in zip(options, whose, strict=True) if own == member],
            )
            for member in group
        ]
    return lists


class Ways:
    """Why ways that every rule allows were not taken in one plan."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.search = obstacles.Search(outcome.snapshot.problem, outcome.choice)
        self.cohort = cache(self._cohort)

    def why_not(self, lists: list[list[int]]) -> list[list[dict[str, Any]]]:
        """Return the reasons of the best of each list of ways, best first."""
        ways = [options[:MOST_WAYS] for options in lists]
        flat = np.array([option for own in ways for option in own], np.int64)
        found = iter(self.search.of(flat))
        return [[self.reason(option, next(found)) for option in own] for own in ways]

    def reason(self, option: int, found: Obstacles) -> dict[str, Any]:
        """Return why an option was not taken, with every limit that is in the way."""
        snapshot = self.outcome.snapshot
        pairs = snapshot.offers.pairs_of(option)
        pathway = int(snapshot.offers.pathway[option])
        cohorts = [self.cohort(resource) for resource in found.cohorts]
        code = self.code(found, cohorts)
        reason = {
            "code": code,
            "slot": snapshot.rows.slots[snapshot.pairs.slot[pairs[0]]].name,
            "pathway": snapshot.rows.pathways[pathway][0].code
            if pathway >= 0
            else None,
            "option": option,
            "params": {},
        }
        if found.short:
            reason["short"] = [told(self.outcome, each) for each in found.short]
            own_time = any(
                each["kind"] == LimitKind.OVERLAP for each in reason["short"]
            )
            reason["possible"] = found.is_better and not cohorts and not own_time
        if cohorts:
            reason["cohorts"] = cohorts
        if code == "outweighed":
            limits = snapshot.limits
            reason["shares"] = [
                named(limits[r]) for r, p in found.shares.items() if p > 0
            ]
        return reason

    def code(self, found: Obstacles, cohorts: list[dict[str, Any]]) -> str:
        """Return what an option met, the hardest first."""
        if any(cohort["able"] < cohort["min"] for cohort in cohorts):
            return "too_few"
        if cohorts:
            return "cohort_closed"
        if found.short:
            return "no_room"
        return "room_left" if found.is_better else "outweighed"

    def _cohort(self, resource: int) -> dict[str, Any]:
        """Return how many a cohort needs, who could come, and what it would lack.

        ``able`` counts the people who could take part, wherever they are now, ``free``
        those of them without a place. What it lacks is told for the best of these, as
        few as it needs to run.
        """
        limit = self.outcome.snapshot.limits[resource]
        least = int(self.outcome.snapshot.problem.resource_lower[resource])
        heads = self.heads[resource]
        free = [a for a in heads if a not in self.outcome.placed]
        free.sort(key=lambda agent: self.outcome.worth(heads[agent][1]), reverse=True)
        first: list[int] = []
        for agent in free:
            if sum(heads[a][0] for a in first) < least:
                first.append(agent)
        cohort = {
            "slot": limit.key.code,
            "min": least,
            "able": sum(size for size, _option in heads.values()),
            "free": sum(heads[agent][0] for agent in free),
        }
        if cohort["free"] >= least:
            cohort["options"] = [heads[agent][1] for agent in first]
            lacks = self.search.together(cohort["options"])
            cohort["short"] = [told(self.outcome, each) for each in lacks.short]
            cohort["better"] = not lacks.short and lacks.is_better
        return cohort

    @cached_property
    def heads(self) -> dict[int, dict[int, tuple[int, int]]]:
        """{closed cohort: {agent: (people it would bring, its best option there)}}."""
        problem, offers = self.outcome.snapshot.problem, self.outcome.snapshot.offers
        wanted = problem.resource_only_if_used & (self.outcome.plan.use == 0)
        option = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
        heads: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        for at in np.flatnonzero(wanted[problem.use_resource]).tolist():
            way, resource = int(option[at]), int(problem.use_resource[at])
            agent, size = int(offers.agent[way]), int(problem.use_amount[at])
            known = heads[resource].get(agent)
            if known is None or self.outcome.worth(way) > self.outcome.worth(known[1]):
                heads[resource][agent] = size, way
        return heads


def ways_barred(snapshot: Snapshot) -> Reasons:
    """Return {applicant: [reason]} for the ways that a rule forbids.

    Of people who ranked nothing only the most frequent rules are told.
    """
    facts, verdicts = snapshot.facts, snapshot.verdicts
    chosen = np.flatnonzero(~verdicts.placeable)
    within = chosen - np.searchsorted(verdicts.person, verdicts.person[chosen])
    chosen = chosen[within < MOST_WAYS]
    counts = np.diff(verdicts.ptr)[chosen]
    columns = verdicts.columns[runs(verdicts.ptr[:-1][chosen], counts)]
    why = eligibility.explain(
        facts, np.repeat(verdicts.person[chosen], counts), columns
    )
    codes = {slot.pk: slot.name for slot in snapshot.rows.slots}
    pathways = {pathway.pk: pathway.code for pathway, _s in snapshot.rows.pathways}
    barred: Reasons = {}
    first = 0
    for way, count in zip(chosen.tolist(), counts.tolist(), strict=True):
        told = [
            reason for of_column in why[first : first + count] for reason in of_column
        ]
        pathway = int(verdicts.pathway[way])
        barred.setdefault(int(verdicts.person[way]), []).append(
            {
                "code": "not_eligible",
                "slot": codes[facts.slots.slot[columns[first]]],
                "pathway": pathways[verdicts.pathway_ids[pathway]]
                if pathway >= 0
                else None,
                "params": {},
                "rules": [r.as_dict() for r in told if r.severity > eligibility.WARN],
            }
        )
        first += count
    return unranked(facts, verdicts, barred)


def unranked(
    facts: eligibility.Facts, verdicts: eligibility.Options, barred: Reasons
) -> Reasons:
    """Add, for people who ranked nothing, which rules keep them from most slots.

    It is noted whether a condition is among them that asks for what is confidential.
    """
    codes = [rule.code for rule in eligibility.RULES]
    asked = np.isin(np.arange(len(facts.people)), verdicts.person)
    kept = facts.asked.kept_secret()
    for applicant in np.flatnonzero(~asked & verdicts.broken.any(axis=1)).tolist():
        counts = verdicts.broken[applicant]
        order = np.argsort(-counts, kind="stable")
        barred[applicant] = [
            {
                "code": "no_slot_fits",
                "params": {},
                "counts": [
                    [codes[bit], int(counts[bit])] for bit in order if counts[bit]
                ],
                "is_confidential": bool(kept[applicant]),
            }
        ]
    return barred
