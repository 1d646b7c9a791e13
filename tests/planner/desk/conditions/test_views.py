"""A condition that is being typed says what it means, and whom it lets through."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.desk.conditions import context
from programs.models import Slot
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def typed(client, condition, **of):
    return text(client.get(page("desk_condition"), {"condition": condition, **of}))


@pytest.fixture
def coordinator(client, world):
    client.force_login(factories.coordinator(of=world.program.owner))
    return client


def test_a_condition_means_the_same_in_both_languages(coordinator):
    shown = typed(coordinator, "kkni >= 6 and sex = F")
    assert "KKNI level at least 6 and sex female" in shown
    assert "jenjang KKNI minimal 6 dan jenis kelamin perempuan" in shown
    assert "Nobody has applied yet" in shown
    assert "For instance" in typed(coordinator, " ")


def test_it_counts_who_passes_and_names_whom_it_alone_keeps_out(coordinator, world):
    slot = world.slot(seats=3)
    world.program.min_kkni = 4
    world.program.save()
    able = world.person(slot, who={"kkni": 6})
    kept_out = world.person(slot, who={"kkni": 5})
    world.person(slot, who={"kkni": 1})
    for of in ({"program": world.program.pk}, {"slot": slot.pk}):
        shown = typed(coordinator, "kkni >= 6", **of)
        assert "Of 3 applicants 1 meet it" in shown
        assert "2 do not; 1 fit nowhere for want of it alone" in shown
        assert kept_out.participant.full_name in shown
        assert page("desk_person", able.participant_id) not in shown
    assert "lets nobody through" in typed(coordinator, "kkni >= 9", slot=slot.pk)


def test_a_warning_beside_it_does_not_hide_whom_it_alone_keeps_out(coordinator, world):
    slot = world.slot(seats=3)
    Slot.objects.update(route=factories.immigration_route.make(lead_time_days=9_999))
    kept_out = world.person(slot, who={"kkni": 5})
    shown = typed(coordinator, "kkni >= 6", slot=slot.pk)
    assert "1 do not; 1 fit nowhere for want of it alone" in shown
    assert kept_out.participant.full_name in shown


def test_the_other_condition_of_the_place_counts_as_well(coordinator, world):
    slot = world.slot(seats=3)
    world.person(slot, who={"kkni": 5})
    Slot.objects.update(condition="kkni >= 6")
    shown = typed(coordinator, "kkni >= 4", program=world.program.pk)
    assert "Of 1 applicants 0 meet it" in shown


def test_a_rule_for_some_counts_them_among_those_it_is_about(coordinator, world):
    slot = world.slot(seats=3)
    held = world.person(slot, who={"kkni": 6})
    world.person(slot, who={"kkni": 2})
    rule = f"kkni >= 6 and destination = {slot.country_id}"
    for of in ({}, {"program": world.program.pk}, {"intake": world.intake.pk}):
        shown = typed(coordinator, rule, group="any", **of)
        assert "Of 2 applicants it holds for 1 at a place of their intake" in shown
        assert held.participant.full_name in shown
    shown = typed(coordinator, "kkni >= 9", group="any", slot=slot.pk)
    assert "It holds for nobody of those who have applied." in shown
    shown = typed(coordinator, "not disability", group="any")
    assert "not counted" in shown
    assert "Of 2" not in shown
    elsewhere = factories.intake.make()
    assert "Nobody has applied yet" in typed(
        coordinator, rule, group="any", intake=elsewhere.pk
    )
    assert "Character 1" in typed(coordinator, "kknni >= 6", group="any")
    awaited = typed(coordinator, "free by 2027-03-01", group="any")
    assert "Only a place can wait for somebody" in awaited


def test_it_counts_for_whom_a_place_may_wait(coordinator, world):
    slot = world.slot(seats=3)
    world.person(slot)
    world.person(slot, who={"kkni": 1})
    rule = "kkni >= 2 and language(fr) >= A2 by 2 days after decision"
    shown = typed(coordinator, rule, slot=slot.pk)
    assert "Of 2 applicants 0 meet it at a place they may get, 1 do not" in shown
    assert "1 more may still meet it by its day" in shown
    assert "dipenuhi paling lambat" in shown
    assert "lets nobody through" not in shown


def test_what_is_wrong_is_said_with_its_place(coordinator, world):
    for condition, says in [
        ("kknni >= 6", "Character 1: “kknni” is no fact; perhaps “kkni” is meant"),
        ('completed(program "nil")', "Character 19: there is no program “nil”"),
        ("kkni > 6 and kkni < 3", "“kkni &gt; 6” and “kkni &lt; 3” exclude each other"),
        ("language(jepang) >= A1", "there is no language “jepang”"),
    ]:
        assert says in typed(coordinator, condition, program=world.program.pk)
    assert "One way can never be met" in typed(
        coordinator, "free or kkni > 6 and kkni < 3"
    )


def test_small_groups_are_not_counted_where_it_asks_for_a_secret(coordinator, world):
    slot = world.slot(seats=9)
    for number in range(9):
        world.person(slot, who={"disability": "sensory" if number < 4 else ""})
    shown = typed(coordinator, "disability", slot=slot.pk)
    assert "not counted" in shown
    assert "applicants" not in shown
    for application in world.intake.applications.all()[:9]:
        application.participant.disability = "sensory"
        application.participant.save()
    assert "Of 9 applicants 9 meet it" in typed(coordinator, "disability", slot=slot.pk)
    assert "Kept out" not in typed(coordinator, "not disability", slot=slot.pk)


def test_the_secret_of_the_other_condition_is_kept_too(coordinator, world):
    slot = world.slot(seats=9)
    kept_out = world.person(slot, who={"disability": "sensory"})
    for _each in range(5):
        world.person(slot)
    world.program.condition = "not disability"
    world.program.save()
    shown = typed(coordinator, "kkni >= 1", slot=slot.pk)
    assert kept_out.participant.full_name not in shown
    assert "not counted" in shown


def test_many_are_tried_in_part(coordinator, world, monkeypatch):
    monkeypatch.setattr(context, "MOST_JUDGED", 2)
    slot = world.slot(seats=3)
    for _each in range(3):
        world.person(slot)
    shown = typed(coordinator, "kkni >= 1", slot=slot.pk)
    assert "Of 2 applicants 2 meet it" in shown
    assert "Only 2 of 3 applicants were tried" in shown


def test_people_of_others_are_not_counted(client, world):
    slot = world.slot(seats=3)
    world.person(slot)
    client.force_login(factories.partner(of=slot.host))
    assert client.get(page("desk_condition")).status_code == 403
    client.force_login(factories.coordinator())
    address = page("desk_condition")
    for of in ({"program": world.program.pk}, {"slot": slot.pk}):
        assert client.get(address, {"condition": "free", **of}).status_code == 404
    assert client.get(address, {"slot": "x"}).status_code == 404
    client.force_login(factories.administrator())
    assert client.get(address, {"condition": "free"}).status_code == 200


def test_it_costs_the_same_for_one_and_three(coordinator, world):
    slot = world.slot(seats=3)
    world.person(slot, who={"kkni": 5})

    def queries():
        with CaptureQueriesContext(connection) as seen:
            typed(coordinator, "kkni >= 6 and completed(in JP)", slot=slot.pk)
        return len(seen)

    factories.japan()
    one = queries()
    for _each in range(2):
        world.person(slot, who={"kkni": 5})
    assert queries() == one


def test_the_forms_hold_the_field_and_refuse_what_cannot_be(coordinator, world):
    slot = world.slot(seats=3)
    for name, row in (("program", world.program), ("slot", slot)):
        address = page(f"programs_{name}_change", row.pk)
        shown = text(coordinator.get(address))
        assert f"{page('desk_condition')}?{name}={row.pk}" in shown
    form = coordinator.get(address).context["adminform"].form
    data = {key: value for key, value in form.initial.items() if value is not None}
    data |= {
        f"{prefix}-{part}": 0
        for prefix in ("skill_requirements", "resource_uses")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    bad = coordinator.post(address, data | {"condition": "kkni >= 6 and"})
    assert "Character 14: the name of a fact is expected" in text(bad)
    good = coordinator.post(address, data | {"condition": "kkni>=6  and (sex=F)"})
    assert good.status_code == 302, text(good)
    assert Slot.objects.get(pk=slot.pk).condition == "kkni >= 6 and sex = F"
