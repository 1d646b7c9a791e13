"""Codes nobody has to think of: made of a title, and taken by nobody."""

from django.utils.text import slugify


def free(model, words):
    """Return a code made of words that no row of the model has.

    Parameters
    ----------
    words: a title, or a code that is wished for.
    """
    longest = model._meta.get_field("code").max_length
    stem = slugify(words)[: longest - 4].strip("-") or model._meta.model_name
    known = model._base_manager.filter(code__startswith=stem)
    taken = set(known.values_list("code", flat=True))
    if stem not in taken:
        return stem
    return next(code for at in range(2, 1000) if (code := f"{stem}-{at}") not in taken)
