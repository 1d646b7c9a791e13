"""Two runs side by side: who goes elsewhere and why, and what limits are worth."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from planner.models import AllocationRun, LimitPrice
from planner.models.reason_words import for_planner
from programs.models import Application

Places = dict[UUID, tuple[str, ...]]
"""Application -> slot codes in the order of steps."""


@dataclass(frozen=True)
class PersonChange:
    """Somebody whom two runs treat differently; places are slot codes, in steps."""

    application: Application
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class LimitChange:
    """A limit that two runs use, or value, differently; None where a run lacks it."""

    key: str
    label: str
    before: object
    after: object


@dataclass(frozen=True)
class Comparison:
    """The differences between two runs."""

    people: list[PersonChange]
    limits: list[LimitChange]
    tiers: list[tuple[str, int, int]]


def compare(before: AllocationRun, after: AllocationRun) -> Comparison:
    """Return how the second run differs from the first, person by person."""
    return Comparison(
        people=people(places(before), places(after), after),
        limits=limits(before, after),
        tiers=[
            (old["name"], old["value"], new["value"])
            for old, new in zip(before.tiers, after.tiers, strict=False)
            if old["name"] == new["name"]
        ],
    )


def places(run: AllocationRun) -> Places:
    """Return {application id: slot codes in order of steps} of a run."""
    slots_of: Places = {}
    rows = run.proposals.order_by("application_id", "step")
    for application, slot in rows.values_list("application_id", "slot__code"):
        slots_of[application] = (*slots_of.get(application, ()), slot)
    return slots_of


def people(old: Places, new: Places, run: AllocationRun) -> list[PersonChange]:
    """Return everybody whose place differs, those who lost one first."""
    moved = [pk for pk in old.keys() | new.keys() if old.get(pk) != new.get(pk)]
    reasons = {
        row.application_id: for_planner(row.reasons[0])
        for row in run.unplaced.filter(application__in=moved[:MOST])
    }
    applications = Application.objects.select_related("participant", "intake")
    by_id = applications.in_bulk(moved[:MOST])
    changes = [
        PersonChange(
            application=by_id[pk],
            before=old.get(pk, ()),
            after=new.get(pk, ()),
            why=reasons.get(pk) or _("A place that is better for the plan as a whole."),
        )
        for pk in by_id
    ]
    return sorted(
        changes, key=lambda c: (bool(c.after), bool(c.before), str(c.application.pk))
    )


MOST = 500
"""People that are told one by one."""


def limits(before: AllocationRun, after: AllocationRun) -> list[LimitChange]:
    """Return the limits whose use, size or price differs."""
    old = {str(row.key): row for row in before.prices.all()}
    new = {str(row.key): row for row in after.prices.all()}
    return [
        LimitChange(key, (new.get(key) or old[key]).label, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if facts(old.get(key)) != facts(new.get(key))
    ]


def facts(row: LimitPrice | None) -> object:
    """Return what makes a limit the same in two runs."""
    return (
        None if row is None else (row.use, row.lower, row.upper, round(row.people, 3))
    )
