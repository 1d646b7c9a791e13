"""Cost rules and budget lines: written many at a time, with history and trail."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import FundingSourceKind, RegionLevel
from programs.models import BudgetLine, CostRule, Region
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, bulk, checks, conditions, states, transactions
from .actors import forbidden, runs_program

OWN_MONEY = (
    FundingSourceKind.COMPANY,
    FundingSourceKind.DONOR,
    FundingSourceKind.PARTICIPANT,
)
"""Kinds of payers that spend their own money, not that of the state or its funds."""


@dataclass
class Entry:
    """A cost rule or budget line as it is to be.

    Parameters
    ----------
    row: a new row, or one that was read and changed in memory; a cost rule with its
        program, or its slot with the intake's program.
    changed: names of the fields of a known row that change.
    """

    row: CostRule | BudgetLine
    changed: tuple = ()

    @property
    def is_new(self):
        """Whether the row does not exist yet."""
        return self.row._state.adding


@dataclass(frozen=True)
class Book:
    """What is particular to cost rules, and to budget lines.

    Parameters
    ----------
    key: columns that name a row; no two rows agree in all of them.
    within: the columns of the key by which rows that might agree are looked up.
    may_keep: whether an actor may write a row.
    """

    added: AuditAction
    changed: AuditAction
    key: tuple
    within: tuple
    may_keep: Callable


def _keeps_costs(by, rule):
    program = rule.program or rule.slot.intake.program
    return by.allows(Permission.MANAGE_MONEY) or runs_program(by, program)


def _keeps_budgets(by, line):
    """Return whether the actor may write a budget line.

    Whoever coordinates a program notes what hosts, donors or the people themselves
    will pay; once noted, and for public money, it is for those who keep the money.
    """
    if by.allows(Permission.MANAGE_MONEY):
        return True
    own = line._state.adding and line.source.kind in OWN_MONEY
    return own and by.allows(Permission.MANAGE_PROGRAMS)


BOOKS = {
    CostRule: Book(
        AuditAction.COST_RULES_ADD,
        AuditAction.COST_RULES_CHANGE,
        ("program_id", "slot_id", "category_id", "formula", "origin_id", "condition"),
        ("program_id", "slot_id"),
        _keeps_costs,
    ),
    BudgetLine: Book(
        AuditAction.BUDGETS_ADD,
        AuditAction.BUDGETS_CHANGE,
        ("source_id", "fiscal_year", "category_id"),
        ("source_id",),
        _keeps_budgets,
    ),
}


def add_many(*, entries, by, now):
    """Add rows of one model, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by))
    rows = [entry.row for entry in entries]
    with transactions.atomic():
        bulk.insert(rows, by=by, now=now)
        _note("added", [(row, None) for row in rows], by, now)
    return rows


def change_many(*, entries, by, now):
    """Change rows of one model, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by))
    rows = [entry.row for entry in entries]
    with transactions.atomic():
        changes = [(entry.row, entry.changed) for entry in entries]
        bulk.overwrite(changes, by=by, now=now)
        told = [(entry.row, {"changed": sorted(entry.changed)}) for entry in entries]
        _note("changed", told, by, now)
    return rows


def tell(row, *, changed, by, now):
    """Write the trail of what a form of the desk has saved.

    Parameters
    ----------
    changed: names of the fields that changed; ``None`` of a new row.
    """
    if changed is None:
        _note("added", [(row, None)], by, now)
    else:
        _note("changed", [(row, {"changed": changed})], by, now)


def problems(entries, *, by):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    return checks.gather(
        _of_keepers(entries, by),
        _of_fields(entries),
        _of_conditions(entries),
        _of_twins(entries),
        _of_origins(entries),
    )


def _of_keepers(entries, by):
    for place, entry in enumerate(entries):
        if not BOOKS[type(entry.row)].may_keep(by, entry.row):
            yield place, forbidden(_("Your role does not allow this."))


def _of_fields(entries):
    for place, entry in enumerate(entries):
        for refusal in checks.of_fields(entry.row):
            yield place, refusal
        if entry.row.amount is not None and entry.row.amount < 0:
            yield (
                place,
                Refusal("negative", _("An amount is not negative."), field="amount"),
            )


def _of_conditions(entries):
    """Yield refusals of conditions; those that hold are put into their usual form."""
    rows = [(place, entry.row) for place, entry in enumerate(entries)]
    return conditions.of_rows(
        (place, row) for place, row in rows if isinstance(row, CostRule)
    )


def _of_origins(entries):
    """Yield a refusal for each cost of people from a regency: plans count provinces."""
    origins = {
        place: entry.row.origin_id
        for place, entry in enumerate(entries)
        if isinstance(entry.row, CostRule) and entry.row.origin_id
    }
    regencies = Region.objects.filter(level=RegionLevel.REGENCY)
    found = set(regencies.values_list("pk", flat=True)) if origins else set()
    for place, origin in origins.items():
        if origin in found:
            yield (
                place,
                Refusal(
                    "not-a-province",
                    _(
                        "Costs are counted by province: a rule for one regency would "
                        "never count. Choose its province."
                    ),
                    field="origin",
                ),
            )


def _of_twins(entries):
    """Yield a refusal for each row that agrees with another in its whole key."""
    if not entries:
        return
    book = BOOKS[type(entries[0].row)]
    own = {entry.row.pk for entry in entries}
    seen = {key: pk for key, pk in _stored(entries, book).items() if pk not in own}
    for place, entry in enumerate(entries):
        key = tuple(getattr(entry.row, name) for name in book.key)
        if seen.setdefault(key, entry.row.pk) != entry.row.pk:
            yield (
                place,
                Refusal(
                    "duplicate",
                    _("Such a row exists already."),
                    kind=RefusalKind.CONFLICT,
                ),
            )


def _stored(entries, book):
    model, by_key = type(entries[0].row), {}
    for column in book.within:
        ids = {getattr(entry.row, column) for entry in entries} - {None}
        for some in states.batches(sorted(ids), bulk.BATCH):
            rows = model._base_manager.filter(**{f"{column}__in": some})
            for pk, *key in rows.values_list("pk", *book.key):
                by_key[tuple(key)] = pk
    return by_key


def _note(what, entries, by, now):
    if entries:
        action = getattr(BOOKS[type(entries[0][0])], what)
        audit.record_many(by=by, action=action, entries=entries, now=now)
