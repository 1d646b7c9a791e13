"""What people meant by the words of their sheets, remembered for the next one.

A word is somebody's own; colleagues of the same institution find it too.
"""

from programs.models import RememberedWord

from . import transactions

LONGEST = 200
"""Letters of a word; a longer one is a sentence, and nothing to remember."""


def known(by):
    """Return {what: {text: meaning}} that a person and colleagues have chosen.

    Where several differ the own choice counts, else the newest.
    """
    rows = RememberedWord.objects.of(by).order_by("chosen_at")
    found = list(rows.values_list("what", "said", "means", "user_id"))
    found.sort(key=lambda row: row[3] == by.pk)  # stable: the own ones come last
    words = {}
    for what, said, means, _user in found:
        words.setdefault(what, {})[said] = means
    return words


@transactions.verb
def remember(*, words, by, now):
    """Keep what was chosen, in place of what was chosen before.

    Parameters
    ----------
    words: {what: {folded text: meaning}}; "" means that a column is left out.
    """
    own = by.institution_ids()
    rows = [
        RememberedWord(
            user=by,
            institution_id=own[0] if own else None,
            what=what,
            said=said,
            means=means[:100],
            chosen_at=now,
        )
        for what, meanings in words.items()
        for said, means in meanings.items()
        if said and len(said) <= LONGEST
    ]
    with transactions.atomic():
        RememberedWord.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["user", "what", "said"],
            update_fields=["institution", "means", "chosen_at"],
        )
