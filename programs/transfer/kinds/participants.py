"""Participants with their skills, certificates and free times, one person a row."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from programs import national_ids, validators
from programs.audit_actions import AuditAction
from programs.choices import Disability, ImportKind, Sex
from programs.domain import audit, events
from programs.event_kinds import EventKind
from programs.models import (
    Availability,
    LanguageCertificate,
    Participant,
    Region,
    SkillClaim,
)
from programs.transfer.cells import Number
from programs.transfer.columns import Code, Column, Day, OneOf, Pattern, Whole
from programs.transfer.messages import CellError

from . import papers, regions
from .base import Kind, chunks

NO_DISABILITY = "none"
FIELDS = (
    "given_name", "family_name", "birth_date", "sex", "citizenship", "province",
    "regency", "home_institution", "registered_by", "kkni", "isced_f", "email",
)  # fmt: skip
"""Values that are columns of the person's own row, as exports show them."""
FOREIGN = {
    "citizenship": "country",
    "home_institution": "institution",
    "registered_by": "institution",
}
ATTRIBUTES = [
    "given_name", "family_name", "birth_date", "sex", "citizenship_id", "province_id",
    "regency_id", "home_institution_id", "registered_by_id", "kkni", "isced_f", "email",
    "nik", "nik_hash", "disability",
]  # fmt: skip


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


SEXES = {
    "perempuan": Sex.FEMALE.value,
    "p": Sex.FEMALE.value,
    "laki-laki": Sex.MALE.value,
    "l": Sex.MALE.value,
}
"""As Indonesian forms write it."""


