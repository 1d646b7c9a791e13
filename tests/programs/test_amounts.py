"""Numbers and amounts mean what who wrote them meant, or are refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from programs import amounts
from programs.amounts import change_of, changed, decimal_of, rupiah_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.500", "1500"),
        ("1.500,25", "1500.25"),
        ("1,500.25", "1500.25"),
        ("1,500,000", "1500000"),
        ("0", "0"),
    ],
)
def test_a_number_is_read_as_an_indonesian_means_it(text, number):
    assert decimal_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1.50.000", "1,5,0", "12.5.1", "-5", "x", "1e9"])
def test_a_number_with_broken_groups_is_refused(text):
    with pytest.raises(ValueError):
        decimal_of(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2 miliar", 2_000_000_000),
        ("Rp 2,5 miliar", 2_500_000_000),
        ("1.5 bn", 1_500_000_000),
        ("500 juta", 500_000_000),
        ("Rp\u00a0500.000.000", 500_000_000),
        ("500,000,000", 500_000_000),
        ("2000000000", 2_000_000_000),
        ("Rp. 750 ribu", 750_000),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount):
    assert rupiah_of(text) == amount


@pytest.mark.parametrize(
    "text", ["", "much", "-5", "2 bags", "1.2.3 bn", "9 9", "12,5", "9 triliun tn"]
)
def test_what_is_no_amount_is_refused(text):
    """Half a rupiah is no amount: 12,5 means a number of millions that was left out."""
    with pytest.raises(ValueError):
        rupiah_of(text)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text):
    try:
        assert 0 <= rupiah_of(text) <= amounts.MOST
    except ValueError:
        return


@pytest.mark.parametrize(
    ("text", "change", "after"),
    [
        ("+10%", "+10%", 110),
        ("-12,5%", "-12.5%", 87.5),
        ("10%", "+10%", 110),
        ("+50", "+50", 150),
        ("- 2 miliar", "-2000000000", 0),
        ("3 juta", 3_000_000, 3_000_000),
    ],
)
def test_a_change_is_new_or_more_or_less(text, change, after):
    assert change_of(text) == change
    assert changed(Decimal(100), change) == Fraction(str(after))


@given(
    st.integers(0, 10**15),
    st.one_of(
        st.integers(-(10**16), 10**16).map("{:+d}".format),
        st.decimals(-1000, 1000, places=2).map("{:+f}%".format),
    ),
)
def test_no_change_leaves_less_than_nothing(amount, change):
    after = changed(amount, change)
    assert after >= 0
    assert (after >= amount) == (amount == 0 or not Decimal(change.rstrip("%")) < 0)


def test_what_has_no_limit_gets_one_only_where_it_is_given_anew():
    assert changed(None, "+10%") is None
    assert changed(None, "+50") is None
    assert changed(None, 50) == 50


@pytest.mark.parametrize(
    ("text", "before", "money", "more"),
    [
        ("2 miliar", 5, True, 2 * 10**9),
        ("+2 miliar", 5, True, 2 * 10**9),
        ("+10%", 1_000, True, 100),
        ("12,5%", 1_000, True, 125),
        ("3", 20, False, 3),
        ("+10%", 25, False, 3),
        ("1.000", 20, False, 1000),
    ],
)
def test_more_is_read_as_people_write_it(text, before, money, more):
    assert amounts.more_of(text, before, money=money) == more


@pytest.mark.parametrize("text", ["12,5", "-2", "-10%", "", "many", "+", "%"])
def test_what_is_no_raise_is_refused(text):
    with pytest.raises(ValueError):
        amounts.more_of(text, 20, money=False)
