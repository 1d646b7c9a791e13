"""What a snapshot reads: everything at once, sorted, in a fixed number of queries."""

from dataclasses import dataclass, field
from decimal import Decimal
from math import floor

from django.db.models import Exists, OuterRef, Q, Sum

from programs import costing
from programs.choices import LIVE_PLACEMENT_STATES, PlacementState
from programs.models import (
    Application,
    BudgetLine,
    FundingLine,
    Intake,
    ObjectiveProfile,
    PathwayStep,
    Placement,
    Quota,
    RegionList,
    ResourceUse,
    Slot,
)

CHANGEABLE = (
    PlacementState.OFFERED,
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
)
"""Placements a replanning may still move: nobody has departed."""


@dataclass
class Rows:
    """The rows of an intake set, as they stood when they were read.

    ``wanted`` are the querysets of ``slots`` and ``applications``, for those parts of
    the domain that read more about them. ``budget`` is what each budget line has, in
    planning units; ``committed`` what decided placements use, in rupiah.
    """

    intakes: list
    slots: list
    pathways: list
    applications: list
    wanted: tuple
    kept: list
    movable: dict
    quotas: list
    region_lists: dict
    uses: list
    costs: object
    budget_lines: list
    budget: dict
    committed: dict
    profile: object
    changes: dict = field(default_factory=dict)
    change_price: int = 0


def read(*, intakes, scenario, profile, replanning, change_price, step):
    """Read what the plan of these intakes depends on.

    Parameters
    ----------
    intakes: the intakes.
    scenario: the scenario whose changes apply, or None.
    profile: the objective profile; without one the scenario's, or the first of all.
    replanning: whether decided placements that have not begun may move.
    change_price: points that moving one of them costs.
    step: called between the parts of a long reading.
    """
    intakes = list(
        Intake.objects.filter(pk__in=[intake.pk for intake in intakes])
        .select_related("program")
        .order_by("code")
    )
    changes = scenario.changes() if scenario else {}
    pathways = read_pathways(intakes)
    slots = slots_of(intakes, pathways)
    applications = applications_of(intakes, replanning)
    step()
    read_slots = with_capacities(slots, changes)
    read_applications = list(applications)
    step()
    kept, movable = read_placements(read_slots, read_applications, replanning)
    quotas = read_quotas(intakes, changes)
    costs = costing.load(slots=slots, **changes.get("rates", {}))
    budget_lines = read_budget_lines()
    step()
    return Rows(
        intakes=intakes,
        slots=read_slots,
        pathways=pathways,
        applications=read_applications,
        wanted=(applications, Slot.objects.filter(intake__in=intakes)),
        kept=kept,
        movable=movable,
        quotas=quotas,
        region_lists=read_region_lists(quotas),
        uses=read_uses(read_slots, changes),
        costs=costs,
        budget_lines=budget_lines,
        budget=budgets(budget_lines, costs, changes),
        committed=read_commitments(intakes, replanning),
        profile=weights(profile or (scenario and scenario.objective()), changes),
        changes=changes,
        change_price=change_price,
    )


def read_pathways(intakes):
    """Return [(pathway, its slots' ids in order)] of the intakes."""
    steps = (
        PathwayStep.objects.filter(pathway__intake__in=intakes)
        .select_related("pathway")
        .order_by("pathway__code", "position")
    )
    pathways = {}
    for step in steps:
        pathways.setdefault(step.pathway, []).append(step.slot_id)
    return list(pathways.items())


def slots_of(intakes, pathways):
    """Return the queryset of the slots of the intakes and of their pathways."""
    steps = [slot for _pathway, slots in pathways for slot in slots]
    return Slot.objects.filter(Q(intake__in=intakes) | Q(pk__in=steps)).order_by("code")


def applications_of(intakes, replanning):
    """Return the queryset of applications the plan may place, in a stable order."""
    decided = Placement.objects.filter(
        application=OuterRef("pk"), state__in=LIVE_PLACEMENT_STATES
    )
    if replanning:
        decided = decided.exclude(state__in=CHANGEABLE)
    return (
        Application.objects.in_pool()
        .filter(intake__in=intakes)
        .exclude(Exists(decided))
        .select_related("intake", "participant__home_institution")
        .order_by("pk")
    )


def with_capacities(slots, changes):
    """Return the slots with the capacities that the scenario gives them."""
    capacities = changes.get("capacities", {})
    slots = list(
        slots.select_related("host", "country", "route", "agreement", "intake__program")
    )
    for slot in slots:
        change = capacities.get(slot.code, {})
        slot.capacity_max = change.get("max", slot.capacity_max)
        slot.capacity_min = change.get("min", slot.capacity_min)
        slot.capacity_min = min(slot.capacity_min, slot.capacity_max)
    return slots


