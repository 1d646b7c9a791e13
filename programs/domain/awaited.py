"""What places wait for: written down with the offer, and looked at when data change."""

from django.utils.translation import gettext as _

from programs import formats
from programs.choices import BEFORE_DEPARTURE, PlaceConditionState
from programs.eligibility.awaited import Standing, asked_by_a_day
from programs.models import PlaceCondition
from programs.refusals import Refusal, RefusalKind

from . import bulk, conditions, states


def note(placements):
    """Write down what new places wait for, within the transaction that makes them."""
    rows = [row for some in states.batches(placements) for row in _rows_of(some)]
    bulk.create(rows)


def renew(placement):
    """Note what a place waits for anew: its days or its slot are others.

    What was met or waived stays so; what is still open is asked for by the new days.
    """
    open_now = placement.conditions.filter(state=PlaceConditionState.OPEN)
    open_now.delete()
    settled = set(placement.conditions.values_list("condition", flat=True))
    bulk.create([row for row in _rows_of([placement]) if row.condition not in settled])


def _rows_of(placements):
    asked = {row.pk: asked_by_a_day(row.slot) for row in placements}
    waiting = [row for row in placements if asked[row.pk]]
    if not waiting:
        return []
    nodes = {by.part for parts in asked.values() for by in parts}
    standing = Standing(waiting, nodes)
    return [
        PlaceCondition(
            placement=row,
            condition=wait.text,
            due_on=wait.due_on,
            chance=wait.chance,
        )
        for row in waiting
        for wait in standing.waits(row)
    ]


def said(rows, *, knows=lambda _row: False):
    """Return {id: what a condition of a place asks for, in the reader's language}.

    Parameters
    ----------
    rows: from ``with_privacy``. knows: of a row, whether what is confidential may be
        named to the reader.
    """
    open_to = {row.pk: not row.is_private or knows(row) for row in rows}
    words = conditions.said({row.condition for row in rows if open_to[row.pk]})
    hidden = _("something that is kept confidential; ask the ministry")
    return {row.pk: words[row.condition] if open_to[row.pk] else hidden for row in rows}


def look_again(people):
    """Have the worker look at once at what places of these people wait for.

    Called by whatever changes what is known of them, in its own transaction: who looks
    at the same moment waits for its end.

    Parameters
    ----------
    people: ids of participants.
    """
    for batch in states.batches(people):
        rows = PlaceCondition.objects.filter(
            placement__application__participant__in=batch,
            placement__state__in=BEFORE_DEPARTURE,
        )
        rows.update(looked_at=None)


def require_firm(placement):
    """Refuse what only the holder of a firm place may do: to leave for the stay."""
    rows = PlaceCondition.objects.awaited().filter(placement=placement)
    first = rows.order_by("due_on").first()
    if first is not None:
        raise Refusal(
            "place-conditional",
            _(
                "The place is conditional: something has to be met by %(day)s before "
                "the person leaves. Record it, or have a coordinator waive it."
            )
            % {"day": formats.day(first.due_on)},
            kind=RefusalKind.CONFLICT,
        )
