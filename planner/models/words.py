"""Stored codes and facts in words, in the language of whoever reads them.

A reason has two versions. The planner's names limits, amounts and what was left. The
participant's says what concerns that person alone: never who else applied, what others
are worth, or what money is left.
"""

from django.utils.translation import gettext as _, gettext_noop, ngettext

from programs import eligibility, formats
from programs.costing import rupiah_to_units, units_to_rupiah
from programs.models.base import localised

from .states import LimitKind

PRICE_STEP = rupiah_to_units(100_000_000)
"""What one more of a budget is, in planning units: Rp 100 million."""

BEFORE_A_PLAN = gettext_noop("Stopped before a plan.")
"""What is said of a run that was cancelled while there was nothing to keep."""

REASON_LABELS = {
    "seats_full": gettext_noop("all seats taken"),
    "cohort_not_run": gettext_noop("cohort does not run"),
    "budget_short": gettext_noop("budget used up"),
    "quota_full": gettext_noop("quota reached"),
    "resource_full": gettext_noop("shared resource used up"),
    "agreement_full": gettext_noop("agreement used up"),
    "route_full": gettext_noop("immigration route used up"),
    "placed_elsewhere": gettext_noop("placed elsewhere at that time"),
    "others_came_first": gettext_noop("others came first"),
    "not_eligible": gettext_noop("not eligible"),
    "no_slot_fits": gettext_noop("no slot fits"),
    "team_not_together": gettext_noop("no slot for the whole team"),
    "nothing_asked_for": gettext_noop("nothing to choose from"),
}
"""Short names of the main reasons, for lists and charts."""


RULE_LABELS = {
    "other_intake": gettext_noop("slot of another intake"),
    "slot_closed": gettext_noop("slot not offered any more"),
    "citizenship": gettext_noop("citizenship"),
    "age": gettext_noop("age"),
    "kkni": gettext_noop("KKNI level"),
    "field": gettext_noop("field of study"),
    "skill_level": gettext_noop("skill missing or too low"),
    "language_level": gettext_noop("language level too low or not valid then"),
    "not_available": gettext_noop("not free at that time"),
    "already_placed": gettext_noop("placed already at that time"),
    "step_order": gettext_noop("steps of the pathway overlap"),
    "route_invalid": gettext_noop("immigration route not valid then"),
    "lead_time": gettext_noop("too late for the papers"),
    "agreement_not_in_force": gettext_noop("agreement not in force"),
    "host_veto": gettext_noop("host said no"),
    "forbidden": gettext_noop("ruled out by a coordinator"),
    "no_payer": gettext_noop("a cost nobody may pay"),
    "waived_fee": gettext_noop("a cost left to the worker, which is forbidden"),
}
"""Short names of the rules of eligibility, for lists and charts."""


def rule_label(code):
    """Return the short name of a rule of eligibility."""
    return _(RULE_LABELS[code])


def reason_label(code):
    """Return the short name of a main reason."""
    return _(REASON_LABELS[code])


def for_planner(reason):
    """Return a reason as a sentence for planners, with its numbers."""
    sentence = PLANNER[reason["code"]](reason, reason["params"])
    place = reason.get("pathway") or reason.get("slot")
    return f"{place}: {sentence}" if place else sentence


def for_participant(reason):
    """Return a reason as a sentence for the person, without other people's data."""
    sentence = PARTICIPANT[reason["code"]](reason, reason["params"])
    place = reason.get("pathway") or reason.get("slot")
    return f"{place}: {sentence}" if place else sentence


def rupiah(units):
    """Return planning units as money in words."""
    return formats.rupiah_short(units_to_rupiah(units))


def label(params):
    """Return the name of the limit in the reader's language."""
    return localised(params["label_en"], params["label_id"])


def rules(reason, params):
    """Return what the rules say, with their numbers; they are the person's own."""
    return " ".join(eligibility.text(rule) for rule in reason["rules"])


def seats_full(reason, params):
    return ngettext(
        "The only seat went to somebody who was worth more to the plan.",
        "All %(seats)d seats went to people who were worth more to the plan.",
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
            "There was room, but this place would have cost the plan more "
            "(money, quotas or a cohort) than it is worth."
        )
    ),
    "not_eligible": rules,
    "no_slot_fits": no_slot_fits,
    "team_not_together": TEAM,
    "nothing_asked_for": NOTHING,
}
PARTICIPANT = PLANNER | {
    "seats_full": say(
        gettext_noop("You met every condition, but there were more people than seats.")
    ),
    "cohort_not_run": say(
        gettext_noop("You met every condition, but too few people could take part.")
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
        gettext_noop("You met every condition, but the places went to other people.")
    ),
    "no_slot_fits": say(
        gettext_noop("No slot of the intake fits what you have stated so far.")
    ),
}


CONFLICTS = {
    "upper": gettext_noop("%(limit)s: raise it by %(amount)s."),
    "lower": gettext_noop("%(limit)s: ask for %(amount)s fewer."),
    "supply": gettext_noop("%(limit)s: add %(amount)s."),
    "must": gettext_noop("%(limit)s: take the pin back."),
}
"""What to do about a limit that cannot hold together with others."""

TIGHT = {
    "upper": gettext_noop("%(limit)s: allows too little."),
    "lower": gettext_noop("%(limit)s: asks for too much."),
    "supply": gettext_noop("%(limit)s: has too little money."),
    "must": CONFLICTS["must"],
}
"""The same where nobody knows by how much."""


def conflict(relief, name=None):
    """Return what to do about a limit that cannot hold together with others.

    Parameters
    ----------
    relief: as a run stores it. name: of the limit, unless its own label is meant.
    """
    name = name or localised(relief["label_en"], relief["label_id"])
    if relief["by"] is None:
        return _(TIGHT[relief["kind"]]) % {"limit": name}
    is_money = relief["kind"] == "supply"
    amount = rupiah(relief["by"]) if is_money else formats.number(relief["by"])
    return _(CONFLICTS[relief["kind"]]) % {"limit": name, "amount": amount}


def price(limit):
    """Return what one more unit of a limit is worth, as a sentence."""
    if limit.kind == LimitKind.BUDGET:
        return price_of_money(limit)
    if not limit.people and not limit.price:
        return _("Not tight: more of it would change nothing.")
    if limit.people > 0:
        return _("One more would place %(people)s more people.") % {
            "people": formats.number(limit.people, decimals=2)
        }
    if limit.people < 0:
        return _("One fewer asked for would place %(people)s more people.") % {
            "people": formats.number(-limit.people, decimals=2)
        }
    return _("One more would add %(points)s points of fit.") % {
        "points": formats.number(limit.price)
    }


def price_of_money(limit):
    """Return what Rp 100 million more of a budget line is worth."""
    amount = rupiah(PRICE_STEP)
    if limit.people > 0:
        return _("%(amount)s more would place %(people)s more people.") % {
            "amount": amount,
            "people": formats.number(limit.people * PRICE_STEP, decimals=2),
        }
    if limit.price > 0:
        return _("%(amount)s more would add %(points)s points of fit.") % {
            "amount": amount,
            "points": formats.number(limit.price * PRICE_STEP),
        }
    return _("Not tight: more of it would change nothing.")
