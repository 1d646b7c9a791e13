"""Two runs beside each other, in words."""

from django.utils.translation import gettext as _, ngettext

from programs import formats

MOST_CODES = 8
"""Codes of intakes that a sentence names."""


def gained(number, recorded):
    """Return why there was no place in the run before."""
    if not recorded:
        return _("In run %(number)s no reason was written down.") % {"number": number}
    return _("In run %(number)s: %(why)s") % {"number": number, "why": recorded}


def lost(number, recorded):
    """Return why there is no place in the run after."""
    return gained(number, recorded)


def moved(old, new, against):
    """Return how two places of somebody compare, and what stands against the first.

    Parameters
    ----------
    old, new: which preference each is, None where it was not ranked. against: a
    sentence, or None where the first is no way of the person any more.
    """
    parts = []
    if old and new:
        parts.append(
            _("From preference %(old)s to preference %(new)s.")
            % {"old": formats.number(old), "new": formats.number(new)}
        )
    parts.append(
        against or _("The place before is no longer open to this person in the rules.")
    )
    return " ".join(parts)


def apart(facts, before, after):
    """Return sentences on what only one of the runs plans for; none where both plan
    for the same.

    Parameters
    ----------
    facts: ``intakes_before``, ``intakes_after`` (codes), ``people_before`` and
    ``people_after``. before, after: numbers of the runs.
    """
    told = []
    for number, intakes, people in (
        (before, facts.intakes_before, facts.people_before),
        (after, facts.intakes_after, facts.people_after),
    ):
        if intakes:
            told.append(
                ngettext(
                    "Only run %(number)s plans for %(count)s intake more: %(codes)s.",
                    "Only run %(number)s plans for %(count)s intakes more: %(codes)s.",
                    len(intakes),
                )
                % {
                    "number": number,
                    "count": formats.number(len(intakes)),
                    "codes": codes(intakes),
                }
            )
        if people:
            told.append(
                ngettext(
                    "%(people)s person is planned for by run %(number)s alone, and "
                    "neither gains nor loses here.",
                    "%(people)s people are planned for by run %(number)s alone, and "
                    "neither gain nor lose here.",
                    people,
                )
                % {"number": number, "people": formats.number(people)}
            )
    return told


def codes(names):
    """Return codes in one line; of many the first few and how many more."""
    shown = ", ".join(names[:MOST_CODES])
    more = len(names) - MOST_CODES
    if more <= 0:
        return shown
    return _("%(codes)s and %(more)s more") % {
        "codes": shown,
        "more": formats.number(more),
    }
