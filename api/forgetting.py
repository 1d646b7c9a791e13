"""Stored answers about a person go when the person is erased."""

from planner.models import BulkRow

from .models import IdempotencyRecord


def forget(*, ids, words):
    """Delete stored answers and rows of lists that name the person or a row about them.

    They are encrypted, so each of a day's, or of a week's lists, is read.

    Parameters
    ----------
    ids: of the person's rows. words: texts that name the person.
    """
    texts = [*ids, *words]
    about = [
        record.pk
        for record in IdempotencyRecord.objects.iterator()
        if any(text in (record.answer or "") or text in record.route for text in texts)
    ]
    IdempotencyRecord.objects.filter(pk__in=about).delete()
    named = [row.pk for row in _rows() if any(text in _text_of(row) for text in texts)]
    BulkRow.objects.filter(pk__in=named).delete()


def _rows():
    return BulkRow.objects.only("sent", "problem", "made").iterator()


def _text_of(row):
    return f"{row.sent or ''} {row.problem or ''} {row.made or ''}"
