"""Who may do what: permissions as words, roles as bundles of them.

Role *keys* are what the database stores, so a class or label can be renamed freely.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The stable keys of the roles people hold in an institution."""

    COORDINATOR = "coordinator", _("program coordinator")
    PLANNER = "planner", _("planner")
    APPROVER = "approver", _("approver")
    PARTNER = "partner", _("partner institution")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Permission(StrEnum):
    """What a person may do; rows are narrowed further by ``visible_to``."""

    VIEW_ALL = "view_all"
    VIEW_OWN_PROGRAMS = "view_own_programs"
    VIEW_OWN_INSTITUTION = "view_own_institution"
    MANAGE_PROGRAMS = "manage_programs"
    MANAGE_MONEY = "manage_money"
    IMPORT_DATA = "import_data"
    REVEAL_PERSON = "reveal_person"
    PLAN = "plan"
    APPROVE = "approve"
    NOMINATE = "nominate"
    RATE = "rate"
    MANAGE_USERS = "manage_users"


@dataclass(frozen=True)
class RoleDefinition:
    """A role in words a person can read, and what it allows."""

    description: str
    permissions: frozenset


DUTIES = frozenset({Permission.PLAN, Permission.APPROVE})
"""Rights that one person never holds together: making a plan, and approving one."""


ROLES = {
    Role.COORDINATOR: RoleDefinition(
        _("Runs the programs of the own institution: intakes, people, imports."),
        frozenset(
            {
                Permission.VIEW_OWN_PROGRAMS,
                Permission.MANAGE_PROGRAMS,
                Permission.IMPORT_DATA,
                Permission.REVEAL_PERSON,
            }
        ),
    ),
    Role.PLANNER: RoleDefinition(
        _("Runs allocations, compares scenarios and submits plans for approval."),
        frozenset(
            {
                Permission.VIEW_ALL,
                Permission.PLAN,
                Permission.MANAGE_MONEY,
                Permission.REVEAL_PERSON,
            }
        ),
    ),
    Role.APPROVER: RoleDefinition(
        _("Approves or returns a plan that somebody else made."),
        frozenset({Permission.VIEW_ALL, Permission.APPROVE}),
    ),
    Role.PARTNER: RoleDefinition(
        _("Nominates people and hosts people for the own institution."),
        frozenset(
            {Permission.VIEW_OWN_INSTITUTION, Permission.NOMINATE, Permission.RATE}
        ),
    ),
    Role.AUDITOR: RoleDefinition(
        _("Reads everything and writes nothing."),
        frozenset({Permission.VIEW_ALL}),
    ),
    Role.ADMINISTRATOR: RoleDefinition(
        _("Looks after users, reference data and records; plans and approves nothing."),
        frozenset(Permission) - DUTIES,
    ),
}


def permissions_of(roles):
    """Return the union of what the given role keys allow.

    Whoever holds both duties keeps the first of them: a plan needs two people, also
    where an account was given too much.
    """
    held = frozenset().union(*(ROLES[Role(role)].permissions for role in roles))
    return held if are_separate(roles) else held - {Permission.APPROVE}


def are_separate(roles):
    """Return whether the roles together do not both plan and approve."""
    held = frozenset().union(*(ROLES[Role(role)].permissions for role in roles))
    return not held >= DUTIES
