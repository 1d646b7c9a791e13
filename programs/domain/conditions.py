"""What may be written as a condition of a program or a slot, and what may not."""

from django.utils.translation import gettext as _

from programs import conditions
from programs.conditions import rows
from programs.conditions.vocabulary import FACTS
from programs.refusals import Refusal


def of_rows(written):
    """Yield (place, refusal) of rows whose condition cannot be taken.

    A condition that can is put into its usual form. Asks the database once for each
    kind of row that conditions name.
    """
    parsed = {}
    for place, row in written:
        if not row.condition:
            continue
        try:
            parsed[place] = conditions.read(row.condition)
        except conditions.Unreadable as error:
            yield place, unreadable(error)
            continue
        row.condition = conditions.write(parsed[place].node)
    gone = rows.missing(parsed.values())
    for place, each in parsed.items():
        if refusal := _of_meaning(each, gone):
            yield place, refusal


def of_row(row):
    """Yield the refusals of one row's condition."""
    for _place, refusal in of_rows([(0, row)]):
        yield refusal


def of_private(row):
    """Yield the refusal of a condition that asks for what is confidential."""
    try:
        asked = conditions.leaves(conditions.read(row.condition).node)
    except conditions.Unreadable:  # told by ``of_rows``
        return
    for leaf in asked:
        if FACTS[leaf.fact].is_private:
            yield Refusal(
                "condition-private",
                _(
                    "Only a coordinator of the program may ask for “%(fact)s”: what "
                    "it says of people is confidential."
                )
                % {"fact": leaf.fact},
                field="condition",
                fact=leaf.fact,
            )


def check(text):
    """Return the condition of a text.

    Raises
    ------
    Refusal: it cannot be read, names what does not exist, or can never hold.
    """
    try:
        parsed = conditions.read(text)
    except conditions.Unreadable as error:
        raise unreadable(error) from error
    if refusal := _of_meaning(parsed, rows.missing([parsed])):
        raise refusal
    return parsed


def unreadable(error):
    """Return the refusal of a condition that cannot be read, with its place."""
    return Refusal(
        "condition-unreadable",
        _("The condition cannot be read. %(why)s.") % {"why": error},
        field="condition",
        place=error.place,
    )


def _of_meaning(parsed, gone):
    if reference := rows.first_missing(parsed, gone):
        why = conditions.Unreadable(
            reference.place,
            _("there is no %(what)s “%(code)s”")
            % {"what": reference.of.label, "code": reference.code},
        )
        return Refusal(
            "condition-unknown",
            _("The condition names what does not exist. %(why)s.") % {"why": why},
            field="condition",
            place=reference.place,
        )
    if clash := conditions.impossible(parsed.node):
        return _impossible(*clash)
    return None


def _impossible(one, other):
    words = _(
        "Nobody can ever meet the condition: “%(one)s” and “%(other)s” exclude "
        "each other."
    )
    if one == other:
        words = _("Nobody can ever meet the condition: “%(one)s” is out of reach.")
    return Refusal(
        "condition-impossible",
        words % {"one": one, "other": other},
        field="condition",
        one=one,
        other=other,
    )
