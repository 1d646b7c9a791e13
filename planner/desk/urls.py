"""The desk's own pages, inside the admin's namespace."""

from django.urls import path, register_converter

from planner.desk.by_hand import views as by_hand
from planner.desk.comparison import views as comparison
from planner.desk.conditional import views as conditional
from planner.desk.conditions import views as conditions
from planner.desk.decisions import views as decisions
from planner.desk.expiry import views as expiry
from planner.desk.free_places import views as free_places
from planner.desk.frontier import views as frontier
from planner.desk.groups import views as groups
from planner.desk.imports import views as imports
from planner.desk.intakes import views as intakes
from planner.desk.integrity import views as integrity
from planner.desk.meeting import views as meeting
from planner.desk.nominees import views as nominees
from planner.desk.outbox import views as outbox
from planner.desk.outcomes import views as outcomes
from planner.desk.people import views as people
from planner.desk.personal import links as own_links
from planner.desk.placements import views as placements
from planner.desk.runs import views as runs
from planner.desk.scenarios import views as scenarios
from planner.desk.setup import views as setup
from planner.desk.shares import views as shares
from planner.desk.slots import views as slots
from planner.desk.stays import views as stays
from planner.desk.twins import merging, views as twins
from planner.desk.what_ifs import views as what_ifs


class FileFormat:
    """The formats that files come and go in."""

    regex = "csv|xlsx"

    def to_python(self, value):
        """Return the format as it is written."""
        return value

    def to_url(self, value):
        """Return the format as it is written."""
        return value


class Paper(FileFormat):
    """The formats that reports come in."""

    regex = "pdf|xlsx"


register_converter(FileFormat, "format")
register_converter(Paper, "paper")

