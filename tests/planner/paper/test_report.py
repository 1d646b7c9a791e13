"""A report has two pages, however long its tables are; its workbook has every row."""

import io
import re

import openpyxl
import pytest

from planner.desk.charts.provinces import TILES, provinces
from planner.paper import report, workbook
from planner.paper.report import Part, Report


def pages(content):
    """Return how many pages a PDF says it has."""
    return max(int(number) for number in re.findall(rb"/Count (\d+)", content))


def made(number):
    rows = [[f"Formasi {at} 東京", at, 2 * at] for at in range(number)]
    part = Part("Seats [by] slot", ["Slot", "Placed", "Seats"], rows, bars=(1, 2))
    wide = Part("Provinces", ["Province", "Placed"], [["A", 1]] * number, halves=True)
    return Report(
        title="Run 1",
        lead="=1+1",
        figures=[("Placed", "1 / 2")],
        first=[part, part, part],
        second=[wide, part],
        tiles=provinces([]),
        map_title="Map",
        foot="Run 1",
    )


@pytest.mark.parametrize("number", [0, 1, 200])
def test_a_report_has_two_pages_however_long_it_is(number):
    assert pages(report.pdf(made(number))) == 2


def test_the_workbook_has_every_row_a_chart_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx(made(200))))
    front, seats = book.worksheets[:2]
    assert (front["A2"].value, front["A2"].data_type) == ("=1+1", "s")
    assert seats.max_row == 201
    assert seats["B3"].value == 1
    assert len(seats._charts) == 1


def test_the_same_table_twice_has_a_sheet_each():
    assert (
        len(openpyxl.load_workbook(io.BytesIO(workbook.xlsx(made(1)))).sheetnames) == 6
    )


def test_each_province_has_a_tile_of_its_own():
    places = {(column, line) for column, line, _short in TILES.values()}
    assert len(TILES) == len(places) == 38
