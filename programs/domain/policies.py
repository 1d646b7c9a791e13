"""Quotas, payers, fee waivers and pins of groups: written many at a time, with trail.

A file, the API and the forms of the desk are judged by the same checks.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import PinKind, QuotaAttribute, QuotaMeasure
from programs.conditions import write
from programs.models import FeeWaiver, FundingRule, GroupPin, ProfileCondition, Quota
from programs.models.policies import COUNTABLE
from programs.refusals import Refusal
from programs.roles import Permission

from . import (
    audit,
    bulk,
    checks,
    claims,
    conditions,
    funding,
    group_pins,
    transactions,
)
from .actors import forbidden, is_administrator, runs_program

HUNDREDTH = Decimal("0.01")
CLAIMS = {Quota: "quotas"}
"""What is claimed before it changes: plans are published against it."""


@dataclass
class Entry:
    """A row of policy as it is to be.

    Parameters
    ----------
    row: new, or read and changed in memory, with the program or the intake's program.
    changed: names of the fields of a known row that change.
    lists: {name of a list of the row: primary keys it is to hold}; those not named
        stay as they are.
    """

    row: Quota | FundingRule | FeeWaiver | GroupPin | ProfileCondition
    changed: tuple = ()
    lists: dict = field(default_factory=dict)

    def __post_init__(self):
        """A share that somebody writes is no longer the one of a base table."""
        base = {"base_part", "base_whole"}
        changed = set(self.changed)
        has_base = getattr(self.row, "base_whole", None) is not None
        if has_base and {"value", "measure"} & changed and not base & changed:
            self.row.base_part = self.row.base_whole = None
            self.changed = (*self.changed, *sorted(base))

    @property
    def is_new(self):
        """Whether the row does not exist yet."""
        return self.row._state.adding


@dataclass(frozen=True)
class Book:
    """What is particular to a kind of rows.

    Parameters
    ----------
    may_keep: whether an actor may write a row, as it was and as it is to be.
    problems: checks of entries that yield (place, refusal).
    """

    may_keep: Callable
    problems: tuple


@transactions.verb
def add_many(*, entries, by, now):
    """Add rows of one model, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    return _write(entries, AuditAction.POLICIES_ADD, by, now)


@transactions.verb
def change_many(*, entries, by, now):
    """Change rows of one model, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    return _write(entries, AuditAction.POLICIES_CHANGE, by, now)


@transactions.verb
def remove(*, row, by, now):
    """Take a row away; plans that are made from now on do not know it.

    Raises
    ------
    Refusal: the role does not allow it.
    """
    _require_keeper(row, by)
    with transactions.atomic():
        _claim([row])
        audit.record(by=by, action=AuditAction.POLICIES_REMOVE, obj=row, now=now)
        row.delete()


def problems(entries, *, by):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    if not entries:
        return {}
    book = BOOKS[type(entries[0].row)]
    found = checks.gather(
        _of_keepers(entries, by), _of_owners(entries), _of_fields(entries)
    )
    good = [(place, each) for place, each in enumerate(entries) if place not in found]
    for check in book.problems:
        for place, refusal in check(good):
            found.setdefault(place, []).append(refusal)
    return found


def _write(entries, action, by, now):
    with transactions.atomic():
        # Judged once whoever publishes has let go of what changes.
        _claim([entry.row for entry in entries if not entry.is_new])
        checks.require(problems(entries, by=by))
        rows = [entry.row for entry in entries]
        if action == AuditAction.POLICIES_ADD:
            bulk.insert(rows, by=by, now=now)
        else:
            bulk.overwrite(
                [(each.row, each.changed) for each in entries], by=by, now=now
            )
        for name in {name for entry in entries for name in entry.lists}:
            _write_list(name, entries)
        told = [(each.row, _told(each, action)) for each in entries]
        audit.record_many(by=by, action=action, entries=told, now=now)
    return rows


def _told(entry, action):
    if action == AuditAction.POLICIES_ADD:
        return None
    return {"changed": sorted({*entry.changed, *entry.lists})}


def _claim(rows):
    for model, name in CLAIMS.items():
        if ids := [row.pk for row in rows if isinstance(row, model)]:
            claims.claim(**{name: ids})


def _write_list(name, entries):
    """Let the lists of rows hold what they are to hold."""
    through = getattr(type(entries[0].row), name).through
    relation = type(entries[0].row)._meta.get_field(name)
    own, other = relation.m2m_column_name(), relation.m2m_reverse_name()
    parent = relation.m2m_field_name()
    lists = [(entry.row, entry.lists[name]) for entry in entries if name in entry.lists]
    bulk.replace(
        through,
        parent,
        [
            (row, [through(**{own: row.pk, other: pk}) for pk in sorted(ids, key=str)])
            for row, ids in lists
        ],
    )


def _of_keepers(entries, by):
    for place, entry in enumerate(entries):
        for refusal in checks.refused(_require_keeper, entry.row, by):
            yield place, refusal


def _require_keeper(row, by):
    may = BOOKS[type(row)].may_keep(by, row)
    if not (by.is_authenticated and by.is_active and may):
        raise forbidden(_("Your role does not allow this."))


def _keeps_quotas(by, quota):
    """Return whether somebody keeps a quota; those of all programs are no program's."""
    programs = {quota.program, quota.intake and quota.intake.program} - {None}
    return is_administrator(by) or any(runs_program(by, each) for each in programs)


