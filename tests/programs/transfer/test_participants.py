"""People in files: every bad cell is told with what was expected instead."""

from datetime import date

import pytest
from django.utils import translation

from programs import models, transfer
from programs.choices import ImportKind
from programs.refusals import Refusal

from .conftest import NOW, as_csv, person
from .test_workbooks import workbook

PEOPLE = ImportKind.PARTICIPANTS


def judge(rows, by):
    return transfer.inspect(PEOPLE, as_csv(rows), by=by, now=NOW)


def take(rows, by, **options):
    report = transfer.check(PEOPLE, as_csv(rows), filename="p.csv", by=by, now=NOW)
    return transfer.apply(report.batch, digest=report.digest, by=by, now=NOW, **options)


def test_a_good_row_becomes_a_person_with_papers(coordinator):
    take([person()], coordinator)
    sari = models.Participant.objects.get()
    assert (sari.given_name, sari.province_id, sari.nik) == (
        "Sari",
        "32",
        "0000005705030001",
    )
    assert sari.registered_by.code == "poltek-jb"
    claims = sari.skill_claims.values_list("skill__code", "level", "evidence")
    assert set(claims) == {("AI-PYT", 3, "course"), ("GEN-ELN", 2, "self")}
    certificate = sari.language_certificates.get()
    assert (certificate.cefr, certificate.language, certificate.valid_to) == (
        "A1",
        "ja",
        None,
    )
    assert sari.availabilities.get().ends_on == date(2027, 12, 31)
    assert sari.history.count() == 1


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("code", "P 1", "pattern"),
        ("given_name", "", "required"),
        ("given_name", "=HYPERLINK(1)", "formula"),
        ("given_name", "x" * 151, "too-long"),
        ("given_name", "a\x07b", "control"),
        ("given_name", "a\u200bb", "control"),
        ("given_name", "a\u202eb", "control"),
        ("birth_date", "1900-01-00", "date"),
        ("birth_date", "1900-01-01", "date-range"),
        ("birth_date", "37758", "excel-serial"),
        ("birth_date", "17/05/03", "date"),
        ("birth_date", "2003-02-30", "date"),
        ("birth_date", "31 Februari 2003", "date"),
        ("birth_date", "17 Mai 2003", "date"),
        ("sex", "X", "choice"),
        ("citizenship", "Indonesia", "unknown"),
        ("province_kemendagri", "99", "no-province"),
        ("province_kemendagri", "97", "province-clash"),
        ("home_institution", "unknown-poltek", "unknown"),
        ("kkni", "12", "range"),
        ("kkni", "lima", "integer"),
        ("isced_f", "714", "pattern"),
        ("email", "nobody", "pattern"),
        ("skills", "AI-PYT", "parts"),
        ("skills", "AI-XXX:2", "unknown"),
        ("skills", "AI-PYT:9", "range"),
        ("skills", "AI-PYT:1|AI-PYT:2", "twice"),
        ("languages", "JLPT:N9:2026-07-05", "band"),
        ("languages", "HSK:4:2026-07-05", "version"),
        ("languages", "TEST:4:2026-07-05", "band"),
        ("availability", "2027-05-01:2027-04-01", "order"),
        ("languages", "JLPT:N5:2026-07-05:2025::x", "decimal"),
        ("education", "s1:0714:graduated", "parts"),
        ("education", "s9:0714:active::::A:Polban", "choice"),
        ("education", "s1:0714:done::::A:Polban", "choice"),
        ("education", "s1:714:active::::A:Polban", "pattern"),
        ("education", "s1:0714:active::4.5::A:Polban", "range"),
        ("education", "s1:0714:active:::99:A:Polban", "range"),
        ("education", "s1:0714:graduated::::A:Polban", "graduation"),
        ("education", "s1:0714:active::::A:X|s1:0714:active:::5:B:X", "twice"),
        ("employment", "PT Maju:nursing:2024-01-01", "pattern"),
        ("employment", "PT Maju:0714:someday", "date"),
        ("employment", "PT Maju:0714:2024-01-01:2023-01-01", "order"),
        ("facts", "height:14:2027-01-05", "unknown"),
        ("facts", "maths:tall:2027-01-05", "fact-value"),
        ("facts", "maths:1:2027-01-05|maths:2:2027-01-05", "twice"),
        ("facts", "fit:yes:2027-01-05", "refused"),
        ("sensitive_facts", "maths:1:2027-01-05", "refused"),
        ("sensitive_facts", "fit:perhaps:2027-01-05", "fact-value"),
        ("nik", "3.17401E+15", "nik-scientific"),
        ("nik", "12345", "nik-digits"),
        ("nik", "００00005705030001", "nik-digits"),
        ("nik", "0000009905030001", "nik-date"),
        ("passport", "A-1", "passport-letters"),
        ("nik", "0000001705030001", "nik-sex"),
        ("disability", "yes", "choice"),
    ],
)
def test_each_bad_cell_is_told(coordinator, column, value, code):
    report = judge(
        [person(), person(code="P-2", nik="") | {column: value}], coordinator
    )
    good, bad = report.rows
    assert good.is_good
    assert [(problem.column, problem.code) for problem in bad.problems] == [
        (column, code)
    ]
    assert bad.problems[0].expectation
    assert bad.number == 3


