"""Applications in files: ranked choices of one intake, while it is open."""

from datetime import date

import pytest

from programs import models, transfer
from programs.choices import ImportKind

from .conftest import NOW, as_csv, person

ROW = {
    "participant": "P-1",
    "intake": "atp-2027",
    "merit_score": "81,5",
    "choice_1": "ATP-01",
}


@pytest.fixture
def by(coordinator, slot):
    """A coordinator with a slot and somebody to send."""
    report = transfer.check(
        ImportKind.PARTICIPANTS,
        as_csv([person()]),
        filename="",
        by=coordinator,
        now=NOW,
    )
    transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    return coordinator


def judge(row, by):
    return transfer.inspect(
        ImportKind.APPLICATIONS, as_csv([row]), by=by, now=NOW
    ).rows[0]


def take(row, by):
    report = transfer.check(
        ImportKind.APPLICATIONS, as_csv([row]), filename="a.csv", by=by, now=NOW
    )
    return transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)


def test_a_row_becomes_an_application_with_its_choices(by):
    take(ROW | {"team": "tim-1"}, by)
    application = models.Application.objects.get()
    assert (application.state, application.merit_score) == ("submitted", 81.5)
    assert application.nominated_by.code == "poltek-jb"
    assert application.team.code == "tim-1"
    assert application.preferences.get().slot.code == "ATP-01"


def test_choices_can_be_changed_while_the_intake_is_open(by):
    take(ROW, by)
    assert take(ROW | {"carry_over_points": "2"}, by).counts["changed"] == 1
    assert models.Application.objects.get().carry_over_points == 2


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"participant": "P-9"}, "participant", "unknown"),
        ({"intake": "nowhere"}, "intake", "unknown"),
        ({"nominated_by": "nobody"}, "nominated_by", "unknown"),
        ({"merit_score": "101"}, "merit_score", "range"),
        ({"merit_score": "-1"}, "merit_score", "negative"),
        ({"merit_score": "1.000"}, "merit_score", "ambiguous-number"),
        ({"choice_1": "OTHER"}, "choice_1", "other-intake"),
        ({"choice_1": "", "choice_2": "ATP-01"}, "choice_1", "gap-in-choices"),
        ({"choice_2": "ATP-01"}, "choice_1", "twice"),
    ],
)
def test_each_bad_cell_is_told(by, changes, column, code):
    problems = judge(ROW | changes, by).problems
    assert [(problem.column, problem.code) for problem in problems] == [(column, code)]


def test_too_many_choices_are_refused(by):
    choices = {f"choice_{rank}": f"S-{rank}" for rank in range(1, 6)}
    problems = judge(ROW | choices, by).problems
    assert ("choice_4", "too-many-choices") in [(p.column, p.code) for p in problems]


def test_a_closed_intake_takes_no_changes_but_the_same_rows(by):
    take(ROW, by)
    for closing in ({"closes_on": date(2026, 11, 1)}, {"state": "closed"}):
        models.Intake.objects.update(**closing)
        assert judge(ROW, by).action == "unchanged"
        [problem] = judge(ROW | {"merit_score": "90"}, by).problems
        assert problem.code == "intake-late"


def test_somebody_elses_program_is_out_of_reach(by):
    other = models.Institution.objects.get(code="tanjung")
    models.Program.objects.update(owner=other)
    assert judge(ROW, by).problems[0].code == "not-yours"
