"""Files meet whoever writes at the same moment."""

import pytest
from django.db import connection, transaction

from programs import transfer
from programs.choices import ImportKind, ImportState
from programs.models import Slot
from programs.transfer.report import Judging
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.programs.transfer.conftest import as_csv
from tests.programs.transfer.files import exported

from .acts import Act
from .test_scarce_things import coordinator, refusals
from .worlds import user

SECOND = "/* the second */"


def two_slots(world):
    """Check a file that changes two slots, which nobody has confirmed yet."""
    world.slots = sorted((world.slot() for _ in range(2)), key=lambda slot: slot.pk)
    factories.country.make(code="ID", currency="IDR")
    by = world.by = coordinator(world)
    rows = [
        row | {"city": "Kulim"} for row in exported(ImportKind.SLOTS, by=by, now=NOW)
    ]
    facts = {"filename": "s.csv", "by": by, "now": NOW}
    world.report = transfer.check(ImportKind.SLOTS, as_csv(rows), **facts)


def holding(slots):
    """Return a call that takes two slots in the wrong order, and is patient."""

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '30s'")
            for slot, note in zip(reversed(slots), ("", SECOND), strict=True):
                cursor.execute(
                    f"SELECT 1 FROM programs_slot WHERE id = %s FOR UPDATE {note}",
                    [slot.pk],
                )

    return hold


def test_a_file_that_meets_a_deadlock_is_written_all_the_same(prepare, monkeypatch):
    """Held by ``transactions.verb`` around each piece: without it the act fails."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one lock: nobody waits for somebody who waits")
    world = prepare(two_slots)
    looks, judge = [], Judging.judge
    monkeypatch.setattr(
        Judging,
        "judge",
        lambda *args, **kwargs: looks.append(1) or judge(*args, **kwargs),
    )

    def take():
        report = world.report
        by = user(world.by)
        return transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)

    other = Act(holding(world.slots), pause=SECOND).until_paused()
    file = Act(take)
    assert file.until_held_up()
    assert refusals(other.end(), file.end()) == []
    assert len(looks) == 2
    assert file.answer.batch.state == ImportState.APPLIED
    assert set(Slot.objects.values_list("city", flat=True)) == {"Kulim"}