def test_problems_are_told_in_the_readers_language(coordinator):
    problem = judge([person(kkni="12")], coordinator).rows[0].problems[0]
    english = problem.expectation
    with translation.override("id"):
        indonesian = problem.expectation
    assert english == "a number from 1 to 9"
    assert indonesian != english


@pytest.mark.parametrize(
    ("columns", "province"),
    [
        ({"province_kemendagri": "94"}, "94"),
        ({"province_kemendagri": "", "province_bps": "94"}, "91"),
        ({"province_kemendagri": "95", "province_bps": "97"}, "95"),
    ],
)
def test_the_column_says_which_registry_a_code_is_of(coordinator, columns, province):
    report = judge([person() | columns], coordinator)
    assert report.rows[0].values["province"] == province


def test_codes_of_the_other_registry_are_caught(coordinator):
    rows = [
        person() | {"province_kemendagri": "94", "province_bps": "94"},
        person(code="P-2", nik="") | {"province_kemendagri": "97", "province_bps": ""},
    ]
    both, other = judge(rows, coordinator).rows
    assert both.problems[0].code == "two-registries"
    assert "Papua Pegunungan" in other.problems[0].expectation


def test_codes_that_clash_are_pointed_out_before_confirming(coordinator):
    notes = judge([person(province_kemendagri="94")], coordinator).notes
    assert "1 rows name a province of Papua by its KEMENDAGRI code alone" in notes[0]
    assert judge([person()], coordinator).notes == []


def test_a_regency_has_to_lie_in_the_province(coordinator):
    rows = [person() | {"regency_kemendagri": "53.04"}]
    assert judge(rows, coordinator).rows[0].problems[0].code == "two-registries"
    rows = [person(province_kemendagri="53") | {"regency_kemendagri": "53.04"}]
    assert judge(rows, coordinator).rows[0].values["regency"] == "53.04"


def test_a_nik_may_stand_once_in_a_file_and_once_in_an_institution(coordinator):
    take([person()], coordinator)
    report = judge([person(code="P-2"), person(code="P-3")], coordinator)
    registered, in_file = report.rows
    assert registered.problems[0].code == "nik-registered"
    assert registered.problems[0].params == {"code": "P-1"}
    assert [problem.code for problem in in_file.problems] == ["nik-in-file"]


def test_another_institution_may_know_the_person_and_officers_are_told(coordinator):
    take([person()], coordinator)
    take([person(code="P-2", registered_by="tanjung")], coordinator)
    noted = models.AuditEvent.objects.get(action="participants.known_elsewhere")
    twin = models.Participant.objects.get(code="P-2")
    assert noted.object_id == str(twin.pk)


def test_the_second_row_with_a_code_is_refused(coordinator):
    report = judge([person(), person(nik="")], coordinator)
    assert [row.is_good for row in report.rows] == [True, False]
    assert report.rows[1].problems[0].code == "key-in-file"


def test_a_column_the_file_lacks_is_left_alone(coordinator):
    take([person()], coordinator)
    row = person(given_name="Rini")
    for name in ("skills", "nik", "email"):
        del row[name]
    report = take([row], coordinator)
    assert report.counts["changed"] == 1
    sari = models.Participant.objects.get()
    assert (sari.given_name, sari.email) == ("Rini", "p-1@peserta.example")
    assert sari.nik == "0000005705030001"
    assert sari.skill_claims.count() == 2
    assert sari.history.count() == 2


def test_an_empty_cell_empties_a_field_but_never_the_nik(coordinator):
    take([person(disability="sensory")], coordinator)
    take([person(email="", skills="", nik="", disability="")], coordinator)
    sari = models.Participant.objects.get()
    assert (sari.email, sari.skill_claims.count()) == ("", 0)
    assert (sari.nik, sari.disability) == ("0000005705030001", "sensory")
    take([person(disability="none")], coordinator)
    assert models.Participant.objects.get().disability == ""


