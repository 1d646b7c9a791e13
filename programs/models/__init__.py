"""The domain's nouns, one module a group; import them from here."""

from .applications import (
    Application,
    HostRating,
    Preference,
    Team,
)
from .audit import AuditEvent, ChainHead
from .breaches import Breach
from .events import Event
from .facts import Education, Employment, FactDefinition, PersonFact
from .geography import (
    Country,
    ImmigrationRoute,
    ProvinceCapital,
    Region,
    RegionList,
)
from .imports import (
    ImportBatch,
    ImportRow,
    ImportWrite,
    RememberedWord,
)
from .institutions import (
    Agreement,
    Institution,
    Membership,
    User,
)
from .links import PersonalLink
from .mergers import Merger
from .money import (
    BudgetLine,
    CostCategory,
    CostRule,
    ExchangeRate,
    FeeWaiver,
    FundingRule,
    FundingSource,
    LineKey,
)
from .needs import Need
from .participants import (
    Availability,
    LanguageCertificate,
    Participant,
    SkillClaim,
)
from .placement_changes import PlacementChange
from .placements import (
    DAY_AFTER,
    FIRST_DAY,
    FundingLine,
    PlaceCondition,
    Placement,
    PlacementEvent,
    ReserveEntry,
    SkillAchieved,
)
from .policies import GroupPin, Pin, Quota
from .profiles import ObjectiveProfile, ProfileCondition
from .program_rules import ProgramRule
from .programs import (
    Intake,
    Program,
    ProgramGoal,
)
from .purposes import Consent, ProcessingPurpose, TransferBasis
from .resources import (
    ResourceUse,
    SharedResource,
)
from .rights import PersonKey, RightsRequest
from .route_caps import RouteCap
from .sittings import ExamSitting
from .skills import (
    LanguageScale,
    QualificationLevel,
    Skill,
    band_name,
)
from .slots import (
    Pathway,
    PathwayStep,
    SkillRequirement,
    Slot,
)

__all__ = [
    "DAY_AFTER",
    "FIRST_DAY",
    "Agreement",
    "Application",
    "AuditEvent",
    "Availability",
    "Breach",
    "BudgetLine",
    "ChainHead",
    "Consent",
    "CostCategory",
    "CostRule",
    "Country",
    "Education",
    "Employment",
    "Event",
    "ExamSitting",
    "ExchangeRate",
    "FactDefinition",
    "FeeWaiver",
    "FundingLine",
    "FundingRule",
    "FundingSource",
    "GroupPin",
    "HostRating",
    "ImmigrationRoute",
    "ImportBatch",
    "ImportRow",
    "ImportWrite",
    "Institution",
    "Intake",
    "LanguageCertificate",
    "LanguageScale",
    "LineKey",
    "Membership",
    "Merger",
    "Need",
    "ObjectiveProfile",
    "Participant",
    "Pathway",
    "PathwayStep",
    "PersonFact",
    "PersonKey",
    "PersonalLink",
    "Pin",
    "PlaceCondition",
    "Placement",
    "PlacementChange",
    "PlacementEvent",
    "Preference",
    "ProcessingPurpose",
    "ProfileCondition",
    "Program",
    "ProgramGoal",
    "ProgramRule",
    "ProvinceCapital",
    "QualificationLevel",
    "Quota",
    "Region",
    "RegionList",
    "RememberedWord",
    "ReserveEntry",
    "ResourceUse",
    "RightsRequest",
    "RouteCap",
    "SharedResource",
    "Skill",
    "SkillAchieved",
    "SkillClaim",
    "SkillRequirement",
    "Slot",
    "Team",
    "TransferBasis",
    "User",
    "band_name",
]
