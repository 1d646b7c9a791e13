"""A verdict for the page: errors in groups, words without a meaning, a sheet's head.

All of it is counted by column and code; texts of people stay in the rows.
"""

from contextlib import closing
from dataclasses import replace
from itertools import islice

from .limits import LIMITS
from .mapping import fields_of, translated
from .mapping.vocabulary import vocabulary_of
from .messages import Problem

MOST_WORDS = 150
"""Words of a field that are listed, those without a meaning first."""
HEAD = 60
"""Rows that are read to show how a sheet begins."""
EXAMPLES = 10


def told_group(group):
    """Return a group's expectation in words, in the reader's language."""
    return Problem(group["column"], group["code"], group["params"]).expectation


def words_of(own):
    """Return {field: its words} of a translation, those without a meaning first.

    Of each field: ``words``, dicts of text, count, code, how, sure and near: [(code,
    likeness)]; ``open``, rows without a meaning; ``more``, words that are not listed.
    """
    private = {name for name, each in fields_of(own.kind).items() if each.private}
    return {
        name: _words(own.vocabularies[name], seen, is_private=name in private)
        for name, seen in own.words.items()
    }


def _words(vocabulary, seen, *, is_private):
    """Return the words of a field, and how many rows hold one without a meaning.

    Of a private field only those: the others are kept with the rows alone.
    """
    read = [(text, count, vocabulary.read(text)) for text, count in seen.items()]
    if is_private:
        read = [word for word in read if word[2] is None]
    read.sort(
        key=lambda word: (word[2] is not None, word[2] and word[2].sure, -word[1])
    )
    return {
        "words": [_word(vocabulary, *word) for word in read[:MOST_WORDS]],
        "open": sum(count for _text, count, meaning in read if meaning is None),
        "more": max(len(read) - MOST_WORDS, 0),
    }


def _word(vocabulary, text, count, meaning):
    near = [(code, round(score, 2)) for code, score in vocabulary.nearest(text, 5)]
    return {
        "text": text,
        "count": count,
        "code": meaning.code if meaning else "",
        "how": meaning.how if meaning else "",
        "sure": round(meaning.sure, 2) if meaning else 0.0,
        "near": near,
    }


def overview_of(report):
    """Return what a verdict's page shows besides its counts, ready for JSON."""
    own = report.own
    return {
        "groups": report.tally.groups,
        "words": words_of(own) if own else {},
        "missing": own.missing if own else [],
        "hidden": len(own.grid.hidden) if own else 0,
    }


def head_of(kind, content, mapping, *, known):
    """Return how a sheet begins: its first rows as they are, and as they are read.

    Parameters
    ----------
    kind: of the rows, as somebody brings it.

    Returns
    -------
    ``headings``, ``rows``: [(row number, cells)], ``fields`` and ``examples``:
    [(row number, {field: text})].
    """
    limits = replace(LIMITS, head=HEAD)
    own = translated(kind, content, mapping, known=known, limits=limits)
    seen = []
    own.table.rows = _kept(own.table.rows, seen)
    with closing(own.grid.rows):
        read = list(islice(own.rows, EXAMPLES))
    return {
        "headings": own.table.headings,
        "rows": [(number, [str(cell) for cell in cells]) for number, cells in seen],
        "fields": own.header,
        "examples": [
            (number, dict(zip(own.header, map(str, cells), strict=True)))
            for number, cells in read
        ],
        "labels": {name: each.labels for name, each in own.vocabularies.items()},
        "options": _options(own),
    }


def _options(own):
    """Return {field: [(code, label)]} of whatever one value for all may be."""
    found = dict(own.vocabularies)
    for name in fields_of(own.kind):
        vocabulary = None if name in found else vocabulary_of(own.kind, name)
        if vocabulary is not None:
            found[name] = vocabulary
    return {name: each.options for name, each in found.items()}


def _kept(rows, seen):
    for row in rows:
        seen.append(row)
        yield row
