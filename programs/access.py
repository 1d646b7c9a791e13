"""Which rows a reader may see. One function, used by every ``visible_to``.

A reader is a user, or anything that quacks like one: the API hands in the principal
of an institution's key, with the same ``allows`` and ``institution_ids``.
"""

from django.db.models import Q

from programs.roles import Permission, Role


def is_signed_in(user):
    """Return whether there is an active reader at all."""
    return bool(user and user.is_authenticated and user.is_active)


def restrict(queryset, user, *, institution, program):
    """Narrow a queryset to the rows the reader may see.

    Parameters
    ----------
    queryset: the rows.
    user: the reader.
    institution: lookup path(s) from the row to an institution that a partner works
        for (a string, or a list of alternatives); ``None`` hides rows from partners.
    program: lookup path from the row to its program ("" for the program itself);
        ``None`` means that rows belong to no program, and coordinators see them all.
    """
    if not is_signed_in(user):
        return queryset.none()
    if user.allows(Permission.VIEW_ALL):
        return queryset
    wanted = Q(pk__in=[])
    if user.allows(Permission.VIEW_OWN_PROGRAMS):
        if program is None:
            return queryset
        path = f"{program}__owner__in" if program else "owner__in"
        wanted |= Q(**{path: user.institution_ids(Role.COORDINATOR)})
    if user.allows(Permission.VIEW_OWN_INSTITUTION) and institution:
        own = user.institution_ids(Role.PARTNER)
        paths = [institution] if isinstance(institution, str) else institution
        for path in paths:
            wanted |= Q(**{f"{path}__in": own})
    matching = queryset.model._base_manager.filter(wanted).values("pk")
    return queryset.filter(pk__in=matching)
