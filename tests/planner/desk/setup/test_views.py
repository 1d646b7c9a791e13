"""From nothing to an intake that can be planned, a page for each step."""

from datetime import date
from pathlib import Path

import pytest

from programs import reference
from programs.models import (
    AuditEvent,
    BudgetLine,
    FundingSource,
    Intake,
    Program,
)
from tests import factories
from tests.planner.desk.reading import page, queries, text
from tests.planner.desk.walk.forms import deeds

pytestmark = pytest.mark.django_db
REFERENCE = Path(__file__).parents[4] / "fixtures" / "reference"


@pytest.fixture
def coordinator():
    return factories.coordinator(of=factories.ministry.make())


def sent(client, address):
    """Return what the form of a page sends as it stands."""
    shown = deeds(address, client.get(address).content.decode())
    data = next(dict(deed.data) for deed in shown if deed.address == address)
    data.pop("stay", None)
    return data


@pytest.fixture
def desk(client, coordinator):
    """Return a browser of the coordinator that fills in forms as they stand."""
    client.force_login(coordinator)

    def send(address, **filled):
        answer = client.post(address, sent(client, address) | filled, follow=True)
        assert answer.status_code == 200
        return text(answer)

    client.send = send
    return client


@pytest.fixture
def begun(desk):
    """Return an intake that was started on the desk."""
    factories.malaysia()
    shown = desk.send(
        page("desk_setup"),
        title_id="Magang perakitan cip",
        kind="internship",
        priority_sector="semiconductor",
        partner_country="MY",
        starts_on="2027-07-01",
        ends_on="2028-01-01",
    )
    assert "The program is there" in shown
    return Intake.objects.get()


def step(intake, slug):
    return page("desk_setup_step", intake.pk, slug)


def test_defaults_come_from_the_days_of_the_stay(begun, coordinator):
    program = begun.program
    assert (program.code, program.title_en) == (
        "magang-perakitan-cip",
        "Magang perakitan cip",
    )
    assert program.owner_id in coordinator.institution_ids()
    assert (begun.code, begun.decide_by) == (
        "magang-perakitan-cip-2027",
        date(2027, 4, 2),
    )
    assert begun.closes_on == date(2027, 3, 3)


def test_a_path_leads_to_an_intake_that_can_be_planned(desk, begun):
    host = factories.host.make(name="Penang OSAT", city="Penang")
    category = factories.cost_category.make(code="living")
    shown = desk.send(
        step(begun, "slots"),
        **{
            "new-0-role_title_id": "Teknisi uji",
            "new-0-host": str(host.pk),
            "new-0-capacity_max": "12",
        },
    )
    slot = begun.slots.get()
    assert (slot.city, slot.starts_on, slot.state) == (
        "Penang",
        begun.starts_on,
        "open",
    )
    assert slot.work_language == (slot.country.native_language or "en")
    shown = desk.send(
        step(begun, "costs"),
        **{
            "line-0-category": category.pk,
            "line-0-amount": "9 juta",
            "line-0-formula": "per_month",
            "line-0-first": "host",
        },
    )
    assert "cannot be paid yet" in shown
    desk.post(page("desk_setup_hosts_pay", begun.pk))
    assert "This intake can be planned" in text(desk.get(step(begun, "ready")))
    assert set(BudgetLine.objects.values_list("fiscal_year", "amount")) == {
        (2027, None)
    }
    assert "This intake can be planned" in text(desk.get(page("desk_intake", begun.pk)))
    assert AuditEvent.objects.filter(action="slots.propose").count() == 1


def test_a_new_slot_in_indonesia_lies_in_the_province_of_its_host(desk, begun):
    places = {"country": factories.indonesia(), "region": factories.west_java()}
    host = factories.host.make(name="PT Contoh", city="Cimahi", **places)
    line = {"role_title_id": "Operator", "host": str(host.pk), "capacity_max": "3"}
    sent = {f"new-0-{name}": value for name, value in line.items()}
    desk.send(step(begun, "slots"), **sent)
    assert begun.slots.get().province_id == "32"


def test_who_saves_second_is_told_and_overwrites_nothing(desk, begun):
    address = step(begun, "rules")
    old = sent(desk, address)
    desk.send(address, min_age="18")
    shown = text(desk.post(address, old | {"min_age": "21"}, follow=True))
    assert "Somebody else changed this" in shown
    assert Program.objects.get().min_age == 18


def test_what_cannot_be_is_said_and_nothing_is_saved(desk, begun):
    factories.cost_category.make(code="living")
    shown = desk.send(
        step(begun, "costs"),
        **{
            "line-0-category": "living",
            "line-0-amount": "9.00.000",
        },
    )
    assert "is no amount" in shown
    assert not begun.program.cost_rules.exists()


def test_another_ministry_sees_nothing_and_a_planner_no_button(client, begun):
    stranger = factories.coordinator(of=factories.ministry.make())
    client.force_login(stranger)
    assert client.get(step(begun, "costs")).status_code == 404
    client.force_login(factories.planner())
    shown = text(client.get(step(begun, "rules")))
    assert "a coordinator of the program fills it in" in shown
    assert client.post(step(begun, "rules"), {"min_age": "3"}).status_code == 403


