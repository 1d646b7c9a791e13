"""Random requests, made from the API's own description, with several credentials.

Whatever is sent: no crash, no status or shape that the description does not name.
"""

import pytest
import schemathesis
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

from programs.choices import IntakeState
from tests import factories

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(db):
    """The API as it describes itself, served within the test's own transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield _schema()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def _schema():
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


def send(case, credentials):
    for credential in credentials:
        case.call_and_validate(headers={"Authorization": credential}, checks=CHECKS)


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
