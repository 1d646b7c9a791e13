"""Why somebody has no place, in words, in the language of whoever reads them.

A reason has two versions. The planner's names limits, amounts and what was left. The
participant's says what concerns that person alone: never who else applied, what others
are worth, or what money is left.
"""

from django.utils.translation import gettext as _, gettext_noop, ngettext

from programs import eligibility, formats
from programs.eligibility.labels import rule_label

from .states import LimitKind
from .words import label, rupiah

REASON_LABELS = {
    "no_room": gettext_noop("no room in the plan"),
    "too_few": gettext_noop("too few who could take part"),
    "cohort_closed": gettext_noop("cohort does not run in the plan"),
    "outweighed": gettext_noop("would not make the plan better"),
    "room_left": gettext_noop("room left: the plan is not the best"),
    "not_eligible": gettext_noop("not eligible"),
    "no_slot_fits": gettext_noop("no slot fits"),
    "team_not_together": gettext_noop("no slot for the whole team"),
    "nothing_asked_for": gettext_noop("nothing to choose from"),
    "checked": gettext_noop("data being checked by the ministry"),
    # Runs of earlier releases named one limit of several.
    "seats_full": gettext_noop("all seats taken"),
    "cohort_not_run": gettext_noop("cohort does not run"),
    "budget_short": gettext_noop("budget used up"),
    "quota_full": gettext_noop("quota reached"),
    "resource_full": gettext_noop("shared resource used up"),
    "agreement_full": gettext_noop("agreement used up"),
    "route_full": gettext_noop("immigration route used up"),
    "placed_elsewhere": gettext_noop("placed elsewhere at that time"),
    "others_came_first": gettext_noop("place not given in the plan"),
}
"""Short names of the main reasons, for lists and charts."""


def reason_label(code):
    """Return the short name of a main reason."""
    return _(REASON_LABELS[code])


def for_planner(reason):
    """Return a reason as a sentence for planners, with its numbers."""
    sentence = PLANNER[reason["code"]](reason, reason["params"])
    if told := reason.get("drawn"):
        sentence += " " + _(
            "%(placed)s of %(alike)s exactly alike for the plan got what there was: a "
            "public draw decided who."
        ) % {name: formats.number(number) for name, number in told.items()}
    place = reason.get("pathway") or reason.get("slot")
    return f"{place}: {sentence}" if place else sentence


def for_participant(reason):
    """Return a reason as a sentence for the person, without other people's data."""
    sentence = PARTICIPANT[reason["code"]](reason, reason["params"])
    if "drawn" in reason:
        sentence += " " + _("Among all who were exactly alike a public draw decided.")
    place = reason.get("pathway") or reason.get("slot")
    return f"{place}: {sentence}" if place else sentence


def rules(reason, params):
    """Return what the rules say, with their numbers; they are the person's own."""
    return " ".join(eligibility.text(rule) for rule in reason["rules"])


def no_room(reason, params):
    """Return all that is short for a place, and what a witness shows: room for one."""
    sentence = _("No room in this plan. Short: %(limits)s.") % {
        "limits": shortages(reason["short"])
    }
    if reason["possible"]:
        sentence += " " + _(
            "With that much more of each, this person could have the place and "
            "everybody else keep theirs."
        )
    return sentence


def shortages(short):
    """Return limits without room with how much is missing, in one line."""
    return "; ".join(shortage(each) for each in short)


def shortage(each):
    """Return a limit without room with how much is missing."""
    if each.get("checked"):
        return _(CHECKED)
    if each["kind"] == LimitKind.OVERLAP:
        return _("another place at the same time")
    if each["kind"] == LimitKind.BUDGET:
        what, amount = label(each), rupiah(each["by"])
    else:
        what, amount = label(each), each["by"] and formats.number(each["by"])
        if each["kind"] == LimitKind.SEATS:
            what = _("seats of %(slot)s") % {"slot": what}
    return f"{what} ({amount})" if amount else what


