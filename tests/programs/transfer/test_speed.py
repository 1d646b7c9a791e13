"""Twenty thousand people come in within two minutes and a gigabyte."""

import resource
import time

import pytest
from django.conf import settings

from programs import models, reference, transfer
from programs.choices import ImportKind
from programs.demo import load, make

from .conftest import NOW

FIXTURES = settings.BASE_DIR / "fixtures"
SECONDS, KILOBYTES = 120, 2**20


@pytest.mark.slow
@pytest.mark.parametrize("file_format", transfer.FORMATS)
def test_twenty_thousand_people_in_two_minutes_and_a_gigabyte(
    db, tmp_path, monkeypatch, file_format
):
    reference.load(FIXTURES / "reference")
    monkeypatch.setattr(load, "ENACTED", 0)
    tables = make.make(FIXTURES, num_people=20_000)
    make.write(tables, tmp_path)
    load.load(tmp_path, now=NOW)
    by = models.User.objects.get(username="administrator")
    rows = models.Participant.objects.all()
    content = transfer.export(
        ImportKind.PARTICIPANTS, rows, file_format, by=by, now=NOW, private=True
    )
    for model in (models.Pin, models.Placement, models.Application, models.Team):
        model.objects.all().delete()
    rows.delete()
    begun = time.monotonic()
    report = transfer.check(
        ImportKind.PARTICIPANTS, content, filename="p", by=by, now=NOW
    )
    transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{file_format}: {seconds:.0f} s, {peak / 1024:.0f} MB at most")
    assert (report.counts["new"], models.Participant.objects.count()) == (20_000,) * 2
    assert seconds < SECONDS
    assert peak < KILOBYTES
