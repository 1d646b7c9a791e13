"""Institutions, agreements, users and their roles."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from programs.choices import AgreementState
from programs.domain import agreements
from programs.models import Agreement, Institution, Membership, User
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .changes import FreshForm
from .displays import StateColumn
from .filters import RowsFilter
from .transitions import Move, MovesMixin


@admin.register(Institution)
class InstitutionAdmin(DeskAdmin):
    """Bodies that own programs, send, host or pay."""

    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_USERS,)
    list_display = ["name", "kind", "country", "region", "city", "parent"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("country", RowsFilter),
    ]
    list_select_related = ["country", "region", "parent"]
    search_fields = ["name", "code", "city"]
    autocomplete_fields = ["country", "region", "parent"]


AGREEMENT_MOVES = (
    Move(
        AgreementState.PROPOSED,
        _("Propose"),
        _("The draft goes to the other parties."),
        agreements.propose,
    ),
    Move(
        AgreementState.IN_FORCE,
        _("Put in force"),
        _("All parties have signed; places can rest on it."),
        agreements.put_in_force,
    ),
    Move(
        AgreementState.TERMINATED,
        _("Terminate"),
        _("The agreement ends early; places that rest on it keep their stay."),
        agreements.terminate,
        is_danger=True,
    ),
)


@admin.register(Agreement)
class AgreementAdmin(StateColumn, MovesMixin, DeskAdmin):
    """Signed frames with their caps."""

    moves = AGREEMENT_MOVES
    movers = (Permission.MANAGE_USERS, Permission.MANAGE_PROGRAMS)
    exclude = ["state"]
    readonly_fields = ["state_words"]

    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_USERS, Permission.MANAGE_PROGRAMS)
    list_display = [
        "code",
        "title",
        "state_label",
        "valid_from",
        "valid_to",
        "yearly_cap",
        "yearly_person_months",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("program_kind", ChoicesDropdownFilter),
    ]
    search_fields = ["code", "title", "parties__name"]
    autocomplete_fields = ["parties"]


class MembershipInline(DeskTabular):
    """The roles of one user."""

    model = Membership
    autocomplete_fields = ["institution"]
    tab = False


class UserForm(FreshForm, UserChangeForm):
    """An account; that its owner signed in meanwhile is no change of it."""

    written_by_itself = frozenset({"last_login", "password"})


@admin.register(User)
class UserAdmin(DeskAdmin, DjangoUserAdmin):
    """People who sign in, and the roles they hold where."""

    readable_by = (Permission.MANAGE_USERS,)
    managed_by = (Permission.MANAGE_USERS,)
    form = UserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", ("memberships__role", ChoicesDropdownFilter)]
    search_fields = ["username", "first_name", "last_name", "email"]
    filter_horizontal = []
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "language", "is_active"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": [
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "language",
                    "password1",
                    "password2",
                ]
            },
        )
    ]

    def get_queryset(self, request):
        """Bring the roles along."""
        rows = super().get_queryset(request)
        return rows.prefetch_related("memberships__institution")

    @display(description=_("name"))
    def full_name(self, user):
        return user.get_full_name()

    @display(description=_("roles"))
    def role_names(self, user):
        return ", ".join(
            f"{membership.get_role_display()} ({membership.institution.name})"
            for membership in user.memberships.all()
        )
