"""Workbooks are read in a limited child; bombs and tricks never get that far."""

import io
import os
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from programs.refusals import Refusal
from programs.transfer.cells import FORMULA, Number
from programs.transfer.limits import LIMITS

from .files import read

KNOWN = {"code", "name", "day"}


def workbook(*rows, change=None):
    """Return the bytes of a workbook with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content, **members):
    """Return an archive with members replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename not in members:
                new.writestr(entry.filename, old.read(entry.filename))
        for name, text in members.items():
            new.writestr(name, text)
    return out.getvalue()


def refusal(content, **limits):
    with pytest.raises(Refusal) as caught:
        read(content, known=KNOWN, limits=replace(LIMITS, **limits))
    return caught.value


def test_cells_keep_what_they_are():
    content = workbook(
        ["Code", "Name", "Day"],
        ["A", "007", date(2027, 2, 1)],
        ["B", 7, 46054],
        ["C", "=1+1", True],
        ["D", 1.5, None],
    )
    rows = dict(read(content, known=KNOWN).rows)
    assert rows[2] == ["A", "007", "2027-02-01"]
    assert rows[3] == ["B", "7", "46054"]
    assert isinstance(rows[3][1], Number)
    assert rows[4] == ["C", FORMULA, "yes"]
    assert rows[5] == ["D", "1.5"]


def test_merged_cells_are_named():
    def merge(book):
        book.active.merge_cells("A2:B3")

    refused = refusal(workbook(["code", "name"], ["A", "x"], change=merge))
    assert (refused.code, "A2:B3" in str(refused)) == ("file-merged-cells", True)


def test_two_sheets_with_rows_are_refused_and_an_empty_second_one_is_not():
    def second(book):
        book.create_sheet("more").append(["code"])

    content = workbook(["code"], ["A"], change=second)
    assert refusal(content).code == "file-several-sheets"
    content = workbook(["code"], ["A"], change=lambda book: book.create_sheet("more"))
    assert read(content, known=KNOWN).rows == [(2, ["A"])]


def test_bombs_are_refused_unopened():
    content = workbook(["code"], ["A"])
    bomb = repacked(content, **{"xl/worksheets/sheet1.xml": b"0" * 20_000_000})
    assert refusal(bomb).code == "file-workbook-bomb"
    assert refusal(content, entries=3).code == "file-workbook-bomb"
    assert refusal(content, unpacked_bytes=1000).code == "file-workbook-bomb"


def test_macros_entities_and_damage_are_refused():
    content = workbook(["code"], ["A"])
    macros = repacked(content, **{"xl/vbaProject.bin": b"x"})
    assert refusal(macros).code == "file-workbook-macros"
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    entities = repacked(content, **{"xl/sharedStrings.xml": evil})
    assert refusal(entities).code == "file-workbook-unsafe"
    damaged = repacked(content, **{"xl/worksheets/sheet1.xml": b"<not xml"})
    assert refusal(damaged).code == "file-workbook-broken"
    other = repacked(content, **{"readme.txt": b"x"})
    with zipfile.ZipFile(io.BytesIO(other)) as archive:
        assert "readme.txt" in archive.namelist()


SHEET = "xl/worksheets/sheet1.xml"


def rewritten(old, new):
    """Return a workbook of two rows with something else in its sheet."""
    content = workbook(["code", "name"], ["A", "x"], ["B", "y"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(SHEET).decode()
    assert old in text
    return repacked(content, **{SHEET: text.replace(old, new).encode()})


@pytest.mark.parametrize("size", ["A1", "A1:XFD1048576", "B3:A1", None])
def test_a_size_that_a_sheet_states_of_itself_is_not_believed(size):
    said = f'<dimension ref="{size}"/>' if size else ""
    content = rewritten('<dimension ref="A1:B3" />', said)
    assert read(content, known=KNOWN).rows == [(2, ["A", "x"]), (3, ["B", "y"])]


@pytest.mark.parametrize("number", ["1", "99999999999"])
def test_rows_that_a_reader_would_lose_or_never_reach_are_refused(number):
    content = rewritten('<row r="3"', f'<row r="{number}"')
    assert refusal(content).code == "file-workbook-broken"


def test_a_strict_workbook_is_refused_by_name():
    usual = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = rewritten(usual, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert "Strict Open XML" in str(refusal(content))


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "code\nA")
    assert refusal(out.getvalue()).code == "file-workbook-broken"


def test_a_child_out_of_memory_does_no_harm():
    content = workbook(["code"], ["A"])
    assert refusal(content, child_memory=20 * 2**20).code == "file-workbook-too-heavy"


def test_row_limit_holds_inside_the_child():
    content = workbook(["code"], *[[f"A{n}"] for n in range(6)])
    assert refusal(content, rows=4).code == "file-too-many-rows"


@pytest.mark.parametrize("column", [LIMITS.columns + 1, 300, 16_384])
def test_a_stray_cell_far_to_the_right_is_not_lost(column):
    def stray(book):
        book.active.cell(row=2, column=column, value="x")

    content = workbook(["Code"], ["A"], change=stray)
    assert refusal(content).code == "file-too-many-columns"
    assert "80" in str(refusal(content))


def test_a_stray_cell_far_below_does_not_cost_a_minute():
    """Excel leaves such cells behind; the million rows between are passed over."""
    content = workbook(
        ["code"], ["A"], change=lambda book: book.active.cell(1_048_576, 1, "B")
    )
    began = os.times().children_user
    rows = read(content, known=KNOWN).rows
    assert rows == [(2, ["A"]), (1_048_576, ["B"])]
    assert os.times().children_user - began < 15
