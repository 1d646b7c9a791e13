"""The audit trail: chained, append-only, and honest about what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, ChainHead
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


def record(number, data=None):
    audit.record(
        by=SYSTEM,
        action=AuditAction.DESK_CHANGE,
        obj=factories.institution.make(),
        data=data,
        now=NOW + timedelta(microseconds=number),
    )
    return AuditEvent.objects.latest("sequence")


def overwrite(table, where, **values):
    """Change rows behind the model's back, as an administrator of the database."""
    sets = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE {where}", [*values.values()])


def remove(where):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM programs_auditevent WHERE {where}")


def test_an_empty_trail_is_whole():
    assert audit.verify_chain() == audit.ChainReport(0)


def test_entries_are_chained():
    first, second = record(1, {"to": "open"}), record(2, {"cost": Decimal("1.50")})
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.previous_hash == audit.GENESIS
    assert second.previous_hash == first.hash
    assert audit.verify_chain() == audit.ChainReport(2)


def test_the_actor_is_a_number_and_not_a_name():
    user = factories.planner()
    audit.record(by=user, action=AuditAction.DESK_CHANGE, obj=user, now=NOW)
    entry = AuditEvent.objects.get()
    assert entry.actor == f"user:{user.pk}"


def test_an_altered_entry_is_named():
    for number in range(4):
        record(number)
    overwrite("programs_auditevent", "sequence = 3", action="tests.forged")
    report = audit.verify_chain()
    assert (report.ok, report.fault, report.sequence) == (False, "altered", 3)


@pytest.mark.parametrize("gone", [1, 3])
def test_a_missing_entry_is_named(gone):
    for number in range(4):
        record(number)
    remove(f"sequence = {gone}")
    report = audit.verify_chain()
    assert (report.fault, report.sequence) == ("missing", gone)


def test_entries_cut_off_at_the_end_are_noticed():
    for number in range(4):
        record(number)
    remove("sequence >= 3")
    assert audit.verify_chain() == audit.ChainReport(2, "missing", 3)


def test_an_entry_is_neither_changed_nor_deleted():
    entry = record(1)
    for forbidden in (
        entry.save,
        entry.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(actor="somebody else"),
    ):
        with pytest.raises(TypeError, match="never"):
            forbidden()


def test_a_rollback_takes_the_entry_along():
    record(1)
    with transaction.atomic():
        record(2)
        transaction.set_rollback(True)
    record(3)
    assert audit.verify_chain() == audit.ChainReport(2)


def test_floats_are_refused():
    with pytest.raises(TypeError, match="no floats"):
        record(1, {"share": 0.5})


def test_many_entries_take_one_lock(django_assert_num_queries):
    record(0)
    rows = factories.institution.make(_quantity=30)
    with django_assert_num_queries(6):  # savepoint, lock, read, insert, head, release
        audit.record_many(
            by=SYSTEM,
            action=AuditAction.DESK_CHANGE,
            entries=[(row, None) for row in rows],
            now=NOW,
        )
    assert audit.verify_chain() == audit.ChainReport(31)
    assert ChainHead.objects.get().sequence == 31
