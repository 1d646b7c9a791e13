"""What-if questions and answers in words: what was solved, and what is proven of it."""

from fractions import Fraction

from django.utils.translation import gettext as _, ngettext

from programs import formats

from .difference_words import limits
from .states import Freed, RunState, Tier
from .words import label, rupiah


def question(row):
    """Return what is asked."""
    told = []
    if row.leaves_out_arrivals:
        told.append(_("Arriving by a pathway counts nothing"))
    if row.changes:
        told.append(_("%(limits)s more") % {"limits": limits(row.changes)})
    if row.place:
        told.append(
            _("%(person)s in %(place)s")
            % {"person": row.application.participant, "place": row.place}
        )
    return "; ".join(told)


def answer(row):
    """Return what came of it, never more than was solved and proven."""
    if row.found is None:
        if row.state == RunState.FAILED:
            return _("No answer was found: three attempts failed.")
        return _("Not known yet: it is being solved.")
    parts = [*verdict(row.found), *then(row.found), *plan(row)]
    return " ".join(parts)


def verdict(found):
    """Yield how the best plan with the person there compares with the plan."""
    told = found.get("verdict")
    if told is None:
        return
    match told["kind"]:
        case "never":
            yield _("No plan within today's limits has this person there.")
        case "less":
            yield LESS[told["tier"]]()
        case "same":
            yield _(
                "An equally good plan has this person there: it could have been this "
                "one."
            )
        case "points":
            yield points(told["least"], told["most"])
        case "unknown":
            yield _(
                "Whether a plan with this person there can be as good is not known."
            )
        case unknown:
            raise KeyError(unknown)
    for name in told.get("freed", ()):
        yield FREED[name]()


FREED = {
    Freed.PINS: lambda: _(
        "If nobody had to be placed by a pin, this person could have it: a best plan "
        "then has this person there."
    ),
    Freed.QUOTAS: lambda: _(
        "If missing a priced quota cost nothing, this person could have it: a best "
        "plan then has this person there."
    ),
}
"""Without what a best plan has somebody there whom none has with it."""
FREED_FOR_PARTICIPANT = {
    Freed.PINS: lambda: _("Places that officers keep for others stand in the way."),
    Freed.QUOTAS: lambda: _("Shares for groups of people stand in the way."),
}
"""The same to the person: kinds alone."""


def compared(rows):
    """Return how the best plan with a person there compares with the best of all.

    Parameters
    ----------
    rows: questions about this person within today's limits, newest first.
    """
    row = _newest(rows)
    if row is None:
        return _(
            "How a plan with this person there compares with the best is not known: it "
            "was not asked."
        )
    if row.found is None:
        return answer(row)
    return f"{row.place}: " + " ".join(verdict(row.found))


def compared_for_participant(rows):
    """Return the same in the words for the person concerned."""
    row = _newest(rows)
    told = (row.found or {}).get("verdict") if row else None
    sentences = [_compared(row, told)]
    sentences += [
        FREED_FOR_PARTICIPANT[name]() for name in (told or {}).get("freed", ())
    ]
    return " ".join(sentences)


def _compared(row, told):
    kind = told["kind"] if told else "unknown"
    if kind == "points":
        if told["least"] == told["most"]:
            return _(
                "Within today's limits a plan with you there (%(place)s) is as good on "
                "people and quotas, but %(most)s points lower."
            ) % {"place": row.place, "most": formats.number(told["most"])}
        return _(
            "Within today's limits a plan with you there (%(place)s) is as good on "
            "people and quotas, but between %(least)s and %(most)s points lower."
        ) % {
            "place": row.place,
            "least": formats.number(told["least"]),
            "most": formats.number(told["most"]),
        }
    return FOR_PARTICIPANT[kind]() % {"place": row.place if row else ""}


