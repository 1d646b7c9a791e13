"""Rows for tests, one recipe a model: ``factories.slot.make(capacity_max=2)``.

``make`` saves, ``prepare`` does not, ``_quantity=3`` makes three, and a double
underscore reaches into a related row (``slot.make(host__name="Fab")``).
People who sign in come from functions: ``factories.partner(of=institution)``.
"""

from .applications import application, host_rating, preference, team
from .geography import (
    country,
    country_of,
    immigration_route,
    indonesia,
    japan,
    malaysia,
    region,
    region_list,
    west_java,
)
from .institutions import (
    administrator,
    agreement,
    approver,
    auditor,
    coordinator,
    host,
    institution,
    member,
    membership,
    ministry,
    partner,
    planner,
    user,
)
from .money import (
    budget_line,
    cost_category,
    cost_rule,
    exchange_rate,
    fee_waiver,
    funding_rule,
    funding_source,
)
from .participants import availability, language_certificate, participant, skill_claim
from .placements import (
    funding_line,
    placement,
    placement_event,
    reserve_entry,
    skill_achieved,
)
from .policies import objective_profile, pin, quota
from .programs import (
    intake,
    pathway,
    pathway_step,
    program,
    program_goal,
    resource_use,
    shared_resource,
    skill_requirement,
    slot,
)
from .records import audit_event, event, import_batch, import_row
from .skills import language_scale, qualification_level, skill

__all__ = [
    "administrator",
    "agreement",
    "application",
    "approver",
    "audit_event",
    "auditor",
    "availability",
    "budget_line",
    "coordinator",
    "cost_category",
    "cost_rule",
    "country",
    "country_of",
    "event",
    "exchange_rate",
    "fee_waiver",
    "funding_line",
    "funding_rule",
    "funding_source",
    "host",
    "host_rating",
    "immigration_route",
    "import_batch",
    "import_row",
    "indonesia",
    "institution",
    "intake",
    "japan",
    "language_certificate",
    "language_scale",
    "malaysia",
    "member",
    "membership",
    "ministry",
    "objective_profile",
    "participant",
    "partner",
    "pathway",
    "pathway_step",
    "pin",
    "placement",
    "placement_event",
    "planner",
    "preference",
    "program",
    "program_goal",
    "qualification_level",
    "quota",
    "region",
    "region_list",
    "reserve_entry",
    "resource_use",
    "shared_resource",
    "skill",
    "skill_achieved",
    "skill_claim",
    "skill_requirement",
    "slot",
    "team",
    "user",
    "west_java",
]
