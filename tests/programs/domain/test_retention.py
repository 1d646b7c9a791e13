"""Files and rows that hold people's data go when their time is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from programs.choices import ImportState
from programs.domain import retention
from programs.models import AuditEvent, ImportBatch, ImportRow
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 3, tzinfo=UTC)
OLD = NOW - timedelta(days=settings.RETAIN_FILES_DAYS, seconds=1)
YOUNG = NOW - timedelta(days=settings.RETAIN_FILES_DAYS)


def batch(created_at, state):
    row = factories.import_batch.make(
        created_at=created_at, state=state, content=b"code,name\nSARI,Sari\n"
    )
    factories.import_row.make(batch=row)
    return row


def test_an_old_file_that_nobody_confirmed_is_emptied():
    row = batch(OLD, ImportState.CHECKED)
    assert retention.run(now=NOW) == 1
    row = ImportBatch.objects.get(pk=row.pk)
    assert (row.state, row.content) == (ImportState.DISCARDED, None)
    assert not ImportRow.objects.exists()
    assert AuditEvent.objects.get().action == "transfer.forget"
    assert retention.run(now=NOW) == 0
    assert AuditEvent.objects.count() == 1


def test_rows_that_were_kept_back_go_as_well():
    row = batch(OLD, ImportState.PARTLY_APPLIED)
    retention.run(now=NOW)
    assert not ImportRow.objects.exists()
    row.refresh_from_db()
    assert row.state == ImportState.PARTLY_APPLIED


@pytest.mark.parametrize("state", [ImportState.CHECKED, ImportState.PARTLY_APPLIED])
def test_what_is_young_stays(state):
    batch(YOUNG, state)
    assert retention.run(now=NOW) == 0
    assert ImportRow.objects.count() == 1


def test_the_dispatcher_calls_it_only_while_the_clock_is_believed():
    assert "programs.domain.retention.run" in settings.DISPATCH_BY_CLOCK
    assert "api.idempotency.purge" in settings.DISPATCH_BY_CLOCK
