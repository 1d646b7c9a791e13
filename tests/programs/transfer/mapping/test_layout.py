"""The table is found among titles, numbers, totals and signatures; nothing is dropped
without being told."""

import pytest

from programs.refusals import Refusal
from programs.transfer.mapping.layout import table_of
from programs.transfer.sheets import Grid

HEADING = ["No", "Nama", "Tgl Lahir", "Sekolah"]
PERSON = ["1", "Sari", "17/05/2003", "SMKN 1"]


def table(rows, **facts):
    facts["hidden"] = frozenset(facts.get("hidden", ()))
    options = {"skip_hidden": facts.pop("skip_hidden", False)}
    found = table_of(Grid((row for row in enumerate(rows, 1)), **facts), **options)
    return found, list(found.rows)


def test_titles_stand_above_and_are_told():
    found, rows = table(
        [["DAFTAR PESERTA"], ["Tahun 2027", "", "", "hal. 1"], HEADING, PERSON]
    )
    assert found.headings == HEADING
    assert rows == [(4, PERSON)]
    assert found.left_out == [
        (1, "title", "DAFTAR PESERTA"),
        (2, "title", "Tahun 2027"),
    ]


@pytest.mark.parametrize(
    "numbers",
    [["1", "2", "3", "4"], ["(1)", "(2)", "(3)", "(4)"], ["1.", "2.", "3.", "4."]],
)
def test_numbers_of_the_columns_are_no_person(numbers):
    found, rows = table([HEADING, numbers, PERSON])
    assert rows == [(3, PERSON)]
    assert found.counts == {"numbering": 1}


@pytest.mark.parametrize(
    "total",
    ["JUMLAH", "Jumlah total", "Total", "Sub-total", "GRAND TOTAL:", "Rata-rata"],
)
def test_totals_are_no_people(total):
    found, rows = table([HEADING, PERSON, [total, "", "1"]])
    assert (rows, found.counts) == ([(2, PERSON)], {"total": 1})


def test_somebody_called_total_is_a_person():
    person = ["2", "Total Setiawan", "18/05/2003", "SMKN 1"]
    assert table([HEADING, PERSON, person])[1][1] == (3, person)
    assert table([HEADING[1:], ["Jumlah Hidayat", "1/2/2003", "SMKN 1"]])[1]


def test_the_heading_once_more_and_signatures_are_left_out():
    found, rows = table([HEADING, PERSON, HEADING, ["", "", "", "Kepala Sekolah"]])
    assert rows == [(2, PERSON)]
    assert found.counts == {"repeated": 1, "note": 1}


def test_a_heading_of_two_rows_is_joined_where_cells_are_merged():
    rows = [["No", "Nama", "Alamat", ""], ["", "", "Provinsi", "Kota"], PERSON]
    found, read = table(rows, merged=("A1:A2", "B1:B2", "C1:D1"))
    assert found.headings == ["No", "Nama", "Alamat / Provinsi", "Alamat / Kota"]
    assert read == [(3, PERSON)]


def test_a_wide_name_over_no_others_is_one_row():
    found, rows = table([["No", "Nama", "", "Sekolah"], PERSON], merged=("B1:C1",))
    assert found.headings == ["No", "Nama", "Nama (2)", "Sekolah"]
    assert rows == [(2, PERSON)]


def test_a_school_merged_down_its_people_is_everybody_s():
    rows = [
        HEADING,
        PERSON,
        ["2", "Budi", "1/2/2003", ""],
        ["3", "Ayu", "1/2/2003", ""],
    ]
    found, read = table(rows, merged=("D2:D3",))
    assert [cells[3] for _number, cells in read] == ["SMKN 1", "SMKN 1", ""]
    assert found.filled == 1


def test_hidden_rows_are_read_unless_somebody_leaves_them_out():
    assert len(table([HEADING, PERSON, PERSON], hidden={2})[1]) == 2
    found, rows = table([HEADING, PERSON, PERSON], hidden={2}, skip_hidden=True)
    assert (rows, found.counts) == ([(3, PERSON)], {"hidden": 1})


def test_a_sheet_without_a_heading_is_refused():
    with pytest.raises(Refusal, match="names columns") as caught:
        table([["1", "2", "3"], ["4", "5", "6"]])
    assert caught.value.code == "file-no-table"
