"""Scenarios are written down, and the trail notes by whom."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from planner.models import Scenario
from programs import collisions
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.models import Intake
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission


@transactions.verb
def create(
    *, by: Actor, now: datetime, intakes: Iterable[Intake], **columns: Any
) -> Scenario:
    """Write a what-if down, and note who made it.

    Parameters
    ----------
    intakes: what it is about. columns: of the scenario, such as name and overrides.

    Raises
    ------
    Refusal: somebody asks who may not plan, or a what-if of this name exists.
    """
    require(by, Permission.PLAN)
    scenario = Scenario(created_by=by, created_at=now, **columns)
    scenario.full_clean(validate_constraints=False)
    known = Refusal(
        "scenario-exists",
        _("A scenario of this name exists."),
        kind=RefusalKind.CONFLICT,
        field="name",
    )
    once = "scenario_name_is_given_once"
    with collisions.told_as(known, Scenario, once), transactions.atomic():
        scenario.save()
        record_creation(scenario, intakes=intakes, by=by, now=now)
    return scenario


def record_creation(
    scenario: Scenario, *, intakes: Iterable[Intake], by: Actor, now: datetime
) -> None:
    """Say what a new scenario is about, and in the trail who made it."""
    scenario.intakes.set(intakes)
    audit.record(
        by=by,
        action=AuditAction.SCENARIOS_CREATE,
        obj=scenario,
        data={"groups": sorted(scenario.overrides)},
        now=now,
    )
