"""Random requests, made from the API's own description, with several credentials.

Whatever is sent: no crash, no status or shape that the description does not name.
Each operation by itself, with every key that may call it, and walks from one answer to
the next. ``make fuzz`` takes its time.
"""

from contextlib import contextmanager
from functools import cache

import pytest
import schemathesis
from django.core.cache import cache as counts
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.generation.stateful import run_state_machine_as_test

from programs import reference, sandbox
from programs.choices import IntakeState
from programs.sandbox import realm, stage
from tests import factories
from tests.paths import ROOT

from .conftest import Caller

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(db):
    """The API as it describes itself."""
    return _schema()


@contextmanager
def served():
    """Serve requests within the test's own transaction.

    Django's client, which makes the keys, lets go of connections again when it is done.
    """
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


@cache
def _schema():
    with served():
        return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())


schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture
def credentials(call_as):
    """A key of each kind, with something of its own to find."""
    sender, host = factories.institution.make(), factories.host.make()
    intake = factories.intake.make(state=IntakeState.OPEN)
    slot = factories.slot.make(intake=intake, host=host)
    application = factories.application.make(
        intake=intake, nominated_by=sender, participant__registered_by=sender
    )
    factories.placement.make(application=application, slot=slot)
    callers = [
        call_as(sender, "nominate"),
        call_as(host, "host"),
        call_as(factories.ministry.make(), "plan"),
    ]
    return [caller.defaults["HTTP_AUTHORIZATION"] for caller in callers]


QUIET = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


PLAIN = {"Accept-Encoding": "identity"}
"""Its client asks for compressed answers and reads them as they are."""
FORBIDDEN = {}
"""Keys that an operation is closed to, by its label: they are not tried again."""


def send(case, credentials):
    """Send a case with each key, but for those that may not call the operation."""
    closed = FORBIDDEN.setdefault(case.operation.label, set())
    for credential in credentials:
        if credential not in closed:
            counts.clear()
            headers = {"Authorization": credential, **PLAIN}
            with served():
                answer = case.call_and_validate(headers=headers, checks=CHECKS)
            if answer.status_code == 403 and "permission-denied" in answer.text:
                closed.add(credential)


def walk(described, credential, *, walks, steps):
    """Follow answers: what one call made is what the next is about."""
    described.apply_stateful_inference(None)

    class Walk(described.as_state_machine()):
        def before_call(self, case):
            counts.clear()

        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": credential, **PLAIN}}

        def validate_response(self, response, case, **kwargs):
            case.validate_response(response, checks=CHECKS)

    size = {"max_examples": walks, "stateful_step_count": steps}
    once = settings(phases=[Phase.generate], **size, **QUIET)
    with served():
        run_state_machine_as_test(Walk, settings=once)


KEYS = {"sender": 0, "host": 1, "planner": 2}
BOTH = ["default", "sandbox"]
"""The databases of the live side and of the sandbox."""


@pytest.fixture
def test_credentials(call_as):
    """Test keys that nominate and host, each with a season begun in the sandbox."""
    factories.country.make(code="MY")
    with sandbox.entered():
        reference.load(ROOT / "fixtures" / "reference")
        stage.prepare()
    realm._seen.forget()
    found = []
    for scope in ("nominate", "host"):
        live = call_as(factories.host.make(), scope)
        body = {"name": "try", "scopes": [scope], "mode": "test"}
        made = live.send("post", "keys/", body)
        tester = Caller(made.json()["secret"], live.institution)
        season = tester.send("post", "sandbox/").json()
        tester.send("post", f"sandbox/{season['id']}/place/")
        found.append(tester.defaults["HTTP_AUTHORIZATION"])
    return found


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.parametrize("who", [0, 1])
def test_nothing_undescribed_happens_on_a_walk_of_the_sandbox(
    described, test_credentials, who
):
    walk(described, test_credentials[who], walks=2, steps=5)


@pytest.mark.slow
@pytest.mark.django_db(databases=BOTH)
@schema.parametrize()
@settings(max_examples=10, **QUIET)
def test_nothing_undescribed_happens_in_the_sandbox(case, test_credentials):
    send(case, test_credentials)


@pytest.mark.slow
@pytest.mark.django_db(databases=BOTH)
@pytest.mark.parametrize("who", [0, 1])
def test_nothing_undescribed_happens_on_long_walks_of_the_sandbox(
    described, test_credentials, who
):
    walk(described, test_credentials[who], walks=20, steps=12)


@pytest.mark.django_db
@pytest.mark.parametrize("who", KEYS)
def test_nothing_undescribed_happens_on_a_walk(described, credentials, who):
    walk(described, credentials[KEYS[who]], walks=2, steps=5)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", KEYS)
def test_nothing_undescribed_happens_on_long_walks(described, credentials, who):
    walk(described, credentials[KEYS[who]], walks=40, steps=12)


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=2, phases=[Phase.generate], **QUIET)
def test_nothing_undescribed_happens(case, credentials):
    send(case, credentials)


@pytest.mark.slow
@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=30, **QUIET)
def test_nothing_undescribed_happens_in_a_long_time(case, credentials):
    send(case, credentials)
