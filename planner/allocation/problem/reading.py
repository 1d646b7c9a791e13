"""The one reading: all that a plan depends on, as it stood at one moment.

Whoever needs it (a run, a replanning, a suggestion, a publication, a look at what has
changed) gets it from here, and nothing it depends on is read anywhere else: what is
built from a reading needs no query. Lists carry ids, and are joined by them.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from planner.models import Scenario
from planner.models.overrides import applied
from programs import arrivals, costing, eligibility, expected, valuation
from programs.arrivals import Arrival
from programs.choices import LIVE_PLACEMENT_STATES, PlacementState
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.conditions.who import Where, Who
from programs.costing.settling import Amounts, Place
from programs.expected import Expected
from programs.models import (
    Agreement,
    Application,
    BudgetLine,
    FundingLine,
    Intake,
    ObjectiveProfile,
    Pathway,
    PathwayStep,
    Placement,
    Quota,
    ResourceUse,
    RouteCap,
    Slot,
)
from programs.reading import at_one_moment

from . import grounds, supposed
from .grounds import Grounds
from .supposed import Changes


class Unbuildable(Exception):
    """The data cannot be turned into a problem; the sentence says why, for people."""


CHANGEABLE = (
    PlacementState.OFFERED,
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
)
"""Placements a replanning may still move, unless their days were agreed anew: nobody
has departed."""


@dataclass(frozen=True, eq=False)
class Reading:
    """The data of an intake set, in the order of codes and ids.

    ``applications`` are the people to place, and the rows of ``facts.people``.
    ``pathways`` are (pathway, ids of its slots in order), ``arrivals`` how many arrive
    by each and what that is worth. ``kept`` are placements that stand, ``movable``
    those a replanning may move, by application. ``expected`` is how sure conditional
    places are. ``grounds`` are what quotas look at, ``favoured`` who meets the
    profile's condition. ``budget`` is what each budget line has, in exact planning
    units, or None; ``committed`` what decided
    placements use, as ``FundingLine.objects.sums`` tells it.
    """

    intakes: list[Intake]
    slots: list[Slot]
    pathways: list[tuple[Pathway, list[UUID]]]
    arrivals: dict[UUID, Arrival]
    applications: list[Application]
    kept: list[Placement]
    movable: dict[UUID, list[Placement]]
    quotas: list[Quota]
    grounds: Grounds
    uses: list[ResourceUse]
    route_caps: list[RouteCap]
    costs: costing.Costs
    facts: eligibility.Facts
    expected: Expected
    budget: dict[UUID, Fraction | None]
    committed: dict[Place, Amounts]
    profile: ObjectiveProfile
    favoured: Who
    change_price: int
    most_changes: int | None

    @cached_property
    def where(self) -> Where:
        """The applications and slots, as ``grounds`` are asked about them in pairs."""
        people = [application.pk for application in self.applications]
        return self.grounds.who.where(people, [slot.pk for slot in self.slots])

    @property
    def budget_lines(self) -> list[BudgetLine]:
        """Every budget line, in the order of the names people use."""
        return self.costs.budget_lines


@dataclass(frozen=True)
class One:
    """One slot, and the few who could take a place in it: a small problem of its own.

    Everybody else stays where they are, so nothing but what this slot draws on is read.
    """

    slot: UUID
    applications: list[UUID]


def read_one(
    one: One,
    *,
    intake: Intake,
    profile: ObjectiveProfile | None = None,
    on: date | None = None,
) -> Reading:
    """Read what depends on who of a few takes a place of one slot (see ``One``).

    Raises
    ------
    Unbuildable: none of them is there to be placed any more.
    """
    with at_one_moment():
        return _read([intake], on, None, profile, False, 0, one=one)


def read(
    *,
    intakes: list[Intake],
    on: date | None,
    scenario: Scenario | None,
    profile: ObjectiveProfile | None,
    replanning: bool,
    change_price: int,
    most_changes: int | None = None,
) -> Reading:
    """Read what the plan of these intakes depends on.

    Parameters
    ----------
    intakes: the intakes.
    on: the day by which rules are judged; each intake's decision day unless given.
    scenario: the scenario whose changes apply, or None.
    profile: the objective profile; without one the scenario's, or the first of all.
    replanning: whether decided placements that have not begun may move.
    change_price: points that moving one of them costs.
    most_changes: how many people may lose or change one, None for no limit.

    Raises
    ------
    Unbuildable: there is nobody to place.
    Disagreement: inside a writer's transaction, the data changed meanwhile.
    """
    with at_one_moment():
        rows = _read(intakes, on, scenario, profile, replanning, change_price)
    return dataclasses.replace(rows, most_changes=most_changes)


def _read(
    intakes: list[Intake],
    on: date | None,
    scenario: Scenario | None,
    profile: ObjectiveProfile | None,
    replanning: bool,
    change_price: int,
    one: One | None = None,
) -> Reading:
    intakes = list(
        Intake.objects.filter(pk__in=[intake.pk for intake in intakes])
        .select_related("program")
        .order_by("code")
    )
    changes = scenario.changes() if scenario else {}
    pathways = [] if one else read_pathways(intakes)
    slots = Slot.objects.filter(pk=one.slot) if one else slots_of(intakes, pathways)
    pool = applications_of(intakes, replanning)
    if one:
        pool = pool.filter(with_mates(one.applications))
    applications = list(pool)
    if not applications:
        raise Unbuildable(_("There is nobody to place in these intakes."))
    days = supposed.days_of(slots, changes)
    rates = changes.get("rates", {})
    quotas = read_quotas(intakes, changes)
    if one:  # a priced quota is weighed by a plan, and forbids nothing
        quotas = [quota for quota in quotas if quota.is_hard]
    judge = Judge(Known(asked_of(quotas, pool)))
    costs = costing.load(slots=slots, days=days, people=pool, judge=judge, **rates)
    facts = eligibility.load(
        applications=pool,
        known=applications,
        slots=slots if one else Slot.objects.filter(intake__in=intakes),
        on=on or supposed.day_of(changes),
        costs=costs,
        days=days,
        judge=judge,
        alone=one is not None,
    )
    facts.labels.read()
    facts = supposed.without(facts, applications, changes)
    slots = read_slots(slots, changes)
    around = set() if one else {slot.intake_id for slot in slots}
    profile = supposed.weights(profile or (scenario and scenario.objective()), changes)
    near = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    caps = read_route_caps(slots)
    kept, movable = read_placements(
        slots, applications, quotas, replanning, around, caps
    )
    uses = read_uses(slots, changes)
    supposed.move(days, slots, uses, [*kept, *chain.from_iterable(movable.values())])
    return Reading(
        intakes=intakes,
        slots=slots,
        pathways=pathways,
        arrivals=arrivals.load([pathway.pk for pathway, _slots in pathways]),
        applications=applications,
        kept=kept,
        movable=movable,
        quotas=quotas,
        grounds=read_grounds(quotas, intakes, pool, days, judge),
        uses=uses,
        route_caps=caps,
        costs=costs,
        facts=facts,
        expected=expected.load(facts),
        budget=supposed.budgets(costs, changes),
        committed=read_commitments(intakes, replanning),
        profile=profile,
        favoured=valuation.who_of(profile, pool, near, days, judge),
        change_price=change_price,
        most_changes=None,
    )


def read_pathways(intakes: list[Intake]) -> list[tuple[Pathway, list[UUID]]]:
    """Return [(pathway, its slots' ids in order)] of the intakes."""
    steps = (
        PathwayStep.objects.filter(pathway__intake__in=intakes)
        .select_related("pathway__goal")
        .order_by("pathway__code", "position")
    )
    pathways: dict[Pathway, list[UUID]] = {}
    for step in steps:
        pathways.setdefault(step.pathway, []).append(step.slot_id)
    return list(pathways.items())


def slots_of(
    intakes: list[Intake], pathways: list[tuple[Pathway, list[UUID]]]
) -> QuerySet[Slot]:
    """Return the queryset of the slots of the intakes and of their pathways."""
    steps = [slot for _pathway, slots in pathways for slot in slots]
    wanted = Slot.objects.filter(Q(intake__in=intakes) | Q(pk__in=steps))
    return wanted.order_by("code", "pk")


def applications_of(intakes: list[Intake], replanning: bool) -> QuerySet[Application]:
    """Return the queryset of applications the plan may place, in a stable order."""
    decided = Placement.objects.filter(
        application=OuterRef("pk"), state__in=LIVE_PLACEMENT_STATES
    )
    if replanning:
        decided = decided.exclude(state__in=CHANGEABLE, own_starts_on__isnull=True)
    return (
        Application.objects.in_pool()
        .filter(intake__in=intakes)
        .exclude(Exists(decided))
        .select_related("intake", "participant__home_institution")
        .order_by("pk")
    )


def read_slots(slots: QuerySet[Slot], changes: Changes) -> list[Slot]:
    """Return the slots, with the capacities that the scenario gives them."""
    rows = list(
        slots.select_related("host", "country", "route", "agreement", "intake__program")
    )
    supposed.capacities(rows, changes)
    return rows


def read_placements(
    slots: list[Slot],
    applications: list[Application],
    quotas: list[Quota],
    replanning: bool,
    around: set[UUID],
    caps: list[RouteCap],
) -> tuple[list[Placement], dict[UUID, list[Placement]]]:
    """Return placements that stand, and {application id: placements} that may move.

    Placements elsewhere count too, where they use up the same agreement, route or
    shared resource, or where a quota is about them. ``around`` are the ids of intakes
    whose placements all count.
    """
    agreements = {slot.agreement_id for slot in slots if has_caps(slot.agreement)}
    routes = {cap.route_id for cap in caps}
    around = around | {quota.intake_id for quota in quotas if quota.intake_id}
    ids = [slot.pk for slot in slots]
    mates = ResourceUse.objects.filter(resource__uses__slot__in=ids).values("slot")
    live = (
        Placement.objects.live()
        .filter(
            Q(slot__in=ids)
            | Q(slot__agreement__in=agreements)
            | Q(slot__route__in=routes)
            | Q(slot__in=mates)
            | Q(application__intake__in=around)
            | covered_by(quotas)
        )
        .select_related(
            "slot__agreement",
            "slot__intake__program",
            "application__intake",
            "application__participant__home_institution",
        )
        .order_by("application_id", "slot__starts_on", "pk")
    )
    in_pool = {application.pk for application in applications}
    kept: list[Placement] = []
    movable: dict[UUID, list[Placement]] = {}
    for placement in live:
        movable_now = placement.application_id in in_pool and replanning
        if movable_now and placement.state in CHANGEABLE:
            movable.setdefault(placement.application_id, []).append(placement)
        else:
            kept.append(placement)
    return kept, movable


def read_route_caps(slots: list[Slot]) -> list[RouteCap]:
    """Return the caps of the immigration routes that the slots rest on, in an order."""
    routes = {slot.route_id for slot in slots}
    caps = RouteCap.objects.filter(route__in=routes).select_related("route")
    return list(caps.order_by("route__code", "code"))


def has_caps(agreement: Agreement | None) -> bool:
    """Return whether an agreement limits people or months a year."""
    if agreement is None:
        return False
    caps = agreement.yearly_cap, agreement.yearly_person_months
    return any(cap is not None for cap in caps)


def with_mates(ids: list[UUID]) -> Q:
    """Return the condition of these applications and of the teams they are in."""
    teams = Application.objects.filter(pk__in=ids, team__isnull=False).values("team")
    return Q(pk__in=ids) | Q(team__in=teams)


def covered_by(quotas: list[Quota]) -> Q:
    """Return the condition of placements that the quotas are about, wherever."""
    wide = [quota for quota in quotas if quota.intake_id is None]
    if any(quota.program_id is None for quota in wide):
        return ~Q(pk__in=())  # everything; an empty Q would say nothing beside others
    programs = {quota.program_id for quota in wide}
    return Q(application__intake__program__in=programs)


def counted_by(quotas: list[Quota]) -> Q:
    """Return the condition of placements that any of the quotas counts."""
    own = {quota.intake_id for quota in quotas if quota.intake_id}
    return Q(application__intake__in=own) | covered_by(quotas)


def read_quotas(intakes: list[Intake], changes: Changes) -> list[Quota]:
    """Return the quotas on the intakes and their programs, values as changed."""
    programs = {intake.program_id for intake in intakes}
    anywhere = Q(program__isnull=True) | Q(program__in=programs)
    quotas = Quota.objects.filter(
        Q(intake__in=intakes) | (Q(intake__isnull=True) & anywhere)
    ).order_by("code")
    changed = changes.get("quotas", {})
    kept = []
    for quota in quotas:
        change = changed.get(quota.code, {})
        if change.get("off"):
            continue
        if "value" in change:
            after = applied(quota.value, change["value"])
            quota.set_value(Decimal(after.numerator) / Decimal(after.denominator))
        quota.is_hard = change.get("is_hard", quota.is_hard)
        quota.price = change.get("price", quota.price)
        kept.append(quota)
    return kept


def read_grounds(
    quotas: list[Quota],
    intakes: Iterable[Intake],
    pool: QuerySet[Application] | None = None,
    days: costing.Days | None = None,
    judge: Judge | None = None,
) -> Grounds:
    """Return what quotas look at, for people of these intakes and whoever is placed.

    Parameters
    ----------
    intakes: those that are planned. pool: whose applications alone are asked about,
        besides those with a place; all of the intakes' unless given. days: of slots
        that a scenario moves. judge: what is known of them already.
    """
    intakes = list(intakes)
    by_way = PathwayStep.objects.filter(slot__intake__in=intakes)
    own = Q(intake__in=intakes) | Q(intake__in=by_way.values("pathway__intake"))
    if pool is not None:
        own = Q(pk__in=pool.order_by().values("pk"))
    placed = Placement.objects.live().filter(counted_by(quotas)).order_by()
    steps = PathwayStep.objects.filter(pathway__intake__in=intakes).values("slot")
    slots = Q(intake__in=intakes) | Q(pk__in=steps) | Q(pk__in=placed.values("slot"))
    return grounds.read(
        quotas,
        Application.objects.filter(own | Q(pk__in=placed.values("application"))),
        Slot.objects.filter(slots),
        days,
        judge,
    )


def asked_of(quotas: list[Quota], pool: QuerySet[Application]) -> QuerySet[Application]:
    """Return of whom conditions may be asked: the pool, and whom quotas count."""
    counted = [quota for quota in quotas if quota.condition]
    if not counted:
        return pool
    placed = Placement.objects.live().filter(counted_by(counted)).order_by()
    return Application.objects.filter(
        Q(pk__in=pool.order_by().values("pk")) | Q(pk__in=placed.values("application"))
    )


def read_uses(slots: list[Slot], changes: Changes) -> list[ResourceUse]:
    """Return what slots anywhere use of the resources that these slots share."""
    ids = [slot.pk for slot in slots]
    shared = ResourceUse.objects.filter(slot__in=ids).values("resource")
    uses = list(
        ResourceUse.objects.filter(resource__in=shared)
        .select_related("resource", "slot")
        .order_by("resource__code", "slot__code", "pk")
    )
    supposed.resources(uses, changes)
    return uses


def read_commitments(intakes: list[Intake], replanning: bool) -> dict[Place, Amounts]:
    """Return what is committed already, as ``FundingLine.objects.sums`` does.

    A replanning may give again what decided places use, but not the places of people
    whose data are only kept, nor those whose days were agreed anew: it moves neither.
    """
    lines = FundingLine.objects.all()
    if replanning:
        agreed_anew = Placement.objects.filter(
            application=OuterRef("placement__application"),
            state__in=CHANGEABLE,
            own_starts_on__isnull=False,
        )
        lines = lines.exclude(
            ~Exists(agreed_anew),
            placement__state__in=CHANGEABLE,
            placement__application__intake__in=intakes,
            placement__application__participant__restricted_at__isnull=True,
        )
    return lines.sums()
