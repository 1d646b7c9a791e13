"""Letters and pages say what the tables say, for every state, in both languages."""

import re
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from planner.allocation.review import outcomes
from planner.allocation.vacancies import reserves
from planner.desk.personal.context import page_of
from planner.mailing import sending
from planner.mailing.answers import TOLD
from planner.mailing.letters import letter_of, words_of
from planner.mailing.sheets import Sheet
from planner.models import AllocationRun
from programs.choices import LIVE_PLACEMENT_STATES, PlacementState
from programs.domain import applications, placements
from programs.models import Placement, ReserveEntry
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.conftest import as_planner, inline, plan, publish, solved, world
from tests.planner.desk.reading import page, text

__all__ = ["as_planner", "inline", "plan", "publish", "solved", "world"]
pytestmark = pytest.mark.django_db
GONE = set(PlacementState) - set(LIVE_PLACEMENT_STATES)


@pytest.fixture
def told(as_planner, solved, publish):
    """A published plan, and a function that gathers what is said of somebody."""
    publish(solved)
    run = AllocationRun.objects.select_related("publication").get()

    def gather(application, language, but=()):
        """Return every text about the person: message, letter, own page, why-page.

        The last is the slowest to show, and the same in both languages.
        """
        application.refresh_from_db()
        as_planner.cookies["django_language"] = language
        address = page("desk_run_person", run.pk, application.pk)
        with translation.override(language):
            own = page_of(SimpleNamespace(application=application), NOW)
            words = {lang: body for lang, _s, body in words_of(run, application)}
            texts = {
                "message": words[language],
                "own page": "\n".join([own["lead"], *own["more"], *own["reasons"]]),
                "letter": text(as_planner.get(address + "?for=participant")),
            }
            if "why-page" not in but:
                texts["why-page"] = text(as_planner.get(address))
            return texts

    gather.run = run
    return gather


def says(state):
    """Return the pattern of the sentence for a state, in the active language."""
    parts = re.split(r"%\(\w+\)s", _(TOLD[state]))
    pattern = r"[^\n<]+?".join(map(re.escape, parts))
    return re.compile(pattern, re.IGNORECASE)


def states_in(shown):
    """Return the states whose sentences stand in a text."""
    return {state for state in PlacementState if says(state).search(shown)}


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_state_is_told_alike_everywhere(told, world, language):
    place = world.strong.placements.get()
    but = () if language == "id" else ("why-page",)
    for state in PlacementState:
        Placement.objects.filter(pk=place.pk).update(state=state)
        for where, shown in told(world.strong, language, but).items():
            with translation.override(language):
                assert states_in(shown) == {state}, (state, where)
                for contradiction in (
                    _("There is no place for you in this plan."),
                    _("Your preferences and the rules"),
                    _("This is a proposal."),
                ):
                    assert contradiction not in shown, (state, where)


def test_an_offer_that_cannot_be_accepted_any_more_has_ended(told, world):
    Placement.objects.update(offered_at="2026-01-01T00:00Z")
    Placement.objects.update(expires_at="2026-01-02T00:00Z")
    for where, shown in told(world.strong, "en").items():
        assert states_in(shown) == {PlacementState.EXPIRED}, where
    assert Sheet.of(told.run, world.strong, 1, "", "").answer_by is None


def test_who_moves_up_reads_of_the_offer_and_no_reason_for_having_none(told, world):
    """And whoever then declines reads that, in letters, pages and over the API."""
    weak = world.weak
    for where, shown in told(weak, "en").items():
        assert "there is no room" in shown.lower() or where == "why-page", where
        assert "number 1" in shown.lower(), where
    assert outcomes.for_sender(weak)["main_reason"] == "no_room"
    by = factories.coordinator(of=world.program.owner)
    placements.decline(
        placement=world.strong.placements.get(), by=by, now=NOW, reason="Family."
    )
    place = reserves.move_up(world.slot_, by=world.planner, now=NOW)
    for state in (PlacementState.OFFERED, PlacementState.DECLINED):
        if state == PlacementState.DECLINED:
            placements.decline(placement=place, by=by, now=NOW, reason="Ill.")
        for where, shown in told(weak, "en").items():
            assert states_in(shown) == {state}, where
            assert "no room" not in shown, where
            assert "number 1" not in shown.lower(), where
        assert outcomes.for_sender(weak)["reasons"] == []


def test_who_withdrew_reads_that_first(told, world):
    sender = factories.partner(of=world.weak.nominated_by)
    applications.withdraw(application=world.weak, by=sender, now=NOW)
    for language, sentence in (
        ("en", "Your application was withdrawn."),
        ("id", "Lamaran Anda"),
    ):
        for where, shown in told(world.weak, language).items():
            assert sentence in shown, where
            with translation.override(language):
                assert _("There is no place for you in this plan.") not in shown


def test_a_stay_that_was_changed_is_told_by_its_own_days(told, world):
    Placement.objects.update(own_starts_on="2027-06-01", own_ends_on="2027-09-01")
    for where, shown in told(world.strong, "en").items():
        assert "from 1 June 2027 to 1 September 2027" in shown, where
        assert "1 April 2027" not in shown, where


def test_an_e_mail_says_what_holds_when_it_leaves(told, world):
    """It was ordered while the offer stood, and is sent after the answer."""
    subject, body = letter_of(told.run, world.strong, "https://x.id/me/#{own-code}")
    assert "You are offered" in body
    Placement.objects.update(state=PlacementState.ACCEPTED)
    message = SimpleNamespace(
        body=body, publication=told.run.publication, application=world.strong
    )
    assert sending.as_of_now(message)[0] == subject
    now = sending.as_of_now(message)[1]
    assert "You accepted" in now
    assert "https://x.id/me/#{own-code}" in now
    assert not ReserveEntry.objects.filter(application=world.strong).exists()
