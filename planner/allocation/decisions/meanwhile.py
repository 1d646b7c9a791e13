"""Whether something changed meanwhile that only a new look at the whole plan can judge.

The audit trail names what was changed since a plan was judged. What concerns single
people is judged person by person while the plan is written, and the database itself
keeps what placements elsewhere use up: seats, caps and budgets. What is left is asked
here, by ids: somebody else's slot, place or agreement sends nobody back.
"""

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Q

from planner.allocation.problem import reading
from planner.allocation.review import judging
from programs.models import (
    Agreement,
    Application,
    AuditEvent,
    Intake,
    Placement,
    Quota,
    ResourceUse,
    Slot,
)

HARMLESS = judging.HARMLESS | {"application", "pin", "hostrating"}
"""Kinds of things whose change is judged person by person, or that are no matter."""


def changed_since(judged: judging.Judgement) -> dict[str, set[str]]:
    """Return {kind of thing: ids} of what the audit trail tells of since then."""
    entries = AuditEvent.objects.filter(sequence__gt=judged.seen)
    changed = defaultdict(set)
    for kind, pk in entries.values_list("object_type", "object_id").distinct():
        changed[kind].add(pk)
    return dict(changed)


def concerns(
    changed: dict[str, set[str]], intakes: list[Intake], quotas: list[Quota]
) -> bool:
    """Return whether a change may concern the plan of these intakes as a whole.

    Parameters
    ----------
    changed: from ``changed_since``. quotas: the hard quotas that bind the plan.
    """
    around = Around(intakes, quotas)
    asked = {"application"} if around.has_conditions else set()
    for kind in changed.keys() - (HARMLESS - asked):
        look = LOOKS.get(kind)
        if look is None or look(around, changed[kind]):
            return True
    return False


class Around:
    """What the plan of some intakes may rest on, as conditions for the database."""

    def __init__(self, intakes: list[Intake], quotas: list[Quota]) -> None:
        self.intakes, self.quotas = intakes, quotas
        self.has_conditions = any(quota.condition for quota in quotas)
        pathways = reading.read_pathways(intakes)
        self.slots = reading.slots_of(intakes, pathways).order_by()

    def counted(self, path: str = "") -> Q:
        """Return the condition of applications (by a path) that a quota counts."""
        wide = [quota for quota in self.quotas if quota.intake_id is None]
        if any(quota.program_id is None for quota in wide):
            return ~Q(pk__in=())
        intakes = [quota.intake_id for quota in self.quotas if quota.intake_id]
        programs = [quota.program_id for quota in wide]
        return Q(**{f"{path}intake__in": intakes}) | Q(
            **{f"{path}intake__program__in": programs}
        )

    def has_intake(self, ids: set[str]) -> bool:
        """Whether one is planned, or has a slot of a pathway that is."""
        own = [intake.pk for intake in self.intakes]
        near = Q(pk__in=own) | Q(slots__in=self.slots)
        return Intake.objects.filter(near, pk__in=ids).exists()

    def has_agreement(self, ids: set[str]) -> bool:
        """Whether a slot of the plan rests on one."""
        return Agreement.objects.filter(pk__in=ids, slots__in=self.slots).exists()

    def has_slot(self, ids: set[str]) -> bool:
        """Whether one is in the plan, or draws on what one of the plan draws on."""
        shared = ResourceUse.objects.filter(slot__in=self.slots).values("resource")
        near = (
            Q(pk__in=self.slots)
            | Q(agreement__slots__in=self.slots)
            | Q(route__slots__in=self.slots)
            | Q(resource_uses__resource__in=shared)
        )
        slots = Slot.objects.filter(near, pk__in=ids)
        return slots.exists() or self.counts(Q(slot__in=ids))

    def has_placement(self, ids: set[str]) -> bool:
        """Whether a quota counts one, or it uses a resource that the plan shares."""
        shared = ResourceUse.objects.filter(slot__in=self.slots).values("resource")
        using = Q(slot__resource_uses__resource__in=shared)
        places = Placement.objects.filter(using, pk__in=ids)
        return places.exists() or self.counts(Q(pk__in=ids)) or self.has_stay(ids)

    def has_stay(self, ids: set[str]) -> bool:
        """Whether one is of somebody of whom a quota's condition may ask for stays."""
        if not self.has_conditions:
            return False
        stays = Placement.objects.filter(pk__in=ids)
        human = "application__participant__human_key"
        known = stays.exclude(**{human: ""}).values(human)
        own = Q(participant__in=stays.values("application__participant"))
        own |= Q(participant__human_key__in=known)
        return Application.objects.filter(self.counted(), own).exists()

    def has_application(self, ids: set[str]) -> bool:
        """Whether a quota's condition may ask for something of one."""
        return Application.objects.filter(self.counted(), pk__in=ids).exists()

    def has_person(self, ids: set[str]) -> bool:
        """Whether a quota counts one, or would with the place of the plan."""
        people = Application.objects.filter(self.counted(), participant__in=ids)
        return people.exists()

    def counts(self, condition: Q) -> bool:
        """Whether a hard quota counts a placement of this condition."""
        counted = self.counted("application__")
        return Placement.objects.filter(counted, condition).exists()


LOOKS: dict[str, Callable[[Around, set[str]], bool]] = {
    "intake": Around.has_intake,
    "agreement": Around.has_agreement,
    "slot": Around.has_slot,
    "placement": Around.has_placement,
    "application": Around.has_application,
    "participant": Around.has_person,
}
"""How a change of these things is looked at; of any other thing it always concerns."""
