"""Institutions, agreements and the people who sign in."""

from datetime import date

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import AgreementState, InstitutionKind
from programs.models import Agreement, Institution, Membership, User
from programs.roles import Role

from .geography import indonesia, malaysia
from .serial import serial

institution = Recipe(
    Institution,
    code=serial("institution"),
    name=serial("Politeknik"),
    kind=InstitutionKind.POLYTECHNIC,
    country=indonesia,
)
ministry = institution.extend(kind=InstitutionKind.MINISTRY, name="Kementerian")
host = institution.extend(
    name=serial("Penang Fab"), kind=InstitutionKind.COMPANY, country=malaysia
)
agreement = Recipe(
    Agreement,
    code=serial("PKS"),
    title="Semiconductor talent",
    state=AgreementState.IN_FORCE,
    valid_from=date(2026, 1, 1),
    valid_to=date(2029, 1, 1),
)
user = Recipe(User, username=serial("user"), is_active=True, language="en")
membership = Recipe(
    Membership,
    user=foreign_key(user),
    institution=foreign_key(institution),
    role=Role.PARTNER,
)


def member(role, *, of=None):
    """Return a user with a role in an institution (a new one unless given)."""
    person = user.make(is_staff=True)
    membership.make(user=person, institution=of or institution.make(), role=role)
    return person


def coordinator(*, of=None):
    """Return a coordinator, who runs the programs of the institution."""
    return member(Role.COORDINATOR, of=of)


def planner(*, of=None):
    """Return a planner, who sees everything and runs allocations."""
    return member(Role.PLANNER, of=of)


def approver(*, of=None):
    """Return an approver."""
    return member(Role.APPROVER, of=of)


def partner(*, of=None):
    """Return somebody who nominates or hosts for the institution."""
    return member(Role.PARTNER, of=of)


def auditor(*, of=None):
    """Return an auditor, who reads everything and writes nothing."""
    return member(Role.AUDITOR, of=of)


def administrator(*, of=None):
    """Return an administrator."""
    return member(Role.ADMINISTRATOR, of=of)
