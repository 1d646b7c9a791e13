"""Institutions with keys, and a clock that stands inside the recipes' calendar."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from api.models import InstitutionKey
from programs.choices import IntakeState
from tests import factories
from tests.api import described

NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)


class Caller(Client):
    """A client that calls with a key and speaks JSON."""

    def __init__(self, secret=None, institution=None):
        headers = {"Authorization": f"Api-Key {secret}"} if secret else {}
        super().__init__(headers=headers, raise_request_exception=False)
        self.institution = institution
        self.is_held_to_the_description = True

    def request(self, **request):
        """Send a request, and hold the answer to the description of the API."""
        answer = super().request(**request)
        path = request["PATH_INFO"]
        if self.is_held_to_the_description and path.startswith("/api/v1/"):
            query = request.get("QUERY_STRING", "")
            described.check(answer, request["REQUEST_METHOD"], path, query)
        return answer

    def send(self, method, path, data=None, **headers):
        """Send JSON; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self, method)(
            f"/api/v1/{path}",
            data={} if data is None else data,
            content_type="application/json",
            headers=named,
        )


@pytest.fixture(autouse=True)
def _clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def call_as(db):
    """Return a caller with a new key: ``call_as(institution, "nominate")``."""

    def make(institution, *scopes):
        _key, secret = InstitutionKey.objects.create_key(
            name="test", institution=institution, scopes=list(scopes)
        )
        return Caller(secret, institution)

    return make


@pytest.fixture
def sender(call_as):
    """A caller that nominates people."""
    return call_as(factories.institution.make(), "nominate")


@pytest.fixture
def other_sender(call_as):
    """Another caller that nominates people."""
    return call_as(factories.institution.make(), "nominate")


@pytest.fixture
def host(call_as):
    """A caller that hosts people."""
    return call_as(factories.host.make(), "host")


@pytest.fixture
def other_host(call_as):
    """Another caller that hosts people."""
    return call_as(factories.host.make(), "host")


@pytest.fixture
def planner(call_as):
    """A caller that runs allocations."""
    return call_as(factories.ministry.make(), "plan")


@pytest.fixture
def anybody():
    """A caller without a key."""
    return Caller()


@pytest.fixture
def candidate(host):
    """Somebody who ranked the host's slot, with the intake closed."""
    intake = factories.intake.make(state=IntakeState.CLOSED)
    slot = factories.slot.make(host=host.institution, intake=intake)
    application = factories.application.make(
        intake=intake, participant__given_name="Sukarni"
    )
    factories.preference.make(application=application, slot=slot, rank=2)
    return application, slot


@pytest.fixture
def intake_of_lists():
    """An open intake with two slots."""
    intake = factories.intake.make()
    factories.slot.make(intake=intake, state="open", _quantity=2)
    return intake


@pytest.fixture
def nominations(sender, intake_of_lists):
    """Return rows of nominations of new people: ``nominations(3)``."""
    slots = [str(slot.pk) for slot in intake_of_lists.slots.all()]

    def make(count):
        people = factories.participant.make(
            registered_by=sender.institution, _quantity=count
        )
        return [
            {
                "participant": str(each.pk),
                "intake": str(intake_of_lists.pk),
                "preferences": slots,
            }
            for each in people
        ]

    return make


@pytest.fixture
def people(sender):
    """Return rows of people with a skill and a certificate: ``people(3)``."""
    factories.country.make(code="ID", currency="IDR")
    factories.skill.make(framework="TEP", code="ATP-01")
    factories.language_scale.make(
        test="JLPT", version="2025", band="N4", language="ja", cefr="A2"
    )
    paper = {"test": "JLPT", "scale_version": "2025", "band": "N4"}
    row = {
        "given_name": "Suharti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": "ID",
        "home_institution": str(sender.institution.pk),
        "kkni": 5,
        "isced_f": "0714",
        "skills": [{"framework": "TEP", "code": "ATP-01", "level": 2}],
        "languages": [{**paper, "taken_on": "2026-07-05"}],
    }

    def make(count, first=0):
        return [
            {**deepcopy(row), "code": f"P-{number}"}
            for number in range(first, first + count)
        ]

    return make
