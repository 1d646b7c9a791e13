"""People go when their time is over: announced first, and never by a wrong clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from programs.choices import Disability, Purpose
from programs.domain import personal_data, retention_of_people
from programs.models import AuditEvent, Participant, ProcessingPurpose
from tests import factories

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
DECIDED = date(2027, 3, 15)
"""The last day on which the recipes' intake decides."""
NOTICE = timedelta(days=settings.RETAIN_NOTICE_DAYS)


@pytest.fixture
def application():
    """Somebody who was not placed in an intake that is over."""
    row = factories.application.make(state="unplaced", intake__state="completed")
    row.participant.history.all().delete()
    return row


@pytest.fixture
def person(application):
    return application.participant


def last_day(application):
    """Return the last day for which the decision is kept."""
    row = ProcessingPurpose.objects.get(purpose=Purpose.SELECTION)
    return application.intake.decide_by + timedelta(days=row.keep_days)


def look(day):
    """Let the dispatcher look on a day; return how many were erased."""
    noon = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=5)
    return retention_of_people.run(now=noon)


def fresh(person):
    return Participant.objects.get(pk=person.pk)


def is_due(day):
    return retention_of_people.over(day).exists()


def test_the_period_counts_from_the_last_decision(application, person):
    last = last_day(application)
    assert not is_due(last)
    assert is_due(last + timedelta(days=1))


def test_it_is_said_before_and_then_done(application, person):
    day = last_day(application) + timedelta(days=1)
    assert look(day) == 0
    assert fresh(person).erase_on == day + NOTICE
    entry = AuditEvent.objects.get(action="retention.announce")
    assert entry.data == {"on": (day + NOTICE).isoformat()}
    assert look(day + NOTICE - timedelta(days=1)) == 0
    assert fresh(person).erased_at is None
    assert look(day + NOTICE) == 1
    assert fresh(person).erased_at
    assert fresh(person).erase_on is None
    assert look(day + NOTICE + timedelta(days=1)) == 0


def test_one_look_a_day_is_enough(application, person, django_assert_num_queries):
    day = last_day(application) + timedelta(days=1)
    look(day)
    with django_assert_num_queries(1):
        look(day)


def test_a_stay_counts_from_its_end(application, person):
    slot = factories.slot.make(ends_on=date(2029, 3, 1))
    factories.placement.make(application=application, slot=slot, state="completed")
    kept = ProcessingPurpose.objects.get(purpose=Purpose.STAY).keep_days
    last = slot.ends_on + timedelta(days=kept)
    assert last > last_day(application)
    assert not is_due(last)
    assert is_due(last + timedelta(days=1))


def test_accounts_may_keep_whom_money_was_paid_for(application, person):
    placement = factories.placement.make(application=application, state="completed")
    factories.funding_line.make(placement=placement, fiscal_year=2027)
    assert is_due(date(2036, 1, 1))
    rows = ProcessingPurpose.objects.filter(purpose=Purpose.ACCOUNTING)
    rows.update(keep_days=10 * 365)
    assert not is_due(date(2036, 1, 1))
    assert is_due(date(2038, 6, 1))
    assert "public money" in personal_data.kept(person)[0]


def hold(application, why):
    """Give a reason to stay."""
    person = application.participant
    match why:
        case "open request":
            factories.rights_request.make(participant=person)
        case "restricted":
            Participant.objects.filter(pk=person.pk).update(
                restricted_at=datetime(2027, 5, 5, tzinfo=UTC)
            )
        case "place":
            factories.placement.make(application=application, state="accepted")
        case "waiting":
            factories.application.make(
                participant=person,
                intake=factories.intake.make(
                    starts_on=date(2040, 1, 1), ends_on=date(2041, 1, 1)
                ),
            )
        case "no period":
            ProcessingPurpose.objects.update(keep_days=None)


@pytest.mark.parametrize(
    "why", ["open request", "restricted", "place", "waiting", "no period"]
)
def test_who_has_a_reason_to_stay_stays(application, why):
    hold(application, why)
    assert not is_due(date(2036, 1, 1))


def test_an_announcement_is_called_off_when_it_is_no_longer_true(application, person):
    day = last_day(application) + timedelta(days=1)
    look(day)
    hold(application, "open request")
    assert look(day + NOTICE) == 0
    assert fresh(person).erase_on is None
    assert AuditEvent.objects.filter(action="retention.call_off").count() == 1


def test_a_declared_disability_goes_sooner(application, person):
    person.disability = Disability.SENSORY
    person.save()
    person.history.all().delete()
    day = application.intake.decide_by + 2 * YEAR
    look(day)
    assert fresh(person).disability == Disability.SENSORY
    look(day + timedelta(days=1))
    assert fresh(person).disability == Disability.NONE
    assert fresh(person).erased_at is None
    assert AuditEvent.objects.filter(action="retention.forget").count() == 1


def test_many_are_erased_over_several_looks(application, person, monkeypatch):
    monkeypatch.setattr(retention_of_people, "AT_A_TIME", 1)
    other = factories.application.make(state="unplaced", intake=application.intake)
    other.participant.history.all().delete()
    day = last_day(application) + timedelta(days=1)
    look(day)
    assert [look(day + NOTICE) for _ in range(3)] == [1, 1, 0]


def test_it_is_told_on_home_page_and_by_command(client, application, person, capsys):
    day = last_day(application) + timedelta(days=1)
    look(day)
    officer = factories.coordinator(of=person.registered_by)
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    home = client.get(reverse("admin:index")).content.decode()
    assert "1 person is erased by itself on" in home
    table = reverse("admin:programs_participant_changelist")
    listed = client.get(f"{table}?erase_on__isempty=0").content.decode()
    assert person.code in listed
    page = reverse("admin:programs_participant_rights", args=[person.pk])
    assert "the person is erased on" in client.get(page).content.decode()
    call_command("retain_people")
    assert f"{(day + NOTICE).isoformat()} {person.code}" in capsys.readouterr().out
    assert fresh(person).erased_at is None


def test_the_dispatcher_calls_it_only_while_the_clock_is_believed():
    name = "programs.domain.retention_of_people.run"
    assert name in settings.DISPATCH_BY_CLOCK
    assert name not in settings.DISPATCH
