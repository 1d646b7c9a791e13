"""A small world for files: two registries, two institutions, one open intake."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from programs import models
from programs.roles import Role
from tests.factories import institutions as bodies

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PROVINCES = [
    ("32", "32", "ID-JB", "Jawa Barat"),
    ("53", "53", "ID-NT", "Nusa Tenggara Timur"),
    ("91", "94", "ID-PA", "Papua"),
    ("94", "96", "ID-PT", "Papua Tengah"),
    ("95", "97", "ID-PE", "Papua Pegunungan"),
]
SCALES = [
    ("JLPT", "2025", "N5", "ja", "A1", None),
    ("JLPT", "2025", "N4", "ja", "A2", None),
    ("HSK", "publisher-2010", "4", "zh", "B2", 24),
    ("HSK", "schools-2010", "4", "zh", "B1", 24),
    ("TOEIC-LR", "2016", "550-784", "en", "B1", 24),
]
PERSON = {
    "code": "P-1",
    "given_name": "Sari",
    "family_name": "Wulandari",
    "birth_date": "2003-05-17",
    "sex": "F",
    "citizenship": "ID",
    "province_kemendagri": "32",
    "home_institution": "poltek-jb",
    "kkni": "5",
    "isced_f": "0714",
    "email": "p-1@peserta.example",
    "skills": "AI-PYT:3:course|GEN-ELN:2",
    "languages": "JLPT:N5:2026-07-05",
    "availability": "2027-01-01:2027-12-31",
    "nik": "0000005705030001",
}


def as_csv(rows, delimiter=","):
    """Return rows as the bytes of a CSV file."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def person(**changes):
    """Return a participant's row, with changes."""
    return PERSON | changes


@pytest.fixture
def world(db):
    """Countries, provinces, skills, scales, two institutions, a program and a slot."""
    models.Country.objects.bulk_create(
        [
            models.Country(code="ID", currency="IDR", name_en="Indonesia"),
            models.Country(code="MY", currency="MYR", name_en="Malaysia"),
        ]
    )
    for code, kind, is_sensitive in (
        ("maths", "number", False),
        ("fit", "truth", True),
    ):
        models.FactDefinition.objects.create(
            code=code, kind=kind, is_sensitive=is_sensitive, name_en=code, name_id=code
        )
    models.Region.objects.bulk_create(
        models.Region(
            kemendagri_code=kemendagri,
            bps_code=bps,
            iso_3166_2=iso,
            name=name,
            level="province",
        )
        for kemendagri, bps, iso, name in PROVINCES
    )
    models.Region.objects.create(
        kemendagri_code="53.04", name="Belu", level="regency", parent_id="53"
    )
    models.Skill.objects.bulk_create(
        models.Skill(framework="LOCAL", code=code, family="ai", name_en=code)
        for code in ("AI-PYT", "GEN-ELN")
    )
    models.LanguageScale.objects.bulk_create(
        models.LanguageScale(
            test=test,
            version=version,
            band=band,
            language=language,
            cefr=cefr,
            validity_months=months,
        )
        for test, version, band, language, cefr, months in SCALES
    )
    for code in ("tuition", "living"):
        models.CostCategory.objects.create(code=code, name_en=code)
    poltek = bodies.institution.make(code="poltek-jb", country_id="ID")
    bodies.institution.make(code="tanjung", country_id="MY", kind="company")
    ministry = bodies.institution.make(code="kemenperin", country_id="ID")
    program = models.Program.objects.create(
        code="atp",
        title_en="Training",
        kind="training",
        priority_sector="semiconductor",
        owner=ministry,
        partner_country_id="MY",
    )
    models.FundingSource.objects.create(code="apbn", name="APBN", kind="state")
    models.SharedResource.objects.create(
        code="beds", owner=poltek, kind="concurrent", capacity=20
    )
    return _intake(program, "atp-2027", "open")


def _intake(program, code, state):
    return models.Intake.objects.create(
        program=program,
        code=code,
        state=state,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 1),
        decide_by=date(2026, 12, 18),
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 1),
    )


@pytest.fixture
def slot(world):
    """A slot of the open intake."""
    return models.Slot.objects.create(
        intake=world,
        host=models.Institution.objects.get(code="tanjung"),
        code="ATP-01",
        role_title_en="Trainee",
        role_title_id="Peserta",
        city="Penang",
        country_id="MY",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 1),
        capacity_max=8,
        work_language="en",
    )


@pytest.fixture
def coordinator(world):
    """Somebody who runs the program."""
    return _user("coordinator", Role.COORDINATOR)


@pytest.fixture
def planner(world):
    """Somebody who looks after money and may not import people."""
    return _user("planner", Role.PLANNER)


@pytest.fixture
def administrator(world):
    """Somebody who looks after reference data."""
    return _user("administrator", Role.ADMINISTRATOR)


def _user(name, role):
    user = models.User.objects.create(username=name)
    ministry = models.Institution.objects.get(code="kemenperin")
    models.Membership.objects.create(user=user, institution=ministry, role=role)
    return user
