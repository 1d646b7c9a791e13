"""People of a folder's ``people.toml`` as rows, and what the rules say of each."""

from datetime import UTC, date, datetime

import numpy as np

from programs import models
from programs.choices import Cefr, SkillEvidence
from programs.conditions.known import tongue
from programs.eligibility import explain, facts as columns, text
from programs.regulations.folder import text as cell
from tests import factories

TODAY = date(2026, 11, 28)
SENT = datetime(2027, 2, 1, 3, tzinfo=UTC)
ORDER = ("education", "employment", "facts", "languages", "scores", "skills")
"""Tables of a person: what breaks a rule changes entries of them, not the whole."""


def of(folder):
    """Yield (rule, person, slot or "", says): "+name" in the place of a rule passes.

    ``says`` is a list where who breaks a rule breaks another with it.
    """
    for name, person in folder.people.items():
        if name != "breaks":
            yield f"+{name}", person, person.get("slot", ""), ""
    for each in folder.people["breaks"]:
        given = dict(each)
        rule, says = given.pop("rule"), given.pop("says")
        start = folder.people[given.pop("like", "person")]
        tables = {n: start.get(n, {}) | given.pop(n, {}) for n in ORDER}
        person = start | given | tables
        yield rule, person, person.get("slot", ""), says


class Builder:
    """Makes rows of people; what all have in common is read once."""

    def __init__(self):
        self.school = factories.institution.make(code="school")
        self.definitions = {
            each.code: each for each in models.FactDefinition.objects.all()
        }
        self.known_skills = {each.code: each for each in models.Skill.objects.all()}
        self.tests = dict(models.LanguageScale.objects.values_list("test", "language"))
        self.number = 0

    def apply(self, person, intake):
        """Return the application of a person to an intake."""
        self.number += 1
        person = {"citizenship": "ID", "province": "32"} | person
        plain = {
            "birth_date": date(2003, 5, 17),
            "sex": "F",
            "kkni": 6,
            "isced_f": "0714",
            "disability": "",
        }
        row = models.Participant.objects.create(
            **{name: person.get(name, value) for name, value in plain.items()},
            code=f"person-{self.number}",
            given_name="Sari",
            citizenship_id=person["citizenship"],
            province_id=person["province"] or None,
            regency_id=person.get("regency"),
            home_institution=self.home(person),
            registered_by=self.school,
        )
        for table in (*ORDER, "stays"):
            getattr(self, table)(row, person.get(table) or {})
        return models.Application.objects.create(
            participant=row,
            intake=intake,
            state="submitted",
            submitted_at=SENT,
            merit_score=person.get("merit", 70),
        )

    def home(self, person):
        if not person.get("home"):
            return self.school
        return models.Institution.objects.get(code=person["home"])

    def education(self, row, given):
        if given:
            status = "graduated" if "graduated_on" in given else "active"
            given = {"isced_f": row.isced_f, "institution": "School"} | given
            row.education.create(**{"status": status} | given)

    def employment(self, row, given):
        if given:
            row.employment.create(**{"isced_f": row.isced_f, "employer": "PT"} | given)

    def facts(self, row, given):
        row.facts.bulk_create(
            models.PersonFact(
                participant=row,
                definition=self.definitions[code],
                value=cell(value),
                valid_from=date(2026, 1, 5),
                verified_at=SENT,
            )
            for code, value in given.items()
            if value != ""
        )

    def languages(self, row, given):
        for tag, level in given.items():
            self.certificate(row, f"{tag}-test", tag, level, None)

    def scores(self, row, given):
        for test, score in given.items():
            self.certificate(row, test, self.tests[test], Cefr.A1, score)

    def certificate(self, row, test, tag, level, score):
        if level:
            row.language_certificates.create(
                test=test,
                band=str(score or level),
                score=score,
                language=tongue(tag),
                cefr=level,
                scale_version="-",
                taken_on=date(2026, 12, 6),
            )

    def skills(self, row, given):
        for code, level in given.items():
            row.skill_claims.create(
                skill=self.known_skills[code],
                level=level,
                evidence=SkillEvidence.CERTIFICATE,
            )

    def stays(self, row, given):
        """Stays of before, in a slot like the program's first."""
        for each in given:
            program = models.Program.objects.get(code=each["program"])
            slot = models.Slot.objects.filter(intake__program=program).first()
            ends = each.get("ended", date(2026, 9, 1))
            placement = factories.placement.make(
                application__participant=row,
                application__intake__program=program,
                state=each.get("state", "completed"),
                slot__host=slot.host,
                slot__country=slot.country,
                slot__starts_on=each.get("started", date(2026, 3, 1)),
                slot__ends_on=ends,
            )
            models.Slot.objects.filter(pk=placement.slot_id).update(
                intake=placement.application.intake
            )


def shorter(slot, ends_on):
    """Return a slot like another one that ends on another day."""
    return factories.slot.make(
        intake=slot.intake,
        host=slot.host,
        country=slot.country,
        route=slot.route,
        starts_on=slot.starts_on,
        ends_on=ends_on,
    )


def judged(folders):
    """Return {(folder, rule): (what should be said, what is said)}, judged at once.

    The programs are loaded already. Warnings about time are left out.
    """
    build, asked = Builder(), []
    slots = {}
    for folder in folders:
        intake = models.Intake.objects.filter(
            program__code=folder.rows("programs")[0]["code"]
        ).first()
        offered = {each.code: each for each in intake.slots.all()}
        slots |= {each.pk: each for each in offered.values()}
        first = folder.rows("slots")[0]["code"]
        for rule, person, slot, says in of(folder):
            application = build.apply(person, intake)
            place = offered[slot or first]
            if ends_on := person.get("slot_ends_on"):
                place = shorter(place, ends_on)
                slots[place.pk] = place
            asked.append((folder.name, rule, application, place, says))
    models.Slot.objects.filter(pk__in=slots).update(state="open")
    found = columns.load(
        applications=models.Application.objects.filter(
            pk__in=[application.pk for _n, _r, application, *_ in asked]
        ),
        slots=models.Slot.objects.filter(pk__in=slots),
        on=TODAY,
    )
    row = {pk: number for number, pk in enumerate(found.people.application)}
    people = np.array([row[application.pk] for _n, _r, application, *_ in asked])
    places = np.array([found.column_of[slot.pk] for *_, slot, _says in asked])
    answers = explain(found, people, places)
    return {
        (name, rule): (says, [text(reason) for reason in reasons])
        for (name, rule, *_, says), reasons in zip(asked, answers, strict=True)
    }
