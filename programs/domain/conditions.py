"""What may be written as a condition of a program or a slot, and what may not."""

from django.utils.translation import gettext as _

from programs import conditions
from programs.choices import FactKind
from programs.conditions import rows
from programs.models import Program, Slot
from programs.refusals import Refusal


def of_rows(written):
    """Yield (place, refusal) of rows whose condition cannot be taken.

    A condition that can is put into its usual form. Asks the database once for each
    kind of row that conditions name.
    """
    parsed, by_place = {}, {}
    for place, row in written:
        by_place[place] = row
        if not row.condition:
            continue
        try:
            parsed[place] = conditions.read(row.condition)
        except conditions.Unreadable as error:
            yield place, unreadable(error)
            continue
        row.condition = conditions.write(parsed[place].node)
    gone = rows.missing(parsed.values())
    defined = rows.definitions(each.node for each in parsed.values())
    for place, each in parsed.items():
        if refusal := _of_meaning(each, gone, defined):
            yield place, refusal
        elif not isinstance(by_place[place], Program | Slot):
            yield from ((place, why) for why in _of_waiting(each.node))


def of_row(row):
    """Yield the refusals of one row's condition."""
    for _place, refusal in of_rows([(0, row)]):
        yield refusal


def of_private(row):
    """Yield the refusal of a condition that asks for what is confidential."""
    for leaf in private_parts(row):
        yield Refusal(
            "condition-private",
            _(
                "Only a coordinator of the program may ask for “%(part)s”: what "
                "it says of people is confidential."
            )
            % {"part": conditions.write(leaf)},
            field="condition",
        )


def check(text, *, of_place=True):
    """Return the condition of a text.

    Parameters
    ----------
    of_place: whether a program or slot asks for it, which can wait until a day.

    Raises
    ------
    Refusal: it cannot be read, names what does not exist, can never hold, or waits
    where nothing can.
    """
    try:
        parsed = conditions.read(text)
    except conditions.Unreadable as error:
        raise unreadable(error) from error
    defined = rows.definitions([parsed.node])
    if refusal := _of_meaning(parsed, rows.missing([parsed]), defined):
        raise refusal
    for refusal in () if of_place else _of_waiting(parsed.node):
        raise refusal
    return parsed


def said(texts):
    """Return {condition: its sentence in the reader's language}; empty ones have none.

    Asks the database once for each kind of what conditions name, and else not.
    """
    nodes = {text: conditions.read(text).node for text in set(texts) if text}
    names = rows.names(nodes.values(), rows.definitions(nodes.values()))
    return {
        text: conditions.sentence(node, names=names) for text, node in nodes.items()
    }


def confidential(texts):
    """Return which conditions ask for what is confidential; empty ones do not."""
    nodes = {text: conditions.read(text).node for text in set(texts) if text}
    defined = rows.definitions(nodes.values())
    return {text for text, node in nodes.items() if rows.private(node, defined)}


def of_profile(row):
    """Yield the refusals of an objective profile's condition.

    Points stand beside each person, so they may tell nothing that is confidential.
    """
    found = list(of_row(row))
    yield from found
    if bool(row.condition) != bool(row.condition_points):
        yield Refusal(
            "condition-without-points",
            _("A condition and its points belong together: fill in both, or neither."),
            field="condition_points" if row.condition else "condition",
        )
    if not found:
        yield from of_private_points(row)


def of_private_points(row):
    """Yield the refusals of what is confidential in a condition that gives points."""
    for leaf in private_parts(row):
        yield Refusal(
            "condition-private",
            _(
                "Points are shown beside each person, and “%(part)s” is confidential: "
                "it cannot be asked for here."
            )
            % {"part": conditions.write(leaf)},
            field="condition",
        )


def private_parts(row):
    """Return the comparisons of a condition that ask for what is confidential."""
    try:
        node = conditions.read(row.condition).node if row.condition else None
    except conditions.Unreadable:  # told by ``of_rows``
        return []
    return rows.private(node, rows.definitions([node])) if node else []


def unreadable(error):
    """Return the refusal of a condition that cannot be read, with its place."""
    return Refusal(
        "condition-unreadable",
        _("The condition cannot be read. %(why)s.") % {"why": error},
        field="condition",
        place=error.place,
    )


def _of_meaning(parsed, gone, defined):
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
    if leaf := rows.of_other_kind(parsed.node, defined):
        return _other_kind(leaf, defined)
    if clash := conditions.impossible(parsed.node):
        return _impossible(*clash)
    return None


def _of_waiting(node):
    """Yield the refusal of what is to be met by a day where no place waits for it."""
    for by in conditions.awaited(node)[:1]:
        yield Refusal(
            "condition-waits",
            _(
                "Only a place can wait for somebody: what a program or a slot asks for "
                "may be met by a day. Leave out the “by” of “%(part)s”."
            )
            % {"part": conditions.write(by)},
            field="condition",
        )


def _other_kind(leaf, defined):
    code = leaf.about[0][1]
    kind = FactKind(defined[code]["kind"]).label
    return Refusal(
        "condition-kind",
        _("“%(fact)s” is a %(kind)s and cannot be compared so: “%(part)s”.")
        % {"fact": code, "kind": kind, "part": conditions.write(leaf)},
        field="condition",
        fact=code,
    )


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