class Participants(Kind):
    """People, found again by their code."""

    name = ImportKind.PARTICIPANTS
    model = Participant
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
        Nik("nik", private=True, limit=16),
        OneOf(
            "disability",
            private=True,
            choices=(NO_DISABILITY, *filter(None, Disability.values)),
        ),
    )
    PRIVATE = ("nik", "disability")

    def prepare(self, rows):
        """Read who has which NIK, if the file names any."""
        self.holders, self.seen = {}, {}
        if any(row.values.get("nik") for row in rows):
            known = Participant.objects.exclude(nik_hash="")
            for code, institution, hashed in known.values_list(
                "code", "registered_by_id", "nik_hash"
            ).iterator():
                self.holders.setdefault(hashed, []).append((institution, code))
        self.read_skill = papers.skill_reader(self.lookups["skill"])
        self.read_language = papers.language_reader(self.lookups.scales)

    def check(self, row):
        regions.settle(row, "province", self.lookups.regions)
        self._check_regency(row)
        papers.settle(row, "skills", self.read_skill, lambda entry: entry[0])
        papers.settle(row, "languages", self.read_language, lambda entry: entry[:3])
        papers.settle(row, "availability", papers.read_period, lambda entry: entry[0])
        values = row.values
        if not values.get("registered_by") and "home_institution" in values:
            values["registered_by"] = values["home_institution"]
        # An empty cell never wipes what only few people may see.
        for name in self.PRIVATE:
            if not values.get(name):
                values.pop(name, None)
        if "nik" in values and not row.failed("birth_date", "sex", "registered_by"):
            self._check_nik(row)

    def _check_regency(self, row):
        code = row.values.pop("regency_kemendagri", None)
        if code is None:
            return
        if code and code not in self.lookups.regencies:
            row.refuse("regency_kemendagri", "unknown", what=_("regency"))
        elif code and row.values.get("province") not in {
            None,
            "",
            self.lookups.regencies[code],
        }:
            row.refuse("regency_kemendagri", "two-registries")
        row.values["regency"] = code

    def _check_nik(self, row):
        values = row.values
        try:
            validators.validate_nik_matches(
                values["nik"], birth_date=values["birth_date"], sex=values["sex"]
            )
        except ValidationError as error:
            row.refuse("nik", error.code.replace("_", "-"))
            return
        hashed = values["nik_hash"] = national_ids.keyed_hash(values["nik"])
        registrar = self.lookups["institution"].get(values.get("registered_by"))
        earlier = self.seen.setdefault((registrar, hashed), row.number)
        if earlier != row.number:
            row.refuse("nik", "nik-in-file", row=earlier)
        for institution, code in self.holders.get(hashed, ()):
            if institution == registrar and code != values.get("code"):
                row.refuse("nik", "nik-registered", code=code)

    def notes(self, rows):
        return [note for note in [regions.clash_note(rows, "province")] if note]

    def current(self, keys, columns):
        found = {}
        for codes in chunks(code for (code,) in keys):
            people = Participant.objects.filter(code__in=codes)
            for values in self._values(
                people, private=set(self.PRIVATE) & set(columns)
            ):
                found[(values["code"],)] = values
        return found

    def _values(self, queryset, *, private=()):
        """Yield the values of people, lists read with one query each."""
        people = queryset.select_related("home_institution", "registered_by")
        people = people.defer(*set(self.PRIVATE) - set(private))
        for batch in chunks(people.order_by("code").iterator(chunk_size=500)):
            lists = _lists_of(batch)
            for person in batch:
                yield self._person(person, private) | lists[person.pk]

    def _person(self, person, private):
        values = {"code": person.code} | {
            name: getattr(person, name) for name in FIELDS[:4]
        }
        values |= {
            "citizenship": person.citizenship_id,
            "province": person.province_id or "",
            "regency": person.regency_id or "",
            "home_institution": person.home_institution.code,
            "registered_by": person.registered_by.code,
            "kkni": person.kkni,
            "isced_f": person.isced_f,
            "email": person.email,
        }
        if "nik" in private:
            values |= {"nik": person.nik, "nik_hash": person.nik_hash}
        if "disability" in private:
            values["disability"] = person.disability or NO_DISABILITY
        return values

    def create(self, rows, now):
        people = [
            self._apply(Participant(code=row.values["code"]), row) for row in rows
        ]
        bulk_create_with_history(
            people, Participant, batch_size=500, default_user=self.by, default_date=now
        )
        self._write_lists(people, rows)
        self._tell(EventKind.PARTICIPANT_REGISTERED, people, now)

    def change(self, rows, now):
        by_code = {row.values["code"]: row for row in rows}
        people = []
        for codes in chunks(by_code):
            people += Participant.objects.filter(code__in=codes)
        rows = [by_code[person.code] for person in people]
        for person, row in zip(people, rows, strict=True):
            self._apply(person, row)
        bulk_update_with_history(
            people,
            Participant,
            ATTRIBUTES,
            batch_size=200,
            default_user=self.by,
            default_date=now,
        )
        self._write_lists(people, rows)
        self._tell(EventKind.PARTICIPANT_UPDATED, people, now)

    def _apply(self, person, row):
        values = row.values
        for name in (*FIELDS, "nik", "nik_hash"):
            if name in FOREIGN and name in values:
                pk = self.lookups[FOREIGN[name]][values[name]]
                setattr(person, f"{name}_id", pk)
            elif name in {"province", "regency"} and name in values:
                setattr(person, f"{name}_id", values[name] or None)
            elif name in values:
                setattr(person, name, values[name])
        if "disability" in values:
            none = values["disability"] == NO_DISABILITY
            person.disability = "" if none else values["disability"]
        return person

    def _write_lists(self, people, rows):
        for model, name, build in (
            (SkillClaim, "skills", self._claim),
            (LanguageCertificate, "languages", self._certificate),
            (Availability, "availability", _availability),
        ):
            pairs = [
                (person, row.values[name])
                for person, row in zip(people, rows, strict=True)
                if name in row.values
            ]
            for batch in chunks(pairs):
                model.objects.filter(participant__in=[p for p, _list in batch]).delete()
            model.objects.bulk_create(
                [
                    build(person, entry)
                    for person, entries in pairs
                    for entry in entries
                ],
                batch_size=1000,
            )

    def _claim(self, person, entry):
        code, level, evidence, valid_to = entry
        return SkillClaim(
            participant=person,
            skill_id=self.lookups["skill"][code],
            level=int(level),
            evidence=evidence,
            valid_to=valid_to or None,
        )

    def _certificate(self, person, entry):
        test, band, taken_on, version, valid_to = entry
        scale = papers.find_band(self.lookups.scales[(test, version)], band)
        return LanguageCertificate(
            participant=person,
            language=scale[1],
            test=test,
            band=band,
            scale_version=version,
            cefr=scale[2],
            taken_on=taken_on,
            valid_to=valid_to or None,
        )

    def _tell(self, kind, people, now):
        """Emit what the domain's verbs emit; tell officers who is known elsewhere."""
        entries = [(person, [person.registered_by_id]) for person in people]
        events.emit_many(kind=kind, entries=entries, now=now)
        elsewhere = [
            (person, {"registered_elsewhere": True})
            for person in people
            if person.nik_hash
            and any(
                institution != person.registered_by_id
                for institution, _code in self.holders.get(person.nik_hash, ())
            )
        ]
        audit.record_many(
            by=self.by,
            action=AuditAction.PARTICIPANTS_KNOWN_ELSEWHERE,
            entries=elsewhere,
            now=now,
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
            yield values


def _lists_of(people):
    """Return {person: skills, languages and availability} of a batch of people."""
    lists = {
        person.pk: {"skills": [], "languages": [], "availability": []}
        for person in people
    }
    for claim in SkillClaim.objects.filter(participant__in=people).values_list(
        "participant_id", "skill__code", "level", "evidence", "valid_to"
    ):
        pk, code, level, evidence, ends = claim
        lists[pk]["skills"].append((code, str(level), evidence, _iso(ends)))
    for certificate in LanguageCertificate.objects.filter(
        participant__in=people
    ).values_list(
        "participant_id", "test", "band", "taken_on", "scale_version", "valid_to"
    ):
        pk, test, band, taken, version, ends = certificate
        entry = (test, band, taken.isoformat(), version, _iso(ends))
        lists[pk]["languages"].append(entry)
    for pk, start, end in Availability.objects.filter(
        participant__in=people
    ).values_list("participant_id", "starts_on", "ends_on"):
        lists[pk]["availability"].append((start.isoformat(), end.isoformat()))
    return {
        pk: {name: tuple(sorted(entries)) for name, entries in named.items()}
        for pk, named in lists.items()
    }


def _iso(day):
    return day.isoformat() if day else ""


def _availability(person, entry):
    return Availability(participant=person, starts_on=entry[0], ends_on=entry[1])