FOR_PARTICIPANT = {
    "never": lambda: _("No plan within today's limits has you there (%(place)s)."),
    "less": lambda: _("Every plan that has you there (%(place)s) is worse as a whole."),
    "same": lambda: _(
        "An equally good plan has you there (%(place)s): it could have been this one."
    ),
    "unknown": lambda: _(
        "How a plan with you in the place you wanted compares with the best is not "
        "known."
    ),
}
"""How a plan with somebody there compares, to that person."""


def _newest(rows):
    """Return the newest question with an answer, else the newest, or None."""
    rows = list(rows)
    return next(
        (row for row in rows if row.found is not None), rows[0] if rows else None
    )


def points(least, most):
    """Return how many points are missing, exactly or between two numbers."""
    if least == most:
        return _(
            "%(most)s points short: with more than %(most)s points more for this place "
            "this person would have it."
        ) % {"most": formats.number(most)}
    return _(
        "Between %(least)s and %(most)s points short: with more than %(most)s points "
        "more for this place this person would have it."
    ) % {"least": formats.number(least), "most": formats.number(most)}


LESS = {
    Tier.PEOPLE: lambda: _(
        "No plan that has this person there is as good on people and quotas."
    ),
    Tier.POINTS: lambda: _(
        "Every plan that has this person there and is as good on people and quotas is "
        "worth fewer points."
    ),
    Tier.COST: lambda: _(
        "Every plan that has this person there and is as good in all else costs more."
    ),
}
"""In which goal every plan with the person there is worse."""

THEN = {
    "have": lambda: _("Planned again, this person would have the place."),
    "might": lambda: _(
        "Planned again, this person could have the place, and so could somebody else: "
        "both plans are equally good."
    ),
    "else": lambda: _("Planned again, the place would not go to this person."),
    "unknown": lambda: _(
        "Whether this person would have the place in a new plan is not known."
    ),
}
"""Whether somebody would have a place, in a new plan on changed limits."""


def then(found):
    """Yield whether the person would have the place in a new plan."""
    if "then" in found:
        yield THEN[found["then"]]()


def plan(row):
    """Yield what is different in the plan that was found."""
    told = row.found["plan"]
    if told is None:
        if not row.found["impossible"]:
            yield _("No plan was found in the time.")
        return
    more = told["gain"] - told["lose"]
    if more > 0:
        yield ngettext(
            "Solved again: %(count)s person more has a place.",
            "Solved again: %(count)s people more have a place.",
            more,
        ) % {"count": formats.number(more)}
    elif more < 0:
        yield ngettext(
            "Solved again: %(count)s person fewer has a place.",
            "Solved again: %(count)s people fewer have a place.",
            -more,
        ) % {"count": formats.number(-more)}
    else:
        yield _("Solved again: as many people have a place.")
    if told["lose"]:
        yield ngettext(
            "%(count)s person loses a place.",
            "%(count)s people lose a place.",
            told["lose"],
        ) % {"count": formats.number(told["lose"])}
    if told["move"]:
        yield ngettext(
            "%(count)s person changes place.",
            "%(count)s people change place.",
            told["move"],
        ) % {"count": formats.number(told["move"])}
    yield money(told["lines"], told.get("labels", {}))
    if row.changes and any(told["tiers"]) and not told["needs_change"]:
        yield _(
            "It would hold without the change as well: the plan of the run is not the "
            "best."
        )
    if not told["is_best"]:
        yield _("A better plan may exist.")


def money(lines, labels):
    """Return what a plan costs more or less, line by line.

    Parameters
    ----------
    lines: {code: planning units, as text}. labels: what people call each, by its code;
    answers of earlier releases have none.
    """
    if not lines:
        return _("It costs as much.")
    spent = {code: Fraction(amount) for code, amount in lines.items()}
    told = "; ".join(
        f"{label({'lines': [code]} | labels.get(code, {}))} {signed(amount)}"
        for code, amount in spent.items()
    )
    return _("Money: %(lines)s; together %(total)s.") % {
        "lines": told,
        "total": signed(sum(spent.values())),
    }


def signed(amount):
    """Return planning units as money with a sign."""
    return ("+" if amount >= 0 else "−") + rupiah(abs(amount))
