"""Quotas, funding rules and fee waivers in files, with their conditions."""

import pytest

from programs import models, transfer
from programs.choices import ImportKind
from programs.domain import policies
from programs.refusals import Refusal
from tests import factories

from .conftest import NOW, as_csv
from .files import exported, taken, trail

QUOTA = {
    "code": "women",
    "name_en": "Women",
    "name_id": "Perempuan",
    "intake": "atp-2027",
    "attribute": "sex",
    "sex": "F",
    "kind": "floor",
    "measure": "percent",
    "value": "30",
}
PAYER = {
    "program": "atp",
    "category": "tuition",
    "percent": "60",
    "sources": "apbn",
}
WAIVER = {
    "code": "bp2mi-9",
    "destination": "MY",
    "valid_from": "2020-07-15",
    "categories": "living|tuition",
    "legal_reference": "BP2MI 9/2020",
}
GROUP_PIN = {
    "code": "women",
    "name_en": "Women to Penang",
    "name_id": "Perempuan ke Penang",
    "kind": "pin",
    "condition": "sex = F",
    "slot": "ATP-01",
    "reason": "Agreed with the host.",
}
POINTS = {"profile": "fair", "code": "high", "condition": "kkni >= 6", "points": "50"}
QUOTAS, PAYERS = ImportKind.QUOTAS, ImportKind.FUNDING_RULES
WAIVERS, GROUP_PINS = ImportKind.FEE_WAIVERS, ImportKind.GROUP_PINS
PROFILE_POINTS = ImportKind.PROFILE_POINTS


def problems(kind, rows, by):
    report = transfer.inspect(kind, as_csv(rows), by=by, now=NOW)
    return [
        (row.number, problem.column, problem.code)
        for row in report.rows
        for problem in row.problems
    ]


def take(kind, rows, by):
    return taken(kind, rows, by=by, now=NOW).counts


def test_a_quota_by_condition_comes_back_in_its_usual_form(coordinator):
    row = QUOTA | {
        "attribute": "condition",
        "sex": "",
        "condition": "((sex=F)) and destination=MY",
    }
    assert take(QUOTAS, [row], coordinator)["new"] == 1
    quota = models.Quota.objects.get()
    assert quota.condition == "sex = F and destination = MY"
    assert (quota.history.count(), quota.price, quota.is_hard) == (1, 500, False)
    assert trail()[-1][0] == "policies.add"
    changed = take(QUOTAS, [row | {"value": "40", "is_hard": "ya"}], coordinator)
    assert changed["changed"] == 1
    quota.refresh_from_db()
    assert (quota.value, quota.is_hard) == (40, True)
    assert trail()[-1][2]["changed"] == ["is_hard", "value"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sex": ""}, ("sex", "refused")),
        ({"value": "130"}, ("value", "refused")),
        ({"value": "-1"}, ("value", "negative")),
        ({"condition": "kkni >= 6"}, ("condition", "refused")),
        ({"attribute": "condition", "condition": "kknni >= 6"}, ("condition",) * 2),
        (
            {"attribute": "condition", "condition": "kkni > 6 and kkni < 3"},
            ("condition", "condition"),
        ),
        ({"attribute": "condition", "condition": 'on_list("x")'}, ("condition",) * 2),
        ({"region_list": "x:1"}, ("region_list", "unknown")),
        ({"kind": "most"}, ("kind", "choice")),
        ({"base_part": "1", "base_whole": "2"}, ("value", "refused")),
        ({"base_part": "3", "base_whole": "2"}, ("base_part", "refused")),
        ({"is_hard": "perhaps"}, ("is_hard", "choice")),
        ({"measure": "different"}, ("attribute", "refused")),
        (
            {
                "measure": "different",
                "attribute": "institution",
                "institution": "poltek-jb",
                "sex": "",
            },
            ("institution", "refused"),
        ),
    ],
)
def test_each_bad_cell_of_a_quota_is_told(coordinator, changes, problem):
    assert problems(QUOTAS, [QUOTA | changes], coordinator) == [(2, *problem)]


