"""Participants with their skills, certificates and free times, one person a row."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs import validators
from programs.choices import Disability, ImportKind, Sex
from programs.domain import facts, participants
from programs.domain.actors import coordinates
from programs.domain.scales import line_of
from programs.models import (
    Availability,
    Education,
    Employment,
    LanguageCertificate,
    Participant,
    PersonFact,
    Region,
    SkillClaim,
)
from programs.national_ids import plain_passport
from programs.roles import Permission
from programs.transfer.cells import Number
from programs.transfer.columns import Code, Column, Day, OneOf, Pattern, Whole
from programs.transfer.messages import CellError
from programs.transfer.rows import Action

from . import held, papers, regions
from .base import Kind, chunks

NO_DISABILITY = "none"
PLAIN = (
    "given_name", "family_name", "birth_date", "sex", "kkni", "isced_f", "email",
)  # fmt: skip
"""Values that a cell says as the column keeps them."""
FOREIGN = {
    "citizenship": "country",
    "home_institution": "institution",
    "registered_by": "institution",
}
LIST_OF = {is_sensitive: name for name, is_sensitive in participants.FACTS.items()}
"""The list that a fact stands in, by whether it is sensitive."""
FIELDS = (
    *PLAIN, *FOREIGN, "province", "regency", "nik", "passport", "disability",
)  # fmt: skip
"""Values that are columns of the person's own row."""


@dataclass(frozen=True)
class Nik(Column):
    """A national identity number: sixteen digits that a spreadsheet likes to spoil."""

    def parse(self, text):
        if "E" in text.upper() and any(mark in text for mark in ".,+"):
            raise CellError("nik-scientific", shown=text[:3] + "…")
        if isinstance(text, Number):
            raise CellError("nik-number")
        text = text.removeprefix("'")
        try:
            validators.validate_nik(text)
        except ValidationError as error:
            raise CellError(error.code.replace("_", "-")) from error
        return text


@dataclass(frozen=True)
class Passport(Column):
    """A passport number, compared without spaces and in capitals."""

    def parse(self, text):
        if isinstance(text, Number):
            text = str(text)
        return plain_passport(text.removeprefix("'"))


SEXES = {
    "perempuan": Sex.FEMALE.value,
    "p": Sex.FEMALE.value,
    "laki-laki": Sex.MALE.value,
    "l": Sex.MALE.value,
}
"""As Indonesian forms write it."""


