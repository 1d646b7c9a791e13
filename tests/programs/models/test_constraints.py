"""Every named constraint keeps its promise in the database itself."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint

from programs.choices import RegionLevel
from tests import factories

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2026, 1, 1), date(2028, 1, 1)
BACKWARDS = {"valid_from": LATE, "valid_to": EARLY}

#: constraint -> (recipe, values that break it). A callable value is called.
BROKEN = {
    "pathway_arrival_is_worth_nothing_or_more": ("pathway", {"arrival_worth": -1}),
    "pathway_step_passes_one_to_hundred_percent": (
        "pathway_step",
        {"pass_percent": 101},
    ),
    "pin_is_of_a_slot_or_a_pathway": ("pin", {"pathway": factories.pathway.make}),
    "breach_is_told_after_it_is_found": (
        "breach",
        {"people_told_at": datetime(2027, 1, 31, 3, tzinfo=UTC)},
    ),
    "a_human_answers_a_request": (
        "rights_request",
        {"answered_at": datetime(2027, 2, 2, 3, tzinfo=UTC)},
    ),
    "link_ends_after_it_is_made": (
        "personal_link",
        {"expires_at": datetime(2027, 2, 1, 3, tzinfo=UTC)},
    ),
    "duties_do_not_rest_on_consent": (
        "processing_purpose",
        {"purpose": "accounting", "legal_basis": "consent"},
    ),
    "transfer_names_its_document": ("transfer_basis", {"document": ""}),
    "consent_to_transfer_names_a_country": ("consent", {"purpose": "transfer"}),
    "withdrawal_says_who_recorded_it": (
        "consent",
        {"withdrawn_at": datetime(2027, 2, 2, 3, tzinfo=UTC)},
    ),
    "need_of_a_budget_names_source_and_year": ("need", {"kind": "budget"}),
    "need_says_what_is_asked_for": ("need", {"words": ""}),
    "need_is_answered_once_it_is_not_open": ("need", {"state": "met"}),
    "regency_has_a_province": ("region", {"level": RegionLevel.REGENCY}),
    "region_list_ends_after_it_starts": ("region_list", BACKWARDS),
    "route_ends_after_it_starts": ("immigration_route", BACKWARDS),
    "stays_end_after_entries": ("immigration_route", {"stay_until": LATE}),
    "cap_ends_after_it_starts": ("route_cap", BACKWARDS),
    "only_entries_are_counted_by_year": (
        "route_cap",
        {"is_yearly": True, "counts": "staying"},
    ),
    "agreement_ends_after_it_starts": ("agreement", BACKWARDS),
    "kkni_is_one_to_nine": ("qualification_level", {"kkni": 10}),
    "participant_kkni_is_one_to_nine": ("participant", {"kkni": 0}),
    "merged_registration_holds_nothing": (
        "participant",
        {"merged_into": factories.participant.make, "email": "a@example.org"},
    ),
    "undoing_a_merger_has_a_name": (
        "merger",
        {"undone_at": datetime(2027, 2, 2, 3, tzinfo=UTC)},
    ),
    "claimed_level_is_zero_to_four": ("skill_claim", {"level": 5}),
    "certificate_ends_after_it_is_taken": (
        "language_certificate",
        {"taken_on": LATE, "valid_to": LATE},
    ),
    "graduates_have_a_day": ("education", {"graduated_on": None}),
    "job_ends_after_it_starts": ("employment", {"ends_on": date(2024, 1, 1)}),
    "fact_ends_after_it_starts": ("person_fact", {"valid_to": EARLY}),
    "availability_ends_after_it_starts": (
        "availability",
        {"starts_on": LATE, "ends_on": LATE},
    ),
    "program_ages_are_in_order": ("program", {"min_age": 30, "max_age": 18}),
    "program_kkni_is_one_to_nine": ("program", {"min_kkni": 0}),
    "intake_dates_are_in_order": ("intake", {"decide_by": EARLY}),
    "stay_has_both_own_days_or_none": ("placement", {"own_starts_on": LATE}),
    "changed_stay_ends_after_it_starts": (
        "placement_change",
        {"starts_on": LATE, "ends_on": EARLY},
    ),
    "agreed_change_has_both_consents": ("placement_change", {"state": "agreed"}),
    "condition_of_a_place_is_open_or_settled": ("place_condition", {"state": "met"}),
    "chance_is_one_to_a_hundred": ("place_condition", {"chance": 0}),
    "slot_capacity_is_in_order": ("slot", {"capacity_min": 5, "capacity_max": 4}),
    "slot_ends_after_it_starts": ("slot", {"ends_on": EARLY}),
    "slot_has_a_province_in_indonesia_alone": (
        "slot",
        {"province": factories.west_java},
    ),
    "capital_lies_on_the_globe": ("province_capital", {"latitude": "90.01"}),
    "slot_teaches_a_language_to_a_level": ("slot", {"taught_language": "ja"}),
    "required_level_is_one_to_four": ("skill_requirement", {"level": 0}),
    "resource_use_is_positive": ("resource_use", {"amount": 0}),
    "merit_score_is_zero_to_hundred": ("application", {"merit_score": "100.01"}),
    "preference_rank_starts_at_one": ("preference", {"rank": 0}),
    "preference_is_a_slot_or_a_pathway": (
        "preference",
        {"pathway": factories.pathway.make},
    ),
    "host_scores_or_vetoes_with_a_reason": ("host_rating", {"is_veto": True}),
    "chain_has_one_head": ("chain_head", {"id": 2}),
    "exchange_rate_is_positive": ("exchange_rate", {"rate": 0}),
    "cost_rule_is_of_a_program_or_a_slot": (
        "cost_rule",
        {"slot": factories.slot.make},
    ),
    "cost_is_not_negative": ("cost_rule", {"amount": -1}),
    "budget_is_not_negative": ("budget_line", {"amount": -1}),
    "funding_share_is_a_percentage": ("funding_rule", {"percent": 101}),
    "fee_waiver_ends_after_it_starts": ("fee_waiver", BACKWARDS),
    "funding_is_not_negative": ("funding_line", {"amount": -1}),
    "funding_names_the_amount_in_its_currency": ("funding_line", {"currency": "JPY"}),
    "foreign_spent_is_at_most_the_amount": (
        "funding_line",
        {"currency": "JPY", "foreign_amount": 1, "foreign_spent": 2},
    ),
    "spent_is_at_most_the_amount": ("funding_line", {"spent": 10_000_001}),
    "achieved_level_is_zero_to_four": ("skill_achieved", {"level": 5}),
    "quota_is_not_negative": ("quota", {"value": -1}),
    "quota_is_a_part_of_its_table": ("quota", {"base_part": 2, "base_whole": 1}),
    "quota_percent_is_at_most_hundred": ("quota", {"value": 101}),
    "quota_names_what_it_looks_at": ("quota", {"sex": ""}),
    "pin_has_a_reason": ("pin", {"reason": ""}),
    "profile_condition_says_who": ("profile_condition", {"condition": ""}),
    "group_pin_says_who_and_why": ("group_pin", {"reason": ""}),
    "group_pin_is_of_a_program_an_intake_or_a_slot": ("group_pin", {"intake": None}),
}
#: constraint -> (recipe, what both rows have beside its fields), and where another
#: constraint would speak first, what only the second has.
TWINS = {
    "person_consents_to_a_purpose_once": ("consent", {}),
    "person_consents_to_a_transfer_once": (
        "consent",
        {"purpose": "transfer", "country": factories.japan},
    ),
    "region_bps_code_is_unique": ("region", {"bps_code": "91"}),
    "region_iso_code_is_unique": ("region", {"iso_3166_2": "ID-PA"}),
    "region_list_version_is_unique": ("region_list", {}),
    "route_names_a_cap_once": ("route_cap", {}),
    "test_is_held_once_a_day": ("exam_sitting", {}),
    "membership_is_unique": ("membership", {}),
    "program_names_a_rule_once": ("program_rule", {}),
    "skill_code_is_unique": ("skill", {}),
    "language_band_is_unique": ("language_scale", {}),
    "code_is_given_once_an_institution": ("participant", {"code": "001"}),
    "registration_is_merged_once": ("merger", {}),
    "passport_is_registered_once_an_institution": (
        "participant",
        {"passport_hash": "f" * 64},
    ),
    "nik_is_registered_once_an_institution": ("participant", {"nik_hash": "f" * 64}),
    "person_claims_a_skill_once": ("skill_claim", {}),
    "person_names_a_study_once": ("education", {}),
    "person_begins_a_job_once": ("employment", {}),
    "person_has_a_fact_once_a_day": ("person_fact", {}),
    "language_certificate_is_unique": ("language_certificate", {}),
    "slot_names_a_skill_once_a_kind": ("skill_requirement", {}),
    "slot_code_is_given_once_a_host": (
        "slot",
        {"code": "x", "known_as": "fab/x"},
        {"known_as": "lab/x"},
    ),
    "one_slot_is_known_by_a_code": ("slot", {}),
    "slot_has_a_name_of_its_own": ("slot", {"code": "x", "known_as": "fab/x"}),
    "team_code_is_given_once_an_institution": (
        "team",
        {"institution": factories.institution.make},
    ),
    "mixed_team_code_is_given_once": ("team", {"institution": None}),
    "budget_is_asked_for_once_at_a_time": (
        "need",
        {
            "kind": "budget",
            "source": factories.funding_source.make,
            "fiscal_year": 2027,
        },
    ),
    "pin_is_unique_a_pathway": (
        "pin",
        {"slot": None, "pathway": factories.pathway.make},
        {"kind": "forbid"},
    ),
    "pathway_step_is_unique": ("pathway_step", {}),
    "pathway_names_a_slot_once": ("pathway_step", {}, {"position": 2}),
    "slot_uses_a_resource_once": ("resource_use", {}),
    "person_applies_to_an_intake_once": ("application", {}),
    "preference_rank_is_unique": ("preference", {}),
    "preference_names_a_slot_once": ("preference", {}, {"rank": 2}),
    "preference_names_a_pathway_once": (
        "preference",
        {"slot": None, "pathway": factories.pathway.make},
        {"rank": 2},
    ),
    "host_rates_a_person_once_a_slot": ("host_rating", {}),
    "import_row_number_is_unique": ("import_row", {}),
    "import_writes_a_row_once": ("import_write", {}),
    "a_word_means_one_thing_to_a_person": ("remembered_word", {}),
    "exchange_rate_is_unique_a_day": ("exchange_rate", {}),
    "program_cost_rule_is_unique": ("cost_rule", {}),
    "program_cost_rule_is_unique_an_origin": (
        "cost_rule",
        {"origin": factories.west_java},
    ),
    "slot_cost_rule_is_unique": (
        "cost_rule",
        {"program": None, "slot": factories.slot.make},
    ),
    "slot_cost_rule_is_unique_an_origin": (
        "cost_rule",
        {
            "program": None,
            "slot": factories.slot.make,
            "origin": factories.west_java,
        },
    ),
    "budget_line_is_unique": ("budget_line", {}),
    "budget_line_is_unique_a_category": (
        "budget_line",
        {"category": factories.cost_category.make},
    ),
    "person_has_one_live_placement_a_slot": (
        "placement",
        {"pathway": factories.pathway.make},
    ),
    "application_has_one_live_placement": ("placement", {}),
    "stay_has_one_open_change": ("placement_change", {}),
    "place_waits_for_a_thing_once": ("place_condition", {}),
    "funding_line_is_unique": ("funding_line", {}),
    "reserve_position_is_unique": ("reserve_entry", {"publication": UUID(int=1)}),
    "person_waits_once_a_slot": (
        "reserve_entry",
        {"publication": UUID(int=1)},
        {"position": 2},
    ),
    "transcript_names_a_skill_once": ("skill_achieved", {}),
    "pin_is_unique_a_pair": ("pin", {}, {"kind": "forbid"}),
    "person_is_pinned_to_one_slot": ("pin", {}),
    "profile_condition_is_unique_a_code": ("profile_condition", {}),
    "objective_profile_version_is_unique": ("objective_profile", {}),
}


def constraints():
    """Return {name: constraint} of every model of the domain."""
    return {
        constraint.name: constraint
        for model in apps.get_app_config("programs").get_models()
        for constraint in model._meta.constraints
    }


CONSTRAINTS = constraints()


def called(values):
    """Return the values, made where they are callables."""
    return {k: v() if callable(v) else v for k, v in values.items()}


def refused(make, name):
    """Expect the database to refuse the row, in the name of the constraint."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make()
    if name in BROKEN or connection.vendor != "sqlite":
        assert name in str(error.value)
    else:
        # SQLite names the columns of a broken unique index, not the index.
        assert str(error.value) == f"UNIQUE constraint failed: {columns(name)}"


