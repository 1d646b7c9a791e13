"""Conditional places of a plan, in words: desk, terminal and pack alike."""

from fractions import Fraction

from django.utils.translation import gettext as _, ngettext

from planner.models import small_counts
from planner.models.arrival_words import number, percent
from programs import conditions, formats


def lines(told):
    """Return how many places are conditional, and what each thing is counted with.

    Parameters
    ----------
    told: as ``results.expected.of`` tells it; None of runs of earlier releases.
    """
    if not told or not told["conditional"]:
        return []
    kept = small_counts.conditional(told)
    return [summed(told), *map(thing, kept["conditions"])]


def summed(told):
    """Return how many places hold, are conditional, and are expected to hold."""
    return ngettext(
        "%(places)s place, %(conditional)s conditional, %(expected)s expected.",
        "%(places)s places, %(conditional)s of them conditional, %(expected)s "
        "expected.",
        told["places"],
    ) % {
        "places": formats.number(told["places"]),
        "conditional": formats.number(told["conditional"]),
        "expected": number(told["expected"]),
    }


def thing(entry):
    """Return what people have yet to meet, and where its chance comes from."""
    words = _("something that is kept confidential; ask the ministry")
    if entry["condition"] is not None:
        node = conditions.read(entry["condition"]).node
        bare = conditions.By(node.part, node.day)
        words = conditions.sentence(bare, names=entry["names"])
    if entry["people"] is None:
        return _("Fewer than five people: %(needed)s. %(chance)s") % {
            "needed": words,
            "chance": chance(entry),
        }
    return ngettext(
        "%(people)s person: %(needed)s. %(chance)s",
        "%(people)s people: %(needed)s. %(chance)s",
        entry["people"],
    ) % {
        "people": formats.number(entry["people"]),
        "needed": words,
        "chance": chance(entry),
    }


def chance(entry):
    """Return where the chance of one thing comes from, in a sentence."""
    if entry["chance"] is None:
        return _("The chance is measured on so few people that it is not told.")
    facts = {
        "chance": percent(Fraction(entry["chance"])),
        "typed": percent(Fraction(entry["typed"])),
        "passed": formats.number(entry["passed"]),
        "ended": formats.number(entry["ended"]),
    }
    if entry["ended"]:
        words = ngettext(
            "Chance %(chance)s: %(typed)s was assumed, and %(passed)s of %(ended)s "
            "person met it.",
            "Chance %(chance)s: %(typed)s was assumed, and %(passed)s of %(ended)s "
            "people met it.",
            entry["ended"],
        )
    elif entry["is_said"]:
        words = _("Chance %(chance)s, as the condition says; measured on nobody yet.")
    else:
        words = _("Chance %(chance)s: the condition says none. Measured on nobody yet.")
    return words % facts
