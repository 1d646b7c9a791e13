"""A link opens the page of one person, to who knows the birth date, for a time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from programs.choices import RightsKind
from programs.domain import links, personal_data, rights
from programs.domain.actors import ThePerson, names_of
from programs.models import AuditEvent, PersonalLink
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)
BORN = date(2003, 5, 17)


@pytest.fixture
def application():
    sender = factories.institution.make()
    person = factories.participant.make(birth_date=BORN, registered_by=sender)
    return factories.application.make(participant=person, nominated_by=sender)


@pytest.fixture
def by(application):
    return factories.coordinator(of=application.intake.program.owner)


@pytest.fixture
def code(application, by):
    return links.issue(application=application, by=by, now=NOW)


def enter(code, born=BORN, now=NOW):
    return links.enter(code=code, birth_date=born, now=now)


def refused(*args, **kwargs):
    with pytest.raises(Refusal) as caught:
        enter(*args, **kwargs)
    return caught.value.code


def test_the_code_opens_the_page_however_it_is_typed_and_is_kept_nowhere(code):
    plain = code.replace("-", "")
    assert len(plain) == links.LENGTH
    link = enter(f" {plain.lower()} ")
    kept = PersonalLink.objects.values().get()
    assert plain not in str(kept)
    assert code not in str(list(AuditEvent.objects.values()))
    entry = AuditEvent.objects.get(action="links.open")
    assert entry.actor == f"link:{link.pk}"
    assert names_of([entry.actor]) == {entry.actor: "the person, by link"}


def test_another_date_another_code_and_a_link_that_is_over_open_nothing(code):
    assert refused(code, BORN + timedelta(days=1)) == "no-such-link"
    assert refused("2" * links.LENGTH) == "no-such-link"
    assert refused("") == "no-such-link"
    assert refused(code, now=NOW + links.LASTS) == "no-such-link"
    assert enter(code, now=NOW + links.LASTS - timedelta(seconds=1))


def test_wrong_dates_are_slowed_and_then_end_the_link(code):
    wrong, now = BORN + timedelta(days=1), NOW
    for _round in range(3):
        for _try in range(links.SOME):
            assert refused(code, wrong, now) == "no-such-link"
        assert refused(code, BORN, now) == "too-many-dates"
        now += links.PAUSE
    assert PersonalLink.objects.get().wrong == links.MOST
    assert refused(code, BORN, now) == "too-many-dates"


def test_a_right_date_forgets_the_wrong_ones(code):
    wrong = BORN + timedelta(days=1)
    for _round in range(4):
        for _try in range(links.SOME - 1):
            refused(code, wrong)
        assert enter(code)
    assert PersonalLink.objects.get().wrong == 0


def test_withdrawing_ends_each_link_and_is_refused_where_there_is_none(
    application, by, code
):
    other = links.issue(application=application, by=by, now=NOW)
    assert links.withdraw(application=application, by=by, now=NOW) == 2
    assert refused(code) == refused(other) == "no-such-link"
    with pytest.raises(Refusal):
        links.withdraw(application=application, by=by, now=NOW)


def test_the_sender_makes_links_and_nobody_else(application):
    sender = factories.partner(of=application.nominated_by)
    assert links.issue(application=application, by=sender, now=NOW)
    for by in (
        factories.coordinator(),
        factories.partner(),
        factories.planner(),
        factories.auditor(),
    ):
        with pytest.raises(Refusal):
            links.issue(application=application, by=by, now=NOW)
        with pytest.raises(Refusal):
            links.withdraw(application=application, by=by, now=NOW)


def test_an_erasure_takes_the_links_along_and_no_more_are_made(application, by, code):
    personal_data.erase(
        participant=application.participant, by=factories.administrator(), now=NOW
    )
    assert not PersonalLink.objects.exists()
    with pytest.raises(Refusal):
        links.issue(application=application, by=by, now=NOW)


def test_the_person_asks_once_and_only_for_oneself(application, code):
    link = enter(code)
    asked = links.ask(link=link, kind=RightsKind.OBJECTION, words="Why?", now=NOW)
    assert (asked.application, asked.received_by) == (application, f"link:{link.pk}")
    with pytest.raises(Refusal) as caught:
        links.ask(link=link, kind=RightsKind.OBJECTION, words="Why?", now=NOW)
    assert caught.value.code == "asked-already"
    links.ask(link=link, kind=RightsKind.ACCESS, words="", now=NOW)
    with pytest.raises(Refusal):
        rights.receive(
            participant=factories.participant.make(),
            kind=RightsKind.ACCESS,
            words="",
            by=ThePerson(link),
            now=NOW,
        )
