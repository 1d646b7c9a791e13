"""Two plans of one problem side by side: does one hold, what is it worth, who differs.

The run's own problem is what both plans are judged by, and the judge is the
certificate's: it adds up a choice in integers and knows no solver. A place that the
problem does not offer a person is asked about pair by pair, by the one set of rules and
the data of today. Nothing is solved, and nothing is decided by it.

Arrays: choice int64[agents]; use int64[resources].
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any
from uuid import UUID

import numpy as np

from planner.allocation.problem import reading
from planner.allocation.problem.constraints import quotas as counting
from planner.allocation.results import losses
from planner.allocation.results.different import Asked
from planner.allocation.review import pairs
from planner.allocation.review.ways import Found, Ways
from planner.models import (
    AllocationRun,
    LimitKey,
    LimitKind,
    RunKind,
    Tier,
    by_hand_words as words,
    small_counts,
)
from planner.models.by_hand_words import Sameness
from planner.optimiser.certificate.feasibility import (
    Broken,
    Facts,
    broken,
    dropped,
    facts,
)
from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.model.plan import NOTHING
from programs.costing import half_up
from programs.domain.actors import Actor
from programs.eligibility.columns import Array
from programs.models import (
    Application,
    Pathway,
    Placement,
    Preference,
    Quota,
    Slot,
    slot_names,
)

from . import rows
from .result import Both, ByHand, Difference, QuotaPair
from .rows import Planned


@dataclass
class Place:
    """A place of somebody, as quotas count it."""

    application: Application
    slot: Slot


class Comparison(Ways):
    """The work of one comparison, over the arrays of the run's problem."""

    def __init__(self, run: AllocationRun, content: bytes, by: Actor) -> None:
        self.run = run
        self.planned = rows.planned_for(run)
        super().__init__(Asked.of(run), self.planned)
        self.plan = rows.read(
            content,
            by=by,
            run=run,
            planned=self.planned,
            places=rows.places_of(run, self.asked.names),
        )

    def told(self) -> ByHand:
        """Return the comparison."""
        ours, theirs = self.asked.choice, self.theirs
        judged = self.ours, facts(self.problem, theirs)
        differences, same, neither = self._people()
        tiers = [Tier(each["name"]) for each in self.run.tiers]
        values = zip(tiers, judged[0].tiers, judged[1].tiers, strict=True)
        return ByHand(
            run=self.run,
            plan=self.plan,
            against=[each for told in self.against.values() for each in told],
            violations=[*self._left_out(), *self._violations(judged[1].use)],
            tiers=[(tier, Both(mine, other)) for tier, mine, other in values],
            people=Both(self._heads(ours), self._heads(theirs)),
            cost=Both(self._cost(judged[0].use), self._cost(judged[1].use)),
            quotas=self._quotas(),
            same=same,
            neither=neither,
            differences=differences,
        )

    @cached_property
    def theirs(self) -> Array:
        """The choice that the file makes, as far as the problem offers it."""
        choice = np.full(self.problem.num_agents, NOTHING, np.int64)
        stays = np.flatnonzero(self.asked.seats == 0)
        choice[self.problem.option_agent[stays]] = stays
        for agent, option in self._ways():
            choice[agent] = option
        return choice

    def _ways(self) -> Iterator[tuple[int, int]]:
        """Yield (agent, option) where every member is given one and the same place."""
        for agent, members in self.members.items():
            if self.planned[members[0]].team is None:
                placed = (pk for pk in members if pk in self.plan.places)
                members = [next(placed, members[0])]
            given = {frozenset(self.plan.places.get(pk, ())) for pk in members}
            option = self.way(members[0], given.pop()) if len(given) == 1 else None
            if option is not None:
                yield agent, option

    @cached_property
    def against(self) -> dict[UUID, list[str]]:
        """What speaks against places of the file that the problem does not offer."""
        wrong = [pk for pk in self.plan.places if self.given(pk, self.theirs) is None]
        codes = {code for pk in wrong for code in self.plan.places[pk]}
        slots = Slot.objects.named(codes).names()
        asked = [
            pairs.Pair(pk, slots[code], way, step, 0, [])
            for pk in wrong
            for code, way, step in self._steps(pk)
        ]
        if not asked:
            return {}
        names = {pk: self.planned[pk].name for pk in wrong}
        data = pairs.Data.of(self.run, asked, names)
        told: dict[UUID, list[str]] = {pk: [] for pk in wrong}
        for look in (
            pairs.strangers,
            pairs.unasked,
            pairs.against_rules,
            self._apart,
            self._second,
            pairs.twice_at_a_time,
        ):
            for fault in look(data):
                told[fault.application].append(fault.sentence)
        return {
            pk: sentences or [f"{names[pk]}: {words.not_a_way()}"]
            for pk, sentences in told.items()
        }

    def _steps(self, pk: UUID) -> Iterator[tuple[str, UUID | None, int]]:
        """Yield the slots of somebody with the pathway they are and the step."""
        codes = self.plan.places[pk]
        pathway, steps = self.pathways.get(
            (self.planned[pk].intake, frozenset(codes)), (None, codes)
        )
        for step, code in enumerate(steps, start=1):
            yield code, pathway, step if pathway else 1

    @cached_property
    def pathways(self) -> dict[tuple[str, frozenset[str]], tuple[UUID, Any]]:
        """{(intake, its slots): (pathway, its slots in order)} of the run's intakes."""
        steps: dict[tuple[str, UUID], list[str]] = {}
        ways = Pathway.objects.filter(intake__in=self.run.intakes.values("pk"))
        for intake, pk, code in ways.order_by("pk", "steps__position").values_list(
            "intake__code", "pk", slot_names.at("steps__slot__")
        ):
            steps.setdefault((intake, pk), []).append(code)
        return {
            (intake, frozenset(codes)): (pk, codes)
            for (intake, pk), codes in steps.items()
            if None not in codes
        }

    def _apart(self, data: pairs.Data) -> Iterator[pairs.Fault]:
        """Yield who is not with the team, or in several slots that are no pathway."""
        for pk in dict.fromkeys(pair.application for pair in data.pairs):
            person = self.planned[pk]
            mates = [pk]
            if person.team:
                mates = self.members.get(self.agent_of.get(pk, NOTHING), [pk])
            given = {frozenset(self.plan.places.get(mate, ())) for mate in mates}
            if len(given) > 1:
                yield pairs.Fault(pk, words.apart(person.name))
            elif len(self.plan.places[pk]) > 1 and not self._is_pathway(pk):
                yield pairs.Fault(pk, words.no_pathway(person.name))

    def _second(self, data: pairs.Data) -> Iterator[pairs.Fault]:
        """Yield who has a place already by another application of the same human."""
        for pk in dict.fromkeys(pair.application for pair in data.pairs):
            agent = self.agent_of.get(pk, NOTHING)
            mates = () if self.planned[pk].team else self.members.get(agent, ())
            if any(self.given(mate, self.theirs) is not None for mate in mates):
                yield pairs.Fault(pk, words.second_place(self.planned[pk].name))

    def _is_pathway(self, pk: UUID) -> bool:
        codes = frozenset(self.plan.places[pk])
        return (self.planned[pk].intake, codes) in self.pathways

    def _left_out(self) -> Iterator[str]:
        """Yield who has to be placed and is not."""
        for agent in dropped(self.problem, self.theirs):
            span = range(*self.problem.agent_ptr[[agent, agent + 1]].tolist())
            only = self.slots_of[span[0]] if len(span) == 1 else frozenset()
            for pk in self.members.get(agent, ()):
                yield words.left_out(self.planned[pk].name, " + ".join(sorted(only)))

    def _violations(self, use: Array) -> list[str]:
        return [
            words.violation(self._told(each, use)) for each in broken(self.problem, use)
        ]

    def _told(self, each: Broken, use: Array) -> Found:
        """Return a limit that does not hold, as people count it."""
        if each.lines:
            return self.money(each.by, each.lines)
        [at] = each.resources
        key = LimitKey.parse(self.asked.names[at])
        told = self.asked.limit(
            Limit("lower" if each.is_floor else "upper", at), each.by
        )
        if key.kind == LimitKind.OVERLAP:
            names = {str(p.participant): p.name for p in self.planned.values()}
            return told | {"person": names.get(key.code, key.code)}
        if key.kind == LimitKind.SEATS:
            told = told | {"code": key.code}
        row = self.limits.get(self.asked.names[at])
        if row is None or key.kind == LimitKind.QUOTA:
            return told
        more = int(use[at]) - int(self.ours.use[at])
        return told | {
            "use": row.use + ceil(Fraction(more, self.asked.scale(key, at))),
            "limit_at": row.lower if each.is_floor else row.upper,
        }

    @cached_property
    def ours(self) -> Facts:
        """What follows from the run's plan."""
        return facts(self.problem, self.asked.choice)

    @cached_property
    def limits(self) -> dict[str, Any]:
        """The limits of the run by their names in the problem."""
        return {row.name: row for row in self.run.prices.all()}

    def _heads(self, choice: Array) -> int:
        chosen = choice[choice != NOTHING]
        return int(self.asked.heads(chosen[self.asked.seats[chosen] > 0]).sum())

    def _cost(self, use: Array) -> int:
        """Return what a plan costs in planning units: all that its pools ask for."""
        cost = Fraction(0)
        for at in np.flatnonzero(self.problem.resource_supplied & (use > 0)).tolist():
            line = int(self.problem.supply_index[self.problem.supply_ptr[at]])
            cost += int(use[at]) * self.asked.step(self.problem.supply_name(line))
        return half_up(cost)

    def _quotas(self) -> list[QuotaPair]:
        """Return how every quota stands in both plans, by the rules' own count."""
        intakes = list(self.run.intakes.all())
        changes = self.run.scenario.changes() if self.run.scenario else {}
        quotas = reading.read_quotas(intakes, changes)
        if not quotas:
            return []
        grounds = reading.read_grounds(quotas, intakes)
        stay = self._standing(intakes, quotas)
        ours, theirs = self._places(self.asked.choice), self._places(self.theirs)
        confidential = small_counts.confidential(quotas)
        return [
            QuotaPair(
                quota,
                counting.standing(quota, [*stay, *ours], grounds),
                counting.standing(quota, [*stay, *theirs], grounds),
                quota.code in confidential,
            )
            for quota in quotas
        ]

    def _standing(self, intakes: list[Any], quotas: list[Quota]) -> list[Placement]:
        """Return the decided places that neither plan moves."""
        live = Placement.objects.live().filter(reading.counted_by(quotas))
        if self.run.kind == RunKind.REPLAN:
            live = live.exclude(pk__in=losses.standing(intakes).values("pk"))
        return list(
            live.select_related(
                "slot",
                "application__intake",
                "application__participant__home_institution",
            )
        )

    def _places(self, choice: Array) -> list[Place]:
        """Return the places that a choice gives, with what quotas ask of them."""
        given = {
            pk: self.slots_of[option]
            for pk in self.planned
            if (option := self.given(pk, choice)) is not None
        }
        return [
            Place(self.people[pk], self.slots[code])
            for pk, codes in given.items()
            for code in sorted(codes)
        ]

    @cached_property
    def people(self) -> dict[UUID, Application]:
        """The applications of the run, with what quotas look at."""
        all_of = Application.objects.filter(intake__in=self.run.intakes.values("pk"))
        known = all_of.select_related("intake", "participant__home_institution")
        return {row.pk: row for row in known}

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """The slots that the problem offers, by name."""
        codes = frozenset().union(*self.slots_of)
        return {row.name: row for row in Slot.objects.named(codes)}

    @cached_property
    def ranks(self) -> Mapping[tuple[UUID, frozenset[str]], int]:
        """Which preference of a person some slots are."""
        preferences = Preference.objects.filter(
            application__intake__in=self.run.intakes.values("pk")
        ).order_by("-rank")
        ranks = {
            (pk, frozenset([code])): rank
            for pk, code, rank in preferences.filter(slot__isnull=False).values_list(
                "application_id", slot_names.NAME_OF_SLOT, "rank"
            )
        }
        whole: dict[tuple[UUID, int], set[str]] = {}
        steps = preferences.filter(pathway__isnull=False, pathway__steps__isnull=False)
        for pk, rank, code in steps.values_list(
            "application_id", "rank", slot_names.at("pathway__steps__slot__")
        ):
            whole.setdefault((pk, rank), set()).add(code)
        return ranks | {
            (pk, frozenset(codes)): rank for (pk, rank), codes in whole.items()
        }

    def _people(self) -> tuple[list[Difference], int, int]:
        """Return who differs, who loses a place by hand first; how many are alike."""
        found: list[tuple[Planned, Sameness, tuple[str, ...], tuple[str, ...]]] = []
        same = neither = 0
        for pk, person in self.planned.items():
            option = self.given(pk, self.asked.choice)
            ours = () if option is None else tuple(sorted(self.slots_of[option]))
            theirs = self.plan.places.get(pk, ())
            if frozenset(ours) == frozenset(theirs):
                same, neither = same + bool(ours), neither + (not ours)
            elif ours and theirs:
                found.append((person, Sameness.OTHER, ours, theirs))
            else:
                only = Sameness.OURS if ours else Sameness.THEIRS
                found.append((person, only, ours, theirs))
        whys = self._whys([(person.application, what) for person, what, *_ in found])
        order = [Sameness.OURS, Sameness.THEIRS, Sameness.OTHER]
        told = [
            Difference(*each, why=why) for each, why in zip(found, whys, strict=True)
        ]
        told.sort(key=lambda each: (order.index(each.what), each.person.name))
        return told, same, neither

    def _whys(self, asked: list[tuple[UUID, Sameness]]) -> list[str]:
        """Return why each person fares as told, in one look at each plan."""
        in_theirs = self._between(asked, Sameness.OURS, self.asked.choice, self.theirs)
        in_ours = self._between(asked, Sameness.THEIRS, self.theirs, self.asked.choice)
        return [
            " ".join(self.against[pk])
            if pk in self.against
            else self._placing(pk)
            if what == Sameness.OTHER
            else words.room(in_theirs[pk], words.by_hand())
            if what == Sameness.OURS
            else words.room(in_ours[pk], words.in_plan())
            for pk, what in asked
        ]

    def _between(
        self,
        asked: list[tuple[UUID, Sameness]],
        what: Sameness,
        gives: Array,
        plan: Array,
    ) -> dict[UUID, Found]:
        """Return what stands in one plan against the places another one gives."""
        legal = {pk: self.given(pk, gives) for pk, only in asked if only == what}
        known = {pk: option for pk, option in legal.items() if option is not None}
        return self.rooms(known, plan)

    def _placing(self, pk: UUID) -> str:
        told = []
        for choice in (self.asked.choice, self.theirs):
            option = self.given(pk, choice)
            assert option is not None
            rank = self.ranks.get((pk, self.slots_of[option]), 0)
            told.append((rank, self.points(option)))
        return words.placing(*told)
