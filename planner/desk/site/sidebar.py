"""The menu: questions first, tables under them; roles see only what is theirs."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _

from programs.roles import Permission


def _page(request, title, icon, view, *permissions):
    """Return a link to a page of the desk, or None for people without the right."""
    if permissions and not any(request.user.allows(p) for p in permissions):
        return None
    return {"title": title, "icon": icon, "link": reverse(f"admin:{view}")}


def _table(request, icon, label):
    """Return a link to a table, or None for people who may not read it."""
    app, model_name = label.split(".")
    for model, table in admin.site._registry.items():
        meta = model._meta
        if (meta.app_label, meta.model_name) == (app, model_name):
            if not table.has_view_permission(request):
                return None
            title = str(meta.verbose_name_plural)
            return {
                "title": title[:1].upper() + title[1:],
                "icon": icon,
                "link": reverse(f"admin:{app}_{model_name}_changelist"),
            }
    return None


def _group(title, *items):
    return {
        "title": title,
        "separator": bool(title),
        "collapsible": bool(title),
        "items": [item for item in items if item],
    }


def navigation(request):
    """Return the menu for the reader."""
    planners = (Permission.PLAN, Permission.APPROVE, Permission.VIEW_ALL)
    viewers = (*planners, Permission.VIEW_OWN_PROGRAMS)
    everyone = (*viewers, Permission.VIEW_OWN_INSTITUTION)
    importers = (
        Permission.IMPORT_DATA,
        Permission.MANAGE_MONEY,
        Permission.NOMINATE,
    )

    def table(icon, label):
        return _table(request, icon, label)

    groups = [
        _group(
            "",
            _page(request, _("Home"), "home", "index"),
            _page(request, _("Intakes"), "event_available", "desk_intakes", *viewers),
            _page(
                request,
                _("Start a program"),
                "add_circle",
                "desk_setup",
                Permission.MANAGE_PROGRAMS,
            ),
            _page(request, _("Runs"), "route", "desk_runs", *viewers),
            _page(request, _("Scenarios"), "alt_route", "desk_scenarios", *planners),
            _page(
                request,
                _("Our nominees"),
                "assignment_ind",
                "desk_nominees",
                Permission.NOMINATE,
            ),
            _page(
                request,
                _("Own slots"),
                "work",
                "desk_slots",
                Permission.VIEW_OWN_INSTITUTION,
            ),
            _page(request, _("Placements"), "flight", "desk_board", *everyone),
            _page(
                request,
                _("Import and export"),
                "upload_file",
                "desk_import",
                *importers,
            ),
        ),
        _group(
            _("People"),
            table("group", "programs.participant"),
            table("assignment", "programs.application"),
            table("groups", "programs.team"),
            table("flight_takeoff", "programs.placement"),
            table("hourglass_top", "programs.reserveentry"),
        ),
        _group(
            _("Programs"),
            table("school", "programs.program"),
            table("gavel", "programs.programrule"),
            table("calendar_month", "programs.intake"),
            table("work", "programs.slot"),
            table("timeline", "programs.pathway"),
            table("share", "programs.sharedresource"),
            table("handshake", "programs.agreement"),
        ),
        _group(
            _("Money"),
            table("account_balance", "programs.fundingsource"),
            table("savings", "programs.budgetline"),
            table("payments", "programs.costrule"),
            table("percent", "programs.fundingrule"),
            table("currency_exchange", "programs.exchangerate"),
            table("money_off", "programs.feewaiver"),
        ),
        _group(
            _("Policy"),
            table("balance", "programs.quota"),
            _page(
                request,
                _("Quotas by a table"),
                "table_rows",
                "desk_shares",
                Permission.MANAGE_PROGRAMS,
            ),
            table("push_pin", "programs.pin"),
            table("group_work", "programs.grouppin"),
            table("tune", "programs.objectiveprofile"),
            table("exposure_plus_1", "programs.profilecondition"),
        ),
        _group(
            _("Reference"),
            table("apartment", "programs.institution"),
            table("public", "programs.country"),
            table("map", "programs.region"),
            table("list_alt", "programs.regionlist"),
            table("badge", "programs.immigrationroute"),
            table("psychology", "programs.skill"),
            table("translate", "programs.languagescale"),
            table("event", "programs.examsitting"),
            table("fact_check", "programs.factdefinition"),
            table("workspace_premium", "programs.qualificationlevel"),
            table("category", "programs.costcategory"),
            table("policy", "programs.processingpurpose"),
            table("flight_takeoff", "programs.transferbasis"),
        ),
        _group(
            _("Oversight"),
            _page(
                request,
                _("Is everything whole?"),
                "verified",
                "desk_integrity",
                Permission.VIEW_ALL,
            ),
            _page(
                request,
                _("What runs out?"),
                "event_busy",
                "desk_expiry",
                Permission.VIEW_ALL,
            ),
            _page(
                request,
                _("Registered twice?"),
                "people",
                "desk_twins",
                Permission.REVEAL_PERSON,
            ),
            table("history", "programs.auditevent"),
            table("warning", "programs.breach"),
            table("inventory", "programs.importbatch"),
            table("route", "planner.allocationrun"),
            table("campaign", "planner.publication"),
            table("person", "programs.user"),
            table("key", "api.institutionkey"),
            table("webhook", "api.webhookendpoint"),
        ),
    ]
    return [group for group in groups if group["items"]]


def searched_models(request):
    """Return the tables that the search box looks through."""
    return [
        "programs.participant",
        "programs.application",
        "programs.program",
        "programs.intake",
        "programs.slot",
        "programs.institution",
    ]
