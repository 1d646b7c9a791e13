"""The snapshot: an intake set as a problem, and the way back from its plan to people.

Reads only, in a fixed order and without a clock, so that the same data give the same
digest. Everything the plan depends on goes through here, and nothing else does.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from planner.models import RunKind
from planner.optimiser import Problem
from planner.optimiser.model.problem import pointers
from programs import eligibility, valuation
from programs.choices import PlacementState

from . import costs as pricing, options as offering, reading
from .builder import Draft
from .constraints import frames, overlaps, quotas, seats, sharing
from .options import NOTHING, TEAM, Offers, Pairs

MILLION = 1000
"""Planning units in a unit of the cost tier: less than a million decides nothing."""

WEIGHT_OF_STATE = {
    PlacementState.OFFERED: 1,
    PlacementState.ACCEPTED: 3,
    PlacementState.CONFIRMED: 5,
}
"""How often the price of a change is paid: the more people rely on it, the more."""

MOST_NAMED_OPTIONS = 200_000
"""Beyond this, options have no names of their own in the problem file."""


class Unbuildable(Exception):
    """The data cannot be turned into a problem; the sentence says why, for people."""


@dataclass
class Snapshot:
    """A problem, and everything needed to read its plan.

    ``limits`` and ``lines`` are in the order of the problem's resources and supplies;
    ``pools`` maps (year, lines) to the resource of a pool. ``found`` is what the rules
    said about every way a person asked for.
    """

    problem: Problem
    rows: object
    offers: Offers
    pairs: Pairs
    tariffs: object
    limits: list
    lines: list
    pools: dict
    facts: object
    found: object
    tier_names: tuple
    current: dict


def of_run(run, *, step=lambda: None):
    """Return the snapshot of a run, as the data stand now."""
    return take(
        intakes=list(run.intakes.all()),
        scenario=run.scenario,
        profile=run.profile,
        on=run.on,
        replanning=run.kind == RunKind.REPLAN,
        change_price=run.change_price,
        step=step,
    )


def take(
    *,
    intakes,
    on=None,
    scenario=None,
    profile=None,
    replanning=False,
    change_price=0,
    step=lambda: None,
):
    """Turn the data of an intake set into a problem.

    Parameters
    ----------
    intakes: the intakes planned together.
    on: the day by which rules are judged; each intake's decision day unless given.
    scenario: the scenario whose changes apply, or None.
    profile: the objective profile, or None for the scenario's or the first of all.
    replanning: whether placements that have not begun may move.
    change_price: points that moving one of them costs.
    step: called between the parts, so that a caller can show that it is alive.
    """
    rows = reading.read(
        intakes=intakes,
        scenario=scenario,
        profile=profile,
        replanning=replanning,
        change_price=change_price,
        step=step,
    )
    if not rows.applications:
        raise Unbuildable(_("There is nobody to place in these intakes."))
    step()
    facts = eligibility.load(
        applications=rows.wanted[0], slots=rows.wanted[1], on=on, costs=rows.costs
    )
    step()
    found = eligibility.options(facts)
    step()
    ways, pairs = allowed(rows, facts, found)
    tariffs = pricing.price(rows, pairs, rows.costs)
    pairs.value = value(rows, facts, pairs)
    step()
    pinned = np.flatnonzero(facts.pinned >= 0)
    offers = offering.make(
        rows,
        ways,
        pairs,
        staying=quotas.people_of_shares(rows),
        pinned=pinned,
    )
    return build(rows, offers, pairs, tariffs, facts, found)


def allowed(rows, facts, found):
    """Return the ways that no rule forbids, and the pairs they are made of.

    People of the facts are the applications of the rows, in the same order.
    """
    slot_of = {slot.pk: at for at, slot in enumerate(rows.slots)}
    slot_of_column = np.array(
        [slot_of.get(pk, -1) for pk in facts.slots.slot], np.int64
    )
    kept = np.flatnonzero(found.placeable & ~unpinned(facts, found))
    pathway_of = {pathway.pk: at for at, (pathway, _s) in enumerate(rows.pathways)}
    numbers = [pathway_of.get(pk, offering.DIRECT) for pk in found.pathway_ids]
    pathway = np.array([*numbers, offering.DIRECT], np.int64)[found.pathway[kept]]
    counts = np.diff(found.ptr)[kept]
    columns = found.columns[offering.spans(found.ptr[:-1][kept], counts)]
    applicant = found.person[kept].astype(np.int64)
    pairs = Pairs(
        applicant=np.repeat(applicant, counts),
        slot=slot_of_column[columns],
        column=columns,
        rank=np.repeat(found.rank[kept], counts),
    )
    return (applicant, pathway, pointers(counts)), pairs


def unpinned(facts, found):
    """Return which options a pin rules out: every other one of a pinned person."""
    pinned = facts.pinned[found.person]
    first = np.full(len(found), -1)
    filled = np.diff(found.ptr) > 0
    first[filled] = found.columns[found.ptr[:-1][filled]]
    return (pinned >= 0) & ((first != pinned) | (found.pathway >= 0))


def value(rows, facts, pairs):
    """Return the parts of what each pair is worth, in points."""
    return valuation.value(
        facts, pairs.applicant, pairs.column, profile=rows.profile, rank=pairs.rank
    ).parts


def build(rows, offers, pairs, tariffs, facts, found):
    """Add every rule to a draft, and make it a problem."""
    draft = Draft()
    seats.add(draft, rows, offers, pairs)
    pools = pricing.add(draft, rows, offers, pairs, tariffs)
    quotas.add(draft, rows, offers, pairs)
    frames.add(draft, rows, offers, pairs)
    sharing.add(draft, rows, offers, pairs)
    overlaps.add(draft, rows, offers, pairs)
    current = standing(rows, offers, pairs)
    names, values = tiers(rows, offers, pairs, tariffs, current)
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
        found=found,
        # Where nobody can go anywhere, one tier is left: there is nothing to weigh.
        tier_names=names[: problem.num_tiers],
        current=current,
    )


def tiers(rows, offers, pairs, tariffs, current):
    """Return the names of the tiers, and what each option is worth in each.

    People (weighted by priority) come first, and what priced quotas cost is taken off
    there: their price is in the same points as a placement. Then fit and preference,
    then money. A profile without tiers adds people and fit up and ignores money.
    """
    option, pair = offers.expand()
    member, applicant = members(offers)
    profile = rows.profile
    worth = np.array(
        [
            profile.placement_points + profile.priority_points * a.carry_over_points
            for a in rows.applications
        ],
        np.int64,
    )
    people = total(offers, member, worth[applicant])
    for at, price in current.items():
        people[at] += price
    fit = sum(
        (pairs.value[part] for part in ("merit", "skills", "preference", "host")),
        np.zeros(len(pairs), np.int64),
    )
    # A pathway is worth its average step, or long ones would crowd out the others.
    steps = np.maximum(1, np.bincount(option, minlength=len(offers)))
    heads = np.maximum(1, np.bincount(member, minlength=len(offers)))
    points = total(offers, option, fit[pair]) * heads // steps
    if not profile.is_tiered:
        return ("points",), people + points
    cost = -(-total(offers, option, tariffs.total[pairs.tariff[pair]]) // MILLION)
    return ("people", "points", "cost"), np.stack([people, points, -cost], axis=1)


def members(offers):
    """Return (option, applicant) once for every person in an option."""
    counts = np.array([len(group) for group in offers.agents], np.int64)
    flat = np.array([m for group in offers.agents for m in group], np.int64)
    going = np.flatnonzero(offers.pathway != NOTHING)
    agent = offers.agent[going]
    starts = pointers(counts)[:-1][agent]
    return np.repeat(going, counts[agent]), flat[offering.spans(starts, counts[agent])]


def total(offers, option, amounts):
    """Return the exact sum of the amounts of each option."""
    sums = np.zeros(len(offers), np.int64)
    np.add.at(sums, option, amounts)
    return sums


def standing(rows, offers, pairs):
    """Return {option: bonus in points} for options that keep what was decided.

    A bonus for staying is a price for every change, whatever the change is.
    """
    if not rows.movable:
        return {}
    slots = {
        at: frozenset(placement.slot_id for placement in rows.movable[application.pk])
        for at, application in enumerate(rows.applications)
        if application.pk in rows.movable
    }
    weight = {
        at: max(
            WEIGHT_OF_STATE[placement.state]
            for placement in rows.movable[rows.applications[at].pk]
        )
        for at in slots
    }
    agents = {
        agent: group
        for agent, group in enumerate(offers.agents)
        if any(member in slots for member in group)
    }
    kept = {}
    for option in np.flatnonzero(np.isin(offers.agent, list(agents))).tolist():
        group = agents[int(offers.agent[option])]
        chosen = {m: set() for m in group}
        for pair in offers.pairs_of(option):
            chosen[int(pairs.applicant[pair])].add(rows.slots[pairs.slot[pair]].pk)
        if all(chosen[m] == slots.get(m, set()) for m in group):
            kept[option] = rows.change_price * sum(weight.get(m, 0) for m in group)
    return kept


def ids(rows, offers, pairs):
    """Return names that say nothing about people: public ids and slot codes."""
    names = [
        str(rows.applications[group[0]].pk)
        if len(group) == 1
        else f"{TEAM}{rows.applications[group[0]].team_id}"
        for group in offers.agents
    ]
    if len(offers) > MOST_NAMED_OPTIONS:
        return {"agent_id": np.array(names, "U")}
    codes = [slot.code for slot in rows.slots]
    pathways = [pathway.code for pathway, _slots in rows.pathways]

    def way(option):
        pathway = offers.pathway[option]
        if pathway == NOTHING:
            return "-"
        if pathway >= 0:
            return pathways[pathway]
        return codes[pairs.slot[offers.pairs_of(option)[0]]]

    options = [
        f"{names[agent]}>{way(option)}"
        for option, agent in enumerate(offers.agent.tolist())
    ]
    return {"agent_id": np.array(names, "U"), "option_id": np.array(options, "U")}