@pytest.mark.parametrize("slug", ["slots", "costs", "budgets", "ready"])
def test_a_step_asks_the_same_for_one_slot_and_for_three(desk, begun, slug):
    factories.slot.make(intake=begun)
    one = queries(desk, step(begun, slug))
    factories.slot.make(intake=begun, _quantity=2)
    assert queries(desk, step(begun, slug)) == one < 40


def test_last_years_intake_is_a_start(desk, begun):
    factories.slot.make(intake=begun)
    shown = text(
        desk.post(
            page("desk_setup_repeat"),
            {"repeat-intake": str(begun.pk), "repeat-as_program": "yes"},
            follow=True,
        )
    )
    assert "is a draft now, a year on" in shown
    new = Intake.objects.exclude(pk=begun.pk).get()
    assert (new.program.code, new.slots.count()) == ("magang-perakitan-cip-2", 1)
    assert new.starts_on == date(2028, 7, 1)


def test_a_regulation_is_a_start_for_the_own_institution(desk, coordinator):
    reference.load(REFERENCE)
    owner = coordinator.institution_ids()[0]
    chosen = {"folder-folder": "magang-nasional", "folder-owner": str(owner)}
    shown = text(desk.post(page("desk_setup_load"), chosen, follow=True))
    assert "rules of its regulation" in shown
    program = Program.objects.get()
    assert program.owner_id == owner
    shown = text(desk.get(step(program.intakes.first(), "rules")))
    assert program.rules.first().text_en in shown
    # What is there is offered no more, and is not loaded twice.
    shown = text(desk.post(page("desk_setup_load"), chosen, follow=True))
    assert "Choose a program of a regulation" in shown


def test_an_intake_is_opened_where_the_path_ends(desk, begun):
    factories.slot.make(intake=begun)
    desk.post(page("desk_setup_open", begun.pk))
    begun.refresh_from_db()
    assert begun.state == "open"


def test_what_the_coordinator_may_not_add_is_asked_for_with_one_click(desk, begun):
    state = factories.funding_source.make(kind="state", name="APBN")
    factories.slot.make(intake=begun)
    rule = factories.cost_rule.make(program=begun.program, formula="one_off")
    factories.funding_rule.make(
        program=begun.program, category=rule.category
    ).sources.set([state])
    shown = text(desk.get(step(begun, "budgets")))
    assert "Ask for APBN 2027" in shown
    assert "one category of costs" not in shown
    asked = {"ask": f"{state.pk}-2027"}
    desk.post(page("desk_setup_ask", begun.pk), asked)
    need = begun.needs.get()
    assert f"{begun.code} asks for a budget of APBN in 2027" in text(
        desk.get(step(begun, "budgets"))
    )

    coordinator, planner = need.asked_by, factories.planner()
    desk.force_login(planner)
    address = page("desk_setup_need", need.pk)
    assert address in text(desk.get(page("index")))
    desk.send(address)  # with the amount that is due if every seat is taken
    assert BudgetLine.objects.get().amount == need.amount
    desk.force_login(coordinator)
    assert "Done: " in text(desk.get(page("index")))
    assert "This intake can be planned" in text(desk.get(step(begun, "ready")))


def test_budgets_for_one_category_are_told_beside_the_empty_one(desk, begun):
    source = factories.funding_source.make()
    factories.slot.make(intake=begun)
    rule = factories.cost_rule.make(program=begun.program, formula="one_off")
    paid = factories.funding_rule.make(program=begun.program, category=rule.category)
    paid.sources.set([source])
    factories.budget_line.make(source=source, fiscal_year=2027, category=rule.category)
    shown = text(desk.get(step(begun, "budgets")))
    assert "and 1 budget for one category of costs" in shown


def test_a_payer_of_public_money_is_asked_for_and_a_company_added(desk, begun):
    address = page("desk_setup_missing", begun.pk, "payer")
    for kind in ("company", "scholarship"):
        desk.post(address, {"payer-name": f"A {kind}", "payer-kind": kind})
    assert FundingSource.objects.get().name == "A company"
    need = begun.needs.get()
    assert need.words == "A scholarship (scholarship fund)"
    desk.force_login(factories.planner())
    shown = desk.send(page("desk_setup_need", need.pk), refuse="on", answer="No.")
    assert "The coordinator reads it" in shown


def test_an_agreement_is_noted_and_the_slots_of_the_host_rest_on_it(desk, begun):
    slot = factories.slot.make(intake=begun)
    filled = {
        "title_": "MoU",
        "code": "1/2027",
        "host": str(slot.host_id),
        "valid_from": "2027-01-01",
        "valid_to": "2029-01-01",
    }
    address = page("desk_setup_missing", begun.pk, "agreement")
    shown = text(
        desk.post(
            address,
            {f"agreement-{name}": value for name, value in filled.items()},
            follow=True,
        )
    )
    assert "The agreement is in force" in shown
    slot.refresh_from_db()
    assert slot.agreement.state == "in_force"
    assert slot.agreement.parties.count() == 2
