"""Which rows a reader may see. One function, used by every ``visible_to``.

A reader is a user, or anything that quacks like one: the API hands in the principal
of an institution's key, with the same ``allows`` and ``institution_ids``.
"""

from functools import cache, lru_cache, reduce
from operator import or_

from django.db.models import Q

from programs.choices import HOSTED_PLACEMENT_STATES, PlacementState
from programs.roles import Permission, Role

UNDER_WAY = (PlacementState.DEPARTED, PlacementState.ARRIVED)
"""States in which a host has to know the person, restricted or not: for safety."""


def is_signed_in(user):
    """Return whether there is an active reader at all."""
    return bool(user and user.is_authenticated and user.is_active)


class Reader:
    """Somebody who reads rows about people: on whose side, asked once for many rows."""

    def __init__(self, user):
        self.sees_all = user.allows(Permission.VIEW_ALL)
        coordinates = user.allows(Permission.VIEW_OWN_PROGRAMS)
        owned = user.institution_ids(Role.COORDINATOR) if coordinates else ()
        self.owned = frozenset(owned)
        self.own = frozenset(user.institution_ids(Role.PARTNER, Role.COORDINATOR))

    def is_of_sender(self, *, sender, owner):
        """Return whether the reader sends the person, or runs the program.

        Parameters
        ----------
        sender, owner: ids of the institution that nominated the person, and of the one
            whose program it is.
        """
        return sender in self.own or self.runs(owner)

    def runs(self, owner):
        """Return whether the reader sees everything, or coordinates for an owner."""
        return self.sees_all or owner in self.owned


def restrict(queryset, user, *, institution, program, placements=None, person=""):
    """Narrow a queryset to the rows the reader may see.

    Parameters
    ----------
    queryset: the rows.
    user: the reader.
    institution: lookup path(s) from the row to an institution that partners and
        coordinators work for; ``None`` hides rows from partners.
    program: lookup path(s) from the row to its program ("" for the program itself);
        ``None`` means that rows belong to no program, and coordinators see them all.
    placements: lookup path from the row to placements ("" for the placement itself);
        their hosts see the row once the place is accepted, unless it was called off or
        the person's data are only kept.
    person: lookup path from the row to the person ("" for the person itself).
    """
    if not is_signed_in(user):
        return queryset.none()
    if user.allows(Permission.VIEW_ALL):
        return queryset
    coordinates = user.allows(Permission.VIEW_OWN_PROGRAMS)
    if coordinates and program is None:
        return queryset
    owners = own = None
    if coordinates:
        owners = tuple(user.institution_ids(Role.COORDINATOR))
    if coordinates or user.allows(Permission.VIEW_OWN_INSTITUTION):
        own = tuple(user.institution_ids(Role.PARTNER, Role.COORDINATOR))
    paths = map(_paths, (institution, program, placements))
    return queryset.filter(_wanted(queryset.model, owners, own, *paths, person))


@lru_cache(maxsize=1024)
def _wanted(model, owners, own, institutions, programs, placements, person):
    """Return the condition of the rows that belong to these institutions.

    Nothing is asked of the database here, and the same caller asks for the same again
    and again: to put the condition together takes longer than to look a row up.

    Parameters
    ----------
    owners: ids of institutions whose programs are seen; None for no programs at all.
    own: ids of institutions whose rows are seen; None for none.
    """
    wanted = []
    for path in programs if owners is not None else ():
        owned = Q(**{f"{path}__owner__in" if path else "owner__in": owners})
        wanted.append(_once(model, path, owned))
    if own is not None:
        paths = institutions
        wanted += [_once(model, path, Q(**{f"{path}__in": own})) for path in paths]
    for path in placements if own is not None else ():
        before = f"{path}__" if path else ""
        hosted = {f"{before}state__in": HOSTED_PLACEMENT_STATES}
        shown = Q(**{f"{before}slot__host__in": own}, **hosted)
        shown &= _still_processed(person, f"{before}state__in")
        wanted.append(_once(model, path, shown))
    return reduce(or_, wanted) if wanted else Q(pk__in=[])


def _once(model, path, condition):
    """Return a condition that finds a row once, however many rows lie on its path.

    Only a path that goes through many rows needs to be asked for apart: the database
    would otherwise gather all that a reader sees for each single row that is read.
    """
    if not goes_through_many(model, path):
        return condition
    return Q(pk__in=model._base_manager.filter(condition).values("pk"))


@cache
def goes_through_many(model, path):
    """Return whether a path from a row leads to more than one row."""
    for name in path.split("__") if path else ():
        field = model._meta.get_field(name)
        if field.one_to_many or field.many_to_many:
            return True
        model = field.related_model
    return False


def _still_processed(person, state):
    """Return the condition that a person's data may be shown to a host."""
    since = f"{person}__restricted_at" if person else "restricted_at"
    return Q(**{f"{since}__isnull": True}) | Q(**{state: UNDER_WAY})


def _paths(paths):
    if paths is None:
        return ()
    return (paths,) if isinstance(paths, str) else tuple(paths)
