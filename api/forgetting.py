"""Stored answers about a person go when the person is erased."""

from .models import IdempotencyRecord


def forget(*, ids, words):
    """Delete stored answers that name the person or a row about the person.

    They are encrypted, so each of a day's is read.

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
