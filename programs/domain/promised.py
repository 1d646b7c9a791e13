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


def require_passing(slots: Iterable[UUID], before: Failing) -> None:
    """Refuse where somebody does not pass any more who did before."""
    if rows := worse(before, failing(slots)):
        raise refusal(rows)


def worse(before: Failing, after: Failing) -> list[Placement]:
    """Return the places whose people fail a rule that they did not fail before."""
    return [row for row in after if after[row] - before.get(row, after[row])]


def refusal(rows: list[Placement]) -> Refusal:
    """Return the refusal of a change without a reason, by the people's codes."""
    codes = sorted({row.application.participant.code for row in rows})
    named = ", ".join(codes[:MOST_NAMED])
    if len(codes) > MOST_NAMED:
        named += _(" and %(count)d more") % {"count": len(codes) - MOST_NAMED}
    return Refusal(
        "promised-kept-out",
        ngettext(
            "%(count)d person with an offer or a place would no longer pass: "
            "%(people)s. The place stays; give a reason for the change, it is kept in "
            "the audit trail.",
            "%(count)d people with an offer or a place would no longer pass: "
            "%(people)s. Their places stay; give a reason for the change, it is kept "
            "in the audit trail.",
            len(codes),
        )
        % {"count": len(codes), "people": named},
        kind=RefusalKind.CONFLICT,
        field="reason",
        count=len(codes),
    )


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
