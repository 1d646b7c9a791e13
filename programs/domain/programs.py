"""Programs and their intakes: set up and changed, with history and trail."""

from functools import partial
from itertools import pairwise

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.models import Intake, Program, Slot
from programs.refusals import Refusal

from . import audit, bulk, checks, clashes, conditions, promised, transactions
from .actors import forbidden, runs_program
from .slot_checks import OVER

DAYS = ("opens_on", "closes_on", "decide_by", "starts_on", "ends_on")
"""The days of an intake in their order; only the last has to be after another."""


def create_many(*, rows, by, now):
    """Add programs and intakes, all or none, programs first.

    Raises
    ------
    Refusal: the first that ``problems`` finds in a row.
    """
    for row in rows:
        checks.require({0: found} if (found := problems(row, by=by)) else {})
    with transactions.atomic():
        for row in rows:
            bulk.insert([row], by=by, now=now)
            audit.record(by=by, action=AuditAction.DESK_ADD, obj=row, now=now)
    return rows


@transactions.verb
def change(*, row, changed, by, now, reason=""):
    """Change a program or an intake.

    Parameters
    ----------
    row: as it is to be; ``changed`` names the fields that differ.
    reason: why rules change, where somebody with a place would no longer pass.
    """
    found = problems(row, changed=changed, by=by, reason=reason)
    checks.require({0: found} if found else {})
    if not changed:
        return row
    data = {"fields": sorted(changed)}
    if reason.strip():
        data["reason"] = reason.strip()
    with transactions.atomic():
        bulk.overwrite([(row, tuple(changed))], by=by, now=now)
        audit.record(by=by, action=AuditAction.DESK_CHANGE, obj=row, data=data, now=now)
    return row


def problems(row, *, by, changed=(), reason=""):
    """Return the refusals of a program or intake as it is to be."""
    of = _of_program if isinstance(row, Program) else _of_intake
    return [*of(row, by, changed, reason)]


def of_rules(row, *, by, changed=(), reason=""):
    """Yield refusals of a program's rules, also for whom they would keep out.

    Who may see the people's names reads them.
    """
    yield from checks.of_order(
        row.min_age,
        row.max_age,
        field="max_age",
        other="min_age",
        message=_("The highest age cannot be below the lowest."),
        may_be_equal=True,
    )
    yield from _of_sector(row, changed)
    refused = list(conditions.of_row(row))
    if not refused:
        refused = list(clashes.of_program(row, None if row._state.adding else changed))
    yield from refused
    if row._state.adding or refused or reason.strip() or not changed:
        return
    values = {name: getattr(row, name) for name in changed}
    slots = Slot.objects.filter(intake__program=row.pk).values_list("pk", flat=True)
    out = promised.kept_out(
        slots, lambda: Program.objects.filter(pk=row.pk).update(**values)
    )
    if places := [place for rows in out.values() for place in rows]:
        yield promised.refusal(places, promised.seen(places, by))


def _of_program(row, by, changed, reason):
    known = [] if row._state.adding else [Program.objects.get(pk=row.pk)]
    if not all(runs_program(by, each) for each in (row, *known)):
        yield forbidden(_("You do not coordinate the programs of this owner."))
        return
    yield from _of_row(row)
    yield from of_rules(row, by=by, changed=changed, reason=reason)


def _of_sector(row, changed):
    """Yield what the database refuses of a sector: caps of routes are by sector."""
    if row._state.adding or "priority_sector" not in changed:
        return
    same = Program.objects.filter(pk=row.pk)
    write = partial(same.update, priority_sector=row.priority_sector)
    for refusal in transactions.tried({row.pk: write}).values():
        refusal.field = "priority_sector"
        yield refusal


def _of_intake(row, by, changed, _reason):
    if not runs_program(by, row.program):
        yield forbidden(_("Only a coordinator of the program may do this."))
        return
    if row.state in OVER:
        yield forbidden(_("The intake is over; nothing of it changes any more."))
        return
    if "program" in changed:
        yield Refusal(
            "fixed",
            _("An intake stays in its program; add another to the other program."),
            field="program",
        )
    yield from _of_row(row)
    for first, then in pairwise(DAYS):
        yield from checks.of_order(
            getattr(row, first),
            getattr(row, then),
            field=then,
            other=first,
            message=_("Its days come one after the other: %(then)s is too early.")
            % {"then": Intake._meta.get_field(then).verbose_name},
            may_be_equal=then != "ends_on",
        )


def _of_row(row):
    yield from checks.of_fields(row)
    if row._state.adding:
        yield from (refusal for _place, refusal in checks.of_codes([row]))
