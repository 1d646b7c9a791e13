"""What would have to be different, in words: possible, and never more than that.

"Possible" means: with the limits changed as said there is a plan in which everybody
keeps a place and this person has this one. It does not say whom a new plan would give
the place. As reasons do, it has three versions: the planner's names limits and amounts,
the host's names what is its own to change, the person's says only what concerns that
person.
"""

from django.db import models
from django.utils.translation import gettext as _, ngettext

from programs import formats

from .reason_words import kinds_short, shortage
from .states import LimitKind
from .words import label

OF_HOSTS = {LimitKind.SEATS, LimitKind.RESOURCE}
"""Kinds of limits that a host itself can change."""


class Known(models.TextChoices):
    """What is known of what would have to be different."""

    NOT_ASKED = "not_asked"
    NOT_YET = "not_yet"
    NONE_FOUND = "none_found"
    POSSIBLE = "possible"


def known(reasons, different):
    """Return what is known of a person: the state behind the sentence."""
    if not is_asked(reasons):
        return Known.NOT_ASKED
    if different is None:
        return Known.NOT_YET
    return Known.POSSIBLE if different["enough"] else Known.NONE_FOUND


def for_reader(row, sentence):
    """Return the state and the sentence about an unplaced person, as plain data."""
    return {"known": known(row.reasons, row.different), "text": sentence or None}


def is_asked(reasons):
    """Return whether anything can be asked: the person had a way to a place."""
    return bool(reasons) and "option" in reasons[0]


def for_planner(reasons, different):
    """Return what would have to be different, as a planner reads it, or ""."""
    if not is_asked(reasons):
        return ""
    if different is None:
        return not_yet()
    enough = different["enough"]
    if enough is None:
        return _(
            "Not known: no change of limits of the person's own places alone was found "
            "to be enough."
        )
    return possible(enough, place_of(reasons, enough), limits(enough["limits"]))


def for_participant(reasons, different):
    """Return the same for the person: no amounts, and nobody else."""
    if not is_asked(reasons):
        return ""
    if different is None:
        return not_yet()
    enough = different["enough"]
    if enough is None:
        return ""
    if not enough["limits"]:
        return _("There may still be room for you in this plan: ask the coordinator.")
    return _(
        "%(place)s: with more of the following there could be room for one more, and "
        "nobody would lose a place: %(what)s. This does not say who would get it."
    ) % {
        "place": place_of(reasons, enough),
        "what": kinds_short(enough["limits"]),
    }


def for_host(reasons, different):
    """Return the same for the host: its own limits with amounts, others by kind."""
    enough = different and different["enough"]
    if not is_asked(reasons) or not enough or not enough["limits"]:
        return ""
    own = [each for each in enough["limits"] if each["kind"] in OF_HOSTS]
    others = [each for each in enough["limits"] if each["kind"] not in OF_HOSTS]
    told = [limits(own)] if own else []
    told += [kinds_short(others)] if others else []
    return _(
        "%(place)s: possible for one person more with %(limits)s; nobody would lose a "
        "place."
    ) % {"place": place_of(reasons, enough), "limits": "; ".join(told)}


def not_yet():
    """Return what is said as long as nobody knows."""
    return _("What would have to be different is not known yet.")


def possible(facts, place, named):
    """Return the sentence of a witness, with its comparison."""
    if not facts["limits"]:
        told = _(
            "%(place)s: possible within today's limits, and nobody would lose a place: "
            "this plan is not the best."
        ) % {"place": place}
        return " ".join([told, *consequences(facts)])
    told = _(
        "%(place)s: possible with more of all of these: %(limits)s. Nobody would lose "
        "a place."
    ) % {"place": place, "limits": named}
    parts = [told, *consequences(facts)]
    if facts["fewest"] and len(facts["limits"]) > 1:
        parts.append(
            _(
                "Changing fewer of the limits that this place needs would not be "
                "enough, as long as nobody loses a place."
            )
        )
    return " ".join(parts)


def consequences(facts):
    """Yield what else is different in the witness."""
    if facts["moves"]:
        yield ngettext(
            "%(count)s person would change to another place of theirs.",
            "%(count)s people would change to other places of theirs.",
            facts["moves"],
        ) % {"count": formats.number(facts["moves"])}
    if facts["others"]:
        yield ngettext(
            "%(count)s other person would get a place too.",
            "%(count)s other people would get a place too.",
            facts["others"],
        ) % {"count": formats.number(facts["others"])}


def cohort(slot, facts):
    """Return with what a cohort could run that does not."""
    if facts["able"] < facts["min"]:
        return _(
            "%(slot)s: too few people could take part: %(able)s, and it needs %(min)s."
        ) % {
            "slot": slot,
            "able": formats.number(facts["able"]),
            "min": formats.number(facts["min"]),
        }
    facts = facts["enough"]
    if facts is None:
        return _(
            "%(slot)s: not known; no change of its own limits was found with which it "
            "could run."
        ) % {"slot": slot}
    if not facts["limits"]:
        told = _(
            "%(slot)s: could run within today's limits, and nobody would lose a place: "
            "this plan is not the best."
        ) % {"slot": slot}
    else:
        told = _(
            "%(slot)s: could run with more of all of these: %(limits)s. Nobody would "
            "lose a place."
        ) % {"slot": slot, "limits": limits(facts["limits"])}
    return " ".join([told, *consequences(facts)])


def limits(changes):
    """Return limits with how far they give way, in one line."""
    return "; ".join(
        _("%(limit)s asking for fewer") % {"limit": label(each)}
        if each.get("is_floor")
        else shortage(each)
        for each in changes
    )


def place_in(reasons, different):
    """Return the code of the slot that a witness gives, or None."""
    enough = different and different["enough"]
    if not enough or not enough["limits"]:
        return None
    option = enough["options"][0]
    mine = next((each for each in reasons if each.get("option") == option), None)
    return mine and not mine.get("pathway") and mine.get("slot")


def place_of(reasons, facts):
    """Return the code of the place that a witness gives."""
    option = facts["options"][0]
    mine = next((each for each in reasons if each.get("option") == option), None)
    place = mine and (mine.get("pathway") or mine.get("slot"))
    return place or _("a place")
