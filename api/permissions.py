"""One permission class: the view names what each action needs; all else is denied."""

from rest_framework.permissions import BasePermission

from programs.access import is_signed_in


class Allowed(BasePermission):
    """Grants an action if the caller holds one of the permissions it names.

    A view declares ``needs = {"list": {Permission...}, ...}``; an action that it does
    not name is denied to everybody.
    """

    def has_permission(self, request, view):
        if not is_signed_in(request.user):
            return False
        if view.action in (None, "metadata"):
            return True  # the view answers 405 itself
        wanted = view.needs.get(view.action, ())
        return any(request.user.allows(permission) for permission in wanted)