def test_a_share_of_a_base_table_is_exact_until_somebody_writes_another(coordinator):
    row = QUOTA | {"value": "33.33", "base_part": "1", "base_whole": "3"}
    take(QUOTAS, [row], coordinator)
    assert models.Quota.objects.get().share * 3 == 1
    assert problems(QUOTAS, [row | {"value": "34"}], coordinator) == [
        (2, "value", "refused")
    ]
    take(QUOTAS, [QUOTA | {"value": "34"}], coordinator)
    assert models.Quota.objects.get().base_whole is None


def test_a_quota_of_different_schools_names_none(coordinator):
    row = QUOTA | {"sex": "", "attribute": "institution", "value": "3"}
    take(QUOTAS, [row | {"measure": "different"}], coordinator)
    assert models.Quota.objects.get().bounds(20) == (3, None)


def test_a_quota_stays_in_its_program(coordinator):
    take(QUOTAS, [QUOTA], coordinator)
    other = factories.intake.make(code="next", program=models.Program.objects.get())
    assert problems(QUOTAS, [QUOTA | {"intake": other.code}], coordinator) == [
        (2, "intake", "fixed")
    ]


def test_a_quota_of_an_intake_names_its_program_or_none(coordinator):
    factories.program.make(code="other", owner=models.Program.objects.get().owner)
    row = QUOTA | {"program": "other"}
    assert problems(QUOTAS, [row], coordinator) == [(2, "program", "refused")]
    assert problems(QUOTAS, [row | {"program": "atp"}], coordinator) == []


def test_quotas_are_for_whoever_runs_the_program(coordinator, planner):
    take(QUOTAS, [QUOTA], coordinator)
    stranger = factories.coordinator()
    changed = QUOTA | {"value": "90"}
    assert problems(QUOTAS, [changed], stranger) == [(2, "program", "not-yours")]
    everywhere = QUOTA | {"code": "all", "intake": ""}
    assert problems(QUOTAS, [everywhere], coordinator) == [(2, "program", "not-yours")]
    with pytest.raises(Refusal):
        take(QUOTAS, [changed], planner)
    assert exported(QUOTAS, by=stranger, now=NOW) == []


def test_shares_are_judged_as_they_are_to_be(coordinator, planner):
    """Both rows together are 100%, although each with what is stored is more."""
    factories.funding_source.make(code="lpdp")
    other = PAYER | {"sources": "lpdp", "percent": "40"}
    take(PAYERS, [PAYER, other], planner)
    swapped = [PAYER | {"percent": "40"}, other | {"percent": "60"}]
    assert take(PAYERS, swapped, coordinator)["changed"] == 2
    rules = models.FundingRule.objects.order_by("percent")
    assert [rule.sources.get().code for rule in rules] == ["apbn", "lpdp"]
    over = [PAYER | {"percent": "41"}]
    assert problems(PAYERS, over, coordinator) == [(2, "percent", "refused")]


def test_two_payers_for_some_count_together_unless_they_exclude_each_other(coordinator):
    some = PAYER | {"percent": "100", "condition": "disability"}
    others = PAYER | {"percent": "100", "condition": "not disability"}
    assert problems(PAYERS, [some, others], coordinator) == []
    both = [some, others | {"condition": "sex = F"}]
    assert {code for _n, _c, code in problems(PAYERS, both, coordinator)} == {"refused"}


def test_payers_are_told_by_their_codes(coordinator):
    assert problems(PAYERS, [PAYER | {"sources": "apbn|x"}], coordinator) == [
        (2, "sources", "unknown")
    ]
    twice = [PAYER | {"sources": "apbn|apbn"}]
    assert problems(PAYERS, twice, coordinator) == [(2, "sources", "twice")]


