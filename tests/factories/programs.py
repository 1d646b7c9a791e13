"""Programs, intakes, slots and what they share.

The calendar of the recipes: applications from 4 January to 12 February 2027, decision
by 26 February, and a stay from 1 April 2027 to 1 April 2028.
"""

from datetime import UTC, date, datetime

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import (
    IntakeState,
    PrioritySector,
    ProgramKind,
    RequirementKind,
    ResourceKind,
    SlotState,
)
from programs.models import (
    Intake,
    Need,
    Pathway,
    PathwayStep,
    Program,
    ProgramGoal,
    ProgramRule,
    ResourceUse,
    SharedResource,
    SkillRequirement,
    Slot,
)
from programs.models.program_rules import KeptBy

from .geography import malaysia
from .institutions import host, institution, ministry, user
from .serial import serial
from .skills import skill

program = Recipe(
    Program,
    code=serial("program"),
    title_en="Chip assembly internship",
    title_id="Magang perakitan cip",
    kind=ProgramKind.INTERNSHIP,
    priority_sector=PrioritySector.SEMICONDUCTOR,
    owner=foreign_key(ministry),
    partner_country=malaysia,
)
program_goal = Recipe(
    ProgramGoal,
    program=foreign_key(program),
    indicator_en="Trained technicians",
    indicator_id="Teknisi terlatih",
    target=100,
    year=2027,
)
program_rule = Recipe(
    ProgramRule,
    program=foreign_key(program),
    code=serial("rule"),
    position=1,
    text_en="At most 24 years old",
    text_id="Paling tua 24 tahun",
    kept_by=KeptBy.FIELD,
    source="Decree 1/2026, article 3",
)
intake = Recipe(
    Intake,
    program=foreign_key(program),
    code=serial("intake"),
    opens_on=date(2027, 1, 4),
    closes_on=date(2027, 2, 12),
    decide_by=date(2027, 2, 26),
    starts_on=date(2027, 4, 1),
    ends_on=date(2028, 4, 1),
    state=IntakeState.OPEN,
)
need = Recipe(
    Need,
    intake=foreign_key(intake),
    kind="route",
    words="EPS of Korea",
    asked_by=foreign_key(user),
    asked_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
)

slot = Recipe(
    Slot,
    intake=foreign_key(intake),
    host=foreign_key(host),
    code=serial("slot"),
    role_title_en="Assembly technician",
    role_title_id="Teknisi perakitan",
    city="Penang",
    country=malaysia,
    starts_on=date(2027, 4, 1),
    ends_on=date(2028, 4, 1),
    capacity_min=1,
    capacity_max=4,
    work_language="en",
    state=SlotState.OPEN,
)
skill_requirement = Recipe(
    SkillRequirement,
    slot=foreign_key(slot),
    skill=foreign_key(skill),
    kind=RequirementKind.REQUIRED,
    level=2,
)
pathway = Recipe(
    Pathway,
    intake=foreign_key(intake),
    code=serial("pathway"),
    title_en="Course, then fab",
    title_id="Kursus, lalu pabrik",
)
pathway_step = Recipe(
    PathwayStep, pathway=foreign_key(pathway), position=1, slot=foreign_key(slot)
)
shared_resource = Recipe(
    SharedResource,
    code=serial("resource"),
    name_en="Mentors",
    name_id="Pembimbing",
    kind=ResourceKind.CONCURRENT,
    owner=foreign_key(institution),
    capacity=10,
    unit_en="mentees",
    unit_id="peserta bimbingan",
)
resource_use = Recipe(
    ResourceUse, resource=foreign_key(shared_resource), slot=foreign_key(slot), amount=1
)
