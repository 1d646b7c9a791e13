"""Which lines the money already committed came from."""

import pytest

from programs import costing
from programs.costing import Line

RATE = 120


def line(category, amount, currency="IDR", rate=1):
    return Line("source", 2027, category, amount, currency, rate)


@pytest.mark.parametrize(
    ("amounts", "lines", "over"),
    [
        ({"a": 5}, {None: 5}, 0),
        ({"a": 5}, {None: 4}, 1),
        ({"a": 5, "b": 5}, {None: 4, "a": 5, "b": 1}, 0),
        ({"a": 5, "b": 5}, {None: 3, "a": 9, "b": 1}, 1),
        ({"a": 5}, {None: None}, 0),
        ({"a": 5}, {"a": None}, 0),
        ({"a": 5}, {}, 5),
    ],
)
def test_what_lines_leave_uncovered(amounts, lines, over):
    known = {f"line {c}": line(c, amount) for c, amount in lines.items()}
    committed = {
        ("source", 2027, category, "IDR"): (amount * 1000, amount * 1000)
        for category, amount in amounts.items()
    }
    taken, homeless = costing.settle(known, committed)
    found = sum(amount for _place, amount in homeless) + sum(
        max(0, amount - known[key].amount)
        for key, amount in taken.items()
        if known[key].amount is not None
    )
    assert found == over


def test_a_commitment_counts_at_the_rate_of_its_own_line():
    known = {"yen": line(None, 36_000, "JPY", RATE)}
    committed = {("source", 2027, "living", "JPY"): (200_000, 20_000_000)}
    taken, homeless = costing.settle(known, committed)
    assert taken == {"yen": 200 * RATE}
    assert homeless == []


def test_a_commitment_of_another_currency_counts_in_rupiah():
    known = {"yen": line(None, 36_000, "JPY", RATE)}
    committed = {("source", 2027, "living", "IDR"): (24_000_000, 24_000_000)}
    assert costing.settle(known, committed)[0] == {"yen": 24_000}


def test_the_line_of_its_own_currency_pays_first():
    known = {
        "rupiah": line("living", 10_000),
        "yen": line(None, 12_000, "JPY", RATE),
    }
    committed = {("source", 2027, "living", "JPY"): (100_000, 11_000_000)}
    assert costing.settle(known, committed)[0] == {"yen": 12_000}
