"""Teams are formed and disbanded by who sends their members."""

from datetime import UTC, datetime, timedelta

import pytest

from programs.domain import application_checks, applications, pins, teams
from programs.models import Application, AuditEvent, Team
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)


@pytest.fixture
def sender():
    return factories.institution.make()


@pytest.fixture
def members(sender):
    return factories.application.make(
        _quantity=2, intake=factories.intake.make(), nominated_by=sender
    )


def form(members, by, **given):
    given = {"intake": members[0].intake, "code": "team-x", "name": "Tim X"} | given
    return teams.form(applications=members, by=by, now=NOW, **given)


def refused(code):
    """Expect a refusal with the code."""
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


def test_the_sender_forms_and_disbands_a_team(members, sender):
    by = factories.partner(of=sender)
    team = form(members, by)
    assert set(team.applications.all()) == set(members)
    teams.disband(team=team, by=by, now=NOW)
    members[0].refresh_from_db()
    assert members[0].team is None
    assert [e.action for e in AuditEvent.objects.order_by("sequence")] == [
        "teams.form",
        "teams.disband",
    ]


def test_one_person_is_no_team(members, sender):
    with refused("team-too-small"):
        form([members[0], members[0]], factories.partner(of=sender))


def test_members_apply_to_the_same_intake(members, sender):
    with refused("other-intake"):
        form(
            members,
            factories.partner(of=sender),
            intake=factories.intake.make(),
        )


def test_nobody_is_in_two_teams(members, sender):
    by = factories.partner(of=sender)
    form(members, by)
    for application in members:
        application.refresh_from_db()
    with refused("in-a-team"):
        form(members, by, code="team-y")
    assert Team.objects.count() == 1


def test_who_is_overtaken_forms_no_team(members, sender):
    """Somebody else bound a member after these rows were read."""
    by = factories.partner(of=sender)
    form(members, by)
    with refused("in-a-team"):
        form(members, by, code="team-y")
    assert Team.objects.count() == 1


def pinned(application, **place):
    """Pin somebody to a slot, or to a pathway, of the own intake."""
    return factories.pin.make(application=application, kind="pin", **place)


def test_nobody_who_is_pinned_to_a_pathway_joins_a_team(members, sender):
    by, intake = factories.partner(of=sender), members[0].intake
    pathway = factories.pathway.make(intake=intake)
    pin = pinned(members[0], slot=None, pathway=pathway)
    with refused("team-takes-no-pathway"):
        form(members, by)
    assert not Team.objects.exists()
    pin.until = intake.decide_by - timedelta(days=1)
    pin.save()
    form(members, by)


def test_members_are_pinned_to_one_slot(members, sender):
    by, intake = factories.partner(of=sender), members[0].intake
    one, two = factories.slot.make(_quantity=2, intake=intake)
    pin = pinned(members[0], slot=one)
    other = pinned(members[1], slot=two)
    with refused("team-pinned-apart"):
        form(members, by)
    other.delete()
    form(members, by)
    members[1].refresh_from_db()
    again = {"application": members[1], "reason": "Agreed with the host.", "now": NOW}
    with refused("team-pinned-apart"):
        pins.pin(slot=two, by=factories.planner(), **again)
    pin.delete()
    pins.pin(slot=two, by=factories.planner(), **again)


def test_who_joins_a_team_later_is_held_to_the_same(members, sender):
    intake = members[0].intake
    by = factories.coordinator(of=intake.program.owner)
    team = form(members, by)
    third = factories.application.make(intake=intake, nominated_by=sender)
    pathway = factories.pathway.make(intake=intake)
    pin = pinned(third, slot=None, pathway=pathway)
    third.team = team
    entry = applications.Entry(third, changed=("team",))
    (told,) = application_checks.problems([entry], by=by, now=NOW).values()
    assert "team-takes-no-pathway" in {refusal.code for refusal in told}
    pin.delete()
    found = application_checks.problems([entry], by=by, now=NOW).get(0, [])
    assert "team-takes-no-pathway" not in {refusal.code for refusal in found}


def test_a_placed_team_stays(members, sender):
    by = factories.partner(of=sender)
    team = form(members, by)
    factories.placement.make(application=members[0])
    with refused("team-placed"):
        teams.disband(team=team, by=by, now=NOW)


def test_the_withdrawn_join_no_team(members, sender):
    members[0].state = "withdrawn"
    with refused("withdrawn"):
        form(members, factories.partner(of=sender))


@pytest.mark.parametrize("role", ["partner", "coordinator", "planner", "auditor"])
def test_strangers_form_no_team(members, role):
    with refused("forbidden"):
        form(members, factories.member(role))


def test_who_wishes_while_the_team_is_disbanded_is_overtaken(members, sender):
    """The application was read with a team that is gone when it is looked up."""
    by = factories.partner(of=sender)
    team = form(members, by)
    read = Application.objects.get(pk=members[0].pk)
    teams.disband(team=team, by=by, now=NOW)
    entry = applications.Entry(read, wishes=[])
    (told,) = application_checks.problems([entry], by=by, now=NOW).values()
    assert "stale" in {refusal.code for refusal in told}
