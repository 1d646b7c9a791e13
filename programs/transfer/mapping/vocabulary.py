"""What the words of a column can mean: the codes there are, and their names."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import get_language

from programs.choices import Disability, RegionLevel, Sex
from programs.domain.scales import line_of
from programs.models import Intake, Pathway, QualificationLevel, Region, Slot
from programs.transfer.columns import Code, OneOf

from . import words
from .likeness import Names, fold_name

TAKEN = 0.86
"""Likeness from which the nearest name is proposed, where no other is as near."""
APART = 0.05
CHOSEN, REMEMBERED, CODE, NAME, LIKE = "chosen", "remembered", "code", "name", "like"
"""How a word came to its meaning."""
MOST_OPTIONS = 400
"""Codes that a list on the page offers; a longer one is typed."""
CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Meaning:
    """What a word is taken for: a code, how, and how sure that is from 0 to 1."""

    code: str
    how: str
    sure: float


class Vocabulary:
    """The codes of one field and what they are called.

    Parameters
    ----------
    names: pairs of (code, name); the first name of a code is its label.
    chosen, known: {text: code}, as chosen for this sheet and as remembered.
    """

    def __init__(self, names, *, chosen=None, known=None):
        self.names = [(code, name) for code, name in names if name]
        self.labels = {}
        for code, name in self.names:
            self.labels.setdefault(code, name)
        self.chosen = {fold_name(text): code for text, code in (chosen or {}).items()}
        self.known = {fold_name(text): code for text, code in (known or {}).items()}
        self._codes = {code.casefold(): code for code in self.labels}
        self._read = {}

    @cached_property
    def index(self):
        """The names, ready to be searched."""
        return Names(self.names)

    def read(self, text):
        """Return the meaning of a text, or None where nobody can be sure of one."""
        if text not in self._read:
            self._read[text] = self._meaning(text)
        return self._read[text]

    def fits(self, text):
        """Return whether a text is one of these words, be its meaning clear or not."""
        return fold_name(text) in self.index.exact or self.read(text) is not None

    def _meaning(self, text):
        folded = fold_name(text)
        for table, how in ((self.chosen, CHOSEN), (self.known, REMEMBERED)):
            if table.get(folded) is not None:
                return Meaning(table[folded], how, 1.0)
        if text.casefold() in self._codes:
            return Meaning(self._codes[text.casefold()], CODE, 1.0)
        named = self.index.exact.get(folded, ())
        if len(named) == 1:
            return Meaning(next(iter(named)), NAME, 0.99)
        return None if named else self._nearest(text)

    def _nearest(self, text):
        (code, likeness), second = (*self.nearest(text, 2), ("", 0), ("", 0))[:2]
        is_apart = likeness - second[1] >= APART
        return Meaning(code, LIKE, likeness) if likeness >= TAKEN and is_apart else None

    def nearest(self, text, most=3):
        """Return [(code, likeness)] of what a text could mean."""
        same = sorted(self.index.exact.get(fold_name(text), ()))
        return [(code, 1.0) for code in same][:most] or self.index.nearest(text, most)

    @property
    def options(self):
        """Return [(code, label)] for a list to choose from, [] where it is too long."""
        pairs = sorted(self.labels.items(), key=lambda pair: pair[1])
        return pairs if len(pairs) <= MOST_OPTIONS else []


class Certificates(Vocabulary):
    """Tests and their bands; a score is a band of its test as well."""

    def __init__(self, scales, **options):
        self.scales = scales
        super().__init__(_bands(scales), **options)

    def _meaning(self, text):
        return self._score(text) or super()._meaning(text)

    def _score(self, text):
        """Return the meaning of a test and a score, such as TOEIC 650."""
        told = re.fullmatch(r"\s*([A-Za-z][A-Za-z -]*?)[\s:]+(\d+)\s*", text)
        if not told:
            return None
        fits = [
            f"{test}:{told[2]}"
            for (test, _version), lines in self.scales.items()
            if fold_name(test).startswith(fold_name(told[1]))
            and line_of(lines, told[2])
        ]
        return Meaning(fits[0], NAME, 0.95) if len(set(fits)) == 1 else None


def _bands(scales):
    """Yield (code, name) of the bands; one of several versions says its version."""
    versions = {}
    for test, version in scales:
        versions.setdefault(test, []).append(version)
    for (test, version), lines in scales.items():
        several = len(versions[test]) > 1
        for band in dict.fromkeys(line.band for line in lines):
            code = f"{test}:{band}:{version}" if several else f"{test}:{band}"
            yield code, f"{test} {band} ({version})" if several else f"{test} {band}"
            yield code, f"{test} {band}"
            if not band.replace("-", "").isdigit():
                yield code, band


def vocabulary_of(kind, name, *, chosen=None, known=None, intake=""):
    """Return the vocabulary of a field, or None where its text means itself.

    Parameters
    ----------
    kind: of the rows. name: of the field.
    chosen, known: {text: code} for this sheet, and remembered of others.
    intake: code of the only intake whose slots are meant, if there is one.
    """
    taught = {"chosen": chosen, "known": known}
    if name == CERTIFICATE:
        return Certificates(kind.lookups.scales, **taught)
    names = _names_of(kind, name, intake)
    return None if names is None else Vocabulary(names, **taught)


def _names_of(kind, name, intake):
    """Return pairs of (code, name) of a field, or None."""
    if name.startswith("choice_"):
        return _slots(kind, intake)
    if name.endswith("_kemendagri"):
        return _regions(regency=name.startswith("regency"))
    if name.endswith("_bps"):
        return _bps_provinces()
    if name in WORDS:
        return _worded(name)
    column = kind.by_name.get(name)
    if isinstance(column, Code):
        return _rows(kind.lookups, column.what)
    if isinstance(column, OneOf):
        return [(code, code) for code in column.choices]
    return None


WORDS = {
    "sex": words.SEX,
    "disability": words.DISABILITY,
    "kkni": words.KKNI,
    "isced_f": words.FIELDS_OF_STUDY,
}
"""Fields whose words are told here, and not by rows."""


def _worded(name):
    """Yield what a code is called officially, then what people write for it."""
    if name == "sex":
        yield from ((choice.value, str(choice.label)) for choice in Sex)
    if name == "disability":
        yield from ((each.value, str(each.label)) for each in Disability if each.value)
    if name == "kkni":
        levels = QualificationLevel.objects.all()
        yield from ((str(level.kkni), f"{level.kkni} – {level}") for level in levels)
    yield from _pairs(WORDS[name])


def _pairs(table):
    for code, names in table.items():
        for name in names:
            yield code, name


def _rows(lookups, what):
    """Yield codes and names of rows that somebody may mean."""
    if what == "intake":
        yield from _intakes(lookups)
        return
    model, key = lookups.MODELS[what]
    here = get_language() or "id"
    wanted = {"name", "name_id", "name_en", "title_id", "title_en"}
    fields = {field.name for field in model._meta.concrete_fields} & wanted
    ordered = sorted(fields, key=lambda name: (not name.endswith(f"_{here}"), name))
    for code, *names in model._base_manager.values_list(key, *ordered).iterator():
        for name in (*filter(None, names), code):
            yield code, name
    if what == "country":
        yield from _pairs(words.COUNTRIES)


def _intakes(lookups):
    """Yield the intakes of the own programs, each with its program."""
    rows = Intake.objects.filter(pk__in=lookups.own(Intake)).select_related("program")
    for intake in rows.order_by("-starts_on"):
        yield intake.code, f"{intake.code} – {intake.program}"
        yield intake.code, intake.code


def _regions(*, regency):
    level = RegionLevel.REGENCY if regency else RegionLevel.PROVINCE
    rows = Region.objects.filter(level=level)
    known = dict(rows.values_list("kemendagri_code", "name"))
    yield from known.items()
    if regency:
        for code, name in known.items():
            bare = re.sub(r"^(Kabupaten|Kab\.?) ", "", name)
            yield from ((code, bare), (code, f"Kab {bare}"))
    else:
        yield from (pair for pair in _pairs(words.PROVINCES) if pair[0] in known)


def _bps_provinces():
    rows = Region.objects.provinces().exclude(bps_code="")
    yield from rows.values_list("bps_code", "name")


def _slots(kind, intake):
    """Yield codes, titles and hosts of the slots and pathways of the own intakes."""
    own = {"intake__in": kind.lookups.own(Intake)}
    if intake:
        own["intake__code"] = intake
    slots = Slot.objects.visible_to(kind.by).filter(**own).select_related("host")
    uses = Counter(slot.code for slot in slots)
    for slot in slots:
        code = slot.code if uses[slot.code] == 1 else slot.full_code
        english, indonesian = slot.role_title_en, slot.role_title_id
        host, city = slot.host.name, slot.city
        for title in dict.fromkeys((indonesian, english)):
            yield code, f"{title} – {host}, {city}"
            yield code, title
        yield code, f"{host} {city}"
        yield code, slot.full_code
    pathways = Pathway.objects.visible_to(kind.by).filter(**own)
    for code in pathways.values_list("code", flat=True):
        yield code, code
