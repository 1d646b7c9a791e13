"""Each rule of the domain reaches the solver: it changes a plan, and says why."""

import re
from datetime import date

import pytest

from planner.allocation.problem import reading
from planner.allocation.problem.constraints import quotas as counting
from planner.allocation.review import judging
from planner.models import RunState, words
from programs.choices import (
    FundingSourceKind,
    PinKind,
    PlacementState,
    ProgramKind,
    QuotaAttribute,
    QuotaKind,
    QuotaMeasure,
    ResourceKind,
    Sex,
)
from tests import factories
from tests.planner.allocation.worlds import places, reasons, short

pytestmark = pytest.mark.django_db
MAN = {"sex": Sex.MALE}


def sentences(run, application):
    """Return what a planner reads about somebody without a place."""
    return run.unplaced.get(application=application).for_planner()


def test_a_seat_goes_to_whoever_is_worth_more(world, plan):
    slot = world.slot(seats=1)
    strong, weak = world.person(slot, merit=90), world.person(slot, merit=20)
    run = plan()
    assert places(run) == {strong.pk: slot.code}
    assert short(run) == {weak.pk: ["seats"]}
    (sentence,) = sentences(run, weak)
    seats = f"seats of {slot.role_title}, {slot.host.name} (1)"
    assert sentence.startswith(f"{slot.code}: No room in this plan. Short: {seats}.")


def test_a_cohort_runs_with_enough_people_or_not_at_all(world, plan):
    cohort, other = world.slot(seats=5, fewest=3), world.slot(seats=1)
    both, only = world.person(cohort, other), world.person(cohort)
    run = plan()
    assert places(run) == {both.pk: other.code}
    assert reasons(run) == {only.pk: "too_few"}
    world.person(cohort), world.person(cohort)
    run = plan()
    assert set(places(run).values()) == {cohort.code}
    assert len(places(run)) == 4


def test_money_of_a_year_limits_the_plan(world, plan):
    slot = world.slot(seats=3)
    world.cost(10_000_000, world.source("apbn", 25_000_000))
    people = [world.person(slot, merit=merit) for merit in (90, 80, 10)]
    run = plan()
    assert set(places(run)) == {people[0].pk, people[1].pk}
    assert short(run) == {people[2].pk: ["budget"]}
    line = run.prices.get(kind="budget", code="apbn:2027")
    assert (line.use, line.upper) == (20_000, 25_000)
    # Rp 5 million of 25 are left for a stay of 10.
    assert "APBN, 2027 (Rp\N{NO-BREAK SPACE}5" in sentences(run, people[2])[0]


def test_a_stay_over_new_year_is_paid_from_both_years(world, plan):
    slot = world.slot(seats=2, starts_on=date(2027, 10, 1), ends_on=date(2028, 4, 1))
    source = world.source("apbn", 20_000_000, year=2027)
    factories.budget_line.make(source=source, fiscal_year=2028, amount=10_000_000)
    category = factories.cost_category.make()
    factories.cost_rule.make(
        program=world.program, category=category, formula="per_month", amount=3_300_000
    )
    factories.funding_rule.make(program=world.program, category=category).sources.set(
        [source]
    )
    person = world.person(slot)
    late = world.person(slot, merit=1)
    run = plan()
    assert places(run) == {person.pk: slot.code}
    assert short(run) == {late.pk: ["budget"]}
    funding = run.proposals.get().funding
    assert [(part["year"], part["amount"]) for part in funding] == [
        (2027, 9_900),
        (2028, 9_900),
    ]


def test_two_payers_share_a_cost_exactly(world, plan):
    slot = world.slot(seats=2)
    state, company = world.source("apbn", 40_000_000), world.source("fab", 5_999_000)
    category = world.cost(10_000_000, state, percent=40)
    factories.funding_rule.make(
        program=world.program, category=category, percent=60
    ).sources.set([company])
    world.person(slot)
    run = plan()
    assert run.state == RunState.SOLVED
    assert places(run) == {}  # the company has 5,999 of the 6,000 it would owe
    company.budget_lines.update(amount=6_000_000)
    run = plan()
    funding = {part["source"]: part["amount"] for part in run.proposals.get().funding}
    assert funding == {"apbn": 4_000, "fab": 6_000}


def test_any_of_several_payers_may_pay(world, plan):
    slot = world.slot(seats=2)
    sources = [world.source("a", 12_000_000), world.source("b", 8_000_000)]
    world.cost(10_000_000, *sources)
    world.person(slot), world.person(slot)
    run = plan()
    assert len(places(run)) == 2
    used = dict(run.prices.filter(kind="budget").values_list("code", "use"))
    assert used == {"a:2027": 12_000, "b:2027": 8_000}


