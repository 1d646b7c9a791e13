"""Steps of a pathway: later ones are judged with what earlier ones teach."""

from datetime import date

import pytest

from programs.choices import PinKind, RequirementKind
from programs.eligibility import RULES, load, options, text, verdicts
from programs.models import Application, Slot
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2027, 1, 15)


@pytest.fixture
def path():
    """Return (pathway, course, fab): a course in Bandung, then a fab in Kyushu.

    The course teaches wire bonding to level 2 and Japanese to A2; the fab asks for both
    and belongs to another program's intake.
    """
    pathway = factories.pathway.make()
    course = factories.slot.make(
        intake=pathway.intake,
        ends_on=date(2027, 10, 1),
        taught_language="ja",
        taught_cefr="A2",
    )
    fab = factories.slot.make(
        starts_on=date(2027, 10, 1),
        ends_on=date(2028, 10, 1),
        work_language="ja",
        min_cefr="A2",
    )
    for position, slot in enumerate((course, fab), start=1):
        factories.pathway_step.make(pathway=pathway, position=position, slot=slot)
    taught = factories.skill_requirement.make(slot=course, kind=RequirementKind.TAUGHT)
    factories.skill_requirement.make(slot=fab, skill=taught.skill)
    return pathway, course, fab


def judge(application, path, slots=()):
    return verdicts(application=application, slots=slots, pathways=[path[0]], on=TODAY)


def test_the_course_makes_the_fab_possible(path):
    application = factories.application.make(intake=path[0].intake)
    (verdict,) = judge(application, path)
    assert (verdict.verdict, verdict.pathway) == ("eligible", path[0])


def test_without_the_course_the_fab_is_not(path):
    application = factories.application.make(intake=path[2].intake)
    fab, whole = judge(application, path, [path[2]])
    assert {reason.code for reason in fab.reasons} == {"skill_level", "language_level"}
    assert whole.verdict == "ineligible"


def test_a_step_that_begins_too_early(path):
    pathway, course, _fab = path
    course.ends_on = date(2027, 10, 2)
    course.save()
    application = factories.application.make(intake=pathway.intake)
    (verdict,) = judge(application, path)
    assert [reason.code for reason in verdict.reasons] == ["step_order"]
    assert verdict.reasons[0].earliest == date(2027, 10, 2)
    assert text(verdict.reasons[0]) == (
        "The step before it ends on 2 October 2027, after this one begins."
    )


@pytest.mark.parametrize(("travel", "fits"), [(4, True), (5, False)])
def test_a_step_begins_after_the_journey_from_the_one_before(path, travel, fits):
    pathway, course, fab = path
    course.ends_on = date(2027, 9, 27)
    course.save()
    fab.country = factories.japan()
    fab.route = factories.immigration_route.make(
        travel_days=travel, country=fab.country, lead_time_days=0
    )
    fab.save()
    application = factories.application.make(intake=pathway.intake)
    (verdict,) = judge(application, path)
    assert verdict.placeable == fits
    if not fits:
        (reason,) = verdict.reasons
        assert reason.earliest == date(2027, 10, 2)
        assert text(reason) == (
            "The step before it ends on 26 September 2027; with 5 days for the "
            "journeys, this one can begin on 2 October 2027."
        )


def test_what_the_first_step_asks_for_is_not_taught_by_it(path):
    pathway, course, _fab = path
    course.work_language, course.min_cefr = "ja", "A2"
    course.save()
    application = factories.application.make(intake=pathway.intake)
    (verdict,) = judge(application, path)
    assert [reason.code for reason in verdict.reasons] == ["language_level"]


def test_a_placement_during_any_step_is_in_the_way(path):
    application = factories.application.make(intake=path[0].intake)
    factories.placement.make(
        application__participant=application.participant,
        slot__starts_on=date(2028, 8, 1),
        slot__ends_on=date(2028, 9, 1),
    )
    (verdict,) = judge(application, path)
    assert [reason.code for reason in verdict.reasons] == ["already_placed"]


def test_a_host_of_a_later_step_may_veto_the_whole(path):
    application = factories.application.make(intake=path[0].intake)
    factories.host_rating.make(
        application=application, slot=path[2], score=None, is_veto=True, reason="x"
    )
    (verdict,) = judge(application, path)
    assert [reason.code for reason in verdict.reasons] == ["host_veto"]


def read_options():
    return options(
        load(applications=Application.objects.all(), slots=Slot.objects.all(), on=TODAY)
    )


def test_options_are_what_is_ranked_in_order(path):
    pathway, course, _fab = path
    other = factories.slot.make(intake=pathway.intake)
    factories.slot.make(intake=pathway.intake)
    application = factories.application.make(intake=pathway.intake)
    for rank, wish in enumerate(
        ({"slot": other}, {"pathway": pathway, "slot": None}, {"slot": course}), start=1
    ):
        factories.preference.make(application=application, rank=rank, **wish)
    found = read_options()
    assert found.rank.tolist() == [1, 2, 3]
    assert found.pathway.tolist() == [-1, 0, -1]
    assert found.pathway_ids == [pathway.pk]
    assert np_diff(found.ptr) == [1, 2, 1]
    assert found.placeable.all()


def test_a_pinned_slot_is_an_option_beside_the_ranked(path):
    pathway, course, _fab = path
    pinned = factories.slot.make(intake=pathway.intake)
    application = factories.application.make(intake=pathway.intake)
    factories.preference.make(application=application, rank=1, slot=course)
    factories.pin.make(application=application, slot=pinned, kind=PinKind.PIN)
    found = read_options()
    assert found.rank.tolist() == [0, 1]


def test_who_ranks_nothing_takes_any_slot_of_the_intake(path):
    pathway, course, _fab = path
    wanted = factories.slot.make(intake=pathway.intake)
    closed = factories.slot.make(intake=pathway.intake, state="withdrawn")
    application = factories.application.make(intake=pathway.intake)
    facts = load(
        applications=Application.objects.all(), slots=Slot.objects.all(), on=TODAY
    )
    found = options(facts)
    assert set(facts.slots.slot[found.columns]) == {course.pk, wanted.pk}
    assert found.broken.sum() == 1
    assert closed.pk not in set(facts.slots.slot[found.columns])
    assert facts.people.application[found.person].tolist() == [application.pk] * 2


def test_a_warning_keeps_nobody_who_ranked_nothing_from_a_place(path):
    """Neither a short time for the papers nor what is awaited is counted against."""
    pathway = path[0]
    factories.slot.make(
        intake=pathway.intake,
        state="withdrawn",
        route=factories.immigration_route.make(lead_time_days=360),
        condition="language(ja) >= A2 by 2027-03-01",
    )
    factories.application.make(intake=pathway.intake)
    broken = dict(
        zip([rule.code for rule in RULES], read_options().broken[0], strict=True)
    )
    assert {code for code, count in broken.items() if count} == {"slot_closed"}


def np_diff(ptr):
    return (ptr[1:] - ptr[:-1]).tolist()
