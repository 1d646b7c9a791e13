"""The demonstration loads once, whole, and shows what it wants to show."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from programs import eligibility, models, reference
from programs.demo import load, logins, make
from programs.domain import audit
from programs.refusals import Refusal

FIXTURES = settings.BASE_DIR / "fixtures"
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
COMMITTED = FIXTURES / "demo" / "tables"
"""The demonstration as it is committed."""
REFUSED = {
    "CASE-N5-1": "language_level",
    "CASE-OBLIGATION-1": "not_available",
    "CASE-BUSY-1": "already_placed",
    "CASE-ROUTE-1": "route_invalid",
    "CASE-FEE-1": "waived_fee",
    "CASE-AGREEMENT-1": "agreement_not_in_force",
    "CASE-VETO-1": "host_veto",
    "CASE-EXPIRED-1": "language_level",
    "CASE-MINIMUM-3": "language_level",
}
"""Teaching cases that a rule refuses, and the rule."""


@pytest.fixture
def facts(db):
    """The reference data in the database."""
    return reference.load(FIXTURES / "reference")


@pytest.fixture
def small(tmp_path):
    """Thirty people for the four slots of one program."""
    make.write(make.make(FIXTURES, num_people=30, num_slots=4), tmp_path)
    return tmp_path


def test_people_apply_rate_and_pin_through_the_verbs(facts, small):
    counts = load.load(small, now=NOW)
    assert models.Application.objects.count() == counts["applications.csv"]
    assert models.HostRating.objects.count() == counts["host_ratings.csv"]
    assert set(models.Intake.objects.values_list("state", flat=True)) == {"closed"}
    trail = models.AuditEvent.objects
    submitted = trail.filter(action="applications.submit").count()
    assert submitted == counts["applications.csv"]
    assert trail.filter(action="pins.pin").count() == 1
    assert trail.get(action=load.ACTION).data["rows"] == counts
    assert audit.verify_chain().ok


def test_a_second_load_changes_nothing(facts, small):
    load.load(small, now=NOW)
    before = models.AuditEvent.objects.count()
    assert load.load(small, now=NOW) == {}
    assert models.AuditEvent.objects.count() == before


def test_it_goes_into_an_empty_database_only(facts, small):
    load.load(small, now=NOW)
    (small / "teams.csv").unlink(missing_ok=True)
    with (small / "participants.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(Refusal) as caught:
        load.load(small, now=NOW)
    assert caught.value.code == "demo-database-not-empty"


def test_everything_or_nothing(facts, small):
    path = small / "applications.csv"
    path.write_text(path.read_text().replace("poltek-jb", "nowhere"))
    with pytest.raises(LookupError):
        load.load(small, now=NOW)
    assert not models.Institution.objects.exists()


def test_each_teaching_case_is_refused_by_its_rule(facts, monkeypatch):
    monkeypatch.setattr(load, "ENACTED", 0)
    load.load(COMMITTED, now=NOW)
    found = {}
    for code in REFUSED:
        application = models.Application.objects.get(
            participant__code=code, intake__code__endswith="-2027"
        )
        slot = application.preferences.get(rank=1).slot
        [verdict] = eligibility.verdicts(
            application=application, slots=[slot], on=NOW.date()
        )
        assert not verdict.placeable, code
        found[code] = [
            reason.code
            for reason in verdict.reasons
            if reason.severity == verdict.reasons[0].severity
        ]
    assert found == {code: [rule] for code, rule in REFUSED.items()}


def test_logins_exist_for_every_role_and_open_only_with_a_password(facts, small):
    load.load(small, now=NOW)
    for name, _role, _institution in logins.logins():
        assert not models.User.objects.get(username=name).has_usable_password()
    load.load(small, now=NOW, password="only for this test")
    roles = set(models.Membership.objects.values_list("role", flat=True))
    assert roles == {role for role, _label in models.Membership.role.field.choices}
    for user in models.User.objects.all():
        assert user.check_password("only for this test")


def test_the_command_sets_no_password_unless_this_is_a_demo(facts, small, settings):
    settings.DEMO, settings.DEMO_PASSWORD = False, "never used"
    call_command("load_demo", directory=small, verbosity=0)
    assert not models.User.objects.get(username="planner").has_usable_password()


def test_the_command_says_that_a_folder_is_empty(db, tmp_path):
    with pytest.raises(CommandError, match=r"participants\.csv is missing"):
        call_command("load_demo", directory=tmp_path)


def test_the_command_says_what_has_to_come_first(db, small):
    with pytest.raises(CommandError, match="run load_reference first"):
        call_command("load_demo", directory=small)