def test_money_for_one_category_pays_no_other(world, plan):
    slot = world.slot(seats=1)
    airfare, living = factories.cost_category.make(_quantity=2)
    source = world.source("apbn", 50_000_000, category=living)
    world.cost(1_000_000, source, category=airfare)
    person = world.person(slot)
    run = plan()
    assert reasons(run) == {person.pk: "not_eligible"}
    assert "Nobody may pay" in sentences(run, person)[0]


def test_a_worker_is_never_charged_a_waived_fee(world, plan):
    world.program.kind = ProgramKind.WORK_PLACEMENT
    world.program.save()
    slot = world.slot(seats=1)
    worker = world.source("worker", None, kind=FundingSourceKind.PARTICIPANT)
    category = world.cost(2_000_000, worker)
    person = world.person(slot)
    assert places(plan()) == {person.pk: slot.code}
    waiver = factories.fee_waiver.make(
        destination=slot.country, valid_from=date(2026, 1, 1)
    )
    waiver.categories.set([category])
    run = plan()
    assert reasons(run) == {person.pk: "not_eligible"}
    assert "forbidden" in sentences(run, person)[0]


def test_a_hard_floor_displaces_better_people(world, plan):
    slot = world.slot(seats=1)
    man, woman = world.person(slot, merit=100, who=MAN), world.person(slot, merit=1)
    assert places(plan()) == {man.pk: slot.code}
    factories.quota.make(
        intake=world.intake, measure=QuotaMeasure.ABSOLUTE, value=1, is_hard=True
    )
    run = plan()
    assert places(run) == {woman.pk: slot.code}
    quota = run.prices.get(kind="quota")
    assert (quota.use, quota.lower, quota.is_hard) == (1, 1, True)


def test_a_cap_keeps_seats_empty_and_says_so(world, plan):
    slot = world.slot(seats=2)
    world.person(slot, merit=90, who=MAN)
    second = world.person(slot, merit=10, who=MAN)
    factories.quota.make(
        name_en="At most one man",
        intake=world.intake,
        sex=Sex.MALE,
        kind=QuotaKind.CAP,
        measure=QuotaMeasure.ABSOLUTE,
        value=1,
        is_hard=True,
    )
    run = plan()
    assert short(run) == {second.pk: ["quota"]}
    assert "At most one man" in sentences(run, second)[0]


def test_a_hard_share_is_of_the_people_placed(world, plan):
    slot = world.slot(seats=10)
    for _ in range(6):
        world.person(slot, who=MAN)
    world.person(slot), world.person(slot)
    factories.quota.make(intake=world.intake, value=40, is_hard=True)
    run = plan()
    # Two women carry three men: 2 of 5 are 40%, 2 of 6 would be less.
    assert run.summary["placed"] == 5
    quota = run.prices.get(kind="quota")
    assert (quota.use, quota.lower) == (2, 2)


def test_a_priced_quota_may_be_missed_at_its_price(world, plan):
    slot = world.slot(seats=1)
    man, woman = world.person(slot, merit=100, who=MAN), world.person(slot, merit=1)
    cheap = factories.quota.make(
        intake=world.intake, measure=QuotaMeasure.ABSOLUTE, value=2, price=400
    )
    run = plan()
    assert places(run) == {woman.pk: slot.code}
    assert run.prices.get(kind="quota").is_short
    assert man.pk in reasons(run)
    cheap.delete()
    assert places(plan()) == {man.pk: slot.code}


def test_a_region_list_counts_people_by_regency_or_province(world, plan):
    regency = factories.region.make()
    listed = factories.region_list.make()
    listed.regions.set([regency])
    slot = world.slot(seats=1)
    world.person(slot, merit=100)
    islander = world.person(slot, merit=1, who={"province": regency})
    factories.quota.make(
        intake=world.intake,
        attribute=QuotaAttribute.REGION_LIST,
        sex="",
        region_list=listed,
        measure=QuotaMeasure.ABSOLUTE,
        value=1,
        is_hard=True,
    )
    assert places(plan()) == {islander.pk: slot.code}


