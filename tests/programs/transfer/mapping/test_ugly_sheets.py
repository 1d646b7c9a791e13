"""Sheets as people have them: read whole, and what was left out or cleaned is told."""

import pytest

from programs import transfer
from programs.models import Application, Participant
from programs.transfer.mapping import MADE, Mapping
from tests.programs.transfer.conftest import NOW

from . import ugly

KIND = "nominations"


def report_on(content, by, mapping=None):
    return transfer.check(
        KIND,
        content,
        filename="x",
        by=by,
        now=NOW,
        mapping=mapping or Mapping(),
    )


def faults(report):
    return {
        (problem.column, problem.code) for row in report.bad for problem in row.problems
    }


def test_a_form_s_answers_come_in_but_for_the_spoilt_nik(school, coordinator):
    report = report_on(ugly.from_a_form(), coordinator)
    assert faults(report) == {("nik", "nik-number")}
    assert [row.number for row in report.bad] == [4]
    told = " ".join(report.notes)
    assert "tahun lalu" in told
    assert "NIK: 2 cells" in told
    transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    people = {p.given_name: p for p in Participant.objects.all()}
    sari, budi = people["Sari Wulandari"], people["Budi Santoso"]
    assert sari.nik == "3277055705030001"
    assert str(budi.birth_date) == "2004-05-18"
    assert (sari.sex, budi.sex) == ("F", "M")
    assert {p.home_institution for p in people.values()} == {school}
    assert (sari.kkni, sari.isced_f, budi.isced_f) == (2, "0714", "0613")
    assert {p.province_id for p in people.values()} == {"32"}
    assert Application.objects.filter(intake__code="atp-2027").count() == 2


def test_a_school_s_recapitulation_is_read_whole(school, coordinator):
    mapping = report_on(ugly.from_a_school(), coordinator).own.mapping
    mapping.constants["isced_f"] = "0714"
    report = report_on(ugly.from_a_school(), coordinator, mapping)
    assert not report.bad, faults(report)
    assert [row.number for row in report.rows] == [7, 8, 9, 10, 11]
    assert {row.cells["home_institution"] for row in report.rows} == {"smkn1-cimahi"}
    assert report.rows[4].cells["regency_kemendagri"] == "53.04"
    told = " ".join(report.notes)
    for said in (
        "a total",
        "row 12",
        "numbers of the columns",
        "hides 2 rows",
        "row 8",
    ):
        assert said in told


def test_hidden_rows_are_left_out_where_somebody_says_so(school, coordinator):
    mapping = report_on(ugly.from_a_school(), coordinator).own.mapping
    mapping.skip_hidden = True
    rows = report_on(ugly.from_a_school(), coordinator, mapping).rows
    assert [row.number for row in rows] == [7, 9, 11]


def test_an_old_excel_s_csv_keeps_its_letters(school, coordinator):
    report = report_on(ugly.from_old_excel(), coordinator)
    assert faults(report) == {("isced_f", "required")}
    assert [row.cells["given_name"] for row in report.rows] == [
        "Zoë Anggraini",
        "Budi Santoso",
    ]
    assert report.rows[0].cells["merit_score"] == "82,5"
    assert "cp1252" in " ".join(report.notes)


@pytest.mark.parametrize("mark", [True, False])
def test_unicode_text_is_read_with_and_without_its_mark(school, coordinator, mark):
    report = report_on(ugly.unicode_text(mark), coordinator)
    assert [row.cells["code"] for row in report.rows] == ["A-001", "A-002"]
    assert [row.cells["sex"] for row in report.rows] == ["F", "M"]
    assert "the heading once more" in " ".join(report.notes)


def test_unknown_words_are_counted_and_settled_for_all_rows_at_once(
    school, coordinator
):
    report = report_on(ugly.with_unknown_words(), coordinator)
    assert len(report.bad) == 94
    assert faults(report) == {("home_institution", "unknown")}
    mapping = report.own.mapping
    mapping.values["home_institution"] = {ugly.UNKNOWN: "poltek-jb"}
    report = report_on(ugly.with_unknown_words(), coordinator, mapping)
    assert not report.bad, faults(report)
    transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    person = Participant.objects.get(code="B-001")
    certificate = person.language_certificates.get()
    assert (certificate.test, certificate.band) == ("JLPT", "N4")
    assert str(certificate.taken_on) == "2026-07-05"
    wish = person.applications.get().preferences.get()
    assert wish.slot.code == "ATP-01"
    assert not Participant.objects.get(code="B-000").language_certificates.exists()


def test_what_was_chosen_once_is_proposed_for_the_next_sheet(school, coordinator):
    report = report_on(ugly.with_unknown_words(), coordinator)
    mapping = report.own.mapping
    mapping.values["home_institution"] = {ugly.UNKNOWN: "poltek-jb"}
    mapping.columns["Catatan"] = "team"
    report = report_on(ugly.with_unknown_words(), coordinator, mapping)
    transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    again = report_on(ugly.with_unknown_words(), coordinator)
    assert not again.bad
    assert again.counts["unchanged"] == 100
    assert again.own.mapping.columns["Catatan"] == "team"
    assert again.own.mapping.sure["Catatan"] == 1.0


def test_people_without_a_code_get_one_that_stays_theirs(school, coordinator):
    content = ugly.from_old_excel()
    mapping = report_on(content, coordinator).own.mapping
    assert mapping.constants["code"] == MADE
    mapping.constants["isced_f"] = "0714"
    report = report_on(content, coordinator, mapping)
    transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    lines = content.split(b"\r\n")
    swapped = b"\r\n".join([*lines[:3], lines[4], lines[3], lines[5]])
    again = report_on(swapped, coordinator, mapping)
    assert again.counts["unchanged"] == 2


def test_words_for_nothing_leave_a_field_empty(school, coordinator):
    content = ugly.with_unknown_words().replace(b",-,,", b",Belum ada,,")
    mapping = report_on(content, coordinator).own.mapping
    mapping.values["home_institution"] = {ugly.UNKNOWN: "poltek-jb"}
    report = report_on(content, coordinator, mapping)
    assert not report.bad
    assert report.rows[0].cells["languages"] == ""


def test_provinces_by_name_are_no_codes_to_be_doubted(school, coordinator):
    content = ugly.with_unknown_words().replace(b"Jawa Barat", b"Papua Tengah")
    assert "registry" not in " ".join(report_on(content, coordinator).notes)
    report = report_on(content.replace(b"Papua Tengah", b"94"), coordinator)
    mapping = report.own.mapping
    mapping.columns["Provinsi"] = "province_kemendagri"
    notes = report_on(
        content.replace(b"Papua Tengah", b"94"), coordinator, mapping
    ).notes
    assert "by its KEMENDAGRI code alone" in " ".join(notes)