def _keeps_payers(by, rule):
    return by.allows(Permission.MANAGE_MONEY) or runs_program(by, rule.program)


def _keeps_group_pins(by, pin):
    if by.allows(Permission.PLAN):
        return True
    if pin.of_program is None:  # told as what is missing
        return by.allows(Permission.MANAGE_PROGRAMS)
    return runs_program(by, pin.of_program)


def _keeps_points(by, _row):
    return by.allows(Permission.MANAGE_USERS)


def _keeps_waivers(by, _waiver):
    return by.allows(Permission.MANAGE_USERS)


def _of_owners(entries):
    """Yield a refusal where a row would move to another program: a new one is made."""
    for place, entry in enumerate(entries):
        for name in {"program", "intake", "slot", "profile"} & set(entry.changed):
            yield (
                place,
                Refusal("fixed", _("This never changes; make a new row."), field=name),
            )


def _of_fields(entries):
    for place, entry in enumerate(entries):
        for refusal in checks.of_fields(entry.row):
            yield place, refusal


def _of_codes(good):
    """Yield a refusal for each row whose code another has."""
    rows = [(place, entry.row) for place, entry in good if _renames(entry)]
    for number, refusal in checks.of_codes([row for _place, row in rows]):
        yield rows[number][0], refusal


def _renames(entry):
    return entry.is_new or "code" in entry.changed


def _of_conditions(good):
    """Yield refusals of conditions; those that hold are put into their usual form."""
    return conditions.of_rows((place, entry.row) for place, entry in good)


def of_quota(row):
    """Yield the refusals of what a quota counts, of how many, and for whom."""
    yield from _of_subject(row)
    yield from of_share(row)
    if row.intake_id and row.program_id not in (None, row.intake.program_id):
        yield Refusal(
            "other-program",
            _("The intake is of another program; leave the program empty."),
            field="program",
        )


def _of_subject(row):
    """Yield a refusal where the attribute's column is empty, or a condition is idle."""
    column = SUBJECTS.get(row.attribute)
    if row.measure == QuotaMeasure.DIFFERENT:
        yield from _of_different(row, column)
    elif column and getattr(row, column) in (None, ""):
        yield Refusal(
            "nobody-counted",
            _(
                "Say whom the quota counts: fill in the field of the attribute that "
                "you chose."
            ),
            field=column.removesuffix("_id"),
        )
    if row.condition and row.attribute != QuotaAttribute.CONDITION:
        yield Refusal(
            "condition-not-counted",
            _(
                "The quota does not look at its condition. Choose “%(attribute)s”, or "
                "leave the condition empty."
            )
            % {"attribute": QuotaAttribute.CONDITION.label},
            field="condition",
        )


def _of_different(row, column):
    """Yield a refusal of what has no different ones, or where one of them is named."""
    if row.attribute not in COUNTABLE:
        yield Refusal(
            "not-countable",
            _(
                "Different ones are counted of home institutions, their kinds, "
                "provinces and host countries."
            ),
            field="attribute",
        )
    elif getattr(row, column) not in (None, ""):
        yield Refusal(
            "one-of-different",
            _("Leave it empty: the quota counts how many different ones there are."),
            field=column.removesuffix("_id"),
        )


SUBJECTS = {
    QuotaAttribute.REGION_LIST: "region_list_id",
    QuotaAttribute.PROVINCE: "province_id",
    QuotaAttribute.SEX: "sex",
    QuotaAttribute.INSTITUTION: "institution_id",
    QuotaAttribute.INSTITUTION_KIND: "institution_kind",
    QuotaAttribute.HOST_COUNTRY: "host_country_id",
    QuotaAttribute.CONDITION: "condition",
}
"""Of each attribute the column that it is compared with; a disability has none."""


