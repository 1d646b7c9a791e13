"""What people typed never runs in a spreadsheet, and comes back as it was."""

import re

import pytest
from hypothesis import given, strategies as st

from programs.transfer.cells import neutralise, restore

NASTY = st.text(alphabet="=+-@'\t\r\n;,|\"\x00＝＋ab1 ", max_size=12)
DANGEROUS = re.compile('(^|[;,|\t\r\n"])[=+\\-@\t\r\x00＝＋－＠]')


@given(NASTY)
def test_restore_undoes_neutralise(text):
    assert restore(neutralise(text)) == text


@given(NASTY)
def test_nothing_neutralised_starts_a_formula_anywhere(text):
    assert not DANGEROUS.search(neutralise(text))


@pytest.mark.parametrize(
    "text", ["=1+1", "+62", "-5", "@SUM(A1)", "\tx", "\rx", "a;=1", 'say ",=1"', "＝1"]
)
def test_formulas_get_an_apostrophe(text):
    assert neutralise(text).count("'") >= 1


def test_ordinary_text_stays_as_it_is():
    for text in ("Sari Wulandari", "it's", "O'Neil", "a - b", "2027-01-01", "e = mc"):
        assert neutralise(text) == text
