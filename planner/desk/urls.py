"""The desk's own pages, inside the admin's namespace."""

from django.urls import path

from planner.desk.views import intakes, runs


def urlpatterns(site):
    """Return the pages, each behind the site's door."""
    run = "runs/<uuid:run_id>/"
    pages = [
        ("intakes/", intakes.index, "desk_intakes"),
        ("intakes/<uuid:intake_id>/", intakes.page, "desk_intake"),
        ("runs/", runs.index, "desk_runs"),
        (run, runs.page, "desk_run"),
        (run + "progress/", runs.progress, "desk_run_progress"),
    ]
    return [
        path(route, site.admin_view(view), name=name) for route, view, name in pages
    ]
