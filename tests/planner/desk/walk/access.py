"""Who may open what on the desk, written by hand; a new address is added here."""

CALLERS = {
    "c": "the coordinator of the program",
    "o": "a coordinator of other programs",
    "p": "a planner",
    "v": "an approver",
    "s": "the partner that sends",
    "h": "the partner that hosts",
    "u": "an auditor",
    "a": "an administrator",
}
EVERYBODY, OFFICERS, SEE_ALL = "copvshua", "copvua", "pvua"
CONCERNED, RUNNERS = "cpvshua", "cpvua"
"""Whoever has to do with the row; officers who have."""
NOBODY = ""
"""A page that only takes what is sent to it."""

PAGES = {
    "search": EVERYBODY,
    "index": EVERYBODY,
    "app_list": EVERYBODY,
    "jsi18n": EVERYBODY,
    "autocomplete": NOBODY,
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "auth_user_password_change": "a",
    "desk_intakes": OFFICERS,
    "desk_intake": RUNNERS,
    "desk_intake_fit": RUNNERS,
    "desk_intake_unfit": RUNNERS,
    "desk_intake_judge": NOBODY,
    "desk_nominees": "sha",
    "desk_nominate": "sha",
    "desk_nominee": "sa",
    "desk_setup": "coa",
    "desk_setup_step": "cpa",
    "desk_setup_open": NOBODY,
    "desk_setup_repeat": NOBODY,
    "desk_setup_load": NOBODY,
    "desk_setup_missing": NOBODY,
    "desk_setup_ask": NOBODY,
    "desk_setup_need": "a",
    "desk_setup_hosts_pay": NOBODY,
    "desk_slots": "sha",
    "desk_slot": CONCERNED,
    "desk_slot_people": RUNNERS,
    "desk_person": RUNNERS,
    "desk_own_links": "csa",
    "desk_twins": "copa",
    "desk_twins_judge": NOBODY,
    "desk_twins_merge": "cpa",
    "desk_twins_unmerge": NOBODY,
    "desk_shares": "coa",
    "desk_shares_template": "coa",
    "desk_integrity": SEE_ALL,
    "desk_expiry": SEE_ALL,
    "desk_clock": NOBODY,
    "desk_condition": "coap",
    "desk_scenarios": OFFICERS,
    "desk_scenario_new": "p",
    "desk_board": EVERYBODY,
    "desk_conditional": EVERYBODY,
    "desk_condition_decide": NOBODY,
    "desk_stays": EVERYBODY,
    "desk_stay": CONCERNED,
    "desk_stay_answer": NOBODY,
    "desk_free": OFFICERS,
    "desk_free_decide": NOBODY,
    "desk_import": "copsha",
    "desk_import_again": NOBODY,
    "desk_import_batch": "cpa",
    "desk_import_progress": "cpa",
    "desk_import_parked": "cpa",
    "desk_template": "cosha",
    "desk_export": "cosha",
    "desk_move_up": "p",
    "desk_runs": OFFICERS,
    "desk_run_new": "p",
    "desk_compare": NOBODY,
    "desk_compare_file": NOBODY,
    "desk_run_file": RUNNERS,
    "desk_run": RUNNERS,
    "desk_run_progress": RUNNERS,
    "desk_run_stop": NOBODY,
    "desk_run_submit": "p",
    "desk_run_judge": "v",
    "desk_run_publish": "p",
    "desk_run_replan": "p",
    "desk_outbox": "ca",
    "desk_outbox_preview": "ca",
    "desk_outbox_letters": NOBODY,
    "desk_letters_file": "c",
    "desk_outbox_again": NOBODY,
    "desk_run_drift": SEE_ALL,
    "desk_run_pack": SEE_ALL,
    "desk_run_frontier": SEE_ALL,
    "desk_run_frontier_answers": SEE_ALL,
    "desk_run_what_if": SEE_ALL,
    "desk_run_what_if_answers": SEE_ALL,
    "desk_run_by_hand": SEE_ALL,
    "desk_run_by_hand_file": SEE_ALL,
    "desk_run_groups": RUNNERS,
    "desk_run_province": RUNNERS,
    "desk_run_quota": RUNNERS,
    "desk_run_people": RUNNERS,
    "desk_run_people_file": RUNNERS,
    "desk_run_person": RUNNERS,
    "programs_application_pin": "cpa",
    "programs_application_move": "csa",
    "programs_agreement_move": "a",
    "programs_placement_move": "csha",
    "programs_intake_move": "ca",
    "programs_slot_move": "cha",
    "programs_participant_reveal": "cpa",
    "programs_participant_rights": "cpsa",
    "programs_participant_everything": NOBODY,
}

READERS = {
    "application participant placement program programrule intake slot pathway": (
        EVERYBODY,
        CONCERNED,
    ),
    "country region regionlist immigrationroute institution costcategory feewaiver "
    "processingpurpose transferbasis skill languagescale examsitting "
    "qualificationlevel factdefinition": (
        EVERYBODY,
        EVERYBODY,
    ),
    "agreement": (EVERYBODY, SEE_ALL),
    "team importbatch costrule fundingrule reserveentry quota pin grouppin scenario "
    "allocationrun publication": (OFFICERS, RUNNERS),
    "fundingsource budgetline exchangerate objectiveprofile profilecondition "
    "sharedresource": (
        OFFICERS,
        OFFICERS,
    ),
    "auditevent breach": (SEE_ALL, SEE_ALL),
    "user institutionkey webhookendpoint": ("a", "a"),
}
"""Of each table: who reads the list, and who reads a row of the coordinator's."""
ADD = {
    "application team agreement quota program programrule intake "
    "sharedresource pathway": "coa",
    "participant slot": "coash",
    "costrule fundingrule grouppin": "copa",
    "fundingsource budgetline exchangerate": "pa",
    "scenario": "p",
    "breach country region regionlist immigrationroute institution user costcategory "
    "feewaiver objectiveprofile profilecondition transferbasis skill languagescale "
    "examsitting "
    "qualificationlevel institutionkey factdefinition": "a",
}
DELETE = {
    "costrule fundingrule grouppin": "cpa",
    "budgetline": "pa",
    "quota programrule": "ca",
    "transferbasis profilecondition": "a",
}


def of(table, model, otherwise=None):
    """Return what one of the tables above says of a model.

    Raises
    ------
    KeyError: nothing, and there is no ``otherwise``.
    """
    told = {name: value for names, value in table.items() for name in names.split()}
    return told[model] if otherwise is None else told.get(model, otherwise)


def may(name):
    """Return the letters of those whom an address is open to.

    Raises
    ------
    KeyError: it stands in none of the tables above; add it.
    """
    if name in PAGES or name.count("_") < 2:
        return PAGES[name]
    _app, model, page = name.split("_", 2)
    readers, row_readers = of(READERS, model)
    return {
        "changelist": readers,
        "download": readers,
        "change": row_readers,
        "history": row_readers,
        "simple_history": row_readers,
        "add": of(ADD, model, NOBODY),
        "delete": of(DELETE, model, NOBODY),
    }[page]
