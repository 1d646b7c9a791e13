"""Each rule lets the fitting pair pass, and says with numbers why it stops another."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from programs.choices import (
    AgreementState,
    CostFormula,
    FundingSourceKind,
    PinKind,
    PlacementState,
    ProgramKind,
    RequirementKind,
    SlotState,
)
from programs.eligibility import RULES, text, verdicts
from programs.models import Slot
from tests import factories

TODAY = date(2027, 1, 15)


def says(verdict, code, sentence, outcome="ineligible"):
    """Check that one rule alone stands against the pair, in these words."""
    assert [reason.code for reason in verdict.reasons] == [code]
    assert verdict.verdict == outcome
    assert text(verdict.reasons[0]) == sentence
    assert text(verdict.reasons[0].as_dict()) == sentence
    with translation.override("id"):
        assert text(verdict.reasons[0])


def test_a_fitting_pair_is_eligible(pair):
    verdict = pair.verdict()
    assert (verdict.verdict, verdict.placeable, verdict.reasons) == (
        "eligible",
        True,
        [],
    )


def test_other_intake(pair):
    pair.slot = factories.slot.make()
    says(pair.verdict(), "other_intake", "The slot belongs to another intake.")


@pytest.mark.parametrize("state", [SlotState.PROPOSED, SlotState.WITHDRAWN])
def test_slot_closed(pair, state):
    pair.set(pair.slot, state=state)
    says(
        pair.verdict(),
        "slot_closed",
        "The host does not offer this slot (any more).",
    )


def test_citizenship(pair):
    pair.set(pair.program, citizenship=factories.indonesia())
    assert pair.verdict().placeable
    pair.set(pair.person, citizenship=factories.malaysia())
    says(
        pair.verdict(),
        "citizenship",
        "Citizenship of Indonesia needed, Malaysia held.",
    )


@pytest.mark.parametrize(
    ("born", "bounds", "sentence"),
    [
        (date(2009, 4, 1), (18, 26), ""),
        (date(2009, 4, 2), (18, 26), "17 years old on %s, at least 18 needed."),
        (date(2000, 4, 2), (18, 26), ""),
        (date(2000, 4, 1), (18, 26), "27 years old on %s, at most 26 allowed."),
        (date(2000, 2, 29), (27, None), ""),
        (date(1940, 1, 1), (None, None), ""),
    ],
)
def test_age_on_the_first_day(pair, born, bounds, sentence):
    pair.set(pair.program, min_age=bounds[0], max_age=bounds[1])
    pair.set(pair.person, birth_date=born)
    verdict = pair.verdict()
    if sentence:
        says(verdict, "age", sentence % "1 April 2027")
    else:
        assert verdict.placeable


def test_who_is_too_young_learns_when_it_could_be(pair):
    pair.set(pair.program, min_age=18)
    pair.set(pair.person, birth_date=date(2012, 2, 29))
    assert pair.verdict().reasons[0].earliest == date(2030, 3, 1)


def test_kkni_of_program_and_slot(pair):
    pair.set(pair.program, min_kkni=5)
    assert pair.verdict().placeable
    pair.set(pair.slot, min_kkni=6)
    says(pair.verdict(), "kkni", "KKNI level 5 held, level 6 needed.")


@pytest.mark.parametrize(
    ("of_program", "of_slot", "fits"),
    [
        ("", "", True),
        ("07", "", True),
        ("0714", "07", True),
        ("061,071", "", True),
        ("071", "0613", False),
        ("0311", "", False),
        ("", "0311,0613", False),
    ],
)
def test_field_of_study(pair, of_program, of_slot, fits):
    pair.set(pair.program, isced_fields=of_program)
    pair.set(pair.slot, isced_fields=of_slot)
    assert pair.verdict().placeable == fits


def test_field_of_study_in_words(pair):
    pair.set(pair.slot, isced_fields="0311,0613")
    says(pair.verdict(), "field", "Field of study 0714 held, 0311, 0613 wanted.")


def test_skill(pair):
    need = factories.skill_requirement.make(slot=pair.slot, level=2)
    says(
        pair.verdict(),
        "skill_level",
        "Wire bonding is missing, level 2 needed by 1 April 2027.",
        "conditional",
    )
    claim = factories.skill_claim.make(
        participant=pair.person, skill=need.skill, level=1
    )
    says(
        pair.verdict(),
        "skill_level",
        "Wire bonding at level 1 held, level 2 needed by 1 April 2027.",
        "conditional",
    )
    assert not pair.verdict().placeable
    pair.set(claim, level=2)
    assert pair.verdict().placeable


@pytest.mark.parametrize(
    ("until", "fits"), [(date(2027, 3, 31), False), (date(2027, 4, 1), True)]
)
def test_a_skill_has_to_last_to_the_first_day(pair, until, fits):
    need = factories.skill_requirement.make(slot=pair.slot)
    factories.skill_claim.make(
        participant=pair.person, skill=need.skill, valid_to=until
    )
    assert pair.verdict().placeable == fits


def test_preferred_and_taught_skills_are_not_required(pair):
    for kind in (RequirementKind.PREFERRED, RequirementKind.TAUGHT):
        factories.skill_requirement.make(slot=pair.slot, kind=kind)
    assert pair.verdict().placeable


def test_what_is_missing_on_the_first_day_can_no_longer_be_mended(pair):
    factories.skill_requirement.make(slot=pair.slot)
    assert pair.verdict(on=date(2027, 3, 31)).verdict == "conditional"
    assert pair.verdict(on=date(2027, 4, 1)).verdict == "ineligible"


@pytest.mark.parametrize(
    ("times", "fits"),
    [
        ([], True),
        ([(date(2027, 1, 1), date(2028, 4, 1))], True),
        ([(date(2027, 1, 1), date(2028, 3, 31))], False),
        ([(date(2027, 4, 2), date(2029, 1, 1))], False),
        (
            [
                (date(2027, 1, 1), date(2027, 9, 1)),
                (date(2027, 9, 1), date(2028, 9, 1)),
            ],
            True,
        ),
        (
            [
                (date(2027, 1, 1), date(2027, 9, 1)),
                (date(2027, 9, 2), date(2028, 9, 1)),
            ],
            False,
        ),
    ],
)
def test_availability(pair, times, fits):
    for start, end in times:
        factories.availability.make(
            participant=pair.person, starts_on=start, ends_on=end
        )
    assert pair.verdict().placeable == fits


def test_availability_in_words(pair):
    factories.availability.make(
        participant=pair.person, starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 1)
    )
    says(
        pair.verdict(),
        "not_available",
        "Not free for the whole stay from 1 April 2027 to 31 March 2028.",
    )


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (date(2026, 10, 1), date(2027, 4, 1), True),
        (date(2026, 10, 1), date(2027, 4, 2), False),
        (date(2028, 4, 1), date(2028, 9, 1), True),
        (date(2027, 8, 1), date(2027, 9, 1), False),
    ],
)
def test_already_placed(pair, start, end, fits):
    factories.placement.make(
        application__participant=pair.person,
        slot__starts_on=start,
        slot__ends_on=end,
    )
    verdict = pair.verdict()
    assert verdict.placeable == fits
    if not fits:
        assert [reason.code for reason in verdict.reasons] == ["already_placed"]
        assert verdict.reasons[0].earliest == end


@pytest.mark.parametrize(
    ("days", "country", "fits"),
    [
        ((date(2027, 1, 1), date(2027, 3, 27)), "JP", True),
        ((date(2027, 1, 1), date(2027, 3, 28)), "JP", False),
        ((date(2027, 1, 1), date(2027, 4, 1)), "MY", True),
        ((date(2028, 4, 6), date(2028, 9, 1)), "JP", True),
        ((date(2028, 4, 5), date(2028, 9, 1)), "JP", False),
        ((date(2028, 4, 1), date(2028, 9, 1)), "MY", True),
    ],
)
def test_the_journey_lies_between_stays_in_two_countries(pair, days, country, fits):
    """Two days from Japan and three to Malaysia, or the other way round."""
    own = factories.immigration_route.make(travel_days=3)
    pair.set(pair.slot, route=own, country=factories.country_of("MY"))
    factories.placement.make(
        application__participant=pair.person,
        slot__starts_on=days[0],
        slot__ends_on=days[1],
        slot__country=factories.country_of(country),
        slot__route=factories.immigration_route.make(travel_days=2),
    )
    verdict = pair.verdict()
    assert verdict.placeable == fits
    if not fits:
        (reason,) = verdict.reasons
        assert reason.earliest == days[1] + timedelta(days=5)
        assert "with 5 days for the journeys, free from" in text(reason)


def test_a_declined_placement_frees_the_time(pair):
    factories.placement.make(
        application__participant=pair.person, state=PlacementState.DECLINED
    )
    assert pair.verdict().placeable


def test_the_own_placement_may_be_planned_anew(pair):
    factories.placement.make(application=pair.application, slot=pair.slot)
    assert pair.verdict().placeable


def route(pair, **values):
    values = {"code": "PVP", "valid_from": date(2020, 1, 1)} | values
    pair.set(pair.slot, route=factories.immigration_route.make(**values))
    return pair.verdict()


def test_a_route_takes_entries_and_who_has_entered_stays(pair):
    assert route(pair, code="R1", valid_to=date(2027, 4, 2)).placeable
    says(
        route(pair, code="R2", valid_to=date(2027, 4, 1)),
        "route_invalid",
        "Route Professional visit pass takes nobody after 31 March 2027, the "
        "stay begins on 1 April 2027.",
    )


def test_a_route_may_end_stays_as_well(pair):
    entries = {"valid_to": date(2027, 4, 2)}
    ends = route(pair, code="R1", **entries, stay_until=date(2028, 4, 1))
    assert ends.placeable
    late = route(pair, code="R2", **entries, stay_until=date(2028, 3, 31))
    says(
        late,
        "route_invalid",
        "Route Professional visit pass ends on 30 March 2028, the stay ends on "
        "31 March 2028.",
    )
    (reason,) = late.reasons
    told = dict(reason.params)
    told["valid_to"] = told.pop("stay_until")
    assert text({"code": reason.code, "params": told}) == text(reason)


def test_a_route_that_opens_too_late(pair):
    says(
        route(pair, valid_from=date(2027, 4, 2)),
        "route_invalid",
        "Route Professional visit pass opens on 2 April 2027, the stay begins "
        "on 1 April 2027.",
    )


def test_a_place_without_a_route_has_no_papers_to_be_late_with(pair):
    """Also where it is judged after its first day, as who is pinned late is."""
    assert pair.slot.route is None
    late = pair.verdict(on=pair.slot.starts_on + timedelta(3))
    assert "lead_time" not in {reason.code for reason in late.reasons}


def test_a_short_lead_time_is_a_warning(pair):
    assert route(pair, code="R1", lead_time_days=76).verdict == "eligible"
    verdict = route(pair, lead_time_days=77)
    says(
        verdict,
        "lead_time",
        "76 days are left until the start, Professional visit pass takes 77 days: the "
        "last safe day for the decision is 14 January 2027.",
        "conditional",
    )
    assert verdict.placeable
    (reason,) = verdict.reasons
    assert reason.params["by"] == pair.slot.last_safe_day.isoformat()
    old = {key: reason.params[key] for key in ("route", "held", "needed")}
    assert text({"code": "lead_time", "params": old}) == (
        "76 days are left until the start, PVP takes 77 days."
    )


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"state": AgreementState.PROPOSED}, False),
        ({"valid_to": date(2027, 4, 1)}, False),
        ({"valid_from": date(2027, 4, 2)}, False),
    ],
)
def test_agreement(pair, changes, fits):
    pair.set(pair.slot, agreement=factories.agreement.make(code="PKS 7", **changes))
    verdict = pair.verdict()
    if fits:
        assert verdict.placeable
    else:
        says(
            verdict,
            "agreement_not_in_force",
            "Agreement PKS 7 is not in force on 1 April 2027.",
        )


def test_host_veto(pair):
    factories.host_rating.make(
        application=pair.application,
        slot=pair.slot,
        score=None,
        is_veto=True,
        reason="No free workplace.",
    )
    says(pair.verdict(), "host_veto", "The host has said no.")


def test_forbidden_until_a_day(pair):
    factories.pin.make(
        application=pair.application,
        slot=pair.slot,
        kind=PinKind.FORBID,
        until=TODAY,
    )
    says(pair.verdict(), "forbidden", "A coordinator has ruled this slot out.")
    assert pair.verdict(on=date(2027, 1, 16)).placeable


def test_no_payer_names_the_category_and_the_years(pair):
    pair.program.cost_rules.add(
        factories.cost_rule.make(
            program=pair.program, category__name_en="Airfare", amount=1_000_000
        )
    )
    says(pair.verdict(), "no_payer", "Nobody may pay for Airfare in 2027, 2028.")


def test_waived_fee(pair):
    taiwan = factories.country_of("TW")
    pair.set(pair.program, kind=ProgramKind.WORK_PLACEMENT)
    pair.set(pair.slot, country=taiwan)
    fee = factories.cost_rule.make(
        program=pair.program,
        category__name_en="Agency fee",
        formula=CostFormula.ONE_OFF,
    )
    worker = factories.funding_source.make(kind=FundingSourceKind.PARTICIPANT)
    factories.budget_line.make(source=worker, amount=None)
    factories.funding_rule.make(
        program=pair.program, category=fee.category
    ).sources.add(worker)
    assert pair.verdict().placeable
    waiver = factories.fee_waiver.make(destination=taiwan)
    waiver.categories.add(fee.category)
    says(
        pair.verdict(),
        "waived_fee",
        "Agency fee would be left to the worker in 2027, which is forbidden.",
    )


def test_only_the_own_province_pays_the_domestic_leg(pair):
    factories.cost_rule.make(program=pair.program, origin=factories.region.make())
    assert pair.verdict().placeable
    factories.cost_rule.make(program=pair.program, origin=pair.person.province)
    assert [reason.code for reason in pair.verdict().reasons] == ["no_payer"]


def test_whose_data_are_only_kept_takes_part_in_nothing(pair):
    pair.person.restricted_at = datetime(2027, 1, 10, tzinfo=UTC)
    pair.person.save()
    assert [reason.code for reason in pair.verdict().reasons] == ["restricted"]


def test_a_country_that_needs_consent_needs_it_of_each_person(pair):
    assert pair.verdict().placeable
    factories.transfer_basis.make(
        country=pair.slot.country, ground="consent", document=""
    )
    assert [reason.code for reason in pair.verdict().reasons] == ["no_consent"]


def test_every_rule_is_tested_here():
    """Each code stands in a test of this folder: a rule without a test is found."""
    source = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))
    assert [rule.code for rule in RULES if f'"{rule.code}"' not in source] == []


def test_queries_do_not_grow(pair, django_assert_num_queries):
    def count(slots, expected):
        asked_clock = connection.vendor == "postgresql"
        with django_assert_num_queries(expected + asked_clock):
            verdicts(application=pair.application, slots=slots, on=TODAY)

    need = factories.skill_requirement.make(slot=pair.slot)
    factories.skill_claim.make(participant=pair.person, skill=need.skill)
    count([pair.slot], 25)
    for _ in range(2):
        slot = factories.slot.make(intake=pair.slot.intake)
        factories.skill_requirement.make(slot=slot, skill=need.skill)
    count(list(Slot.objects.all()), 25)