def insert(row):
    """Insert a row and what it points to, past what saving does to keep promises."""
    for field in type(row)._meta.concrete_fields:
        other = field.is_relation and getattr(row, field.name)
        if other and other._state.adding:
            other.save()
            setattr(row, field.name, other)
    type(row)._base_manager.bulk_create([row])


def columns(name):
    """Return the columns of a unique constraint as SQLite lists them."""
    model = next(
        model
        for model in apps.get_app_config("programs").get_models()
        if CONSTRAINTS[name] in model._meta.constraints
    )
    fields = [model._meta.get_field(field) for field in CONSTRAINTS[name].fields]
    return ", ".join(f"{model._meta.db_table}.{field.column}" for field in fields)


def test_every_constraint_has_a_case():
    assert set(CONSTRAINTS) == set(BROKEN) | set(TWINS)
    for name, constraint in CONSTRAINTS.items():
        assert (name in BROKEN) == isinstance(constraint, CheckConstraint)


@pytest.mark.parametrize("name", BROKEN)
def test_check(name):
    recipe, values = BROKEN[name]
    values = called(values)
    refused(lambda: getattr(factories, recipe).make(**values), name)


@pytest.mark.parametrize("name", TWINS)
def test_unique(name):
    recipe, shared, *varied = TWINS[name]
    shared = called(shared)
    first = getattr(factories, recipe).make(**shared)
    twin = shared | {field: getattr(first, field) for field in CONSTRAINTS[name].fields}
    twin.update(*varied)
    if name == "one_slot_is_known_by_a_code":  # saving would name it by its host
        row = getattr(factories, recipe).prepare(**twin)
        refused(lambda: insert(row), name)
        return
    refused(lambda: getattr(factories, recipe).make(**twin), name)


@pytest.mark.parametrize("state", ["declined", "expired", "rejected", "superseded"])
def test_a_place_called_off_makes_room_for_another(state):
    first = factories.placement.make(state=state)
    factories.placement.make(application=first.application, slot=first.slot)


def test_unnamed_niks_do_not_clash():
    first = factories.participant.make()
    factories.participant.make(registered_by=first.registered_by)


@pytest.mark.parametrize("percent", [41, "40.01"])
def test_shares_of_a_cost_are_at_most_all_of_it(percent):
    rule = factories.funding_rule.make(percent=60)
    same = {"program": rule.program, "category": rule.category}
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.funding_rule.make(percent=percent, **same)
    with pytest.raises(ValidationError, match="at most 40% is left"):
        factories.funding_rule.prepare(percent=percent, **same).full_clean()
    rest = factories.funding_rule.make(percent=40, **same)
    rest.full_clean()
    rest.percent = percent
    with pytest.raises(IntegrityError), transaction.atomic():
        rest.save()
