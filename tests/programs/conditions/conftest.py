"""A person whose facts are asked for."""

from datetime import UTC, date, datetime

import pytest

from tests import factories


@pytest.fixture
def person():
    application = factories.application.make(
        participant__birth_date=date(2003, 4, 1),
        participant__kkni=5,
        participant__isced_f="0714",
        merit_score="72.50",
        submitted_at=datetime(2027, 1, 31, 20, tzinfo=UTC),
    )
    return application.participant
