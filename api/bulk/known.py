"""What the rows of a batch refer to, looked up once for all of them.

Serializers find it as ``known`` in their context, and ask the database for nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.db.models import UUIDField

from programs.models import (
    Country,
    Institution,
    Intake,
    LanguageScale,
    Participant,
    Pathway,
    Region,
    Skill,
    Slot,
)

SHARED = {
    "citizenship": Country,
    "province": Region,
    "regency": Region,
    "home_institution": Institution,
}
"""Fields of a person that name a row which everybody may name."""


class Known:
    """Rows by model and key; what is not here does not exist for the caller."""

    def __init__(self):
        self._rows = {}
        self._scales = {}

    def add(self, model, keys, queryset):
        """Look up rows by their primary keys, as they were sent."""
        wanted = {key for key in (key_of(model, each) for each in keys) if key}
        found = queryset.filter(pk__in=wanted) if wanted else ()
        self._rows.setdefault(model, {}).update({row.pk: row for row in found})

    def add_by(self, model, names, keys):
        """Look up reference rows by several columns that together name one."""
        wanted = {key for key in keys if all(isinstance(part, str) for part in key)}
        first = {key[0] for key in wanted}, {key[1] for key in wanted}
        rows = model.objects.filter(
            **{f"{name}__in": part for name, part in zip(names[:2], first, strict=True)}
        )
        found = {tuple(getattr(row, name) for name in names): row for row in rows}
        self._rows.setdefault(model, {}).update(found if wanted else {})

    def add_lines(self, tests):
        """Look up the scales of language tests by their names, as they were sent."""
        wanted = {test for test in tests if isinstance(test, str)}
        found = LanguageScale.objects.filter(test__in=wanted) if wanted else ()
        self._scales = defaultdict(list)
        for line in found:
            self._scales[line.test, line.version].append(line)

    def lines(self, test, version):
        """Return the lines of a scale, none of one that does not exist."""
        return self._scales.get((test, version), [])

    def get(self, model, sent):
        """Return the row of a primary key as it was sent, or None."""
        return self._rows.get(model, {}).get(key_of(model, sent))

    def named(self, model, *key):
        """Return the reference row that several columns name, or None."""
        return self._rows.get(model, {}).get(key)


def key_of(model, sent):
    """Return a primary key as rows have it, or None of what is none."""
    if not isinstance(sent, str) or "\0" in sent:
        return None
    if not isinstance(model._meta.pk, UUIDField):
        return sent
    try:
        return UUID(sent)
    except ValueError:
        return None


def of_people(rows, _user):
    """Return what rows of people refer to: six questions at most."""
    known, rows = Known(), [row for row in rows if isinstance(row, Mapping)]
    for model in set(SHARED.values()):
        names = [name for name, of in SHARED.items() if of is model]
        keys = [row.get(name) for row in rows for name in names]
        known.add(model, keys, model.objects.all())
    skills = _lines(rows, "skills")
    known.add_by(
        Skill,
        ("framework", "code"),
        [(line.get("framework"), line.get("code")) for line in skills],
    )
    known.add_lines(line.get("test") for line in _lines(rows, "languages"))
    return known


def of_nominations(rows, user):
    """Return what rows of nominations refer to, of what the caller may see."""
    known, rows = Known(), [row for row in rows if isinstance(row, Mapping)]
    wishes = [
        wish
        for row in rows
        if isinstance(row.get("preferences"), list)
        for wish in row["preferences"]
    ]
    intakes = Intake.objects.visible_to(user).select_related("program")
    people = Participant.objects.visible_to(user).defer("nik", "passport", "disability")
    known.add(Participant, [row.get("participant") for row in rows], people)
    known.add(Intake, [row.get("intake") for row in rows], intakes)
    for model in (Slot, Pathway):
        known.add(model, wishes, model.objects.visible_to(user))
    return known


def _lines(rows, name):
    """Return the lines of a list of each row, as far as they are some."""
    return [
        line
        for row in rows
        if isinstance(row.get(name), list)
        for line in row[name]
        if isinstance(line, Mapping)
    ]
