"""Stored answers about a person go when the person is erased."""

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from .models import IdempotencyRecord


def forget(*, ids, words):
    """Delete stored answers that name the person or a row about the person.

    Parameters
    ----------
    ids: of the person's rows. words: texts that name the person.
    """
    about = Q()
    for text in [*ids, *words]:
        about |= Q(said__contains=text) | Q(route__contains=text)
    answers = IdempotencyRecord.objects.annotate(said=Cast("answer", TextField()))
    answers.filter(about).delete()
