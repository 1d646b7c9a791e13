"""Numbers, money and dates as people write them in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from programs import formats


def plain(text):
    return text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (0, "Rp 0", "Rp 0"),
        (Decimal(1250000000), "Rp 1,25 miliar", "Rp 1.25 bn"),
        (Decimal(-1250000000), "-Rp 1,25 miliar", "-Rp 1.25 bn"),
        (Decimal(7900000), "Rp 7,9 juta", "Rp 7.9 m"),
        (Decimal(3200000000000), "Rp 3,2 triliun", "Rp 3.2 tn"),
        (999_999, "Rp 999.999", "Rp 999,999"),
        (None, "–", "–"),
    ],
)
def test_short_amounts(amount, indonesian, english):
    with translation.override("id"):
        assert plain(formats.rupiah_short(amount)) == indonesian
    assert plain(formats.rupiah_short(amount)) == english


def test_amounts_in_full():
    with translation.override("id"):
        assert plain(formats.rupiah(Decimal(1250000000))) == "Rp 1.250.000.000"
        assert plain(formats.money(Decimal("12.5"), "MYR")) == "MYR 12,5"
    assert plain(formats.rupiah(Decimal("-1250000000.5"))) == "-Rp 1,250,000,001"


def test_dates_are_written_out():
    day = date(2026, 11, 21)
    assert formats.day(day) == "21 November 2026"
    with translation.override("id"):
        assert formats.day(date(2026, 8, 17)) == "17 Agustus 2026"
    noon = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
    assert formats.moment(noon) == "21 November 2026, 12:30"


def test_shares_and_durations():
    assert formats.percent(0.0002) == "0.02%"
    with translation.override("id"):
        assert formats.percent(0.1234) == "12,34%"
    assert formats.duration(45.9) == "45 s"
    assert formats.duration(125) == "2 min 05 s"
    assert formats.duration(3720) == "1 h 02 min"
