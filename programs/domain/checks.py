"""Turns what the models find wrong into refusals that name the field."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from programs.refusals import Refusal, RefusalKind


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
        raise Refusal(
            "duplicate", _("Such a row exists already."), kind=RefusalKind.CONFLICT
        ) from error


def in_order(first, last, *, field, message):
    """Refuse two values that are the wrong way round."""
    if first is not None and last is not None and last < first:
        raise Refusal("out-of-order", message, field=field)
