"""The snapshot: an intake set as a problem, and the way back from its plan to people.

Reads only, in a fixed order and without a clock, so that the same data give the same
digest. Everything the plan depends on goes through here, and nothing else does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from planner.models import AllocationRun, RunKind, Scenario, Tier
from planner.optimiser import Problem
from planner.optimiser.model.problem import pointers, runs
from programs import eligibility
from programs.eligibility.columns import Array
from programs.models import Intake, ObjectiveProfile, Slot
from programs.reading import Disagreement, Index, require_same

from . import costs, objective, options as offering, reading
from .builder import Draft, Limit, Line
from .constraints import (
    changes,
    frames,
    group_pins,
    overlaps,
    quotas,
    ranks,
    route_caps,
    seats,
    sharing,
)
from .options import NOTHING, OR, TEAM, Offers, Pairs, Ways
from .reading import Reading

MOST_NAMED_OPTIONS = 200_000
"""Beyond this, options have no names of their own in the problem file."""


@dataclass
class Snapshot:
    """A problem, and everything needed to read its plan.

    ``limits`` and ``lines`` are in the order of the problem's resources and supplies;
    ``pools`` maps (year, lines) to the resource of a pool. ``verdicts`` is what the
    rules said about every way a person asked for.
    """

    problem: Problem
    rows: Reading
    offers: Offers
    pairs: Pairs
    tariffs: costs.Tariffs
    limits: list[Limit]
    lines: list[Line]
    pools: dict[tuple[int, tuple[int, ...]], int]
    facts: eligibility.Facts
    verdicts: eligibility.Options
    tier_names: tuple[Tier, ...]
    current: set[int]


def of_run(
    run: AllocationRun, *, step: Callable[[], object] = lambda: None
) -> Snapshot:
    """Return the snapshot of a run, as the data stand now."""
    return take(
        intakes=list(run.intakes.all()),
        scenario=run.scenario,
        profile=run.profile,
        on=run.on,
        replanning=run.kind == RunKind.REPLAN,
        change_price=run.change_price,
        most_changes=run.most_changes,
        step=step,
    )


def take(
    *,
    intakes: Iterable[Intake],
    on: date | None = None,
    scenario: Scenario | None = None,
    profile: ObjectiveProfile | None = None,
    replanning: bool = False,
    change_price: int = 0,
    most_changes: int | None = None,
    step: Callable[[], object] = lambda: None,
) -> Snapshot:
    """Turn the data of an intake set into a problem.

    Parameters
    ----------
    intakes: the intakes planned together.
    on: the day by which rules are judged; each intake's decision day unless given.
    scenario: the scenario whose changes apply, or None.
    profile: the objective profile, or None for the scenario's or the first of all.
    replanning: whether placements that have not begun may move.
    change_price: points that moving one of them costs.
    most_changes: how many people may lose or change one, None for no limit.
    step: called between the parts, so that a caller can show that it is alive.
    """
    step()
    rows = reading.read(
        intakes=list(intakes),
        on=on,
        scenario=scenario,
        profile=profile,
        replanning=replanning,
        change_price=change_price,
        most_changes=most_changes,
    )
    step()
    return of(rows, step=step)


def of_one(
    slot: Slot,
    applications: Iterable[UUID],
    *,
    profile: ObjectiveProfile | None = None,
    on: date | None = None,
) -> Snapshot:
    """Return the small problem of who of a few takes a place of one slot.

    Parameters
    ----------
    slot: with its intake. applications: ids of those who could. profile, on: as in
        ``take``.
    """
    one = reading.One(slot.pk, list(applications))
    return of(reading.read_one(one, intake=slot.intake, profile=profile, on=on))


def of(rows: Reading, *, step: Callable[[], object] = lambda: None) -> Snapshot:
    """Turn a reading into a problem, without another look at the database."""
    facts = rows.facts
    verdicts = eligibility.options(facts)
    step()
    ways, pairs = allowed(rows, facts, verdicts)
    tariffs = costs.price(rows, pairs, rows.costs)
    pairs.value = objective.value(rows, facts, pairs)
    pairs.sure = rows.expected.of_pairs(pairs.applicant, pairs.column)
    step()
    pinned = np.flatnonzero(facts.pinned >= 0)
    offers = offering.make(
        rows,
        ways,
        pairs,
        staying=quotas.people_of_shares(rows),
        pinned=pinned,
    )
    return build(rows, offers, pairs, tariffs, facts, verdicts)


def allowed(
    rows: Reading, facts: eligibility.Facts, verdicts: eligibility.Options
) -> tuple[Ways, Pairs]:
    """Return the ways that no rule forbids, and the pairs they are made of.

    A position means the same person in the facts and in the rows: that is compared
    here. Slots and pathways are joined by their ids. What does not agree is refused.
    """
    if list(facts.people.application) != [a.pk for a in rows.applications]:
        raise Disagreement(_("applications"))
    require_same(facts.slots.slot, [slot.pk for slot in rows.slots], what=_("slots"))
    slots = Index([slot.pk for slot in rows.slots], what=_("slots"))
    slot_of_column = np.array([slots[pk] for pk in facts.slots.slot], np.int64)
    kept = np.flatnonzero(verdicts.placeable & ~unpinned(facts, verdicts))
    pathways = Index([way.pk for way, _slots in rows.pathways], what=_("pathways"))
    numbers = [pathways[pk] for pk in verdicts.pathway_ids]
    pathway = np.array([*numbers, offering.DIRECT], np.int64)[verdicts.pathway[kept]]
    counts = np.diff(verdicts.ptr)[kept]
    columns = verdicts.columns[runs(verdicts.ptr[:-1][kept], counts)]
    applicant = verdicts.person[kept].astype(np.int64)
    pairs = Pairs(
        applicant=np.repeat(applicant, counts),
        slot=slot_of_column[columns],
        column=columns,
        rank=np.repeat(verdicts.rank[kept], counts),
    )
    return Ways(applicant, pathway, pointers(counts)), pairs


def unpinned(facts: eligibility.Facts, verdicts: eligibility.Options) -> Array:
    """Return which options a pin rules out: every other one of a pinned person.

    The first column of a pathway is no slot's own, and no other pathway's.
    """
    pinned = facts.pinned[verdicts.person]
    first = np.full(len(verdicts), -1)
    filled = np.diff(verdicts.ptr) > 0
    first[filled] = verdicts.columns[verdicts.ptr[:-1][filled]]
    return (pinned >= 0) & (first != pinned)


def pinned_at(facts: eligibility.Facts, pairs: Pairs) -> Array:
    """Return which pairs somebody is pinned to, alone or with a group to one slot."""
    pinned = facts.pinned[pairs.applicant] >= 0
    for group, column in facts.groups.of_slots():
        here = pairs.column == column
        pinned |= here & group.holds(pairs.applicant, pairs.column)
    return pinned


def build(
    rows: Reading,
    offers: Offers,
    pairs: Pairs,
    tariffs: costs.Tariffs,
    facts: eligibility.Facts,
    verdicts: eligibility.Options,
) -> Snapshot:
    """Add every rule to a draft, and make it a problem."""
    draft = Draft()
    classes = seats.add(draft, rows, offers, pairs)
    pools = costs.add(draft, rows, offers, pairs, tariffs)
    quotas.add(draft, rows, offers, pairs)
    group_pins.add(draft, rows, offers, pairs, facts)
    frames.add(draft, rows, offers, pairs)
    route_caps.add(draft, rows, offers, pairs)
    sharing.add(draft, rows, offers, pairs, classes)
    overlaps.add(draft, rows, offers, pairs)
    decided = changes.decided_of(rows, offers, pairs)
    changes.add(draft, rows, decided)
    ranks.add(
        draft, rows, offers, pairs, pinned=pinned_at(facts, pairs), kept=decided.keeps
    )
    names, values = objective.tiers(rows, offers, pairs, tariffs, decided)
    problem = draft.assemble(
        agent_must=offers.must,
        option_agent=offers.agent,
        option_value=values,
        ids=ids(rows, offers, pairs),
        name="+".join(intake.code for intake in rows.intakes),
    )
    return Snapshot(
        problem=problem,
        rows=rows,
        offers=offers,
        pairs=pairs,
        tariffs=tariffs,
        limits=draft.limits,
        lines=draft.lines,
        pools=pools,
        facts=facts,
        verdicts=verdicts,
        # Where nobody can go anywhere, one tier is left: there is nothing to weigh.
        tier_names=names[: problem.num_tiers],
        current=decided.kept,
    )


def ids(rows: Reading, offers: Offers, pairs: Pairs) -> dict[str, Array]:
    """Return names that say nothing about people: public ids and names of slots.

    A human with several applications has all of them in the agent's name, an option the
    one that it is of.
    """
    names = [
        f"{TEAM}{rows.applications[group[0]].team_id}"
        if is_team
        else OR.join(str(rows.applications[member].pk) for member in group)
        for group, is_team in zip(offers.agents, offers.is_team.tolist(), strict=True)
    ]
    if len(offers) > MOST_NAMED_OPTIONS:
        return {"agent_id": np.array(names, "U")}
    codes = [slot.name for slot in rows.slots]
    pathways = [pathway.code for pathway, _slots in rows.pathways]

    def way(option: int) -> str:
        pathway = offers.pathway[option]
        if pathway == NOTHING:
            return "-"
        if pathway >= 0:
            return pathways[pathway]
        return codes[pairs.slot[offers.pairs_of(option)[0]]]

    def whose(option: int, agent: int) -> str:
        if offers.pathway[option] == NOTHING or not offers.is_alternative(agent):
            return names[agent]
        pair = offers.pairs_of(option)[0]
        return str(rows.applications[pairs.applicant[pair]].pk)

    options = [
        f"{whose(option, agent)}>{way(option)}"
        for option, agent in enumerate(offers.agent.tolist())
    ]
    return {"agent_id": np.array(names, "U"), "option_id": np.array(options, "U")}
