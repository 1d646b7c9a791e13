"""A host proposes slots and changes its own by the form of the desk."""

import pytest
import time_machine
from django.urls import reverse

from programs.choices import IntakeState, SlotState
from programs.models import Slot
from tests import factories
from tests.programs.admin.test_verbs import filled, told

pytestmark = pytest.mark.django_db
ADD = reverse("admin:programs_slot_add")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel("2027-02-01T03:00:00Z", tick=False):
        yield


@pytest.fixture
def host(client):
    """A host with its user at the desk."""
    client.cookies["django_language"] = "en"
    host = factories.host.make(city="Penang")
    client.force_login(factories.partner(of=host))
    return host


def propose(client, intake, **changes):
    days = {"starts_on": "2027-04-01", "ends_on": "2028-04-01"}
    seats = {"capacity_min": 1, "capacity_max": 4}
    names = {"role_title_en": "Technician", "role_title_id": "Teknisi", "code": "T-1"}
    sent = {"intake": intake.pk, "work_language": "en", **days, **seats, **names}
    return client.post(ADD, filled(client, ADD, **{**sent, **changes}))


def address(slot):
    return reverse("admin:programs_slot_change", args=[slot.pk])


def test_a_host_proposes_a_slot_that_a_coordinator_opens(client, host):
    intake = factories.intake.make()
    closed = factories.intake.make(state=IntakeState.CLOSED)
    page = client.get(ADD).content.decode()
    assert str(intake.pk) in page
    assert str(closed.pk) not in page
    assert 'name="route"' not in page
    assert "resource_uses-TOTAL_FORMS" not in page
    skill = factories.skill.make()
    line = {"skill_requirements-TOTAL_FORMS": 1, "skill_requirements-0-level": 2}
    line |= {
        "skill_requirements-0-skill": skill.pk,
        "skill_requirements-0-kind": "required",
    }
    other = factories.host.make()
    answer = propose(client, intake, host=other.pk, route="x", state="open", **line)
    assert answer.status_code == 302, answer.context["errors"]
    slot = Slot.objects.get()
    assert (slot.host, slot.state, slot.city) == (host, SlotState.PROPOSED, "Penang")
    assert (slot.country_id, slot.skill_requirements.get().skill) == ("MY", skill)
    assert told() == (["slots.propose"], ["slot.propose"])
    twin = propose(client, intake)
    assert twin.status_code == 200
    assert "code" in twin.context["adminform"].form.errors
    late = propose(client, closed, code="T-2")
    assert late.status_code == 200
    assert Slot.objects.count() == 1


def test_a_host_changes_its_own_slot_until_the_intake_closes(client, host):
    slot = factories.slot.make(host=host, code="T-1")
    url = address(slot)
    page = client.get(url).content.decode()
    assert 'name="min_kkni"' not in page  # shown, and not the host's to change
    answer = client.post(url, filled(client, url, city="Kulim", code="T-9"))
    assert answer.status_code == 302, answer.context["errors"]
    slot.refresh_from_db()
    assert (slot.city, slot.code) == ("Kulim", "T-1")
    wrong = client.post(url, filled(client, url, capacity_min=9))
    assert (wrong.status_code, bool(wrong.context["errors"])) == (200, True)
    sent = filled(client, url, city="Ipoh")
    slot.intake.state = IntakeState.CLOSED
    slot.intake.save()
    assert 'name="city"' not in client.get(url).content.decode()
    assert client.post(url, sent).status_code == 403
    slot.refresh_from_db()
    assert slot.city == "Kulim"


def test_another_hosts_slot_is_read_once_open_and_never_written(client, host):
    slot = factories.slot.make()
    page = client.get(address(slot))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert client.post(address(slot), {"city": "X"}).status_code == 403
    hidden = factories.slot.make(state=SlotState.PROPOSED)
    assert client.get(address(hidden), follow=True).redirect_chain