def test_a_quota_counts_whoever_meets_its_condition_where_it_is_met(world, plan):
    """Women with KKNI 6 in one country: neither other women nor other countries."""
    near = world.slot(seats=1)
    far = world.slot(seats=1, country=factories.country.make(code="DE"))
    world.person(near, merit=100)
    woman = world.person(near, far, merit=1, who={"kkni": 6})
    world.person(far, merit=100)
    rule = f"sex = F and kkni = 6 and destination = {far.country_id}"
    quota = factories.quota.make(
        intake=world.intake,
        attribute=QuotaAttribute.CONDITION,
        sex="",
        condition=rule,
        measure=QuotaMeasure.ABSOLUTE,
        value=1,
        is_hard=True,
    )
    run = plan()
    assert places(run)[woman.pk] == far.code
    (limit,) = run.prices.filter(kind="quota")
    assert (limit.use, limit.is_missed) == (1, False)
    # The plan, and whoever counts placements afterwards, ask the same judge.
    grounds = reading.read_grounds([quota], [world.intake])
    for slot, having in [(far, 1), (near, 0)]:
        placed = factories.placement.prepare(application=woman, slot=slot)
        assert counting.standing(quota, [placed], grounds).having == having


def test_a_source_that_pays_for_some_leaves_the_others_without_a_payer(world, plan):
    slot = world.slot(seats=3)
    source = world.source("lpdp", 30_000_000)
    category = world.cost(10_000_000, source, condition="sex = F")
    factories.cost_rule.make(
        program=world.program,
        category=category,
        formula="one_off",
        amount=5_000_000,
        condition="disability",
    )
    man = world.person(slot, merit=100, who={"sex": "M"})
    woman = world.person(slot, merit=1)
    helped = world.person(slot, merit=2, who={"disability": "sensory"})
    run = plan()
    assert places(run) == {woman.pk: slot.code, helped.pk: slot.code}
    assert reasons(run) == {man.pk: "not_eligible"}
    (sentence,) = sentences(run, man)
    assert "nobody may pay" in sentence.lower()
    costs = {row.application_id: row.cost for row in run.proposals.all()}
    assert costs == {woman.pk: 10_000, helped.pk: 15_000}
    assert judging.of_run(run).faults == ()


def test_points_of_a_condition_decide_between_equals(world, plan):
    slot = world.slot(seats=1)
    world.person(slot, merit=72)
    fresh = world.person(slot, merit=71, who={"kkni": 6})
    profile = factories.objective_profile.make(
        condition="kkni >= 6", condition_points=100
    )
    run = plan(profile=profile)
    assert places(run) == {fresh.pk: slot.code}
    (proposal,) = run.proposals.all()
    assert proposal.value["condition"] == 100


def test_beds_are_shared_only_at_the_same_time(world, plan):
    spring = world.slot(seats=1, ends_on=date(2027, 7, 1))
    autumn = world.slot(seats=1, starts_on=date(2027, 7, 1))
    summer = world.slot(seats=1, starts_on=date(2027, 6, 1), ends_on=date(2027, 9, 1))
    beds = factories.shared_resource.make(capacity=1, kind=ResourceKind.CONCURRENT)
    for slot in (spring, autumn, summer):
        factories.resource_use.make(resource=beds, slot=slot)
    first, second = world.person(spring), world.person(autumn)
    third = world.person(summer, merit=100)
    run = plan()
    assert set(places(run)) == {first.pk, second.pk}
    # In spring and in autumn there is no bed.
    assert short(run) == {third.pk: ["resource", "resource"]}
    limit = run.prices.filter(kind="resource").first()
    assert re.search(r", from 1 \w+ 2027$", limit.label_en)
    assert re.search(r", mulai 1 \w+ 2027$", limit.label_id)


def test_hours_that_run_out_are_added_up(world, plan):
    slots = [
        world.slot(seats=1, ends_on=date(2027, 7, 1)),
        world.slot(seats=1, starts_on=date(2027, 7, 1)),
    ]
    hours = factories.shared_resource.make(capacity=150, kind=ResourceKind.CONSUMED)
    for slot in slots:
        factories.resource_use.make(resource=hours, slot=slot, amount=100)
    better, worse = world.person(slots[0], merit=90), world.person(slots[1], merit=1)
    run = plan()
    assert set(places(run)) == {better.pk}
    assert short(run) == {worse.pk: ["resource"]}


@pytest.mark.parametrize(
    "caps", [{"yearly_cap": 1}, {"yearly_person_months": 10}], ids=["people", "months"]
)
def test_an_agreement_caps_a_year(world, plan, caps):
    agreement = factories.agreement.make(**caps)
    slot = world.slot(seats=2, agreement=agreement)
    better, worse = world.person(slot, merit=90), world.person(slot, merit=1)
    run = plan()
    assert set(places(run)) == {better.pk}
    assert short(run) == {worse.pk: ["agreement"]}
    assert agreement.code in sentences(run, worse)[0]