def limits_of(reason):
    """Return the names of all limits that a reason names, for the planner."""
    named = [reason["params"], *shorts_of(reason), *reason.get("shares", ())]
    return [label(each) for each in named if "label_en" in each or "lines" in each]


def shorts_of(reason):
    """Return everything that is short for a place, its cohort's part too."""
    own = reason.get("short", [])
    return own + [
        each for one in reason.get("cohorts", ()) for each in one.get("short", ())
    ]


def kinds_short(short):
    """Return what kinds of thing are short, for the person: without names or sums."""
    kinds = dict.fromkeys(
        CHECKED if each.get("checked") else SHORT[each["kind"]] for each in short
    )
    return ", ".join(_(kind) for kind in kinds)


CHECKED = gettext_noop("a check of the person's data, which the ministry is making")
"""What is told of another registration: nothing, to anybody but its officers."""


SHORT = {
    LimitKind.SEATS: gettext_noop("seats"),
    LimitKind.BUDGET: gettext_noop("money"),
    LimitKind.QUOTA: gettext_noop("a limit on shares of people"),
    LimitKind.VALUE: gettext_noop("a limit on shares of people"),
    LimitKind.GROUP_PIN: gettext_noop("places that were promised to a group"),
    LimitKind.RESOURCE: gettext_noop("rooms, equipment or mentors"),
    LimitKind.AGREEMENT: gettext_noop("places under the agreement"),
    LimitKind.ROUTE: gettext_noop("visas"),
    LimitKind.OVERLAP: gettext_noop("your time: you have another place then"),
    LimitKind.CHANGES: gettext_noop("changes of decided places"),
    LimitKind.RANK: gettext_noop("a place higher in your own list"),
}
"""What may be short for a place, in the words for the person."""


def closed_cohort(reason, params):
    """Return why cohorts do not run, and what else the place would lack."""
    told = [cohort(each) for each in reason["cohorts"]]
    if reason.get("short"):
        told.append(
            _("Also short: %(limits)s.") % {"limits": shortages(reason["short"])}
        )
    return " ".join(told)


def cohort(each):
    """Return why one cohort does not run."""
    told = [
        _(
            "The cohort of %(slot)s does not run in this plan: it needs %(min)d "
            "people, %(able)d could take part, %(free)d of them have no place."
        )
        % each
    ]
    if each.get("short"):
        told.append(
            _(
                "For as few of these as it needs, the best first, it is short of: "
                "%(what)s."
            )
            % {"what": shortages(each["short"])}
        )
    elif each.get("better"):
        told.append(
            _("It could run, and the plan would be better: it is not the best.")
        )
    elif "better" in each:
        told.append(
            _(
                "With the best of these it would keep every limit, but not make the "
                "plan better."
            )
        )
    return " ".join(told)


def closed_cohort_for_participant(reason, params):
    """Return why cohorts do not run, without other people's data."""
    own = reason.get("short", [])
    # A place at the same time that stops a cohort may be somebody else's.
    others = [s for s in shorts_of(reason) if s["kind"] != LimitKind.OVERLAP]
    if short := others + [s for s in own if s["kind"] == LimitKind.OVERLAP]:
        return _(
            "You met every condition, but the group does not run in this plan. "
            "Short: %(what)s."
        ) % {"what": kinds_short(short)}
    return _("You met every condition, but the group does not run in this plan.")


def outweighed(reason, params):
    if reason["shares"]:
        return _(
            "There is room, but the place would miss these shares of people further, "
            "which weighs more: %(shares)s."
        ) % {"shares": "; ".join(label(each) for each in reason["shares"])}
    return _("There is room, but the place would not make the plan better.")


def no_room_for_participant(reason, params):
    return _(
        "You met every condition, but there is no room in this plan. Short: %(what)s."
    ) % {"what": kinds_short(reason["short"])}


