"""Who is calling: an institution's key, or a person signed in to the desk."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.throttling import BaseThrottle
from rest_framework_api_key.permissions import KeyParser

from planner.signing import must_enrol
from programs import clock, sandbox
from programs.days import day_of
from programs.roles import Permission, Role

from . import networks
from .keys import TEST
from .models import InstitutionKey, Scope
from .throttling import WrongKeys

SCOPE_PERMISSIONS = {
    Scope.NOMINATE: {Permission.VIEW_OWN_INSTITUTION, Permission.NOMINATE},
    Scope.HOST: {Permission.VIEW_OWN_INSTITUTION, Permission.RATE},
    Scope.PLAN: {Permission.VIEW_ALL, Permission.PLAN},
}


@dataclass(frozen=True)
class Principal:
    """An institution's key, seen as somebody: the same questions as for a user."""

    key: InstitutionKey
    is_authenticated = True
    is_active = True
    is_superuser = False
    language = None

    @property
    def pk(self):
        return None

    @property
    def username(self):
        """The name that the history of decisions knows the caller by."""
        return f"key:{self.key.prefix}@{self.key.institution.code}"

    def __str__(self):
        return self.username

    @cached_property
    def permissions(self):
        """What the scopes of the key allow."""
        return frozenset().union(
            *(SCOPE_PERMISSIONS[Scope(scope)] for scope in self.key.scopes)
        )

    @property
    def roles(self):
        """The role a key stands for: the planner's with its scope, else a partner's."""
        return {Role.PLANNER if Scope.PLAN in self.key.scopes else Role.PARTNER}

    def allows(self, permission):
        """Return whether the key's scopes allow it."""
        return Permission(permission) in self.permissions

    def institution_ids(self, *roles):
        """Return the key's institution where a partner is asked for."""
        wanted = {Role(role) for role in roles} or {Role.PARTNER}
        return [self.key.institution_id] if Role.PARTNER in wanted else []


class PersonAuthentication(authentication.SessionAuthentication):
    """Whoever is signed in to the desk, with the second factor the desk asks for."""

    def authenticate(self, request):
        identity = super().authenticate(request)
        if identity and must_enrol(identity[0]):
            raise exceptions.PermissionDenied(
                _("Your role needs a second factor; sign in to the desk to set one up.")
            )
        return identity


class InstitutionKeyAuthentication(authentication.BaseAuthentication):
    """``Authorization: Api-Key <key>``."""

    parser = KeyParser()

    def authenticate_header(self, request):
        return self.parser.keyword

    def authenticate(self, request):
        text = self.parser.get(request)
        if not text:
            return None
        if sandbox.is_entered():
            text = text.removeprefix(TEST)
        prefix = text.partition(".")[0]
        known = InstitutionKey.objects.select_related("institution")
        key = next(iter(known.filter(prefix=prefix)), None)
        if key is None or not (key.is_usable(now=clock.now()) and key.is_valid(text)):
            wrong = WrongKeys(request)
            wrong.require_room()
            wrong.count()
            raise exceptions.AuthenticationFailed(self.message)
        self._require_network(key, request)
        self._note_use(key)
        return Principal(key), key

    message = _("This key is not known, was revoked, or has expired.")

    @staticmethod
    def _require_network(key, request):
        """Refuse a right key from a place where its owner never calls from."""
        address = BaseThrottle().get_ident(request)
        if not networks.holds(key.allowed_networks, address):
            raise exceptions.PermissionDenied(
                _("This key does not open from %(address)s; see its allowed networks.")
                % {"address": address[:60]},
                "network_not_allowed",
            )

    @staticmethod
    def _note_use(key):
        """Keep the day of the last use: one write a day, not one a request."""
        today = day_of(clock.now())
        if key.last_used_on != today:
            InstitutionKey.objects.filter(pk=key.pk).update(last_used_on=today)
