"""A table keeps its rows, and fits between the margins."""

import pytest

from planner.paper import sheets


def test_a_table_is_as_wide_as_the_page_and_has_every_row():
    made = sheets.table([["Slot", "Seats"], ["A & B", 2]], [3, 1], numbers=[1])
    width, _height = made.wrap(sheets.INNER, 1000)
    assert width == pytest.approx(sheets.INNER)
    assert made._nrows == 2


def test_words_are_no_mark_up():
    assert sheets.words("<b>", 9).getPlainText() == "<b>"
