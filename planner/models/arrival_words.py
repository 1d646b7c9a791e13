"""Who is expected to arrive by pathways, in words: desk, terminal and pack alike."""

from collections import defaultdict
from fractions import Fraction

from django.utils.translation import gettext as _, ngettext

from programs import formats
from programs.models.base import localised

from . import what_if_words


def lines(entries):
    """Return everything about the pathways of a run in sentences.

    Parameters
    ----------
    entries: as ``results.arrivals.of`` tells them; none of runs of earlier releases.
    """
    entries = entries or []
    return [*map(goal, goals(entries)), *(each for e in entries for each in of_one(e))]


def of_one(entry):
    """Return the sentences about one pathway."""
    return [expected(entry), counted(entry), *stopped(entry)]


def title(entry):
    """Return how the pathway is called."""
    return localised(entry["title_en"], entry["title_id"])


def expected(entry):
    """Return how many of those who begin are expected to arrive."""
    return ngettext(
        "%(pathway)s: %(expected)s of %(begin)s person who begins is expected to "
        "arrive.",
        "%(pathway)s: %(expected)s of %(begin)s people who begin are expected to "
        "arrive.",
        entry["begin"],
    ) % {
        "pathway": title(entry),
        "expected": number(entry["expected"]),
        "begin": formats.number(entry["begin"]),
    }


def counted(entry):
    """Return what a place on the pathway counts, in placements."""
    worth, chance = Fraction(entry["worth"]), Fraction(entry["chance"])
    return _(
        "A place on it counts as %(total)s placements: 1 for beginning, and %(worth)s "
        "for arriving with a chance of %(chance)s, which is %(points)s points."
    ) % {
        "total": number(1 + worth * chance, 2),
        "worth": number(worth, 2),
        "chance": percent(chance),
        "points": formats.number(entry["points"]),
    }


def chance(step):
    """Return where the chance of a step comes from."""
    if not step["ended"]:
        return _("%(chance)s, as it was typed; measured on nobody yet") % {
            "chance": percent(step["typed"])
        }
    return ngettext(
        "%(chance)s: typed %(typed)s, and %(passed)s of %(ended)s person passed",
        "%(chance)s: typed %(typed)s, and %(passed)s of %(ended)s people passed",
        step["ended"],
    ) % {
        "chance": percent(step["chance"]),
        "typed": percent(step["typed"]),
        "passed": formats.number(step["passed"]),
        "ended": formats.number(step["ended"]),
    }


def stopped(entry):
    """Return what stops the next arrival, in one sentence."""
    if not entry["could"]:
        return [_("Nobody else who asked for it could begin.")]
    told = [
        _("%(limit)s (%(people)s)")
        % {"limit": limit(each["limit"]), "people": formats.number(each["people"])}
        for each in entry["stopped"]
    ]
    return [
        ngettext(
            "%(could)s person more could begin. What stops the next arrival, and for "
            "how many of them: %(limits)s.",
            "%(could)s people more could begin. What stops the next arrival, and for "
            "how many of them: %(limits)s.",
            entry["could"],
        )
        % {"could": formats.number(entry["could"]), "limits": "; ".join(told)}
    ]


def limit(told):
    """Return the name of a limit, with how much it allows."""
    if told is None:
        return _("nothing but that the plan is worth more without")
    name = localised(told["label_en"], told["label_id"])
    if told["upper"] is None:
        return name
    return _("%(limit)s, at most %(upper)s") % {
        "limit": name,
        "upper": formats.number(told["upper"]),
    }


def elsewhere(row):
    """Return what the arrivals cost elsewhere, as solved; nothing where not asked.

    Parameters
    ----------
    row: the question of the run in which arriving counts nothing, or None.
    """
    if row is None:
        return ""
    return _(
        "What the arrivals cost elsewhere. If arriving counted nothing: %(plan)s"
    ) % {"plan": what_if_words.answer(row)}


def goals(entries):
    """Return [(goal, expected arrivals, people who begin)] of goals that are named."""
    found = defaultdict(lambda: [Fraction(0), 0])
    for entry in entries:
        if entry["goal"]:
            key = tuple(sorted(entry["goal"].items()))
            found[key][0] += Fraction(entry["expected"])
            found[key][1] += entry["begin"]
    return [(dict(key), *figures) for key, figures in found.items()]


def goal(told):
    """Return how far a goal is met."""
    wanted, arrive, begin = told
    return _(
        "%(goal)s (%(year)d): %(expected)s of %(begin)s who begin are expected; the "
        "goal is %(target)s."
    ) % {
        "goal": localised(wanted["indicator_en"], wanted["indicator_id"]),
        "year": wanted["year"],
        "expected": number(arrive),
        "begin": formats.number(begin),
        "target": formats.number(wanted["target"]),
    }


def number(exact, decimals=1):
    """Return an exact number in decimals."""
    return formats.number(float(Fraction(exact)), decimals=decimals)


def percent(exact):
    """Return a share in percent."""
    return formats.percent(float(Fraction(exact)), decimals=1)
