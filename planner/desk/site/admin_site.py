"""The admin site of the desk: who may enter, where pages are, what is in the menu."""

from functools import wraps

from django.apps.registry import apps
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from planner.signing import ask_for_factor, lacks_factor, lead_to_enrol, must_enrol
from programs.roles import Permission

RIGHTS = {
    "programs_user_add",
    "programs_user_change",
    "programs_user_delete",
    "auth_user_password_change",
    "api_institutionkey_add",
}
"""Pages that give rights: they open after the second factor was shown anew."""


class Choices(AutocompleteJsonView):
    """Rows to choose from as somebody types."""

    def serialize_result(self, obj, to_field_name):
        """Tell slots of one code apart, for whoever may see those of every host."""
        told = super().serialize_result(obj, to_field_name)
        if isinstance(obj, apps.get_model("programs.Slot")) and self._is_manager():
            told["text"] = f"{obj.role_title} ({obj.name})"
        return told

    def _is_manager(self):
        return self.request.user.allows(Permission.MANAGE_PROGRAMS)


class DeskSite(UnfoldAdminSite):
    """The desk; a role lets people in, not Django's staff flag."""

    index_template = "desk/home/page.html"
    index_title = _("Home")
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        """Take tables that ask roles; libraries bring tables that would not."""
        from programs.admin.base import RolePermissions  # needs models

        if admin_class and issubclass(admin_class, RolePermissions):
            super().register(model_or_iterable, admin_class, **options)

    def autocomplete_view(self, request):
        """Offer rows to choose from, slots of the same code with their hosts."""
        return Choices.as_view(admin_site=self)(request)

    def has_permission(self, request):
        """Let in active people who hold a role somewhere."""
        user = request.user
        return user.is_active and user.is_authenticated and bool(user.permissions)

    def admin_view(self, view, cacheable=False):
        """Open a page after the second factor, where one is asked for."""
        page = super().admin_view(view, cacheable)

        @wraps(page)
        def guarded(request, *args, **kwargs):
            return self.second_step(request) or page(request, *args, **kwargs)

        return guarded

    def second_step(self, request):
        """Return where the reader has to go first, if anywhere."""
        if not self.has_permission(request):
            return None
        if must_enrol(request.user):
            return lead_to_enrol(request)
        gives_rights = request.resolver_match.url_name in RIGHTS
        if gives_rights and lacks_factor(request):
            return ask_for_factor(request, request.path)
        return None

    def login(self, request, extra_context=None):
        """Hand the login to the accounts' door, which knows second factors."""
        if request.user.is_authenticated:
            # Signed in, but without a role: another password would not help.
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(wanted)

    def logout(self, request, extra_context=None):
        """Sign out and go to the login page."""
        super().logout(request, extra_context)
        return redirect("account_login")

    def extra_urls(self):
        """The desk's own pages, inside the admin's namespace."""
        from planner.desk.urls import urlpatterns  # the pages import models

        return urlpatterns(self)

    def index(self, request, extra_context=None):
        """Show the worklist instead of a list of tables."""
        # Models are not loaded yet where this module is.
        from planner.desk.home.context import home_context

        return super().index(
            request, {**home_context(request.user), **(extra_context or {})}
        )