def test_waivers_are_the_administrators_business(coordinator, administrator):
    take(WAIVERS, [WAIVER], administrator)
    waiver = models.FeeWaiver.objects.get()
    assert set(waiver.categories.values_list("pk", flat=True)) == {"tuition", "living"}
    fewer = WAIVER | {"categories": "tuition", "condition": "kkni <= 4"}
    take(WAIVERS, [fewer], administrator)
    assert waiver.categories.get().pk == "tuition"
    assert trail()[-1][2]["changed"] == ["categories", "condition"]
    with pytest.raises(Refusal):
        take(WAIVERS, [WAIVER], coordinator)
    backwards = [WAIVER | {"valid_to": "2019-01-01"}]
    assert problems(WAIVERS, backwards, administrator) == [(2, "valid_to", "order")]


def test_a_group_is_pinned_by_file(coordinator, planner, slot):
    take(GROUP_PINS, [GROUP_PIN], coordinator)
    pin = models.GroupPin.objects.get()
    assert (pin.slot, pin.history.count()) == (slot, 1)
    later = GROUP_PIN | {"slot": "tanjung/ATP-01", "until": "2027-06-01"}
    assert take(GROUP_PINS, [later], planner)["changed"] == 1
    assert problems(GROUP_PINS, [later], factories.coordinator()) == [
        (2, "slot", "unknown")
    ]
    everywhere = GROUP_PIN | {"slot": "", "program": "atp", "code": "all"}
    assert problems(GROUP_PINS, [everywhere], factories.coordinator()) == [
        (2, "program", "not-yours")
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"slot": ""}, ("slot", "refused")),
        ({"program": "atp"}, ("slot", "refused")),
        ({"slot": "X-1"}, ("slot", "unknown")),
        ({"condition": ""}, ("condition", "required")),
        ({"condition": "disability"}, ("condition", "condition")),
        ({"reason": ""}, ("reason", "required")),
        ({"kind": "must"}, ("kind", "choice")),
    ],
)
def test_each_bad_cell_of_a_group_is_told(coordinator, slot, changes, problem):
    found = problems(GROUP_PINS, [GROUP_PIN | {"code": "new"} | changes], coordinator)
    assert found == [(2, *problem)]


def test_points_are_given_for_several_conditions(coordinator, administrator):
    profile = factories.objective_profile.make(code="fair", version=2)
    more = POINTS | {"code": "field", "condition": "((field=07))", "points": "30"}
    assert take(PROFILE_POINTS, [POINTS, more], administrator)["new"] == 2
    assert profile.pointed == [("field = 07", 30), ("kkni >= 6", 50)]
    assert take(PROFILE_POINTS, [POINTS], administrator)["unchanged"] == 1
    changed = POINTS | {"profile": "fair:2", "points": "60"}
    assert take(PROFILE_POINTS, [changed], administrator)["changed"] == 1
    with pytest.raises(Refusal):
        take(PROFILE_POINTS, [POINTS], coordinator)
    factories.objective_profile.make(code="fair", version=3)
    for cells, problem in (
        ({}, ("profile", "unknown")),
        ({"profile": "fair:3", "condition": "disability"}, ("condition",) * 2),
        ({"profile": "fair:3", "condition": "kknni = 1"}, ("condition",) * 2),
        ({"profile": "fair:3", "points": "-1"}, ("points", "range")),
    ):
        assert problems(PROFILE_POINTS, [POINTS | cells], administrator) == [
            (2, *problem)
        ]


def test_a_file_is_told_as_the_verb_is(coordinator):
    take(QUOTAS, [QUOTA], coordinator)
    quota = models.Quota.objects.get()
    quota.value = 45
    policies.change_many(
        entries=[policies.Entry(quota, ("value",))], by=coordinator, now=NOW
    )
    by_verb = trail()[-1]
    take(QUOTAS, [QUOTA | {"value": "46"}], coordinator)
    assert trail()[-1] == by_verb
    assert quota.history.count() == 3
