"""The table of contents of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from planner import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("desk/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", include("api.urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
]

handler400 = "api.handlers.bad_request"
handler404 = "api.handlers.not_found"
handler500 = "api.handlers.server_error"