INTAKE = "intakes/<uuid:intake_id>/"
IMPORT = "import/<uuid:batch_id>/"
KIND = "import/<slug:kind>/"
NOMINEE = "nominees/<uuid:application_id>/"
SETUP = "start/<uuid:intake_id>/"
SLOT = "slots/<uuid:slot_id>/"
RUN = "runs/<uuid:run_id>/"
PAGES = [
    ("conditions/preview/", conditions.preview, "desk_condition"),
    ("intakes/", intakes.index, "desk_intakes"),
    (INTAKE, intakes.page, "desk_intake"),
    (INTAKE + "fit/", intakes.fit, "desk_intake_fit"),
    (INTAKE + "fit/<slug:rule>/", intakes.unfit, "desk_intake_unfit"),
    (INTAKE + "judge/", intakes.mark, "desk_intake_judge"),
    ("nominees/", nominees.index, "desk_nominees"),
    ("nominees/new/", nominees.new, "desk_nominate"),
    (NOMINEE, nominees.page, "desk_nominee"),
    ("start/", setup.start, "desk_setup"),
    ("start/from-before/", setup.repeat, "desk_setup_repeat"),
    ("start/from-folder/", setup.load, "desk_setup_load"),
    (SETUP + "open/", setup.open_, "desk_setup_open"),
    ("start/asked/<uuid:need_id>/", setup.need, "desk_setup_need"),
    (SETUP + "budget/", setup.ask_budget, "desk_setup_ask"),
    (SETUP + "missing/<slug:kind>/", setup.add_missing, "desk_setup_missing"),
    (SETUP + "hosts-pay/", setup.hosts_pay, "desk_setup_hosts_pay"),
    (SETUP + "<slug:slug>/", setup.step, "desk_setup_step"),
    ("slots/", slots.index, "desk_slots"),
    (SLOT, slots.page, "desk_slot"),
    (SLOT + "people/", slots.people, "desk_slot_people"),
    ("people/<uuid:participant_id>/", people.page, "desk_person"),
    ("applications/<uuid:application_id>/link/", own_links.index, "desk_own_links"),
    ("twins/", twins.index, "desk_twins"),
    ("twins/judge/", twins.judge, "desk_twins_judge"),
    (
        "twins/merge/<uuid:kept_id>/<uuid:gone_id>/",
        merging.page,
        "desk_twins_merge",
    ),
    ("twins/unmerge/<uuid:merger_id>/", merging.undo, "desk_twins_unmerge"),
    ("shares/", shares.page, "desk_shares"),
    ("shares/table.<format:file_format>", shares.template, "desk_shares_template"),
    ("integrity/", integrity.integrity, "desk_integrity"),
    ("running-out/", expiry.index, "desk_expiry"),
    ("integrity/clock/", integrity.confirm_clock, "desk_clock"),
    ("scenarios/", scenarios.index, "desk_scenarios"),
    ("scenarios/new/", scenarios.new, "desk_scenario_new"),
    ("placements/", placements.index, "desk_board"),
    ("placements/conditional/", conditional.index, "desk_conditional"),
    (
        "placements/conditional/<uuid:condition_id>/",
        conditional.decide,
        "desk_condition_decide",
    ),
    ("placements/changes/", stays.index, "desk_stays"),
    ("placements/changes/<uuid:change_id>/", stays.answer, "desk_stay_answer"),
    ("placements/<uuid:placement_id>/stay/", stays.page, "desk_stay"),
    ("placements/free/", free_places.index, "desk_free"),
    ("placements/free/<uuid:suggestion_id>/", free_places.decide, "desk_free_decide"),
    ("import/", imports.index, "desk_import"),
    (IMPORT, imports.batch, "desk_import_batch"),
    (IMPORT + "again/", imports.again, "desk_import_again"),
    (IMPORT + "progress/", imports.progress, "desk_import_progress"),
    (IMPORT + "parked.<format:file_format>", imports.parked, "desk_import_parked"),
    (
        "import/<slug:kind>/template.<format:file_format>",
        imports.template,
        "desk_template",
    ),
    ("import/<slug:kind>/rows.<format:file_format>", imports.export, "desk_export"),
    ("placements/next/<uuid:slot_id>/", placements.move_up, "desk_move_up"),
    ("runs/", runs.index, "desk_runs"),
    ("runs/new/", decisions.new, "desk_run_new"),
    ("runs/compare/", comparison.compare_runs, "desk_compare"),
    ("runs/compare/meeting.<paper:paper>", meeting.comparison, "desk_compare_file"),
    (RUN, runs.page, "desk_run"),
    (RUN + "meeting.<paper:paper>", meeting.plan, "desk_run_file"),
    (RUN + "progress/", runs.progress, "desk_run_progress"),
    (RUN + "stop/", decisions.stop, "desk_run_stop"),
    (RUN + "submit/", decisions.hand_over, "desk_run_submit"),
    (RUN + "decision/", decisions.judge, "desk_run_judge"),
    (RUN + "publish/", decisions.make_binding, "desk_run_publish"),
    (RUN + "outbox/", outbox.index, "desk_outbox"),
    (
        RUN + "outbox/<uuid:application_id>/",
        outbox.preview,
        "desk_outbox_preview",
    ),
    (RUN + "outbox/letters/", outbox.letters, "desk_outbox_letters"),
    (RUN + "outbox/letters/<uuid:job_id>.pdf", outbox.take, "desk_letters_file"),
    (
        RUN + "outbox/again/<uuid:message_id>/",
        outbox.again,
        "desk_outbox_again",
    ),
    (RUN + "replan/", decisions.plan_again, "desk_run_replan"),
    (RUN + "drift/", comparison.drift, "desk_run_drift"),
    (RUN + "pack.zip", integrity.decision_pack, "desk_run_pack"),
    (RUN + "more/", frontier.page, "desk_run_frontier"),
    (RUN + "more/answers/", frontier.answers, "desk_run_frontier_answers"),
    (RUN + "by-hand/", by_hand.page, "desk_run_by_hand"),
    (RUN + "by-hand.<format:file_format>", by_hand.ours, "desk_run_by_hand_file"),
    (RUN + "what-if/", what_ifs.page, "desk_run_what_if"),
    (RUN + "what-if/answers/", what_ifs.answers, "desk_run_what_if_answers"),
    (RUN + "why/", groups.index, "desk_run_groups"),
    (RUN + "why/provinces/<slug:code>/", groups.province, "desk_run_province"),
    (RUN + "why/quotas/<slug:code>/", groups.quota, "desk_run_quota"),
    (RUN + "people/", outcomes.index, "desk_run_people"),
    (RUN + "people.<format:file_format>", outcomes.download, "desk_run_people_file"),
    (RUN + "people/<uuid:application_id>/", outcomes.person, "desk_run_person"),
]


def urlpatterns(site):
    """Return the pages, each behind the site's door."""
    return [
        path(route, site.admin_view(view), name=name) for route, view, name in PAGES
    ]