def test_a_nik_in_a_number_cell_is_refused(coordinator):
    row = person()
    content = workbook(list(row), [*list(row.values())[:-1], 3174015705030001])
    report = transfer.inspect(PEOPLE, content, by=coordinator, now=NOW)
    assert report.rows[0].problems[0].code == "nik-number"


def test_a_formula_cell_is_refused(coordinator):
    row = person(given_name='=CONCAT("Sa","ri")')
    content = workbook(list(row), list(row.values()))
    report = transfer.inspect(PEOPLE, content, by=coordinator, now=NOW)
    assert report.rows[0].problems[0].code == "formula"


def test_days_first_dates_and_scores_within_bands_are_understood(coordinator):
    row = person(birth_date="17/05/2003", languages="TOEIC-LR:640:05-07-2026")
    values = judge([row], coordinator).rows[0].values
    assert values["birth_date"] == date(2003, 5, 17)
    assert values["languages"] == (
        ("TOEIC-LR", "640", "2026-07-05", "2016", "2028-07-05", ""),
    )


@pytest.mark.parametrize(
    "text", ["17 Mei 2003", "17 mei 2003", "17 May 2003", "17.5.2003", "17-05-2003"]
)
def test_dates_are_read_as_people_write_them(coordinator, text):
    row = judge([person(birth_date=text)], coordinator).rows[0]
    assert row.values["birth_date"] == date(2003, 5, 17)


@pytest.mark.parametrize("word", ["F", "f", "P", "p", "Perempuan"])
def test_sex_is_read_as_indonesian_forms_write_it(coordinator, word):
    row = judge([person(sex=word)], coordinator).rows[0]
    assert row.values["sex"] == "F"


def test_values_outside_the_named_columns_are_refused(coordinator):
    content = as_csv([person()]).rstrip() + b",stray"
    row = transfer.inspect(PEOPLE, content, by=coordinator, now=NOW).rows[0]
    assert row.problems[0].code == "ragged"


def test_the_summary_shows_numbers_and_hides_people(coordinator):
    rows = [person(), person(code="P-2", nik="", kkni="8")]
    summary = judge(rows, coordinator).summary
    assert summary["kkni"] == {
        "filled": 2,
        "empty": 0,
        "different": 2,
        "least": "5",
        "median": "5",
        "most": "8",
    }
    assert summary["sex"]["common"] == [("F", 2)]
    assert set(summary["nik"]) == {"filled", "empty", "different"}
    assert set(summary["birth_date"]) == {"filled", "empty", "different"}


def test_missing_columns_are_named(coordinator):
    row = person()
    del row["sex"], row["kkni"]
    with pytest.raises(Refusal, match="sex, kkni"):
        judge([row], coordinator)


def test_templates_name_every_column(coordinator):
    content = transfer.template(PEOPLE, "csv", by=coordinator)
    assert content.decode("utf-8-sig").split("\r\n")[0].count(",") == 23


def test_studies_jobs_and_facts_come_with_a_person(coordinator):
    row = person(
        education="s1:0714:active::3,4:5::Polban",
        employment="PT Maju:0913:1 Januari 2024",
        facts="maths:14,5:2027-01-05",
        sensitive_facts="fit:ya:2027-01-05",
    )
    take([row], coordinator)
    sari = models.Participant.objects.get()
    study = sari.education.get()
    assert (str(study.gpa), study.semester, study.graduated_on) == ("3.40", 5, None)
    assert sari.employment.get().starts_on == date(2024, 1, 1)
    values = {each.definition.code: each.value for each in sari.facts.all()}
    assert values == {"maths": "14.5", "fit": "yes"}
    # An empty cell wipes what everybody sees, and never what only few may see.
    take([row | {"facts": "", "sensitive_facts": ""}], coordinator)
    assert [each.definition.code for each in sari.facts.all()] == ["fit"]


def test_sensitive_facts_leave_only_with_what_is_private(coordinator):
    take(
        [person(facts="maths:1:2027-01-05", sensitive_facts="fit:no:2027-01-05")],
        coordinator,
    )
    for private in (False, True):
        rows = models.Participant.objects.all()
        content = transfer.export(
            PEOPLE, "csv", by=coordinator, now=NOW, rows=rows, private=private
        ).decode()
        assert "maths:1:2027-01-05" in content
        assert ("fit:no" in content) == private
