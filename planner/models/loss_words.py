"""Whom a plan hurts, in words: the same on the desk, on the terminal, in the pack."""

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programs import formats
from programs.choices import PlacementState
from programs.models.base import localised

PINNED = "pinned"
"""The state of somebody who is pinned to a place that the plan does not give."""
STATES = {
    PlacementState.CONFIRMED: gettext_lazy("confirmed"),
    PlacementState.ACCEPTED: gettext_lazy("accepted"),
    PINNED: gettext_lazy("pinned"),
    PlacementState.OFFERED: gettext_lazy("offered"),
}
"""What people rely on, the most binding first, and how it is called."""


def headline(losses):
    """Return what is lost in one sentence.

    Parameters
    ----------
    losses: as ``results.losses.as_data`` tells it.
    """
    parts = []
    if losses["lost"]:
        number = sum(count for _state, count in losses["lost"])
        parts.append(
            ngettext(
                "%(number)s person loses a place that was promised (%(states)s)",
                "%(number)s people lose a place that was promised (%(states)s)",
                number,
            )
            % {"number": formats.number(number), "states": by_state(losses["lost"])}
        )
    if losses["moved"]:
        number = sum(count for _state, count in losses["moved"])
        parts.append(
            ngettext(
                "%(number)s person is moved to another place (%(states)s)",
                "%(number)s people are moved to another place (%(states)s)",
                number,
            )
            % {"number": formats.number(number), "states": by_state(losses["moved"])}
        )
    if losses["quotas"]:
        number = len(losses["quotas"])
        parts.append(
            ngettext(
                "%(number)s quota gets worse", "%(number)s quotas get worse", number
            )
            % {"number": formats.number(number)}
        )
    if not parts:
        return _("Nobody loses an offer or a pinned place, and no quota gets worse.")
    return "; ".join(parts) + "."


def promised(counts):
    """Return in one sentence who could lose something by a replanning."""
    number = sum(count for _state, count in counts)
    if not number:
        return _("Nobody has been promised a place that a replanning could change.")
    return ngettext(
        "%(number)s person has been promised a place (%(states)s); nothing of it "
        "changes before a plan is published.",
        "%(number)s people have been promised a place (%(states)s); nothing of it "
        "changes before a plan is published.",
        number,
    ) % {"number": formats.number(number), "states": by_state(counts)}


def by_state(counts):
    """Return how many people there are of each state, in words."""
    return ", ".join(
        f"{formats.number(count)} {STATES[state]}" for state, count in counts
    )


def of_quota(worse):
    """Return how a quota stands now, how it would stand, and what it asks for."""
    after = worse["after"]
    return _("%(quota)s: now %(before)s, then %(after)s; %(wanted)s.") % {
        "quota": localised(worse["label_en"], worse["label_id"]),
        "before": having(worse["before"]),
        "after": having(after),
        "wanted": missed(after),
    }


def of_share(share, cost):
    """Return what somebody who moves up makes of a quota, and what that costs."""
    name = localised(share["label_en"], share["label_id"])
    after = share["after"]
    if not after["is_missed"]:
        return _("%(quota)s: then %(after)s, met.") % {
            "quota": name,
            "after": having(after),
        }
    told = {
        "quota": name,
        "after": having(after),
        "wanted": missed(after),
        "points": formats.number(abs(cost)),
    }
    if cost < 0:
        return (
            _("%(quota)s: then %(after)s; %(wanted)s; saves %(points)s points.") % told
        )
    return _("%(quota)s: then %(after)s; %(wanted)s; costs %(points)s points.") % told


def having(standing):
    """Return who counts of how many, with the share; of few only that they are few."""
    if standing["having"] is None:
        return _("fewer than five")
    if not standing["people"]:
        return _("nobody placed")
    if standing.get("is_different"):
        return ngettext(
            "%(having)s different one", "%(having)s different ones", standing["having"]
        ) % {"having": formats.number(standing["having"])}
    return _("%(having)s of %(people)s (%(share)s)") % {
        "having": formats.number(standing["having"]),
        "people": formats.number(standing["people"]),
        "share": formats.percent(standing["having"] / standing["people"], decimals=1),
    }


def missed(standing):
    """Return what the quota asks for and by how many people it is missed."""
    number = standing["missed"]
    if number is None:
        return asked(standing)
    if standing.get("is_different"):
        return _missed_different(standing)
    if standing["lower"] is not None and standing["having"] < standing["lower"]:
        return ngettext(
            "at least %(limit)s are asked for, %(number)s person short",
            "at least %(limit)s are asked for, %(number)s people short",
            number,
        ) % {
            "limit": formats.number(standing["lower"]),
            "number": formats.number(number),
        }
    return ngettext(
        "at most %(limit)s are allowed, %(number)s person too many",
        "at most %(limit)s are allowed, %(number)s people too many",
        number,
    ) % {"limit": formats.number(standing["upper"]), "number": formats.number(number)}


def asked(standing):
    """Return what a quota asks for, where by how many it is missed is not told."""
    parts = []
    if standing["lower"]:
        told = {"limit": formats.number(standing["lower"])}
        parts.append(_("at least %(limit)s are asked for") % told)
    if standing["upper"] is not None:
        told = {"limit": formats.number(standing["upper"])}
        parts.append(_("at most %(limit)s are allowed") % told)
    return ", ".join(parts)


def missed_by(standing):
    """Return whether a quota is missed, and by how many where that is told."""
    if not standing["is_missed"]:
        return _("met")
    number = standing["missed"]
    if number is None:
        return _("missed")
    if standing["is_different"]:
        return _("missed by %(number)s") % {"number": formats.number(number)}
    return ngettext(
        "missed by %(number)s person", "missed by %(number)s people", number
    ) % {"number": formats.number(number)}


def _missed_different(standing):
    """Return the same of a quota that counts different ones."""
    told = {"number": formats.number(standing["missed"])}
    if standing["lower"] is not None and standing["having"] < standing["lower"]:
        told["limit"] = formats.number(standing["lower"])
        return (
            _("at least %(limit)s different ones are asked for, %(number)s short")
            % told
        )
    told["limit"] = formats.number(standing["upper"])
    return _("at most %(limit)s different ones are allowed, %(number)s too many") % told


def lines(losses):
    """Return everything in sentences, the most binding first."""
    return [headline(losses), *map(of_quota, losses["quotas"])]