def read_placements(slots, applications, replanning):
    """Return placements that stand, and {application id: placements} that may move.

    Placements elsewhere count too, where they use up the same agreement, route or
    shared resource.
    """
    agreements = {slot.agreement_id for slot in slots if slot.agreement_id}
    routes = {slot.route_id for slot in slots if slot.route_id}
    ids = [slot.pk for slot in slots]
    mates = ResourceUse.objects.filter(resource__uses__slot__in=ids).values("slot")
    live = (
        Placement.objects.live()
        .filter(
            Q(slot__in=ids)
            | Q(slot__agreement__in=agreements)
            | Q(slot__route__in=routes)
            | Q(slot__in=mates)
            | Q(application__intake__in={slot.intake_id for slot in slots})
        )
        .select_related(
            "slot__agreement",
            "slot__route",
            "application__intake",
            "application__participant__home_institution",
        )
        .order_by("application_id", "slot__starts_on", "pk")
    )
    in_pool = {application.pk for application in applications}
    kept, movable = [], {}
    for placement in live:
        movable_now = placement.application_id in in_pool and replanning
        if movable_now and placement.state in CHANGEABLE:
            movable.setdefault(placement.application_id, []).append(placement)
        else:
            kept.append(placement)
    return kept, movable


def read_quotas(intakes, changes):
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
        quota.value = Decimal(str(change.get("value", quota.value)))
        quota.is_hard = change.get("is_hard", quota.is_hard)
        quota.price = change.get("price", quota.price)
        kept.append(quota)
    return kept


def read_region_lists(quotas):
    """Return {region list id: ids of its regions} of the lists the quotas name."""
    lists = {quota.region_list_id for quota in quotas if quota.region_list_id}
    regions = {pk: set() for pk in lists}
    entries = RegionList.regions.through.objects.filter(regionlist__in=lists)
    for pk, region in entries.values_list("regionlist_id", "region_id"):
        regions[pk].add(region)
    return regions


def read_uses(slots, changes):
    """Return what slots anywhere use of the resources that these slots share."""
    ids = [slot.pk for slot in slots]
    shared = ResourceUse.objects.filter(slot__in=ids).values("resource")
    uses = list(
        ResourceUse.objects.filter(resource__in=shared)
        .select_related("resource", "slot")
        .order_by("resource__code", "slot__code")
    )
    changed = changes.get("resources", {})
    for use in uses:
        use.resource.capacity = changed.get(use.resource.code, use.resource.capacity)
    return uses


def read_budget_lines():
    """Return every budget line, in the order of the names people use."""
    return list(
        BudgetLine.objects.select_related("source", "category").order_by(
            "source__code", "fiscal_year", "category_id"
        )
    )


def budgets(lines, costs, changes):
    """Return {line id: planning units, or None}, as changed by the scenario."""
    changed = changes.get("budgets", {})
    return {
        line.pk: changed_budget(
            costs.budget[line.pk].amount, changed[key_of_line(line)]
        )
        if key_of_line(line) in changed
        else costs.budget[line.pk].amount
        for line in lines
    }


def key_of_line(line):
    """Return the name a scenario calls a budget line by."""
    parts = [line.source.code, str(line.fiscal_year), line.category_id]
    return ":".join(part for part in parts if part)


def changed_budget(amount, change):
    """Return a budget given anew in rupiah, or changed by a percentage."""
    change = str(change)
    if not change.endswith("%"):
        return floor(costing.to_units(change))
    factor = 1 + Decimal(change[:-1]) / 100
    return None if amount is None else floor(amount * factor)


def read_commitments(intakes, replanning):
    """Return {(source id, year, category): rupiah} that is committed already."""
    lines = FundingLine.objects.committed()
    if replanning:
        lines = lines.exclude(
            placement__state__in=CHANGEABLE,
            placement__application__intake__in=intakes,
        )
    sums = lines.values_list("source_id", "fiscal_year", "category_id").annotate(
        Sum("held")
    )
    return {tuple(key): amount for *key, amount in sums.order_by()}


def weights(profile, changes):
    """Return the objective profile with the scenario's weights, never saved.

    Without a profile, the newest version of the first that works in tiers.
    """
    if profile is None:
        profiles = ObjectiveProfile.objects.order_by("-is_tiered", "code", "-version")
        profile = profiles.first() or ObjectiveProfile(
            code="standard", name_en="Standard", name_id="Baku"
        )
    for name, value in changes.get("weights", {}).items():
        setattr(profile, name, value)
    return profile
