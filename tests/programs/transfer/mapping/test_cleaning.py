"""What people write around a value goes; what is no value stays as it was written."""

import pytest

from programs.transfer.cells import Number
from programs.transfer.mapping.cleaning import clean, is_cleaned


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("nik", "32.77.05.570503.0001", "3277055705030001"),
        ("nik", " '3277 0557 0503 0001", "3277055705030001"),
        ("nik", "belum punya", "belum punya"),
        ("birth_date", "Bandung, 17 Mei 2003", "17 Mei 2003"),
        ("birth_date", "Kab. Bandung/17-05-2003", "17-05-2003"),
        ("birth_date", "Jum'at, 17 Mei 2003", "17 Mei 2003"),
        ("birth_date", "2003-05-17 00:00:00", "2003-05-17"),
        ("birth_date", "17 / 05 / 2003", "17/05/2003"),
        ("birth_date", "17/05/2003", "17/05/2003"),
        ("email", "mailto:a@b.id", "a@b.id"),
        ("code", "A/001", "A-001"),
        ("given_name", " R.A. Kartini ", "R.A. Kartini"),
    ],
)
def test_a_cell_is_read_as_people_write_it(field, written, kept):
    assert clean(field, written) == kept


def test_a_number_cell_stays_one_so_that_a_rounded_nik_is_told():
    cell = clean("nik", Number("3277055705030000"))
    assert isinstance(cell, Number)


def test_outer_spaces_are_no_cleaning_worth_telling():
    assert not is_cleaned("nik", " 3277055705030001 ", "3277055705030001")
    assert is_cleaned("nik", "3277.0557", "32770557")
    assert not is_cleaned("given_name", "A", "B")
