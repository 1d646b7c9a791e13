"""A program in its application time, and what people do in it, for tests of files."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from programs.choices import ApplicationState, ImportKind, IntakeState, SlotState
from programs.domain import applications, money, participants, policies, slots
from programs.models import (
    Application,
    CostRule,
    Intake,
    Participant,
    Quota,
    Slot,
    Team,
)
from tests import factories

NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)
SLOTS, APPLICATIONS = ImportKind.SLOTS, ImportKind.APPLICATIONS
PEOPLE, COSTS = ImportKind.PARTICIPANTS, ImportKind.COST_RULES
BUDGETS, QUOTAS = ImportKind.BUDGETS, ImportKind.QUOTAS


@dataclass
class World:
    """A program in its application time: two slots, two people, one of them applied."""

    slot: Any
    other: Any
    person: Any
    application: Any
    by: Any


def make():
    """Return a world."""
    factories.country.make(code="ID", currency="IDR")
    slot = factories.slot.make(code="ATP-01", capacity_min=1, capacity_max=5)
    other = factories.slot.make(code="ATP-02", intake=slot.intake, host=slot.host)
    sender = factories.institution.make(code="poltek")
    person, _second = (
        factories.participant.make(code=f"P-{number}", registered_by=sender)
        for number in (1, 2)
    )
    application = factories.application.make(
        participant=person,
        intake=slot.intake,
        nominated_by=sender,
        state=ApplicationState.SUBMITTED,
    )
    factories.preference.make(application=application, slot=slot, rank=1)
    owner = slot.intake.program.owner
    return World(slot, other, person, application, factories.coordinator(of=owner))


def close(world, state=IntakeState.CLOSED):
    Intake.objects.update(state=state)
    return fresh(world)


def fresh(world):
    world.slot = Slot.objects.select_related("intake__program").get(pk=world.slot.pk)
    rows = Application.objects.select_related("intake__program")
    world.application = rows.get(pk=world.application.pk)
    return world


def place(world, people=1):
    """Give places in the first slot to people."""
    for _number in range(people):
        factories.placement.make(slot=world.slot)


def agree_on_days(world):
    """Let somebody stay in the first slot from its first day to its last, as agreed."""
    first, after = world.slot.starts_on, world.slot.ends_on
    factories.placement.make(slot=world.slot, own_starts_on=first, own_ends_on=after)


def fill_a_cap(world):
    """Let a route take one person a year: of the first slot, and one in 2028."""
    cap = factories.route_cap.make(is_yearly=True)
    Slot.objects.filter(pk=world.slot.pk).update(route=cap.route)
    days = {"starts_on": date(2028, 4, 1), "ends_on": date(2028, 9, 1)}
    for slot in (world.slot, factories.slot.make(route=cap.route, **days)):
        factories.placement.make(slot=slot)


def pin_to_a_pathway(world):
    """Pin the person who applies to a pathway, with a team to join."""
    intake = world.application.intake
    pathway = factories.pathway.make(intake=intake)
    factories.pin.make(
        application=world.application, slot=None, pathway=pathway, kind="pin"
    )
    sender = world.application.nominated_by
    factories.team.make(intake=intake, code="tim-01", institution=sender)


def team_of(world):
    """Return the team to join."""
    return Team.objects.get(intake=world.application.intake)


def withdraw(world):
    Application.objects.update(state=ApplicationState.WITHDRAWN)
    return fresh(world)


def withdraw_slot(world):
    Slot.objects.filter(pk=world.slot.pk).update(state=SlotState.WITHDRAWN)
    return fresh(world)


def change_slot(world, **changes):
    slots.update(slot=world.slot, by=world.by, now=NOW, **changes)


def rank(world, *wishes, reason=""):
    applications.set_preferences(
        application=world.application,
        preferences=list(wishes),
        by=world.by,
        now=NOW,
        reason=reason,
    )


def submit(world, reason=""):
    applications.submit(
        participant=Participant.objects.get(code="P-2"),
        intake=fresh(world).slot.intake,
        by=world.by,
        now=NOW,
        reason=reason,
    )


def elsewhere():
    """Return a slot of another intake of somebody else's program."""
    return factories.slot.make(code="OTHER-01")


def late_row(world):
    return {"participant": "P-2", "intake": world.slot.intake.code}


def regency(code):
    """Let there be a regency of a province from which nobody comes."""
    province = factories.region.make(kemendagri_code=code[:2])
    factories.region.make(kemendagri_code=code, level="regency", parent=province)


def number(hashed, column="nik_hash"):
    """Let the second person have this number."""
    Participant.objects.filter(code="P-2").update(**{column: hashed})


def change_person(**changes):
    """Correct the first person, as the coordinator of who registered the person."""
    person = Participant.objects.get(code="P-1")
    by = factories.coordinator(of=person.registered_by)
    participants.update(participant=person, by=by, now=NOW, **changes)


def erase(code):
    Participant.objects.filter(code=code).update(erased_at=NOW)


def merge(code, into):
    goes_on = Participant.objects.get(code=into)
    nothing = dict.fromkeys(("nik_hash", "passport_hash", "family_name", "email"), "")
    Participant.objects.filter(code=code).update(merged_into=goes_on, **nothing)


def keep_only(code):
    Participant.objects.filter(code=code).update(restricted_at=NOW)


def propose(world, code):
    """Propose another slot like the first."""
    own = {"id", "code", "state", "intake", "host"}
    names = {field.name for field in Slot._meta.fields} - own
    fields = {name: getattr(world.slot, name) for name in names}
    where = {"intake": world.slot.intake, "host": world.slot.host}
    slots.propose(code=code, by=world.by, now=NOW, **where, **fields)


def change_cost(world, **changes):
    row = CostRule.objects.select_related("program").get()
    for name, value in changes.items():
        setattr(row, name, value)
    entries = [money.Entry(row, tuple(changes))]
    money.change_many(entries=entries, by=world.by, now=NOW)


def change_quota(world, **changes):
    row = Quota.objects.select_related("intake__program").get()
    for name, value in changes.items():
        setattr(row, name, value)
    entries = [policies.Entry(row, tuple(changes))]
    policies.change_many(entries=entries, by=world.by, now=NOW)
