"""The table of contents of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from planner import health
from planner.desk.personal import views as personal

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("desk/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("me/", personal.page, name="own_page"),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", include("api.urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
]

handler400 = "api.handlers.bad_request"
handler404 = "api.handlers.not_found"
handler500 = "api.handlers.server_error"
