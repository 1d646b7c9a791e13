"""Why somebody has no place: all that is in the way, and nothing that is not."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from planner.models import Unplaced
from planner.models.reason_words import for_planner
from programs.choices import Sex
from tests import factories
from tests.planner.allocation.worlds import reasons

pytestmark = pytest.mark.django_db


def verify(run, **options):
    """Carry out the reasons of a run; return what the command says."""
    told = io.StringIO()
    call_command("verify_reasons", str(run.number), stdout=told, **options)
    return told.getvalue()


def only(run):
    """Return the reasons of the one person without a place."""
    return run.unplaced.get().reasons


def test_a_full_slot_is_the_only_thing_short(world, plan):
    slot = world.slot(seats=1)
    world.person(slot, merit=90)
    world.person(slot, merit=50)

    run = plan()

    (reason,) = only(run)
    assert (reason["code"], reason["possible"]) == ("no_room", True)
    assert [(each["limit"], each["by"]) for each in reason["short"]] == [
        (f"seats:{slot.code}", 1)
    ]
    assert "1 reasons carried out, all hold" in verify(run)


def test_seats_and_money_are_both_named(world, plan):
    slot = world.slot(seats=1)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    world.person(slot, merit=90)
    world.person(slot, merit=50)

    run = plan()

    short = only(run)[0]["short"]
    assert [each["kind"] for each in short] == ["seats", "budget"]
    assert (short[1]["label_en"], short[1]["label_id"]) == ("BSSN, 2027",) * 2
    # Rp 10 million are left of 40: 20 are missing. Planning units are Rp 1,000.
    assert (short[1]["lines"], short[1]["by"]) == (["bssn:2027"], 20_000)
    verify(run)


def test_lines_that_pay_together_are_named_in_both_languages(world, plan):
    slot = world.slot(seats=2)
    fees = factories.cost_category.make(name_en="Tuition", name_id="Biaya kuliah")
    sources = [
        world.source(code, 20_000_000, category=fees) for code in ("apbn", "lpdp")
    ]
    world.cost(30_000_000, *sources, category=fees)
    for merit in (90, 50):
        world.person(slot, merit=merit)

    run = plan()

    (reason,) = only(run)
    told = for_planner(reason).replace("\N{NO-BREAK SPACE}", " ")
    assert "Short: APBN, Tuition, 2027; LPDP, Tuition, 2027 (Rp 20 m)." in told
    with translation.override("id"):
        told = for_planner(reason).replace("\N{NO-BREAK SPACE}", " ")
    assert "APBN, Biaya kuliah, 2027; LPDP, Biaya kuliah, 2027 (Rp 20 juta)" in told
    verify(run)


def test_an_empty_budget_is_named_though_seats_are_left(world, plan):
    slot = world.slot(seats=5, fewest=3)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    for _ in range(4):
        world.person(slot)

    run = plan()

    assert set(reasons(run).values()) == {"cohort_closed"}
    (cohort,) = run.unplaced.first().reasons[0]["cohorts"]
    assert (cohort["min"], cohort["able"], cohort["free"]) == (3, 4, 4)
    # Three people need Rp 90 million, and there are 40.
    assert [(s["kind"], s["by"]) for s in cohort["short"]] == [("budget", 50_000)]
    assert "BSSN, 2027 (Rp" in for_planner(run.unplaced.first().reasons[0])
    verify(run)


def test_too_few_people_is_said_only_where_they_are_too_few(world, plan):
    slot = world.slot(seats=5, fewest=3)
    for _ in range(2):
        world.person(slot)

    run = plan()

    assert set(reasons(run).values()) == {"too_few"}
    assert run.unplaced.first().reasons[0]["cohorts"][0]["able"] == 2
    verify(run)


def test_a_priced_share_that_weighs_more_is_named(world, plan):
    """Each man beyond the cap of none costs more than he is worth."""
    slot = world.slot(seats=3)
    quota = factories.quota.make(
        intake=world.intake,
        sex=Sex.MALE,
        kind="cap",
        measure="absolute",
        value=0,
        is_hard=False,
        price=1_000_000,
    )
    world.person(slot, who={"sex": Sex.MALE})

    run = plan()

    (reason,) = only(run)
    assert reason["code"] == "outweighed"
    assert [each["limit"] for each in reason["shares"]] == [f"quota:{quota.code}"]
    verify(run)


def test_a_priced_share_costs_by_the_started_person(world, plan):
    """A seat more is worth more than the one man too many that it would bring."""
    slot = world.slot(seats=1)
    factories.quota.make(
        intake=world.intake,
        sex=Sex.MALE,
        kind="cap",
        measure="percent",
        value=10,
        is_hard=False,
        price=500,
    )
    for merit in (90, 50):
        world.person(slot, merit=merit, who={"sex": Sex.MALE})

    run = plan()

    (reason,) = only(run)
    assert (reason["code"], reason["possible"]) == ("no_room", True)
    verify(run)


def test_a_hard_share_is_short_like_any_other_limit(world, plan):
    slot = world.slot(seats=3)
    factories.quota.make(
        intake=world.intake, kind="cap", value=50, is_hard=True, sex=Sex.FEMALE
    )
    world.person(slot, who={"sex": Sex.FEMALE})

    run = plan()

    (reason,) = only(run)
    assert reason["code"] == "no_room"
    assert [(each["kind"], each["by"]) for each in reason["short"]] == [("quota", None)]
    verify(run)


def test_a_team_lacks_as_many_seats_as_it_needs(world, plan):
    slot = world.slot(seats=1)
    team = factories.team.make(intake=world.intake)
    for _ in range(2):
        world.person(slot, team=team, merit=10)
    world.person(slot, merit=90)

    run = plan()

    told = [row.reasons[0]["short"][0]["by"] for row in run.unplaced.all()]
    assert told == [2, 2]
    verify(run)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda reason: reason["short"].pop(), "Not named"),
        (lambda reason: reason.update(possible=False), "better"),
        (lambda reason: reason["short"][1].update(units=1), "Not named"),
        (lambda reason: reason.update(code="room_left", short=[]), "Not named"),
    ],
)
def test_a_reason_that_is_not_so_is_noticed(world, plan, change, fault):
    slot = world.slot(seats=1)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    world.person(slot, merit=90)
    world.person(slot, merit=50)
    run = plan()
    row = run.unplaced.get()
    change(row.reasons[0])
    Unplaced.objects.filter(pk=row.pk).update(reasons=row.reasons)

    with pytest.raises(CommandError, match=fault):
        verify(run)


def test_a_limit_that_is_not_in_the_way_is_noticed(world, plan):
    slot, other = world.slot(seats=1), world.slot(seats=9)
    world.person(slot, merit=90)
    world.person(slot, merit=50)
    world.person(other)
    run = plan()
    row = run.unplaced.get()
    row.reasons[0]["short"].append(
        row.reasons[0]["short"][0] | {"limit": f"seats:{other.code}"}
    )
    Unplaced.objects.filter(pk=row.pk).update(reasons=row.reasons)

    with pytest.raises(CommandError, match="not in the way"):
        verify(run)
