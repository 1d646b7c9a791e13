"""What a placement is worth, part by part."""

from datetime import date

import numpy as np
import pytest

from programs import arrivals, valuation
from programs.choices import RequirementKind
from programs.eligibility import load, options
from programs.models import Application, Slot
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    return factories.objective_profile.make(
        placement_points=1000,
        priority_points=50,
        merit_points=200,
        skill_points=120,
        preference_points=300,
        host_points=200,
    )


def read():
    return load(
        applications=Application.objects.all(),
        slots=Slot.objects.all(),
        on=date(2027, 1, 15),
    )


def who(profile):
    return valuation.who_of(profile, Application.objects.all(), Slot.objects.all())


def parts(profile, **application):
    """Return the parts of the only pair there is, ranked first."""
    slot = factories.slot.make()
    made = factories.application.make(intake=slot.intake, **application)
    return (
        slot,
        made,
        lambda rank=1: {
            name: points.tolist()[0]
            for name, points in valuation.value(
                read(),
                [0],
                [0],
                profile=profile,
                rank=np.array([rank]),
                who=who(profile),
            ).parts.items()
        },
    )


def test_every_part_of_a_plain_pair(profile):
    _slot, _made, value = parts(profile, merit_score="72.25", carry_over_points=2)
    assert value() == {
        "placement": 1000,
        "arrival": 0,
        "priority": 100,
        "merit": 145,  # 144.5 rounds up
        "skills": 60,
        "preference": 300,
        "host": 100,
        "condition": 0,
    }


@pytest.mark.parametrize(("rank", "points"), [(0, 0), (1, 300), (2, 200), (3, 100)])
def test_preference_falls_with_the_rank(profile, rank, points):
    assert parts(profile)[2](rank)["preference"] == points


@pytest.mark.parametrize(
    ("kind", "level", "held", "points"),
    [
        (RequirementKind.REQUIRED, 2, 2, 60),
        (RequirementKind.REQUIRED, 2, 3, 120),
        (RequirementKind.PREFERRED, 3, 0, 0),
        (RequirementKind.PREFERRED, 3, 1, 40),
        (RequirementKind.PREFERRED, 3, 4, 120),
        (RequirementKind.TAUGHT, 3, 0, 60),
    ],
)
def test_skill_fit(profile, kind, level, held, points):
    slot, made, value = parts(profile)
    need = factories.skill_requirement.make(slot=slot, kind=kind, level=level)
    factories.skill_claim.make(
        participant=made.participant, skill=need.skill, level=held
    )
    assert value()["skills"] == points


def test_skill_fit_is_the_mean_of_the_named_skills(profile):
    slot, made, value = parts(profile)
    for level in (2, 2, 4):
        need = factories.skill_requirement.make(
            slot=slot, kind=RequirementKind.PREFERRED, level=level
        )
        factories.skill_claim.make(
            participant=made.participant, skill=need.skill, level=1
        )
    assert value()["skills"] == 50  # (1/2 + 1/2 + 1/4) / 3 of 120


def test_who_meets_the_condition_gets_its_points(profile):
    profile.condition, profile.condition_points = "merit >= 80", 70
    for merit, points in ((79, 0), (80, 70)):
        _slot, made, value = parts(profile, merit_score=merit)
        assert value()["condition"] == points
        made.delete()


def test_each_condition_gives_its_own_points(profile):
    profile.condition, profile.condition_points = "merit >= 80", 70
    factories.profile_condition.make(profile=profile, condition="merit >= 90", points=9)
    factories.profile_condition.make(profile=profile, condition="merit < 80", points=4)
    for merit, points in ((79, 4), (80, 70), (90, 79)):
        _slot, made, value = parts(profile, merit_score=merit)
        assert value()["condition"] == points
        made.delete()


def test_host_score(profile):
    slot, made, value = parts(profile)
    factories.host_rating.make(application=made, slot=slot, score=81)
    assert value()["host"] == 162


def test_a_pathway_has_the_mean_of_its_steps(profile):
    pathway = factories.pathway.make()
    first, second = factories.slot.make(intake=pathway.intake, _quantity=2)
    for position, slot in enumerate((first, second), start=1):
        factories.pathway_step.make(pathway=pathway, position=position, slot=slot)
    made = factories.application.make(intake=pathway.intake)
    factories.preference.make(application=made, pathway=pathway, slot=None)
    factories.host_rating.make(application=made, slot=first, score=100)
    factories.skill_requirement.make(slot=second, kind=RequirementKind.PREFERRED)
    Slot.objects.filter(pk=second.pk).update(country=factories.country_of("TW"))
    profile.condition, profile.condition_points = "destination = TW", 9
    facts = read()
    found = options(facts)
    value = valuation.value_of_options(facts, found, profile=profile, who=who(profile))
    assert value.parts["host"].tolist() == [150]
    assert value.parts["skills"].tolist() == [30]
    assert value.parts["condition"].tolist() == [5]  # 4.5 rounds up
    assert value.parts["preference"].tolist() == [300]
    assert value.total.tolist() == [sum(int(v[0]) for v in value.parts.values())]


def test_arriving_counts_what_its_pathway_says_by_its_chance(profile):
    pathway = factories.pathway.make(arrival_worth=3)
    for position, percent in enumerate((50, None), start=1):
        slot = factories.slot.make(intake=pathway.intake)
        factories.pathway_step.make(
            pathway=pathway, position=position, slot=slot, pass_percent=percent
        )
    made = factories.application.make(intake=pathway.intake)
    factories.preference.make(application=made, pathway=pathway, slot=None)
    factories.preference.make(application=made, slot=slot, rank=2)
    facts = read()
    value = valuation.value_of_options(
        facts,
        options(facts),
        profile=profile,
        who=who(profile),
        arrivals=arrivals.load([pathway.pk]),
    )
    assert value.parts["arrival"].tolist() == [
        1500,
        0,
    ]  # the slot alone arrives nowhere
    assert value.parts["placement"].tolist() == [1000, 1000]


def test_no_options_are_worth_nothing(profile):
    facts = read()
    value = valuation.value_of_options(
        facts, options(facts), profile=profile, who=who(profile)
    )
    assert value.total.tolist() == []