def test_a_pin_wins_over_worth(world, plan):
    slot = world.slot(seats=1)
    world.person(slot, merit=100)
    pinned = world.person(merit=1)
    factories.pin.make(application=pinned, slot=slot)
    assert places(plan()) == {pinned.pk: slot.code}


def test_two_pins_on_one_seat_cannot_be(world, plan):
    slot = world.slot(seats=1)
    for _ in range(2):
        factories.pin.make(application=world.person(slot), slot=slot)
    run = plan()
    assert run.state == RunState.INFEASIBLE
    assert not run.proposals.exists()
    told = " ".join(words.conflict(relief) for relief in run.summary["conflict"])
    assert slot.role_title_en in told


def test_a_slot_ruled_out_is_not_given(world, plan):
    first, second = world.slot(seats=1), world.slot(seats=1)
    person = world.person(first, second)
    factories.pin.make(application=person, slot=first, kind=PinKind.FORBID)
    assert places(plan()) == {person.pk: second.code}


def test_a_team_goes_together_or_not_at_all(world, plan):
    small, large = world.slot(seats=1), world.slot(seats=2)
    team = factories.team.make(intake=world.intake)
    members = [world.person(small, large, team=team) for _ in range(2)]
    assert places(plan()) == {member.pk: large.code for member in members}
    factories.pin.make(application=members[0], slot=large, kind=PinKind.FORBID)
    run = plan()
    assert places(run) == {}
    assert set(reasons(run).values()) <= {"no_room", "team_not_together"}


def test_a_pathway_is_whole_and_pays_for_each_step(world, plan):
    course = world.slot(seats=1, ends_on=date(2027, 7, 1))
    fab = world.slot(seats=1, starts_on=date(2027, 7, 1))
    pathway = factories.pathway.make(intake=world.intake)
    for position, slot in enumerate((course, fab), start=1):
        factories.pathway_step.make(pathway=pathway, position=position, slot=slot)
    world.cost(10_000_000, world.source("apbn", 20_000_000))
    person = world.person(pathway)
    run = plan()
    assert places(run) == {person.pk: f"{course.code}+{fab.code}"}
    assert run.summary["cost"] == 20_000
    world.person(fab, merit=100)
    assert run.summary["placed"] == 1
    world.source("more", 0)  # a line that gives nothing changes nothing
    run = plan()
    assert len(places(run)) == 1


def test_one_person_is_never_in_two_places_at_once(world, plan):
    other = world.add_intake()
    here, there = world.slot(seats=1), world.slot(seats=1, intake=other)
    later = world.slot(
        seats=1, intake=other, starts_on=date(2028, 4, 1), ends_on=date(2028, 9, 1)
    )
    first = world.person(here)
    second = world.person(there, intake=other, participant=first.participant)
    run = plan(intakes=[world.intake, other])
    assert len(places(run)) == 1
    assert list(short(run).values()) == [["overlap"]]
    second.preferences.update(slot=later)
    run = plan(intakes=[world.intake, other])
    assert len(places(run)) == 2


def test_decided_places_use_their_seat_money_and_quota_first(world, plan):
    slot = world.slot(seats=2)
    source = world.source("apbn", 15_000_000)
    category = world.cost(10_000_000, source)
    placed = world.person(slot)
    placement = factories.placement.make(
        application=placed, slot=slot, state=PlacementState.CONFIRMED
    )
    factories.funding_line.make(
        placement=placement, source=source, category=category, amount=10_000_000
    )
    late = world.person(slot)
    run = plan()
    assert short(run) == {late.pk: ["budget"]}
    seats = run.prices.get(kind="seats")
    assert (seats.use, seats.upper) == (1, 2)
    assert run.prices.get(kind="budget").use == 10_000
    assert run.summary["kept"] == 1


@pytest.mark.parametrize("is_national", [False, True])
def test_a_quota_over_several_intakes_counts_who_is_placed_in_any_of_them(
    world, plan, is_national
):
    factories.quota.make(
        program=None if is_national else world.program,
        intake=None,
        attribute=QuotaAttribute.SEX,
        sex=Sex.MALE,
        kind=QuotaKind.CAP,
        measure=QuotaMeasure.ABSOLUTE,
        value=1,
        is_hard=True,
    )
    other = {"program": factories.program.make()} if is_national else {}
    elsewhere = world.add_intake(**other)
    factories.placement.make(
        application=world.person(who=MAN, intake=elsewhere),
        slot=world.slot(intake=elsewhere),
        state=PlacementState.CONFIRMED,
    )
    man = world.person(world.slot(), who=MAN)
    assert man.pk not in places(plan())