def seats_full(reason, params):
    return ngettext(
        "The only seat is taken in this plan.",
        "All %(seats)d seats are taken in this plan.",
        params["seats"],
    ) % {"seats": params["seats"]}


def cohort_not_run(reason, params):
    return _("The cohort of %(slot)s does not run: it needs %(min)d people.") % params


def budget_short(reason, params):
    return _("%(needed)s needed, but %(lines)s have %(left)s left.") % {
        "needed": rupiah(params["needed"]),
        "lines": ", ".join(params["lines"]),
        "left": rupiah(params["left"]),
    }


def limit_full(reason, params):
    return _("Used up: %(limit)s (limit %(upper)s).") % {
        "limit": label(params),
        "upper": "–" if params["upper"] is None else formats.number(params["upper"]),
    }


def quota_full(reason, params):
    return _("The quota “%(limit)s” is reached.") % {"limit": label(params)}


def no_slot_fits(reason, params):
    counts = ", ".join(
        f"{rule_label(code)} ({count})" for code, count in reason["counts"][:3]
    )
    return _("No slot of the intake fits; rules broken most often: %s.") % counts


def say(text):
    """Return a teller of one sentence without numbers."""
    return lambda reason, params: _(text)


ELSEWHERE = say(gettext_noop("A place at the same time was given instead."))
TEAM = say(gettext_noop("No slot takes every member of the team."))
NOTHING = say(gettext_noop("There is no slot or pathway to choose from."))

PLANNER = {
    "no_room": no_room,
    "too_few": closed_cohort,
    "cohort_closed": closed_cohort,
    "outweighed": outweighed,
    "room_left": say(
        gettext_noop(
            "This place could be given, and everybody else keep theirs: the plan is "
            "not the best. Ask for a run with more time."
        )
    ),
    "seats_full": seats_full,
    "cohort_not_run": cohort_not_run,
    "budget_short": budget_short,
    "quota_full": quota_full,
    "resource_full": limit_full,
    "agreement_full": limit_full,
    "route_full": limit_full,
    "placed_elsewhere": ELSEWHERE,
    "others_came_first": say(
        gettext_noop(
            "No hard limit stood against this place, but the plan did not give it."
        )
    ),
    "not_eligible": rules,
    "no_slot_fits": no_slot_fits,
    "team_not_together": TEAM,
    "nothing_asked_for": NOTHING,
    "checked": say(gettext_noop("The ministry is checking this person's data.")),
}
PARTICIPANT = PLANNER | {
    "no_room": no_room_for_participant,
    "too_few": say(
        gettext_noop(
            "You met every condition, but too few people could take part for the "
            "group to run."
        )
    ),
    "cohort_closed": closed_cohort_for_participant,
    "outweighed": say(
        gettext_noop(
            "You met every condition, but with this place the plan would be further "
            "from what it has to reach."
        )
    ),
    "room_left": say(
        gettext_noop(
            "You met every condition and there may still be room: ask the coordinator."
        )
    ),
    "seats_full": say(
        gettext_noop("You met every condition, but all seats are taken in this plan.")
    ),
    "cohort_not_run": say(
        gettext_noop(
            "You met every condition, but the group does not run in this plan."
        )
    ),
    "budget_short": say(
        gettext_noop("You met every condition, but the money was not enough.")
    ),
    "quota_full": say(
        gettext_noop("You met every condition, but a limit for this place was reached.")
    ),
    "resource_full": say(
        gettext_noop("You met every condition, but what the place needs is used up.")
    ),
    "agreement_full": say(
        gettext_noop(
            "You met every condition, but the agreement allows no more people."
        )
    ),
    "route_full": say(
        gettext_noop("You met every condition, but no more visas are foreseen.")
    ),
    "others_came_first": say(
        gettext_noop("You met every condition, but the plan did not give this place.")
    ),
    "no_slot_fits": say(
        gettext_noop("No slot of the intake fits what you have stated so far.")
    ),
}
