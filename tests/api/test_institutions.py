"""Institutions: whatever a row refers to can be looked up, and nothing beyond."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def codes(caller):
    rows = caller.send("get", "institutions/").json()["results"]
    return {row["code"] for row in rows}


def test_the_own_one_is_found_by_code(sender):
    own = sender.institution
    rows = sender.send("get", f"institutions/?code={own.code}").json()["results"]
    assert rows == [
        {
            "id": str(own.pk),
            "code": own.code,
            "name": own.name,
            "kind": own.kind,
            "country": own.country_id,
        }
    ]


def test_partners_of_own_agreements_and_no_others(sender):
    partner, stranger = factories.host.make(), factories.host.make()
    own, other = factories.agreement.make(), factories.agreement.make()
    own.parties.set([sender.institution, partner])
    other.parties.set([stranger])
    assert codes(sender) == {sender.institution.code, partner.code}
    answer = sender.send("get", f"institutions/{stranger.pk}/")
    assert answer.status_code == 404


def test_every_institution_that_a_readable_row_names(sender):
    slot = factories.slot.make(state="open")
    home = factories.institution.make()
    factories.participant.make(registered_by=sender.institution, home_institution=home)
    known = codes(sender)
    assert {slot.host.code, slot.intake.program.owner.code, home.code} <= known


def test_a_host_finds_who_sends_it_somebody(host):
    placement = factories.placement.make(slot__host=host.institution, state="accepted")
    nomination = host.send("get", f"nominations/{placement.application_id}/").json()
    answer = host.send("get", f"institutions/{nomination['nominated_by']}/")
    assert answer.status_code == 200


def test_a_planner_finds_all(planner):
    stranger = factories.institution.make()
    assert stranger.code in codes(planner)