def of_share(row):
    """Yield the refusals of a quota's share, and of the base table it comes from."""
    is_share = row.measure == QuotaMeasure.PERCENT
    if is_share and row.value > funding.WHOLE:
        yield Refusal("over-all", _("A share is 100% at most."), field="value")
    whole, part = row.base_whole, row.base_part
    if whole is None and part is None:
        return
    # A table that shares nothing out, or a share that is not the one of the table.
    if not (is_share and whole and part is not None and part <= whole):
        yield Refusal(
            "base-table",
            _(
                "A base table gives a share: people in the row, at most the people of "
                "the whole table, counted in percent."
            ),
            field="base_part",
        )
    elif row.value != share_of(part, whole):
        yield Refusal(
            "base-share",
            _(
                "The base table makes it %(share)s%%. Empty base_part and base_whole "
                "to ask for another value."
            )
            % {"share": share_of(part, whole)},
            field="value",
        )


def share_of(part, whole):
    """Return the percentage that a row of a base table is, rounded for people."""
    return (Decimal(100) * part / whole).quantize(HUNDREDTH)


def judge(row):
    """Yield the refusals of a quota that a form holds."""
    yield from conditions.of_row(row)
    yield from of_quota(row)


def _of_quotas(good):
    for place, entry in good:
        for refusal in of_quota(entry.row):
            yield place, refusal


def _of_payers(good):
    """Yield refusals of shares, judged with all others as they are to be."""
    rows = [entry.row for _place, entry in good]
    stored = FundingRule.objects.filter(program__in={row.program_id for row in rows})
    known = {row.pk: row for row in stored} | {row.pk: row for row in rows}
    shares = defaultdict(list)
    for row in known.values():
        shares[row.program_id, row.category_id].append((row.condition, row.percent))
    together = {key: funding.most(rules) for key, rules in shares.items()}
    for place, entry in good:
        share = together[entry.row.program_id, entry.row.category_id]
        if share > funding.WHOLE:
            yield place, funding.over(share)


def _of_waivers(good):
    for place, entry in good:
        row = entry.row
        for refusal in checks.of_order(
            row.valid_from,
            row.valid_to,
            field="valid_to",
            other="valid_from",
            message=_("The end comes after the start."),
        ):
            yield place, refusal
        if entry.is_new and not entry.lists.get("categories"):
            yield (
                place,
                Refusal("required", _("This field is required."), field="categories"),
            )


def judge_group_pin(row):
    """Yield the refusals of a group's pin that a form holds."""
    found = list(conditions.of_row(row))
    yield from found or of_group_pin(row)


def of_group_pin(row):
    """Yield the refusals of what a group's pin says: of whom, and where."""
    places = [row.program_id, row.intake_id, row.slot_id]
    if sum(place is not None for place in places) != 1:
        yield Refusal(
            "one-place",
            _("Say where: one slot, one intake or one program, and only one."),
            field="slot",
        )
        return
    if not row.condition:
        yield Refusal("required", _("This field is required."), field="condition")
        return
    for leaf in conditions.private_parts(row):
        yield Refusal(
            "condition-private",
            _(
                "Reasons name the group, and “%(part)s” is confidential: it cannot be "
                "asked for here."
            )
            % {"part": write(leaf)},
            field="condition",
        )
    if row.kind == PinKind.FORBID and (count := len(group_pins.held(row))):
        yield Refusal("place-held", group_pins.told_held(count), field="condition")


def _of_group_pins(good):
    for place, entry in good:
        for refusal in of_group_pin(entry.row):
            yield place, refusal


def judge_points(row):
    """Yield the refusals of a condition that gives points."""
    found = list(conditions.of_row(row))
    yield from found or of_points(row)


def of_points(row):
    """Yield the refusals of points for nobody, or for what is confidential."""
    if not row.condition:
        yield Refusal("required", _("This field is required."), field="condition")
    yield from conditions.of_private_points(row)


def _of_points(good):
    profiles = {entry.row.profile_id for _place, entry in good}
    stored = ProfileCondition.objects.filter(profile__in=profiles)
    codes = {(row.profile_id, row.code): row.pk for row in stored}
    for place, entry in good:
        row = entry.row
        for refusal in of_points(row):
            yield place, refusal
        if codes.setdefault((row.profile_id, row.code), row.pk) != row.pk:
            yield place, checks.twin()


BOOKS = {
    Quota: Book(_keeps_quotas, (_of_conditions, _of_quotas, _of_codes)),
    FundingRule: Book(_keeps_payers, (_of_conditions, _of_payers)),
    FeeWaiver: Book(_keeps_waivers, (_of_conditions, _of_waivers, _of_codes)),
    ProfileCondition: Book(_keeps_points, (_of_conditions, _of_points)),
    GroupPin: Book(_keeps_group_pins, (_of_conditions, _of_group_pins, _of_codes)),
}
