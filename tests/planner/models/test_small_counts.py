"""Few of whom something confidential is known are counted nowhere."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.allocation.results import losses, pack, summary
from planner.allocation.review.compare import compare
from planner.allocation.solving import execute
from planner.desk.meeting.context import comparison_of, report_of
from planner.management.report import as_text
from planner.models import LimitPrice, Unplaced, loss_words, small_counts
from programs.choices import QuotaKind, QuotaMeasure
from tests import factories
from tests.planner.allocation.conftest import inline, world
from tests.planner.allocation.worlds import NOW, fresh
from tests.planner.desk.reading import page, text

__all__ = ["inline", "world"]

pytestmark = pytest.mark.django_db
FEW = "fewer than five"


@pytest.fixture
def few(world, inline):
    """A plan that places two people of whom a disability is known; three are wanted."""
    world.seat = world.slot(seats=4)
    world.people = [
        world.person(world.seat, who={"disability": "low vision" if at < 2 else ""})
        for at in range(4)
    ]
    world.quota = factories.quota.make(
        intake=world.intake,
        attribute="disability",
        sex="",
        kind=QuotaKind.FLOOR,
        measure=QuotaMeasure.ABSOLUTE,
        value=3,
        is_hard=False,
        price=1,
        name_en="Disability",
        name_id="Disabilitas",
    )
    world.solved = solved(world)
    return world


def solved(world):
    run = world.run()
    execute.execute(run.pk)
    return fresh(run)


def test_the_plan_knows_them_and_tells_them_nowhere(few):
    (row,) = few.solved.prices.filter(kind="quota")
    assert (row.use, row.shortfall) == (2, 1)
    printed = as_text(few.solved)
    assert re.search(r"Disability\s.*< 5\s.*≥ 3\s.*short", printed)
    report = report_of(few.solved, few.planner, NOW)
    (quota,) = report.second[0].rows
    assert quota == ["Disability", "missed", "< 5", "–"]


def test_two_plans_side_by_side_do_not_tell_them(few, client):
    few.people[0].participant.disability = ""
    few.people[0].participant.save()
    second = solved(few)
    found = [each for each in compare(few.solved, second).limits if "quota" in each.key]
    assert [side.reached for side in found[0].sides] == [None, None]
    assert [side.use for side in found[0].sides] == [2, 1]
    rows = comparison_of(few.solved, second, NOW).first[2].rows
    assert ["Disability", "< 5", "< 5", None, None] in rows
    client.force_login(few.planner)
    client.cookies["django_language"] = "en"
    address = f"{page('desk_compare')}?run={few.solved.pk}&run={second.pk}"
    assert text(client.get(address)).count(FEW) == 2


def test_a_plan_made_by_hand_does_not_tell_them(few, client):
    client.force_login(few.planner)
    client.cookies["django_language"] = "en"
    rows = [f"{each.participant.code},{few.seat.code}" for each in few.people[1:]]
    content = "\n".join(["participant,slot", *rows]).encode()
    upload = SimpleUploadedFile("by-hand.csv", content)
    address = page("desk_run_by_hand", few.solved.pk)
    told = text(client.post(address, {"file": upload}))
    assert len(re.findall(rf"{FEW} <span[^>]*>missed</span>", told)) == 2


def test_whom_a_plan_hurts_is_told_without_them(few):
    standing = {"having": 2, "people": 9, "lower": 3, "upper": None, "missed": 1}
    standing |= {"is_missed": True, "is_different": False}
    many = standing | {"having": 6, "lower": 7}
    worse = {"quota": few.quota.code, "label_en": "Disability", "label_id": "D"}
    told = {"lost": [], "moved": []}
    told |= {"quotas": [worse | {"before": many, "after": standing}]}
    kept = small_counts.losses(told)
    assert loss_words.of_quota(kept["quotas"][0]) == (
        "Disability: now 6 of 9 (66.7%), then fewer than five; at least 3 are asked "
        "for."
    )
    assert loss_words.missed_by(kept["quotas"][0]["after"]) == "missed"
    assert loss_words.missed_by(kept["quotas"][0]["before"]) == "missed by 1 person"
    capped = standing | {"lower": None, "upper": 1}
    assert loss_words.missed(small_counts.standing(capped, is_kept=True)) == (
        "at most 1 are allowed"
    )


def test_what_standing_of_a_quota_is_told_goes_by_whether_it_is_confidential(few):
    (quota,) = small_counts.tell(list(few.solved.prices.filter(kind="quota")))
    assert (quota.reached, quota.missing) == (None, None)
    stands = losses.Standing(having=2, people=4, lower=3, upper=None)
    assert losses.told(stands, is_confidential=True)["having"] is None
    assert losses.told(stands, is_confidential=False)["having"] == 2
    many = losses.Standing(having=5, people=9, lower=6, upper=None)
    assert losses.told(many, is_confidential=True)["missed"] == 1


def test_limits_that_are_no_quota_are_told_and_ask_for_nothing(few):
    seats = LimitPrice(kind="seats", code=few.quota.code, use=2, lower=3)
    with CaptureQueriesContext(connection) as queries:
        small_counts.tell([seats])
    assert (seats.reached, seats.missing, len(queries)) == (2, 1, 0)


def entry(**facts):
    usual = {"condition": None, "people": 9, "typed": "1/2", "chance": "1/2"}
    return usual | {"names": {}, "passed": 10, "ended": 20} | facts


@pytest.mark.parametrize(
    ("facts", "is_kept"),
    [
        ({"people": 2}, {"people"}),
        ({"passed": 3}, {"passed", "ended", "chance"}),
        ({"passed": 17}, {"passed", "ended", "chance"}),
        ({"passed": 0, "ended": 0}, set()),
        ({"people": 2, "condition": "disability"}, set()),
        ({}, set()),
    ],
)
def test_few_who_wait_for_what_is_confidential_are_not_counted(facts, is_kept):
    told = {"places": 9, "conditional": 9, "expected": "9", "conditions": []}
    told["conditions"] = [entry(**facts)]
    (kept,) = small_counts.conditional(told)["conditions"]
    assert {name for name, value in kept.items() if value is None} - {
        "condition"
    } == is_kept
    assert small_counts.conditional(None) is None


def test_a_pack_tells_no_few_who_wait_for_what_is_confidential(few):
    told = {"places": 4, "conditional": 2, "expected": "3"}
    few.solved.summary["expected"] = told | {"conditions": [entry(people=2)]}
    about = json.loads(pack.as_json(pack.about(few.solved)))
    assert about["expected"]["conditions"][0]["people"] is None
    assert "Fewer than five people: something that is kept" in as_text(few.solved)


def unplaced(*rules):
    reason = {"rules": [{"code": code, "params": params} for code, params in rules]}
    return Unplaced(main_reason="not_eligible", reasons=[reason])


def test_few_whom_a_secret_alone_stops_are_not_counted_among_the_rules():
    secret, open_to_all = ("condition", {"private": True}), ("condition", {"needed": 1})
    rows = [unplaced(secret) for _each in range(4)] + [unplaced(secret, open_to_all)]
    assert summary.rules([*rows, unplaced(("age", {}))]) == [
        ("condition", 1),
        ("age", 1),
    ]
    assert summary.rules([*rows, unplaced(secret)]) == [("condition", 6)]
    reason = {"counts": [["condition", 3], ["age", 1]], "is_confidential": True}
    nobody_s = Unplaced(main_reason="no_slot_fits", reasons=[reason])
    assert summary.rules([nobody_s]) == [("age", 1)]
