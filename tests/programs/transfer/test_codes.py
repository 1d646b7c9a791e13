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


SLOT = {
    "code": "ATP-01",
    "intake": "atp-2027",
    "host": "poltek-jb",
    "role_title_en": "Tester",
    "role_title_id": "Penguji",
    "city": "Bandung",
    "country": "ID",
    "starts_on": "2027-04-01",
    "ends_on": "2027-10-01",
    "capacity_min": "1",
    "capacity_max": "3",
    "work_language": "id",
}
RATE = {"category": "living", "formula": "per_month", "amount": "5", "currency": "IDR"}


@pytest.fixture
def two_hosts(twins):
    """A second host's slot with the code that the first has, in the same intake."""
    take(ImportKind.SLOTS, [SLOT], twins)
    return twins


def slots_by_host():
    return {slot.host.code: slot for slot in models.Slot.objects.all()}


def test_two_hosts_use_one_code_in_one_intake(two_hosts):
    assert set(slots_by_host()) == {"poltek-jb", "tanjung"}
    take(ImportKind.SLOTS, [SLOT | {"city": "Cimahi"}], two_hosts)
    cities = {host: slot.city for host, slot in slots_by_host().items()}
    assert cities["poltek-jb"] == "Cimahi"
    assert cities["tanjung"] != "Cimahi"


def test_a_choice_that_two_hosts_offer_is_told_which(two_hosts):
    wish = WISH | {"registered_by": "tanjung"}
    [row] = judge(APPLICATIONS, [wish], two_hosts).rows
    assert codes(row) == [("choice_1", "several-slots")]
    assert "poltek-jb/ATP-01, tanjung/ATP-01" in row.problems[0].expectation
    take(APPLICATIONS, [wish | {"choice_1": "poltek-jb/ATP-01"}], two_hosts)
    assert models.Preference.objects.get().slot == slots_by_host()["poltek-jb"]


def test_a_code_alone_goes_on_working_where_one_host_uses_it(twins):
    take(APPLICATIONS, [WISH | {"registered_by": "tanjung"}], twins)
    assert models.Preference.objects.get().slot.code == "ATP-01"


def test_a_cost_rule_names_host_and_code(two_hosts):
    [row] = judge(ImportKind.COST_RULES, [RATE | {"slot": "ATP-01"}], two_hosts).rows
    assert codes(row) == [("slot", "several-slots")]
    rows = [RATE | {"slot": f"{host}/ATP-01"} for host in ("poltek-jb", "tanjung")]
    take(ImportKind.COST_RULES, rows, two_hosts)
    assert models.CostRule.objects.exclude(slot=None).count() == 2


def test_a_rule_given_by_code_and_by_host_and_code_is_given_twice(twins):
    rows = [RATE | {"slot": "ATP-01"}, RATE | {"slot": "tanjung/ATP-01"}]
    report = judge(ImportKind.COST_RULES, rows, twins)
    assert [codes(row) for row in report.rows][1] == [("program", "key-in-file")]


def test_exports_of_slots_and_wishes_come_back_unchanged(two_hosts):
    wish = WISH | {"registered_by": "tanjung", "choice_1": "tanjung/ATP-01"}
    take(APPLICATIONS, [wish | {"choice_2": "poltek-jb/ATP-01"}], two_hosts)
    rate = RATE | {"slot": "poltek-jb/ATP-01"}
    take(ImportKind.COST_RULES, [rate], two_hosts)
    for kind in (ImportKind.SLOTS, APPLICATIONS, ImportKind.COST_RULES):
        exported = transfer.export(kind, "csv", by=two_hosts, now=NOW)
        counts = transfer.inspect(kind, exported, by=two_hosts, now=NOW).counts
        assert counts["unchanged"]
        assert not counts["bad"] + counts["changed"]


def wishes_of(*senders, **more):
    return [WISH | {"registered_by": sender} | more for sender in senders]


def teams():
    rows = models.Team.objects.order_by("institution__code")
    return [(team.institution and team.institution.code, team.code) for team in rows]


def test_two_senders_use_one_code_for_their_teams(twins):
    for sender in ("poltek-jb", "tanjung"):
        take(APPLICATIONS, wishes_of(sender, team="tim-01"), twins)
    assert teams() == [("poltek-jb", "tim-01"), ("tanjung", "tim-01")]
    exported = transfer.export(APPLICATIONS, "csv", by=twins, now=NOW)
    report = transfer.inspect(APPLICATIONS, exported, by=twins, now=NOW)
    assert report.counts["unchanged"] == 2


def test_a_new_team_of_several_senders_in_one_file_is_told_whose(twins):
    rows = wishes_of("poltek-jb", "tanjung", team="tim-01")
    report = judge(APPLICATIONS, rows, twins)
    assert [codes(row) for row in report.rows] == [[("team", "several-teams")]] * 2
    told = report.rows[0].problems[0].expectation
    assert "poltek-jb/tim-01, tanjung/tim-01, /tim-01" in told
    assert not models.Team.objects.exists()


def test_a_team_of_several_senders_is_nobodys(twins):
    take(APPLICATIONS, wishes_of("poltek-jb", "tanjung", team="/tim-01"), twins)
    assert teams() == [(None, "tim-01")]
    rows = wishes_of("poltek-jb", "tanjung", team="tim-01")  # as an old file says it
    assert judge(APPLICATIONS, rows, twins).counts["unchanged"] == 2


def test_people_of_another_sender_join_a_team_by_its_institution_and_code(twins):
    take(APPLICATIONS, wishes_of("poltek-jb", team="tim-01"), twins)
    take(APPLICATIONS, wishes_of("tanjung", team="poltek-jb/tim-01"), twins)
    assert teams() == [("poltek-jb", "tim-01")]
    assert models.Application.objects.filter(team__code="tim-01").count() == 2


def test_a_team_of_nobody_known_is_refused(twins):
    rows = wishes_of("tanjung", team="nowhere/tim-01")
    [row] = judge(APPLICATIONS, rows, twins).rows
    assert codes(row) == [("team", "unknown")]
