"""Who acts: a user, a partner's key, or the planner itself."""

import re
from typing import Any, Protocol

from django.utils.translation import gettext as _

from programs.models import User
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role


class Actor(Protocol):
    """What is asked of whoever acts."""

    pk: Any
    username: str
    is_authenticated: bool
    is_active: bool

    def allows(self, permission: Permission) -> bool:
        """Return whether the actor may do this."""

    def institution_ids(self, *roles: Role) -> list[Any]:
        """Return the institutions the actor works for, in one of the roles if given."""


BY_LINK = "link:"
"""How records name who came by a link, before the link's id."""


class System:
    """The planner acting by the clock: it expires offers nobody answered."""

    username = actor = "system"
    pk = None
    is_authenticated = is_active = True

    def allows(self, permission):
        """The system may do what its few tasks ask for."""
        return Permission(permission) in set(Permission)

    def institution_ids(self, *roles):
        """It works for no institution."""
        return []

    def __str__(self):
        return self.username


SYSTEM = System()


class ThePerson:
    """Whom an application is about, come by a link: acts for nobody else.

    Attributes
    ----------
    application_id, participant_id: what the link is about, and whom.
    """

    pk = None
    is_authenticated = is_active = True

    def __init__(self, link):
        self.username = self.actor = f"{BY_LINK}{link.pk}"
        self.application_id = link.application_id
        self.participant_id = link.application.participant_id

    def allows(self, permission):
        """No role allows the person anything; verbs say what one does for oneself."""
        return False

    def institution_ids(self, *roles):
        """The person works for no institution here."""
        return []

    def __str__(self):
        return self.username


def name_of(by):
    """Return how records name the actor: a number or a key, never a person's name."""
    return getattr(by, "actor", None) or by.username


def names_of(actors):
    """Return {actor: who that is, for people} of actors as records name them."""
    actors = set(actors)
    users = User.objects.in_bulk(
        [int(name[5:]) for name in actors if re.fullmatch("user:[0-9]{1,18}", name)]
    )
    names = {f"user:{pk}": str(user) for pk, user in users.items()}
    return {actor: names.get(actor) or _in_words(actor) for actor in actors}


def _in_words(actor):
    return _("the person, by link") if actor.startswith(BY_LINK) else actor


def require(by, *permissions):
    """Refuse an actor who is not signed in or holds none of the permissions."""
    allowed = any(by.allows(permission) for permission in permissions)
    if not (by.is_authenticated and by.is_active and allowed):
        raise forbidden(_("Your role does not allow this."))


def works_for(by, institution_id):
    """Return whether the actor works for the institution, or for all of them."""
    return by.allows(Permission.VIEW_ALL) or institution_id in by.institution_ids()


def require_institution(by, institution_id):
    """Refuse an actor who does not work for the institution."""
    if not works_for(by, institution_id):
        raise forbidden(_("This belongs to another institution."))


def forbidden(message):
    """Return the refusal for somebody who may not."""
    return Refusal("forbidden", message, kind=RefusalKind.FORBIDDEN)


def is_administrator(by):
    """Return whether the actor looks after everything."""
    return getattr(by, "is_superuser", False) or Role.ADMINISTRATOR in getattr(
        by, "roles", ()
    )


def coordinates(by):
    """Return whether the actor manages programs at all."""
    return is_administrator(by) or by.allows(Permission.MANAGE_PROGRAMS)


def runs_program(by, program):
    """Return whether the actor coordinates the program."""
    own = program.owner_id in by.institution_ids(Role.COORDINATOR)
    return is_administrator(by) or (coordinates(by) and own)


def require_party(by, permission, *, institution_id, program):
    """Refuse anybody but the institution concerned and the program's coordinators.

    Seeing everything is no reason to act for others, so a planner is refused too.
    """
    if by is SYSTEM:
        return
    if not (by.is_authenticated and by.is_active):
        raise forbidden(_("Your role does not allow this."))
    partner = by.allows(permission)
    if partner and institution_id in by.institution_ids(Role.PARTNER):
        return
    if not runs_program(by, program):
        raise forbidden(_("Only the institution concerned may do this."))


def is_the_person(by, participant_id):
    """Return whether somebody acts for oneself, come by a link."""
    return isinstance(by, ThePerson) and by.participant_id == participant_id


def require_sender(application, by):
    """Refuse anybody but the application's sender and the program's coordinators."""
    require_party(
        by,
        Permission.NOMINATE,
        institution_id=application.nominated_by_id,
        program=application.intake.program,
    )
