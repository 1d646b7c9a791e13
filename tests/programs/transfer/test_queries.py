"""A thousand rows take as many queries as ten."""

import re
from datetime import UTC, datetime
from itertools import groupby

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import models
from programs.choices import ImportKind
from tests import factories

from .conftest import PERSON
from .files import taken

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SLOT = {
    "intake": "atp-2027",
    "host": "tanjung",
    "role_title_en": "Trainee",
    "role_title_id": "Peserta",
    "city": "Penang",
    "country": "MY",
    "starts_on": "2027-02-01",
    "ends_on": "2027-05-01",
    "capacity_min": "2",
    "work_language": "en",
    "required_skills": "AI-PYT:2",
    "resources": "beds:1",
}


def people(number, change):
    return PERSON | {
        "code": f"P-{number}",
        "nik": f"{number:06d}5705030001",
        "kkni": "5" if change else "6",
        "skills": "AI-PYT:3" if change else "AI-PYT:2",
    }


def applications(number, change):
    return {
        "participant": f"P-{number}",
        "intake": "atp-2027",
        "merit_score": "5" if change else "6",
        "choice_1": "ATP-01",
        "choice_2": "T-2" if change else "",
    }


def slots(number, change):
    return SLOT | {"code": f"S-{number}", "capacity_max": "8" if change else "9"}


def costs(number, change):
    return {
        "slot": f"T-{number}",
        "category": "tuition",
        "formula": "one_off",
        "amount": "5" if change else "6",
        "currency": "IDR",
    }


def budgets(number, change):
    return {
        "source": f"F-{number}",
        "fiscal_year": "2027",
        "amount": "5" if change else "6",
        "currency": "IDR",
    }


def registered(slot):
    """Register a thousand people and more who have not applied yet."""
    copies(slot, "T-")
    person = factories.participant.prepare(
        citizenship_id="ID",
        home_institution=slot.host,
        registered_by=slot.host,
        _save_related=False,
    )
    fields = {
        field.attname: getattr(person, field.attname)
        for field in models.Participant._meta.fields
        if not field.generated
        if field.name not in {"id", "code"}
    }
    models.Participant.objects.bulk_create(
        models.Participant(code=f"P-{number}", **fields) for number in range(1_100)
    )


def copies(slot, prefix):
    """Add a thousand slots and more like the one there is."""
    fields = {
        field.attname: getattr(slot, field.attname)
        for field in models.Slot._meta.fields
        if field.name not in {"id", "code"}
    }
    models.Slot.objects.bulk_create(
        models.Slot(code=f"{prefix}{number}", **fields) for number in range(1_100)
    )


def sources(_slot):
    models.FundingSource.objects.bulk_create(
        models.FundingSource(code=f"F-{number}", name="F", kind="state")
        for number in range(1_100)
    )


KINDS = {
    ImportKind.PARTICIPANTS: (people, lambda slot: None),
    ImportKind.APPLICATIONS: (applications, registered),
    ImportKind.SLOTS: (slots, lambda slot: None),
    ImportKind.COST_RULES: (costs, lambda slot: copies(slot, "T-")),
    ImportKind.BUDGETS: (budgets, sources),
}


TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "(\w+)"')


def shape(sql):
    """Return the verb and the table of a statement."""
    table = TABLE.search(sql)
    return sql.split()[0], table[1] if table else ""


def queries_of(kind, rows, by):
    """Return what checking and taking rows asks of which table, in order.

    SQLite takes a few hundred values a statement, so Django splits what PostgreSQL is
    told at once: INSERTs into one table that follow each other count once there.
    """
    with CaptureQueriesContext(connection) as caught:
        taken(kind, rows, by=by, now=NOW)
    asked = [shape(query["sql"]) for query in caught]
    if connection.vendor == "postgresql":
        return asked
    return [
        one
        for one, same in groupby(asked)
        for _each in (range(1) if one[0] == "INSERT" else same)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_rows_ask_as_much_as_ten(slot, coordinator, planner, kind):
    row_of, prepare = KINDS[kind]
    prepare(slot)
    by = planner if kind == ImportKind.BUDGETS else coordinator
    taken(kind, [row_of(1_090, True)], by=by, now=NOW)  # roles are read once
    for change in (False, True):
        ten = queries_of(kind, [row_of(n, change) for n in range(10)], by)
        many = [row_of(n, change) for n in range(50, 1_050)]
        thousand = queries_of(kind, many, by)
        assert thousand == ten
