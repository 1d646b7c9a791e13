"""Which state may follow which, in one place; every verb moves rows through here."""

from django.db import transaction
from django.utils.translation import gettext as _

from programs.choices import (
    AgreementState as Agreement,
    ApplicationState as Application,
    IntakeState as Intake,
    PlacementState as Placement,
    SlotState as Slot,
)
from programs.refusals import Refusal, RefusalKind

AGREEMENT_MOVES = {
    Agreement.DRAFT: {Agreement.PROPOSED, Agreement.IN_FORCE},
    Agreement.PROPOSED: {Agreement.DRAFT, Agreement.IN_FORCE},
    Agreement.IN_FORCE: {Agreement.EXPIRED, Agreement.TERMINATED},
}
INTAKE_MOVES = {
    Intake.DRAFT: {Intake.OPEN, Intake.CANCELLED},
    Intake.OPEN: {Intake.CLOSED, Intake.CANCELLED},
    Intake.CLOSED: {Intake.OPEN, Intake.ALLOCATING, Intake.DECIDED, Intake.CANCELLED},
    Intake.ALLOCATING: {Intake.CLOSED, Intake.DECIDED, Intake.CANCELLED},
    Intake.DECIDED: {Intake.RUNNING, Intake.CANCELLED},
    Intake.RUNNING: {Intake.COMPLETED},
}
SLOT_MOVES = {
    Slot.PROPOSED: {Slot.OPEN, Slot.WITHDRAWN},
    Slot.OPEN: {Slot.WITHDRAWN},
}
_WAITING = {
    Application.ELIGIBLE,
    Application.INELIGIBLE,
    Application.PROPOSED,
    Application.PLACED,
    Application.RESERVE,
    Application.UNPLACED,
    Application.WITHDRAWN,
}
APPLICATION_MOVES = {
    Application.DRAFT: {Application.SUBMITTED, Application.WITHDRAWN},
    Application.SUBMITTED: _WAITING,
    Application.ELIGIBLE: _WAITING,
    Application.INELIGIBLE: _WAITING,
    Application.PROPOSED: _WAITING,
    Application.RESERVE: _WAITING,
    Application.UNPLACED: _WAITING,
    Application.PLACED: {
        Application.RESERVE,
        Application.UNPLACED,
        Application.WITHDRAWN,
    },
}
_CALLED_OFF = {
    Placement.DECLINED,
    Placement.REJECTED,
    Placement.SUPERSEDED,
    Placement.LAPSED,
}
PLACEMENT_MOVES = {
    Placement.OFFERED: {Placement.ACCEPTED, Placement.EXPIRED, *_CALLED_OFF},
    Placement.ACCEPTED: {Placement.CONFIRMED, *_CALLED_OFF},
    Placement.CONFIRMED: {Placement.DEPARTED, Placement.NO_SHOW, *_CALLED_OFF},
    Placement.DEPARTED: {Placement.ARRIVED, Placement.NO_SHOW},
    Placement.ARRIVED: {Placement.COMPLETED, Placement.ENDED_EARLY},
}
MOVES = {
    "agreement": AGREEMENT_MOVES,
    "intake": INTAKE_MOVES,
    "slot": SLOT_MOVES,
    "application": APPLICATION_MOVES,
    "placement": PLACEMENT_MOVES,
}


def may_move(kind, start, to):
    """Return whether the state ``to`` may follow ``start``."""
    return to in MOVES[kind].get(start, ())


def move(row, to, **changes):
    """Move a row to a state by one conditional update, and return the state it left.

    Runs inside the caller's transaction. The row in memory is brought up to date.

    Raises
    ------
    Refusal: the move is not allowed from where the row now stands.
    """
    model = type(row)
    with transaction.atomic():
        left = model._base_manager.values_list("state", flat=True).get(pk=row.pk)
        if not may_move(model._meta.model_name, left, to):
            raise illegal(row, left, to)
        same = model._base_manager.filter(pk=row.pk, state=left)
        if not same.update(state=to, **changes):
            raise changed_meanwhile()
    row.refresh_from_db()
    return left


def move_many(rows, to, **changes):
    """Move rows of one model, all or none, and return {id: the state it left}.

    Takes two queries and one more for each state that is left, for up to 5,000 rows.

    Raises
    ------
    Refusal: the move is not allowed from where one of the rows now stands.
    """
    origins = {}
    with transaction.atomic():
        for batch in batches(rows):
            origins |= _move_batch(batch, to, changes)
    for row in rows:
        row.state = to
    return origins


def _move_batch(rows, to, changes):
    model = type(rows[0])
    every = model._base_manager.filter(pk__in=[row.pk for row in rows])
    origins = dict(every.values_list("pk", "state"))
    for row in rows:
        if not may_move(model._meta.model_name, origins[row.pk], to):
            raise illegal(row, origins[row.pk], to)
    for left in sorted(set(origins.values())):
        same = [pk for pk, state in origins.items() if state == left]
        still = model._base_manager.filter(pk__in=same, state=left)
        if still.update(state=to, **changes) != len(same):
            raise changed_meanwhile()
    return origins


def batches(ids, size=5000):
    """Yield lists of ids short enough for the variables of one SQLite statement."""
    ids = list(ids)
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def illegal(row, left, to):
    """Return the refusal of a move that the table does not allow."""
    labels = dict(type(row)._meta.get_field("state").choices)
    return Refusal(
        f"{type(row)._meta.model_name}-state",
        _("%(thing)s is “%(state)s” and cannot become “%(wanted)s”.")
        % {
            "thing": type(row)._meta.verbose_name.capitalize(),
            "state": labels[left],
            "wanted": labels[to],
        },
        kind=RefusalKind.CONFLICT,
        state=str(left),
        wanted=str(to),
    )


def changed_meanwhile():
    """Return the refusal for somebody who was overtaken."""
    return Refusal(
        "stale",
        _("This changed while you looked at it; read it again."),
        kind=RefusalKind.STALE,
    )
