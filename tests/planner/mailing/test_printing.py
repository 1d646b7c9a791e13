"""Letters are written by a worker, taken by who ordered them, and do not stay."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from planner.mailing import printing
from planner.mailing.sheets import Sheet
from planner.models import LetterJob, RunState
from programs.domain import personal_data
from programs.models import AuditEvent, Participant, PersonalLink
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.conftest import inline, plan, world  # noqa: F401
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.conftest import publish, solved  # noqa: F401
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
ADDRESS = "https://desk.example.id/me/"


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Ring for nobody."""
    monkeypatch.setattr(printing, "ring", lambda kind, pk: True)


@pytest.fixture
def run(solved, publish):  # noqa: F811
    publish(solved)
    solved.refresh_from_db()
    return solved


@pytest.fixture
def by(run):
    return factories.coordinator(of=run.intakes.first().program.owner)


@pytest.fixture
def order(run, by):
    def ordered(*, to_all):
        return printing.order(
            run.publication, to_all=to_all, own_pages=ADDRESS, by=by, now=NOW
        )

    return ordered


def test_letters_are_written_by_a_worker_with_a_link_for_each(order, run, world):  # noqa: F811
    job = order(to_all=True)
    assert (job.content, job.state) == (None, RunState.QUEUED)
    assert not PersonalLink.objects.exists()
    assert printing.execute(job.pk) == RunState.SOLVED
    job.refresh_from_db()
    assert bytes(job.content).startswith(b"%PDF-")
    assert job.num_letters == PersonalLink.objects.count() == 2
    assert printing.execute(job.pk) is None


def test_who_has_an_address_gets_no_letter_unless_it_is_asked_for(order, world):  # noqa: F811
    Participant.objects.filter(applications=world.strong).update(email="s@contoh.id")
    job = order(to_all=False)
    printing.execute(job.pk)
    job.refresh_from_db()
    assert job.num_letters == 1
    assert PersonalLink.objects.get().application == world.weak


def test_the_file_lies_encrypted(order):
    job = order(to_all=True)
    printing.execute(job.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM planner_letterjob")
        assert "PDF" not in str(cursor.fetchone()[0])[:100]


def test_a_letter_has_head_number_date_and_the_day_to_answer(run, world):  # noqa: F811
    sheet = Sheet.of(run, world.strong, 12, ADDRESS, "K7QM")
    intake = run.intakes.first()
    assert sheet.owner == intake.program.owner.name
    assert sheet.number == f"0012/{intake.code}/{run.number}"
    assert sheet.answer_by == world.strong.placements.get().expires_at
    assert [language for language, *_rest in sheet.texts] == ["id", "en"]
    assert "Anda ditawari" in sheet.texts[0][2]
    assert Sheet.of(run, world.weak, 1, ADDRESS, "").answer_by is None


def test_a_person_s_number_is_the_same_in_every_order(order, run, world):  # noqa: F811
    Participant.objects.filter(applications=world.strong).update(email="s@contoh.id")
    all_, some = order(to_all=True), order(to_all=False)
    numbers = {row.pk: number for number, row in printing._numbered(all_)}
    assert sorted(numbers.values()) == [1, 2]
    assert [(n, row.pk) for n, row in printing._numbered(some)] == [
        (numbers[world.weak.pk], world.weak.pk)
    ]


def test_the_same_is_not_ordered_twice_and_nothing_for_nobody(order, run, by):
    order(to_all=True)
    with pytest.raises(Refusal) as caught:
        order(to_all=True)
    assert caught.value.code == "letters-on-their-way"
    Participant.objects.update(email="x@contoh.id")
    with pytest.raises(Refusal) as caught:
        order(to_all=False)
    assert caught.value.code == "nobody-to-write-to"
    with pytest.raises(Refusal):
        printing.order(
            run.publication,
            to_all=True,
            own_pages=ADDRESS,
            by=factories.auditor(),
            now=NOW,
        )


def test_files_go_after_a_week_and_with_somebody_of_theirs(order, world):  # noqa: F811
    job = order(to_all=True)
    printing.execute(job.pk)
    job.refresh_from_db()
    assert printing.purge(now=job.expires_at) == 0
    assert printing.purge(now=job.expires_at + timedelta(seconds=1)) == 1
    again = order(to_all=True)
    printing.execute(again.pk)
    personal_data.erase(
        participant=world.weak.participant, by=factories.administrator(), now=NOW
    )
    again.refresh_from_db()
    assert again.content is None


def test_three_deaths_are_told(order):
    job = order(to_all=True)
    past = timezone.now() - timedelta(hours=1)
    LetterJob.objects.update(state="running", attempt=3, lease_until=past)
    printing.end_hopeless()
    job.refresh_from_db()
    assert (job.state, job.detail) == ("failed", printing.NOBODY_CAME_BACK)


def test_only_who_ordered_takes_the_file_and_the_trail_says_so(
    client, order, run, by, monkeypatch
):
    monkeypatch.setattr(printing.clock, "now", timezone.now)
    job = order(to_all=True)
    client.cookies["django_language"] = "en"
    client.force_login(by)
    outbox, file = (
        page("desk_outbox", run.pk),
        page("desk_letters_file", run.pk, job.pk),
    )
    assert "being written" in text(client.get(outbox))
    assert client.get(file).status_code == 404
    printing.execute(job.pk)
    assert file in text(client.get(outbox))
    answer = client.get(file)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(action="letters.take").count() == 1
    other = factories.coordinator(of=run.intakes.first().program.owner)
    client.force_login(other)
    assert client.get(file).status_code == 404
    LetterJob.objects.update(expires_at=timezone.now() - timedelta(days=1))
    client.force_login(by)
    assert client.get(file).status_code == 404
    assert "no longer kept" in text(client.get(outbox))


def test_they_are_ordered_on_the_desk(client, run, by):
    client.cookies["django_language"] = "en"
    client.force_login(by)
    answer = client.post(page("desk_outbox_letters", run.pk), {"all": "1"}, follow=True)
    assert "a worker writes them" in text(answer)
    job = LetterJob.objects.get()
    assert (job.to_all, job.own_pages) == (True, "http://testserver/me/")
