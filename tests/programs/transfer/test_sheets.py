"""Damaged text files are each answered with one clear sentence."""

from dataclasses import replace

import pytest

from programs.refusals import Refusal
from programs.transfer.limits import LIMITS
from tests.programs.transfer.files import read

KNOWN = {"code", "name", "province_kemendagri", "province_bps"}


def refusal(content, **limits):
    with pytest.raises(Refusal) as caught:
        read(content, known=KNOWN, limits=replace(LIMITS, **limits))
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_by_the_column_names(delimiter):
    sheet = read(f"code{delimiter}name\nA{delimiter}x,y;z\n".encode(), known=KNOWN)
    assert sheet.header == ["code", "name"]
    assert len(sheet.rows) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are_are_read(encoding):
    sheet = read("code,name\nA,Zoë\n".encode(encoding), known=KNOWN)
    assert sheet.rows == [(2, ["A", "Zoë"])]


def test_windows_text_is_read_and_said_to_be_guessed():
    sheet = read("code,name\nA,Zoë\n".encode("cp1252"), known=KNOWN)
    assert sheet.rows == [(2, ["A", "Zoë"])]
    assert "cp1252" in sheet.notes[0]
    assert not read(b"code,name\nA,Zo\n", known=KNOWN).notes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_its_mark(encoding):
    sheet = read("code\tname\nA\tZoë\n".encode(encoding), known=KNOWN)
    assert sheet.rows == [(2, ["A", "Zoë"])]


def test_the_first_line_may_say_the_delimiter():
    sheet = read(b"sep=|\r\ncode|name\r\nA|x,y;z\r\n", known=KNOWN)
    assert sheet.rows == [(3, ["A", "x,y;z"])]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_ending_is_read(newline):
    content = newline.join(["code,name", "A,x", "B,y"]).encode()
    assert [cells for _n, cells in read(content, known=KNOWN).rows] == [
        ["A", "x"],
        ["B", "y"],
    ]


def test_names_may_have_capitals_and_spaces_and_rows_may_be_blank():
    sheet = read(b"\n Code , NAME\n\nA,x\n,\n", known=KNOWN)
    assert (sheet.header, sheet.rows) == (["code", "name"], [(4, ["A", "x"])])


def test_unknown_columns_are_named_and_ignored():
    assert read(b"code,colour\nA,red\n", known=KNOWN).ignored == ["colour"]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "file-empty", "template"),
        (b" \n ", "file-empty", "template"),
        (b"code,name\nA,Zo\x81", "file-encoding", "byte 15"),
        (b"%PDF-1.7", "file-pdf", "PDF"),
        (b"{\\rtf1", "file-rich-text", ".rtf"),
        (b"\xef\xbb\xbf\n<HTML><table>", "file-web-page", "HTML"),
        (b"code,name\nA,\x00", "file-nul", "NUL"),
        (b'code,name\nA,"open', "file-csv-broken", "quotation mark"),
        (b"code,code\nA,B", "file-duplicate-column", "“code”"),
        (b"kode,nama\nA,B", "file-no-known-column", "code, name"),
        (b"code,province\nA,94", "file-region-system-missing", "province_bps"),
        (b"\xd0\xcf\x11\xe0 old excel", "file-old-excel", ".xlsx"),
        (b"PK\x03\x04 no zip", "file-workbook-broken", "damaged"),
    ],
)
def test_damaged_files_are_refused_with_one_sentence(content, code, said):
    refused = refusal(content)
    assert refused.code == code
    assert said in str(refused)


def test_limits_hold():
    assert refusal(b"code\n" + b"A\n" * 4, rows=3).code == "file-too-many-rows"
    assert refusal(b"code\nABCDEF", cell_characters=5).code == "file-cell-too-long"
    assert refusal(b"code" + b"," * 9 + b"name\nA", columns=5).code == (
        "file-too-many-columns"
    )
    assert refusal(b"code\nA", file_bytes=3).code == "file-too-big"