class Participants(Kind):
    """People, found again by their code and the institution that registered them.

    A file that does not say who registered somebody means the one person with the code,
    if there is one, else the home institution.
    """

    name = ImportKind.PARTICIPANTS
    can_be_undone = True
    in_pieces = True
    provinces = "province"
    permissions = (Permission.IMPORT_DATA, Permission.NOMINATE)
    model = Participant
    key = ("code", "registered_by")
    owner = ("registered_by", "institution")
    columns = (
        Pattern(
            "code", required=True, pattern=r"[A-Za-z0-9._-]{1,40}", hint="P-000001"
        ),
        Column("given_name", required=True, private=True, limit=150),
        Column("family_name", private=True, limit=150),
        Day("birth_date", required=True, private=True, least=date(1930, 1, 1)),
        OneOf("sex", required=True, choices=tuple(Sex.values), aliases=SEXES),
        Code("citizenship", required=True, what="country"),
        *regions.pair("province"),
        Pattern("regency_kemendagri", pattern=r"\d{2}\.\d{2}", hint="53.04"),
        Code("home_institution", required=True, what="institution"),
        Code("registered_by", what="institution"),
        Whole("kkni", required=True, least=1, most=9),
        Pattern("isced_f", required=True, pattern=r"(0\d|10)\d{0,2}", hint="0714"),
        Pattern(
            "email", private=True, pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+", hint="a@b.id"
        ),
        papers.SKILLS,
        papers.LANGUAGES,
        papers.AVAILABILITY,
        papers.EDUCATION,
        papers.EMPLOYMENT,
        papers.FACTS,
        papers.SENSITIVE_FACTS,
        Nik("nik", private=True, limit=16),
        Passport("passport", private=True, limit=20),
        OneOf(
            "disability",
            private=True,
            choices=(NO_DISABILITY, *filter(None, Disability.values)),
        ),
    )
    PRIVATE = ("nik", "passport", "disability", "sensitive_facts")

    def __init__(self, by, *, now=None, reason=""):
        super().__init__(by, now=now, reason=reason)
        self.holders = {}

    def prepare(self, rows):
        self.read_skill = papers.skill_reader(self.lookups["skill"])
        self.read_language = papers.language_reader(self.lookups.scales)
        self.read_fact = papers.fact_reader(self.lookups.definitions)
        codes = (row.values.get("code") for row in rows)
        self.registrars = registrars(codes, self.known(Participant))

    def check(self, row):
        regions.settle(row, "province", self.lookups.regions)
        self._check_regency(row)
        papers.settle(row, "skills", self.read_skill, lambda entry: entry[0])
        papers.settle(row, "languages", self.read_language, lambda entry: entry[:3])
        papers.settle(row, "availability", papers.read_period, lambda entry: entry[0])
        papers.settle(row, "education", papers.read_study, _key_of_study)
        papers.settle(row, "employment", papers.read_job, lambda e: (e[0], e[2]))
        for name in participants.FACTS:
            papers.settle(row, name, self.read_fact, lambda e: (e[0], e[2]))
        values = row.values
        if not row.failed("registered_by") and not values.get("registered_by"):
            self._find_registrar(row)
        elif self.registrar and values.get("registered_by") != self.registrar:
            row.refuse(
                "registered_by", "not-yours", what=self.lookups.label("institution")
            )
        # An empty cell never wipes what only few people may see.
        for name in self.PRIVATE:
            if not values.get(name):
                values.pop(name, None)

    def _find_registrar(self, row):
        values = row.values
        values.pop("registered_by", None)
        if self.registrar:
            values["registered_by"] = self.registrar
            return
        home, known = (
            values.get("home_institution"),
            self.registrars[values.get("code")],
        )
        if len(known) == 1:
            values["registered_by"] = known[0]
        elif home and (home in known or not known):
            values["registered_by"] = home
        elif known:
            row.refuse("code", "several-have-it", institutions=", ".join(known))

    def _check_regency(self, row):
        code = row.values.pop("regency_kemendagri", None)
        if code is None:
            return
        if code and code not in self.lookups.regencies:
            row.refuse("regency_kemendagri", "unknown", what=_("regency"))
        row.values["regency"] = code

    def decide(self, rows, header):
        for row in rows:
            if row.is_good:
                self._refuse_taken(row)
        self._keep_confirmed([row for row in rows if row.is_good])
        super().decide(rows, header)

    def _keep_confirmed(self, rows):
        """Add what an officer has confirmed to lists that leave it out.

        The verb keeps it (``facts.replace``), so nothing of it is told as changed.
        """
        asked = [row for row in rows if participants.FACTS.keys() & row.values.keys()]
        if coordinates(self.by) or not asked:
            return
        kept = defaultdict(list)
        codes = [row.values["code"] for row in asked]
        for some in chunks(codes):
            people = self.known(Participant).filter(code__in=some)
            for fact in facts.confirmed(people, by=self.by).values():
                kept[fact.participant_id].append(fact)
            for person in people.select_related("registered_by"):
                kept[person.code, person.registered_by.code] = kept[person.pk]
        for row in asked:
            for fact in kept[self.key_of(row.values)]:
                name = LIST_OF[fact.definition.is_sensitive]
                if name in row.values:
                    row.values[name] = self._with(row.values[name], fact)

    def _with(self, entries, fact):
        """Return the entries of a list with what is confirmed as it stands."""
        same = (fact.definition.code, fact.valid_from.isoformat())
        others = [entry for entry in entries if (entry[0], entry[2]) != same]
        (said,) = [entry for entry in entries if entry not in others] or [None]
        if said is None or facts.repeats(
            self._fact(Participant(pk=fact.participant_id), said), fact
        ):
            stands = (fact.value, same[1], held.iso(fact.valid_to), fact.evidence)
            return tuple(sorted([*others, (same[0], *stands)]))
        return entries

    def _refuse_taken(self, row):
        """Refuse an id that another person of the same institution has above.

        The domain looks within a piece of the file; this remembers the others.
        """
        values = row.values
        mine = hash((values["code"], values["registered_by"]))
        for name in ("nik", "passport"):
            if number := values.get(name):
                issued = values.get("citizenship") if name == "passport" else ""
                key = hash((name, number, issued, values["registered_by"]))
                holder, earlier = self.holders.setdefault(key, (mine, row.number))
                if holder != mine:
                    row.refuse(name, f"{name}-in-file", row=earlier)

    def current(self, keys, columns):
        values_by_key = {}
        for codes in chunks({code for code, _registrar in keys}):
            people = self.known(Participant).filter(code__in=codes)
            for values in self._values(
                people, private=set(self.PRIVATE) & set(columns)
            ):
                values_by_key[self.key_of(values)] = values
        return values_by_key

    def _values(self, queryset, *, private=()):
        """Yield the values of people, lists read with one query each."""
        people = queryset.select_related("home_institution", "registered_by")
        people = people.defer(*{"nik", "passport", "disability"} - set(private))
        for batch in chunks(people.order_by("code").iterator(chunk_size=1000)):
            lists = held.lists_of(batch, private)
            for person in batch:
                yield self._person(person, private) | lists[person.pk]

    def _person(self, person, private):
        values = {name: getattr(person, name) for name in ("code", *PLAIN)}
        values |= {
            "citizenship": person.citizenship_id,
            "province": person.province_id or "",
            "regency": person.regency_id or "",
            "home_institution": person.home_institution.code,
            "registered_by": person.registered_by.code,
        }
        if "nik" in private:
            values["nik"] = person.nik
        if "passport" in private:
            values["passport"] = person.passport or ""
        if "disability" in private:
            values["disability"] = person.disability or NO_DISABILITY
        return values

    def build(self, rows):
        known = {}
        codes = [row.values["code"] for row in rows if row.action is Action.CHANGED]
        for some in chunks(codes):
            people = self.known(Participant).filter(code__in=some)
            for person in people.select_related("registered_by"):
                known[(person.code, person.registered_by.code)] = person
        for row in rows:
            found = known.get(self.key_of(row.values))
            person = found or Participant(code=row.values["code"])
            row.entry = self._entry(person, row)

    def _entry(self, person, row):
        values = row.changes
        for name in FIELDS:
            if name in values:
                self._set(person, name, values[name])
        lists = {
            name: [build(person, entry) for entry in values[name]]
            for name, build in (
                ("skills", self._claim),
                ("languages", self._certificate),
                ("availability", _availability),
                ("education", _study),
                ("employment", _job),
                ("facts", self._fact),
                ("sensitive_facts", self._fact),
            )
            if name in values
        }
        changed = () if person._state.adding else [n for n in FIELDS if n in values]
        return participants.Entry(person, tuple(changed), **lists)

    def _set(self, person, name, value):
        if name in FOREIGN:
            setattr(person, f"{name}_id", self.lookups[FOREIGN[name]][value])
        elif name in {"province", "regency"}:
            setattr(person, f"{name}_id", value or None)
        elif name == "disability":
            person.disability = "" if value == NO_DISABILITY else value
        else:
            setattr(person, name, value)

    def pk_of(self, entry):
        return entry.person.pk

    def problems(self, entries):
        return participants.problems(entries, by=self.by, now=self.now)

    def create(self, entries, now):
        participants.register_many(entries=entries, by=self.by, now=now)

    def change(self, entries, now):
        participants.change_many(entries=entries, by=self.by, now=now)

    def _claim(self, person, entry):
        code, level, evidence, valid_to = entry
        return SkillClaim(
            participant_id=person.pk,
            skill_id=self.lookups["skill"][code],
            level=int(level),
            evidence=evidence,
            valid_to=_day(valid_to),
        )

    def _certificate(self, person, entry):
        test, band, taken_on, version, valid_to, score = entry
        scale = line_of(self.lookups.scales[(test, version)], band, score)
        return LanguageCertificate(
            participant_id=person.pk,
            language=scale.language,
            test=test,
            band=band,
            scale_version=version,
            cefr=scale.cefr,
            score=Decimal(score) if score else None,
            taken_on=_day(taken_on),
            valid_to=_day(valid_to),
        )

    def _fact(self, person, entry):
        code, value, start, end, evidence = entry
        return PersonFact(
            participant_id=person.pk,
            definition=self.lookups.definitions[code],
            value=value,
            valid_from=_day(start),
            valid_to=_day(end),
            evidence=evidence,
        )

    def export_columns(self, *, private=False):
        return [
            column
            for column in self.columns
            if private or column.name not in self.PRIVATE
        ]

    def export_rows(self, queryset, *, private=False):
        provinces = Region.objects.provinces().in_bulk()
        shown = self.PRIVATE if private else ()
        for values in self._values(queryset, private=shown):
            values |= regions.write(values["province"], "province", provinces)
            values["regency_kemendagri"] = values["regency"]
            values["languages"] = tuple(
                papers.write_certificate(entry, self.lookups.scales)
                for entry in values["languages"]
            )
            yield values


def registrars(codes, people):
    """Return {code: codes of the institutions that registered one of the people}."""
    institutions = defaultdict(list)
    for some in chunks(set(codes) - {None}):
        found = people.filter(code__in=some).order_by("registered_by")
        for code, institution in found.values_list("code", "registered_by__code"):
            institutions[code].append(institution)
    return institutions


def _day(text):
    return date.fromisoformat(text) if text else None


def _availability(person, entry):
    start, end = map(_day, entry)
    return Availability(participant_id=person.pk, starts_on=start, ends_on=end)


def _study(person, entry):
    level, field, status, graduated, gpa, semester, worth, institution = entry
    return Education(
        participant_id=person.pk,
        level=level,
        isced_f=field,
        status=status,
        graduated_on=_day(graduated),
        gpa=Decimal(gpa) if gpa else None,
        semester=int(semester) if semester else None,
        accreditation=worth,
        institution=institution,
    )


def _job(person, entry):
    employer, field, start, end = entry
    return Employment(
        participant_id=person.pk,
        employer=employer,
        isced_f=field,
        starts_on=_day(start),
        ends_on=_day(end),
    )


def _key_of_study(entry):
    return entry[0], entry[1], entry[7]
