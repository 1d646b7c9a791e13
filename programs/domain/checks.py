"""Turns what is wrong with rows into refusals that name the field.

A check *yields* refusals, so that a file is told everything that is wrong with a row;
a verb raises the first of them. What takes a query is asked once for all rows.
"""

from datetime import date
from functools import cache, lru_cache

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from programs import collisions, formats
from programs.refusals import Refusal, RefusalKind

from .states import batches

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Days outside of these are slips of the hand."""


def clean(row, *, exclude=None):
    """Check a row against its fields and constraints before it is written.

    Raises
    ------
    Refusal: the first field at fault, with its message.
    """
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        field, problems = next(iter(error.error_dict.items()))
        problem = problems[0]
        is_twin = problem.code in ("unique", "unique_together")
        raise Refusal(
            "duplicate" if is_twin else "invalid",
            " ".join(problem.messages),
            kind=RefusalKind.CONFLICT if is_twin else RefusalKind.INVALID,
            field="" if field == NON_FIELD_ERRORS else field,
        ) from error


def save(row):
    """Check and write a row; a twin that appeared meanwhile is a refusal too."""
    clean(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise told(error) from error


def told(error):
    """Return what the refusal of a row means; raise it where it is a fault of ours."""
    if collisions.is_of_another_release(error):
        return collisions.other_release()
    if collisions.is_duplicate(error):
        return twin()
    raise error


def twin():
    """Return the refusal of a row that came second."""
    return Refusal(
        "duplicate", _("Such a row exists already."), kind=RefusalKind.CONFLICT
    )


def erased(field=""):
    """Return the refusal of a change to somebody whose data were erased."""
    return Refusal(
        "erased",
        _("The data of this person were erased; nothing is added to them."),
        kind=RefusalKind.CONFLICT,
        field=field,
    )


def merged(field=""):
    """Return the refusal of a change to a registration that became part of another."""
    return Refusal(
        "merged",
        _(
            "This registration was merged with another one of the same person, which "
            "goes on; use that one."
        ),
        kind=RefusalKind.CONFLICT,
        field=field,
    )


def restricted(field=""):
    """Return the refusal of an application for somebody whose data are only kept."""
    return Refusal(
        "person-restricted",
        _(
            "The processing of this person's data is restricted: nobody applies for "
            "the person until an officer lifts it."
        ),
        kind=RefusalKind.CONFLICT,
        field=field,
    )


def require(problems):
    """Raise the first refusal of {place: refusals}, in the order of the places."""
    for place in sorted(problems):
        raise problems[place][0]


def gather(*checks):
    """Return {place: refusals} of checks that yield (place, refusal)."""
    refusals = {}
    for check in checks:
        for place, refusal in check:
            refusals.setdefault(place, []).append(refusal)
    return refusals


def refused(check, *args, **kwargs):
    """Yield what a check raises, where it raises."""
    try:
        check(*args, **kwargs)
    except Refusal as refusal:
        yield refusal


def of_fields(row):
    """Yield a refusal for each field whose value its column would not take.

    Asks no database: whether what a row points to exists is for whoever looked it up,
    uniqueness for one query over all rows.
    """
    for field in _fields_of(type(row)):
        value = getattr(row, field.attname)
        if field.is_relation:
            if value is None and not field.null:
                yield Refusal("invalid", _("This field is required."), field=field.name)
        elif not (field.blank and value in field.empty_values):
            yield from _of_value(field, value, row)


def of_lines(name, rows, key_of):
    """Yield refusals of a list's lines; each names the list, the line and its field.

    Parameters
    ----------
    key_of: what a line is known by; it may be there once.
    """
    seen = set()
    for place, row in enumerate(rows):
        if key_of(row) in seen:
            yield Refusal(
                "listed-twice", _("A line is listed twice."), field=f"{name}/{place}"
            )
        seen.add(key_of(row))
        for refusal in of_fields(row):
            refusal.field = f"{name}/{place}/{refusal.field}"
            yield refusal


@cache
def _fields_of(model):
    """Return the columns that somebody fills: all but the key and what is made."""
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated)
    ]


def _of_value(field, value, row):
    """Yield a refusal of what the field refuses; keep the value as it reads it."""
    if type(value) is date and not EARLIEST <= value <= LATEST:
        yield out_of_range(field.name, EARLIEST, LATEST)
        return
    is_of_a_few = field.choices or isinstance(field, models.IntegerField)
    try:
        read = _read(field, value) if is_of_a_few else field.clean(value, row)
        setattr(row, field.attname, read)
    except ValidationError as error:
        for problem in error.error_list:
            yield Refusal(
                "invalid",
                " ".join(problem.messages),
                field=field.name,
                rule=problem.code,
            )


@lru_cache(maxsize=4096, typed=True)
def _read(field, value):
    """Return what a field reads; twenty thousand people share the same few levels."""
    return field.clean(value, None)


def of_codes(rows, *, within=()):
    """Yield (place, refusal) for each new row whose ``code`` another row has.

    Parameters
    ----------
    within: columns that say whose code it is, where it is not everybody's.
    """
    columns, seen = ("code", *within), {}
    for place, row in enumerate(rows):
        key = tuple(getattr(row, column) for column in columns)
        seen.setdefault(key, []).append(place)
    for key in keys_in_use(type(rows[0]), columns, seen) if rows else ():
        for place in seen[key]:
            yield place, _has_twin(rows[place])
    for places in seen.values():
        for place in places[1:]:
            yield place, _has_twin(rows[place])


def keys_in_use(model, columns, keys):
    """Return which of the keys exist, a query for each thousand."""
    used = set()
    for some in batches(sorted({code for code, *_within in keys}), 1000):
        rows = model._base_manager.filter(code__in=some)
        used.update(rows.values_list(*columns))
    return used & set(keys)


def _has_twin(row):
    error = row.unique_error_message(type(row), ("code",))
    return Refusal(
        "duplicate", error.messages[0], kind=RefusalKind.CONFLICT, field="code"
    )


def out_of_range(field, first, last):
    """Return the refusal of a day that cannot be meant."""
    return Refusal(
        "impossible-date",
        _("A date from %(first)s to %(last)s is expected here.")
        % {"first": formats.day(first), "last": formats.day(last)},
        field=field,
        first=first.isoformat(),
        last=last.isoformat(),
    )


def of_order(first, last, *, field, other, message, may_be_equal=False):
    """Yield a refusal of two values that are the wrong way round."""
    if first is None or last is None or first < last:
        return
    if not (may_be_equal and first == last):
        yield Refusal("out-of-order", message, field=field, other=other)
