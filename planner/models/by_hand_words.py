"""A plan made by hand beside a run's, in words: what it breaks, and who fares how."""

from django.db import models
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programs import formats

from .reason_words import shortages
from .states import LimitKind
from .words import label, rupiah


class Sameness(models.TextChoices):
    """How somebody fares in the plan made by hand, beside the run's."""

    SAME = "same", gettext_lazy("same place")
    OTHER = "other", gettext_lazy("another place")
    OURS = "ours", gettext_lazy("place only in the run's plan")
    THEIRS = "theirs", gettext_lazy("place only by hand")


def violation(each):
    """Return a limit that the plan breaks, with the rule in words.

    Parameters
    ----------
    each: a limit as reasons store one, with ``use`` and ``limit`` in what people count
    (None where only what is missing is known), and ``person`` for an overlap.
    """
    facts = {
        "what": named(each),
        "use": each.get("use") is not None and formats.number(each["use"]),
        "limit": each.get("limit_at") is not None and formats.number(each["limit_at"]),
        "by": each["by"] and formats.number(each["by"]),
    }
    match each["kind"]:
        case LimitKind.OVERLAP:
            return _(
                "%(person)s would be in two places at once, or have two places of an "
                "intake: a person has one at a time."
            ) % {"person": each["person"]}
        case LimitKind.BUDGET:
            return _(
                "%(lines)s: the plan asks for %(by)s more than is left. No budget line "
                "pays more than it has."
            ) % {"lines": label(each), "by": rupiah(each["by"])}
        case LimitKind.SEATS if each.get("is_floor"):
            return (
                _(
                    "%(what)s: a cohort of %(use)s, and it runs with at least "
                    "%(limit)s or not at all."
                )
                % facts
            )
        case LimitKind.SEATS:
            return _("%(what)s: %(use)s in %(limit)s seats, %(by)s too many.") % facts
    if facts["use"] and facts["limit"]:
        if each.get("is_floor"):
            return _("%(what)s: %(use)s, and at least %(limit)s are needed.") % facts
        return _("%(what)s: %(use)s used, and at most %(limit)s are allowed.") % facts
    return _("%(what)s: this hard limit does not hold.") % facts


def named(each):
    """Return what a limit is called; of seats the slot's code stands with it."""
    told = label(each) if "label_en" in each else ""
    return f"{each['code']} ({told})" if "code" in each else told


def left_out(person, place):
    """Return that somebody who has to be placed is not, or not there."""
    if not place:
        return _("%(person)s has to be placed, and is not.") % {"person": person}
    return _("%(person)s has to have %(place)s: a pin, or a decision to keep.") % {
        "person": person,
        "place": place,
    }


def second_place(name):
    """Return what is said of a human who has a place by another application."""
    return _("%(person)s has a place already, by another registration.") % {
        "person": name
    }


def not_a_way():
    """Return what is said where the data of today speak against nothing."""
    return _(
        "This place is none of the person's ways in the run's data; what changed since "
        "stands on the page of the run."
    )


def placing(ours, theirs):
    """Return how two places of a person compare: preference, and worth to the plan."""
    return _("In the run's plan: %(ours)s. By hand: %(theirs)s.") % {
        "ours": worth(*ours),
        "theirs": worth(*theirs),
    }


def worth(rank, points):
    """Return which preference a place is and what it is worth."""
    told = formats.number(points)
    if not rank:
        return ngettext("%(points)s point", "%(points)s points", points) % {
            "points": told
        }
    return _("preference %(rank)s, %(points)s points") % {
        "rank": formats.number(rank),
        "points": told,
    }


def by_hand():
    """Return how a sentence about the plan made by hand begins."""
    return _("By hand")


def in_plan():
    """Return how a sentence about the run's plan begins."""
    return _("In the run's plan")


def in_run(number):
    """Return how a sentence about one of several runs begins."""
    return _("In run %(number)s") % {"number": number}


def room(found, plan):
    """Return what stands against a place in a plan that does not give it.

    Parameters
    ----------
    found: ``short`` and ``shares`` as reasons store limits, ``cohorts`` codes of
    slots, ``is_better`` whether the plan would be better with it.
    plan: how the sentence begins: which plan it is.
    """
    if found["short"]:
        return _("%(plan)s there is no room for it. Short: %(limits)s.") % {
            "plan": plan,
            "limits": shortages(found["short"]),
        }
    if found["cohorts"]:
        return _("%(plan)s too few people are in the cohort of %(slots)s.") % {
            "plan": plan,
            "slots": ", ".join(found["cohorts"]),
        }
    if found["is_better"]:
        return _("%(plan)s there is room for it, and it would be better with it.") % {
            "plan": plan
        }
    if found["shares"]:
        return _("%(plan)s it would miss these shares further: %(shares)s.") % {
            "plan": plan,
            "shares": "; ".join(label(each) for each in found["shares"]),
        }
    return _("%(plan)s there is room for it, and it would not be better with it.") % {
        "plan": plan
    }


def headline(facts):
    """Return the comparison in one sentence: whether it holds, and what is gained.

    Parameters
    ----------
    facts: ``broken`` (how many rules and limits do not hold), and ``people``,
    ``points``, ``cost`` as (the run's, by hand); points may be None.
    """
    broken = facts["broken"]
    told = (
        ngettext(
            "The plan made by hand breaks %(number)s rule or limit.",
            "The plan made by hand breaks %(number)s rules or limits.",
            broken,
        )
        % {"number": formats.number(broken)}
        if broken
        else _("The plan made by hand keeps every rule and every hard limit.")
    )
    parts = [told, gain(facts)]
    return " ".join(parts)


def gain(facts):
    """Return what the run's plan has more or less of."""
    parts = []
    people = facts["people"][0] - facts["people"][1]
    if people:
        parts.append(
            ngettext("%(number)s person", "%(number)s people", abs(people))
            % {"number": formats.signed(people)}
        )
    if facts["points"] and (points := facts["points"][0] - facts["points"][1]):
        parts.append(
            ngettext("%(number)s point", "%(number)s points", abs(points))
            % {"number": formats.signed(points)}
        )
    if cost := facts["cost"][0] - facts["cost"][1]:
        parts.append(f"{'+' if cost > 0 else '−'}{rupiah(abs(cost))}")
    if not parts:
        return _("The run's plan has as many people, points and cost.")
    return _("The run's plan beside it: %(gain)s.") % {"gain": ", ".join(parts)}


def no_plan(number):
    """Return that there is nothing to compare with."""
    return _(
        "Run %(number)d has no plan to compare with; choose a run that has one."
    ) % {"number": number}


def apart(person):
    """Return that a team is not placed together."""
    return _(
        "%(person)s is in a team, and by hand the team is not in one place: a team is "
        "placed together or not at all."
    ) % {"person": person}


def no_pathway(person):
    """Return that somebody has several places that are no pathway."""
    return _(
        "%(person)s has several places by hand, and no pathway of the intake is made "
        "of them."
    ) % {"person": person}
