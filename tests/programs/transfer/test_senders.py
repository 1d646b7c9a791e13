"""A partner brings its own people by its own sheet, and learns of nobody else's."""

import pytest

from programs import transfer
from programs.choices import ImportKind, IntakeState
from programs.domain import facts
from programs.models import Application, FactDefinition, Participant, Team
from programs.refusals import Refusal
from tests import factories

from .conftest import NOW, person
from .files import judged, taken

PEOPLE, BOTH = ImportKind.PARTICIPANTS, ImportKind.NOMINATIONS
APPLICATIONS = ImportKind.APPLICATIONS


@pytest.fixture
def school(slot):
    return factories.institution.make(code="smkn-3-makassar")


@pytest.fixture
def teacher(school):
    return factories.partner(of=school)


@pytest.fixture
def theirs(coordinator, slot):
    """Somebody of another institution, with an application and a team."""
    row = person(intake="atp-2027", choice_1="ATP-01", team="tim-01")
    taken(BOTH, [row], by=coordinator, now=NOW)
    return Participant.objects.get()


def pupil(**changes):
    home = {"home_institution": "smkn-3-makassar", "nik": "", "email": ""}
    wish = {"intake": "atp-2027", "choice_1": "ATP-01"}
    return person(**{**home, **wish, **changes})


def told(kind, row, *, by):
    """Return what is wrong with a row, as (column, code)."""
    (checked,) = judged(kind, [row], by=by, now=NOW)
    return [(problem.column, problem.code) for problem in checked.problems]


def test_eleven_pupils_are_registered_and_nominated_and_taken_out_again(
    teacher, school, slot
):
    rows = [pupil(code=f"2026-{number:03}") for number in range(11)]
    report = taken(BOTH, rows, by=teacher, now=NOW)
    sent = Application.objects.filter(nominated_by=school, preferences__slot=slot)
    assert sent.count() == 11
    assert set(Participant.objects.values_list("registered_by", flat=True)) == {
        school.pk
    }
    transfer.undo(report.batch, by=teacher, now=NOW)
    assert not Participant.objects.exists()


def test_a_code_that_another_institution_uses_is_no_matter(teacher, school, theirs):
    (row,) = judged(BOTH, [pupil()], by=teacher, now=NOW)
    assert row.action == "new"
    taken(BOTH, [pupil()], by=teacher, now=NOW)
    assert Participant.objects.filter(code="P-1").count() == 2
    (again,) = judged(BOTH, [pupil()], by=teacher, now=NOW)
    assert again.action == "unchanged"


@pytest.mark.parametrize("code", ["P-1", "P-9"])
def test_nothing_is_told_of_people_whom_others_registered(teacher, theirs, code):
    owner = theirs.registered_by.code
    claimed = pupil(code=code, registered_by=owner, nik="")
    assert told(PEOPLE, claimed, by=teacher) == [("registered_by", "not-yours")]
    assert ("registered_by", "not-yours") in told(BOTH, claimed, by=teacher)
    named = {"participant": code, "registered_by": owner, "intake": "atp-2027"}
    assert told(APPLICATIONS, named, by=teacher) == [("participant", "unknown")]


def test_a_partner_takes_nobody_from_others_into_its_teams_or_theirs(
    teacher, school, theirs
):
    owner = theirs.registered_by.code
    for team in (f"{owner}/tim-01", f"{owner}/tim-99", "/tim-01"):
        assert told(BOTH, pupil(team=team), by=teacher) == [("team", "unknown")]
    taken(BOTH, [pupil(team="tim-01")], by=teacher, now=NOW)
    assert Team.objects.get(institution=school).applications.count() == 1
    # Nominated by the school, registered elsewhere: not the school's to nominate.
    factories.application.make(participant=theirs, nominated_by=school)
    named = {
        "participant": theirs.code,
        "registered_by": owner,
        "intake": "atp-2027",
        "nominated_by": "smkn-3-makassar",
    }
    later = factories.intake.make(code="atp-2028", opens_on=NOW.date())
    assert later.state == IntakeState.OPEN
    problems = told(APPLICATIONS, {**named, "intake": "atp-2028"}, by=teacher)
    assert problems == [("intake", "not-yours")]


def test_points_and_drafts_are_the_coordinators(teacher, coordinator, slot):
    given = pupil(merit_score="90")
    assert told(BOTH, given, by=teacher) == [("merit_score", "refused")]
    taken(BOTH, [given], by=coordinator, now=NOW)
    factories.intake.make(code="secret-2028", state=IntakeState.DRAFT)
    hidden = pupil(code="P-2", intake="secret-2028", choice_1="")
    assert ("intake", "unknown") in told(BOTH, hidden, by=teacher)


def test_an_export_holds_own_people_and_none_that_one_hosts(teacher, school, theirs):
    taken(BOTH, [pupil(code="2026-001")], by=teacher, now=NOW)
    factories.placement.make(
        application=theirs.applications.get(), slot__host=school, state="confirmed"
    )
    for kind in (PEOPLE, BOTH, APPLICATIONS):
        text = transfer.export(kind, "csv", by=teacher, now=NOW).decode()
        assert "2026-001" in text
        assert "P-1" not in text


def test_files_of_officers_are_not_for_partners(teacher):
    with pytest.raises(Refusal, match="Your role does not allow this"):
        transfer.check(ImportKind.SLOTS, b"code\n", filename="s", by=teacher, now=NOW)


def test_a_file_keeps_what_an_officer_has_confirmed(teacher, school, slot):
    maths = FactDefinition.objects.get(code="maths")
    taken(PEOPLE, [pupil(facts="maths:14:2027-01-05")], by=teacher, now=NOW)
    fact = Participant.objects.get().facts.get()
    facts.verify(fact=fact, by=factories.coordinator(), now=NOW)
    for cell in ("", "maths:14:2027-01-05"):
        (row,) = judged(PEOPLE, [pupil(facts=cell)], by=teacher, now=NOW)
        assert row.action == "unchanged"
    otherwise = pupil(facts="maths:15:2027-01-05")
    assert told(PEOPLE, otherwise, by=teacher) == [("facts", "refused")]
    later = pupil(facts="maths:15:2027-01-06")
    taken(PEOPLE, [later], by=teacher, now=NOW)
    values = maths.facts.order_by("valid_from").values_list("value", flat=True)
    assert list(values) == ["14", "15"]
    assert maths.facts.filter(verified_at__isnull=False).get().pk == fact.pk
