"""The tables of the domain on the desk, one module a group."""

from . import (
    applications,
    audit,
    breaches,
    facts,
    geography,
    imports,
    institutions,
    money,
    participants,
    placements,
    policies,
    programs,
    purposes,
    resources,
    skills,
    slots,
)

__all__ = [
    "applications",
    "audit",
    "breaches",
    "facts",
    "geography",
    "imports",
    "institutions",
    "money",
    "participants",
    "placements",
    "policies",
    "programs",
    "purposes",
    "resources",
    "skills",
    "slots",
]
