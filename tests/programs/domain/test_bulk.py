"""Many rows are written at once, each with what was changed of it and nothing else."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Lower

from programs import promises
from programs.domain import applications, bulk, money, participants, slots
from programs.models import Application, BudgetLine, Participant, PlacementEvent, Slot
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)


@pytest.fixture
def slot():
    return factories.slot.make(city="Penang", capacity_max=5)


@pytest.fixture
def by(slot):
    return factories.coordinator(of=slot.intake.program.owner)


def test_what_somebody_else_wrote_meanwhile_stays(slot, by):
    """Two rows in one statement: it names the columns that either of them changes."""
    other = factories.slot.make(intake=slot.intake, host=slot.host, city="Melaka")
    slot.city, other.capacity_max = "Kulim", 7
    Slot.objects.filter(pk=slot.pk).update(capacity_max=9, role_title_en="Welder")
    entries = [slots.Entry(slot, ("city",)), slots.Entry(other, ("capacity_max",))]
    slots.change_many(entries=entries, by=by, now=NOW)
    slot.refresh_from_db()
    assert (slot.city, slot.capacity_max, slot.role_title_en) == ("Kulim", 9, "Welder")
    told = slot.history.first()
    assert (told.city, told.capacity_max, told.role_title_en) == ("Kulim", 9, "Welder")


def test_what_is_read_again_is_read_for_related_rows_too(slot, by):
    """A row that points elsewhere by now does not keep the old one in memory."""
    application = factories.application.make(intake=slot.intake, state="submitted")
    assert application.team is None
    team = factories.team.make(intake=slot.intake)
    Application.objects.filter(pk=application.pk).update(team=team)
    applications.update(application=application, by=by, now=NOW, merit_score=90)
    assert application.team == team
    assert Application.objects.get().team == team


def test_a_row_that_is_gone_is_not_made_anew():
    line = factories.budget_line.make(amount=5)
    line.amount = 6
    BudgetLine.objects.all().delete()
    with pytest.raises(Refusal) as refused:
        money.change_many(
            entries=[money.Entry(line, ("amount",))],
            by=factories.planner(),
            now=NOW,
        )
    assert refused.value.code == "stale"
    assert not BudgetLine.objects.exists()


def test_who_was_erased_meanwhile_gets_no_name_back():
    person = factories.participant.make(given_name="Sari")
    by = factories.coordinator(of=person.registered_by)
    Participant.objects.update(given_name="—", erased_at=NOW)
    with pytest.raises(Refusal) as refused:
        participants.update(participant=person, by=by, now=NOW, given_name="Sari W.")
    assert refused.value.code == "erased"
    assert Participant.objects.get().given_name == "—"


@pytest.mark.parametrize("name", ["placement", "funding_line", "placement_event"])
def test_rows_are_stored_as_django_stores_them(name):
    """Ids, decimals, times, days, foreign keys, nothing: written once more by us."""
    row = getattr(factories, name).make()
    as_django = stored(row)
    type(row).objects.filter(pk=row.pk).delete()
    row._state.adding = True
    bulk.create(bulk.Ready([row]))
    assert stored(row) == as_django
    assert not row._state.adding


def test_what_the_database_makes_is_left_to_django():
    """An expression is not a value: the rows go the way that knows it."""
    event = factories.placement_event.prepare(_save_related=True)
    event.reason = Lower(Value("GONE"))
    rows = bulk.Ready([event])
    assert rows.values is None
    bulk.create(rows)
    assert PlacementEvent.objects.get().reason == "gone"


def test_what_the_database_refuses_is_an_error_of_django():
    """Whoever publishes is told which promise would be broken, on both databases."""
    slot = factories.slot.make(capacity_max=1)
    rows = [
        factories.placement.prepare(slot=slot, application=factories.application.make())
        for _ in range(2)
    ]
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        bulk.create(rows)
    assert promises.broken_by(error.value) == promises.Promise.SEATS


def stored(row):
    """Return a row's columns as the database has them."""
    columns = ", ".join(f'"{field.column}"' for field in row._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {row._meta.db_table}")
        (line,) = cursor.fetchall()
    return line
