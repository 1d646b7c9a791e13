"""The desk as an app (templates, static files, tags) and as the admin's site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Pages, pictures and words of the desk; no models."""

    name = "planner.desk"
    label = "desk"
    verbose_name = _("Desk")


class DeskAdminConfig(AdminConfig):
    """The admin, with the desk as its site."""

    default_site = "planner.desk.site.admin_site.DeskSite"
