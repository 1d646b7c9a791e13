"""What two registrations of one human say: what moves, what is alike, what clashes.

Every row that points at a person is looked at, found by the models themselves. Rows
that may stand only once (a skill, an intake, a study) clash where both have one; the
columns of the person clash where both are filled and differ. An officer decides.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import UniqueConstraint
from django.utils.translation import gettext as _

from programs import formats
from programs.choices import LIVE_PLACEMENT_STATES, Purpose
from programs.models import (
    Application,
    Availability,
    Consent,
    Merger,
    Participant,
    PersonFact,
    PersonKey,
    Placement,
    SkillClaim,
)
from programs.models.encrypted import Strict

KEPT, GONE = "kept", "gone"
"""Whose word counts where both say something else."""
COLUMNS = {
    "name": ("given_name", "family_name"),
    "birth_date": ("birth_date",),
    "sex": ("sex",),
    "citizenship": ("citizenship",),
    "region": ("province", "regency"),
    "home_institution": ("home_institution",),
    "kkni": ("kkni",),
    "isced_f": ("isced_f",),
    "email": ("email",),
    "nik": ("nik",),
    "passport": ("passport",),
    "disability": ("disability",),
}
"""What an officer chooses as a whole, and the columns it consists of."""
SECRET = {"nik", "passport", "disability"}
MASK = "••••"
OWN = (Merger, Participant, PersonKey)
"""Rows that stay where they are: mergers, pointers, and keys that open old texts."""
NAMED = {
    Application: ("intake", "nominated_by"),
    PersonFact: ("definition",),
    SkillClaim: ("skill",),
}
"""Rows that a row is named by."""
FREE = "availability"
"""The key of free times, which count as a whole: none at all is always."""


@dataclass(frozen=True)
class Clash:
    """Something that both registrations say, and differently."""

    key: str
    what: str
    kept: str
    gone: str
    ours: object = None
    theirs: object = None


@dataclass
class Comparison:
    """Two registrations, side by side.

    ``moves`` are rows that go over, ``alike`` those that both have (the second is left
    out), ``stays`` consents that remain with the old registration as evidence, where
    the other has one in force. ``filled`` are columns that only the one that ends has.
    """

    clashes: list = field(default_factory=list)
    moves: list = field(default_factory=list)
    alike: list = field(default_factory=list)
    stays: list = field(default_factory=list)
    filled: list = field(default_factory=list)

    @property
    def counts(self):
        """Return (what, how many) of the rows that move."""
        found = {}
        for row in self.moves:
            name = str(row._meta.verbose_name_plural)
            found[name] = found.get(name, 0) + 1
        return sorted(found.items())


def compare(kept, gone):
    """Return what two registrations say; a number of queries that does not grow."""
    found = Comparison()
    _columns(found, kept, gone)
    for model, name in relations():
        all_of = model._base_manager.select_related(*NAMED.get(model, ())).order_by(
            "pk"
        )
        rows = [list(all_of.filter(**{name: each})) for each in (kept, gone)]
        if model is Availability:
            _free(found, *rows)
        elif model is Consent:
            _consents(found, *rows)
        else:
            _rows(found, model, name, *rows)
    return found


def relations():
    """Return (model, name of its field) of everything that points at a person."""
    return sorted(
        (
            (each.related_model, each.field.name)
            for each in Participant._meta.related_objects
            if each.related_model not in OWN
            and not hasattr(each.related_model, "history_type")
        ),
        key=lambda pair: pair[0]._meta.label,
    )


def label_of(key):
    """Return what a choice of columns is called."""
    if key == "name":
        return _("name")
    return str(Participant._meta.get_field(COLUMNS[key][0]).verbose_name)


def holds_place(application):
    """Return whether somebody holds a place by this application."""
    rows = Placement.objects.filter(application=application)
    return rows.filter(state__in=LIVE_PLACEMENT_STATES).exists()


def _columns(found, kept, gone):
    for key, names in COLUMNS.items():
        ours, theirs = (
            [getattr(each, name) for name in names] for each in (kept, gone)
        )
        if ours == theirs or not any(theirs):
            continue
        if not any(ours):
            found.filled.append(key)
            continue
        told = [
            MASK if key in SECRET else " ".join(map(_worded, filter(None, values)))
            for values in (ours, theirs)
        ]
        found.clashes.append(Clash(key, label_of(key), *told))


def _worded(value):
    return formats.day(value) if isinstance(value, date) else str(value)


def _rows(found, model, name, ours, theirs):
    keys = [
        [each for each in constraint.fields if each != name]
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
        and name in constraint.fields
        and constraint.condition is None
    ]
    for row in theirs:
        twins = [one for key in keys for one in ours if _same(one, row, key)]
        if not twins:
            found.moves.append(row)
        elif model is not Application and _same(twins[0], row, _facts(row, name)):
            found.alike.append(row)
        else:
            found.clashes.append(_clash(twins[0], row, name))


def _free(found, ours, theirs):
    spans = [
        {(each.starts_on, each.ends_on) for each in rows} for rows in (ours, theirs)
    ]
    if spans[0] == spans[1]:
        found.alike += theirs
        return
    told = [
        "; ".join(
            f"{formats.day(start)} – {formats.day(end)}" for start, end in sorted(each)
        )
        or _("always")
        for each in spans
    ]
    what = str(Availability._meta.verbose_name)
    found.clashes.append(Clash(FREE, what, *told, ours, theirs))


def _consents(found, ours, theirs):
    """A consent of both stays as evidence; one withdrawn elsewhere is asked about."""
    for row in theirs:
        same = [one for one in ours if _same(one, row, ("purpose", "country_id"))]
        if row.withdrawn_at is not None or not same:
            found.moves.append(row)
        elif any(one.withdrawn_at is None for one in same):
            found.stays.append(row)
        else:
            last = max(same, key=lambda one: one.withdrawn_at)
            found.clashes.append(_clash(last, row, "participant"))


def _facts(row, name):
    """Return the columns of a row that say something."""
    return [
        each.attname
        for each in row._meta.concrete_fields
        if not each.primary_key and each.name != name
    ]


def _same(one, other, names):
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _clash(ours, theirs, name):
    what = f"{theirs._meta.verbose_name}: {_name_of(theirs)}"
    told = [_said(row, name) for row in (ours, theirs)]
    return Clash(f"{theirs._meta.model_name}:{theirs.pk}", what, *told, ours, theirs)


def _name_of(row):
    """Return what a row is about, which both have in common."""
    if isinstance(row, Application):
        return str(row.intake.code)
    if isinstance(row, PersonFact):
        return str(row.definition)
    if isinstance(row, Consent):
        return Purpose(row.purpose).label
    return str(getattr(row, "skill", "") or getattr(row, "test", "") or "").strip()


def _said(row, name):
    """Return the content of a row in words; what is encrypted stays hidden."""
    if isinstance(row, Application):
        return f"{row.get_state_display()}, {row.nominated_by or '–'}"
    if isinstance(row, PersonFact) and row.definition.is_sensitive:
        return MASK
    told = []
    for each in row._meta.concrete_fields:
        if each.primary_key or each.is_relation or each.name == name:
            continue
        value = MASK if isinstance(each, Strict) else getattr(row, each.name)
        if each.choices and value not in ("", None):
            value = getattr(row, f"get_{each.name}_display")()
        if value not in ("", None):
            told.append(f"{each.verbose_name}: {_worded(value)}")
    return "; ".join(told)
