"""Codes are their institution's own: files name both, where one is not enough."""

import pytest

from programs import models, transfer
from programs.choices import ImportKind

from .conftest import NOW, as_csv, person

PEOPLE, APPLICATIONS = ImportKind.PARTICIPANTS, ImportKind.APPLICATIONS
OTHER = {"home_institution": "tanjung", "registered_by": "tanjung", "nik": ""}
WISH = {"participant": "P-1", "intake": "atp-2027", "choice_1": "ATP-01"}


def judge(kind, rows, by):
    return transfer.inspect(kind, as_csv(rows), by=by, now=NOW)


def take(kind, rows, by):
    report = transfer.check(kind, as_csv(rows), filename="f.csv", by=by, now=NOW)
    return transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)


def codes(row):
    return [(problem.column, problem.code) for problem in row.problems]


@pytest.fixture
def twins(coordinator, slot):
    """Two people of two institutions with the same code, from one file."""
    rows = [person(registered_by="poltek-jb"), person(given_name="Budi", **OTHER)]
    take(PEOPLE, rows, coordinator)
    return coordinator


def names():
    rows = models.Participant.objects.order_by("given_name")
    return list(rows.values_list("given_name", "registered_by__code"))


def test_two_institutions_use_one_code(twins):
    assert names() == [("Budi", "tanjung"), ("Sari", "poltek-jb")]


def test_each_is_changed_by_the_own_institution_and_code(twins):
    take(PEOPLE, [person(given_name="Bima", **OTHER)], twins)
    assert names() == [("Bima", "tanjung"), ("Sari", "poltek-jb")]


def test_a_file_without_institutions_means_the_one_at_home_there(twins):
    take(PEOPLE, [person(given_name="Sri")], twins)
    assert names() == [("Budi", "tanjung"), ("Sri", "poltek-jb")]


def test_a_file_that_could_mean_several_is_told_which(twins):
    models.Institution.objects.create(code="third", name="Third", country_id="ID")
    [row] = judge(PEOPLE, [person(home_institution="third")], twins).rows
    assert codes(row) == [("code", "several-have-it")]
    assert "poltek-jb, tanjung" in row.problems[0].expectation


def test_an_old_file_still_finds_the_one_person_with_a_code(coordinator, slot):
    take(PEOPLE, [person(registered_by="tanjung")], coordinator)
    report = take(PEOPLE, [person(given_name="Sri")], coordinator)
    assert report.counts["changed"] == 1
    assert names() == [("Sri", "tanjung")]


def test_the_same_institution_and_code_twice_in_a_file(coordinator):
    rows = [person(), person(registered_by="poltek-jb", nik="")]
    report = judge(PEOPLE, rows, coordinator)
    assert [codes(row) for row in report.rows] == [[], [("code", "key-in-file")]]


def test_an_application_names_institution_and_code(twins):
    [row] = judge(APPLICATIONS, [WISH], twins).rows
    assert codes(row) == [("participant", "several-have-it")]
    take(APPLICATIONS, [WISH | {"registered_by": "tanjung"}], twins)
    [sent] = models.Application.objects.all()
    assert sent.participant.given_name == "Budi"
    assert sent.nominated_by.code == "tanjung"


def test_an_application_of_an_institution_that_has_no_such_code(coordinator, slot):
    take(PEOPLE, [person()], coordinator)
    [row] = judge(APPLICATIONS, [WISH | {"registered_by": "tanjung"}], coordinator).rows
    assert codes(row) == [("participant", "unknown")]


def test_exports_of_twins_come_back_unchanged(twins):
    wishes = [WISH | {"registered_by": code} for code in ("poltek-jb", "tanjung")]
    take(APPLICATIONS, wishes, twins)
    for kind in (PEOPLE, APPLICATIONS):
        exported = transfer.export(kind, "csv", by=twins, now=NOW)
        report = transfer.inspect(kind, exported, by=twins, now=NOW)
        assert report.counts["unchanged"] == 2
