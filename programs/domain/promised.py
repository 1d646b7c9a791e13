"""Whom a changed rule would keep out who has been offered a place, or holds one.

A rule may change after people were promised places: nobody loses theirs by it, but who
decides has to know whose place would not be given any more, and to say why. The change
is tried out and taken back, so the rules themselves answer, with everything they rest
on; what they said before is compared with what they say then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

import numpy as np
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _, ngettext

from programs import eligibility
from programs.models import Application, Placement, Slot
from programs.refusals import Refusal, RefusalKind

from .actors import Actor
from .placements import BEFORE_DEPARTURE

Failing = dict[Placement, set[str]]
"""{place: codes of the rules that its person does not keep}."""
MOST_NAMED = 20


def kept_out(
    slots: Iterable[UUID], change: Callable[[], object]
) -> dict[UUID, list[Placement]]:
    """Return {slot: placements} whose people would no longer pass after a change.

    Parameters
    ----------
    slots: ids of those that the change concerns.
    change: writes it; everything that it writes is taken back.
    """
    before = failing(slots)
    if not before:
        return {}
    after = before
    try:
        with transaction.atomic():
            change()
            after = failing(slots)
            transaction.set_rollback(True)
    except DatabaseError:
        return {}  # the database refuses the change itself, which is told elsewhere
    out: dict[UUID, list[Placement]] = defaultdict(list)
    for row in worse(before, after):
        out[row.slot_id].append(row)
    return dict(out)


def require_passing(slots: Iterable[UUID], before: Failing, *, by: Actor) -> None:
    """Refuse where somebody does not pass any more who did before."""
    if rows := worse(before, failing(slots)):
        raise refusal(rows, seen(rows, by))


def worse(before: Failing, after: Failing) -> list[Placement]:
    """Return the places whose people fail a rule that they did not fail before."""
    return [row for row in after if after[row] - before.get(row, after[row])]


def seen(rows: Iterable[Placement], by: Actor) -> set[UUID]:
    """Return ids of those of some places whose people somebody may see by name."""
    known = Placement.objects.visible_to(by).filter(pk__in={row.pk for row in rows})
    return set(known.values_list("pk", flat=True))


def refusal(rows: list[Placement], visible: set[UUID]) -> Refusal:
    """Return the refusal of a change without a reason, by the people's names.

    Parameters
    ----------
    visible: ids of the places whose people the reader may see by name (``seen``); of
        others it says only how many they are.
    """
    count = len({row.application.participant_id for row in rows})
    known = [row for row in rows if row.pk in visible]
    return Refusal(
        "promised-kept-out",
        ngettext(
            "%(count)d person with an offer or a place would no longer pass: "
            "%(people)s. The place stays; give a reason for the change, it is kept in "
            "the audit trail.",
            "%(count)d people with an offer or a place would no longer pass: "
            "%(people)s. Their places stay; give a reason for the change, it is kept "
            "in the audit trail.",
            count,
        )
        % {"count": count, "people": told(names_of(known), count)},
        kind=RefusalKind.CONFLICT,
        field="reason",
        count=count,
        places=[str(row.pk) for row in known],
    )


def names_of(rows: Iterable[Placement]) -> list[str]:
    """Return the people of some places by name and code, each once."""
    return sorted({str(row.application.participant) for row in rows})


def told(names: list[str], count: int) -> str:
    """Return names, and how many people there are besides."""
    parts = names[:MOST_NAMED]
    if not parts:
        return _("people whose names you may not see")
    hidden = count - len(parts)
    more = _(" and %(count)d more") % {"count": hidden} if hidden > 0 else ""
    return ", ".join(parts) + more


def failing(slots: Iterable[UUID]) -> Failing:
    """Return which rules the people with places in these slots do not keep now.

    Only who has yet to depart is judged.
    """
    places = Placement.objects.filter(slot__in=list(slots), state__in=BEFORE_DEPARTURE)
    rows = list(places.select_related("application__participant").order_by("pk"))
    if not rows:
        return {}
    facts = eligibility.load(
        applications=Application.objects.filter(
            pk__in={row.application_id for row in rows}
        ),
        slots=Slot.objects.filter(pk__in={row.slot_id for row in rows}),
    )
    at = {pk: place for place, pk in enumerate(facts.people.application)}
    person = np.array([at[row.application_id] for row in rows])
    column = np.array([facts.column_of[row.slot_id] for row in rows])
    told = eligibility.explain(facts, person, column)
    return {
        row: {reason.code for reason in reasons if reason.severity > eligibility.WARN}
        for row, reasons in zip(rows, told, strict=True)
    }
