"""Writers at the same time: the trail stays one chain, events stay in order."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction

from programs.domain import audit, events
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Event
from tests import factories

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
WRITERS, ENTRIES = 4, 25


def write(obj, failures):
    try:
        for number in range(ENTRIES):
            with transaction.atomic():
                audit.record(
                    by=SYSTEM,
                    action="tests.race",
                    obj=obj,
                    data={"number": number},
                    now=NOW,
                )
                events.emit(kind="tests.race", obj=obj, institutions=[obj], now=NOW)
    except Exception as error:
        failures.append(error)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection; .ci/run covers PostgreSQL")
    rows = factories.institution.make(_quantity=WRITERS)
    failures = []
    threads = [threading.Thread(target=write, args=(row, failures)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert audit.verify_chain() == audit.ChainReport(WRITERS * ENTRIES)
    assert Event.objects.count() == WRITERS * ENTRIES
    actors = {entry.object_id for entry in AuditEvent.objects.all()}
    assert actors == {str(row.pk) for row in rows}
