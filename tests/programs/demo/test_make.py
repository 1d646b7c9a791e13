"""Demonstrations are believable, reproducible, and hold nobody real."""

from collections import Counter
from datetime import date

import pytest
from django.conf import settings

from programs.choices import ProgramKind
from programs.demo import make
from programs.tables import read_rows
from programs.validators import nik_birth_date

FIXTURES = settings.BASE_DIR / "fixtures"
COMMITTED = FIXTURES / "demo" / "tables"


@pytest.fixture(scope="module")
def demo():
    """The committed demonstration, made anew."""
    return make.make(FIXTURES)


def test_the_committed_files_are_what_the_command_makes(demo, tmp_path):
    make.write(demo, tmp_path)
    names = {path.name for path in COMMITTED.iterdir()}
    assert names == {path.name for path in tmp_path.iterdir()}
    for name in names:
        assert (COMMITTED / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_another_seed_makes_other_people_with_the_same_offer(demo):
    other = make.make(FIXTURES, seed=7)
    assert other["slots.csv"] == demo["slots.csv"]
    assert other["participants.csv"] != demo["participants.csv"]


def test_it_has_the_size_that_was_asked_for(demo):
    assert len(demo["participants.csv"]) == 600
    slots = [row for row in demo["slots.csv"] if row["intake"].endswith("-2027")]
    assert len(slots) == 60
    assert {int(row["capacity_min"]) for row in slots} == {2, 3, 4, 5}
    most = {int(row["capacity_max"]) for row in slots}
    assert (min(most), max(most)) == (4, 24)
    hosts = {row["host"] for row in slots}
    countries = {
        row["country"] for row in demo["institutions.csv"] if row["code"] in hosts
    }
    assert (len(hosts), countries) == (14, {"ID", "MY", "JP", "CN", "TW"})
    assert len(demo["teams.csv"]) == 12
    assert len(demo["quotas.csv"]) >= 7
    assert len(demo["shared_resources.csv"]) >= 6


def test_people_come_from_every_province_by_population(demo):
    provinces = Counter(row["province"] for row in demo["participants.csv"])
    del provinces[""]
    assert len(provinces) == 38
    assert [code for code, _count in provinces.most_common(3)] == ["32", "35", "33"]
    from_3t = sum(bool(row["regency"]) for row in demo["participants.csv"])
    assert 0.06 < from_3t / 600 < 0.12


def test_no_national_id_can_be_real(demo):
    seen = set()
    for row in demo["participants.csv"]:
        if not row["nik"]:
            assert row["citizenship"] != "ID"
            continue
        assert row["nik"].startswith("00"), "region code 00 does not exist"
        born = date.fromisoformat(row["birth_date"])
        year, month, day, is_female = nik_birth_date(row["nik"])
        assert (year, month, day) == (born.year % 100, born.month, born.day)
        assert is_female == (row["sex"] == "F")
        seen.add(row["nik"])
    assert len(seen) == sum(bool(row["nik"]) for row in demo["participants.csv"])


def test_addresses_reach_nobody_and_some_people_have_one_name(demo):
    people = demo["participants.csv"]
    assert all(row["email"].endswith("@peserta.example") for row in people)
    mononyms = sum(not row["family_name"] for row in people)
    assert 0.1 < mononyms / len(people) < 0.3


def test_every_form_of_cooperation_has_a_program_with_a_slot(demo):
    offered = {row["intake"] for row in demo["slots.csv"]}
    kinds = {
        row["kind"] for row in demo["programs.csv"] if f"{row['code']}-2027" in offered
    }
    assert kinds == set(ProgramKind.values)


def test_every_program_has_goals_and_every_cost_a_full_payer(demo):
    goals = {row["program"] for row in demo["program_goals.csv"]}
    assert goals == {row["code"] for row in demo["programs.csv"]}
    shares = Counter()
    for row in demo["funding_rules.csv"]:
        shares[row["program"], row["category"]] += float(row["percent"])
    costs = {
        (row["program"], row["category"])
        for row in demo["cost_rules.csv"]
        if row["program"]
    }
    assert set(shares) == costs
    assert set(shares.values()) == {100.0}


def test_workers_are_charged_nothing_waived_but_in_the_teaching_case(demo):
    waived = next(
        row["categories"].split("|")
        for row in read_rows(FIXTURES / "reference" / "fee_waivers.csv")
        if row["code"] == "tw-manufacturing-2027"
    )
    work = {
        row["code"] for row in demo["programs.csv"] if row["kind"] == "work_placement"
    }
    charged = {
        row["program"]
        for row in demo["funding_rules.csv"]
        if row["program"] in work
        and row["category"] in waived
        and "peserta" in row["sources"]
    }
    assert charged == {"tw-pmi-berbayar"}


def test_the_japanese_fund_always_has_a_host_beside_it(demo):
    rules = demo["funding_rules.csv"]
    for row in rules:
        if row["sources"] == "jota":
            match = [
                other
                for other in rules
                if (other["program"], other["category"])
                == (row["program"], row["category"])
                and other["host_pays"] == "yes"
            ]
            assert row["percent"] == "75"
            assert [other["percent"] for other in match] == ["25"]


@pytest.mark.parametrize("num_slots", [1, 16, 18, 70, 82, 200])
def test_wishes_name_what_is_offered_whatever_the_size(num_slots):
    tables = make.make(FIXTURES, num_people=150, num_slots=num_slots)
    offered = {row["code"] for row in tables["slots.csv"]}
    offered |= {row["code"] for row in tables.get("pathways.csv", ())}
    wished = {row["slot"] or row["pathway"] for row in tables["preferences.csv"]}
    assert wished <= offered
    for file in ("host_ratings.csv", "placements.csv", "pins.csv"):
        assert {row["slot"] for row in tables.get(file, ())} <= offered
    teachers = {row["code"] for row in tables["institutions.csv"]}
    assert {row["host"] for row in tables["slots.csv"]} <= teachers


def test_larger_demonstrations_copy_hosts_with_their_slots():
    big = make.make(FIXTURES, num_people=3_000, num_slots=300)
    assert len(big["participants.csv"]) == 3_000
    assert len({row["host"] for row in big["slots.csv"]}) == 14 * 5
    assert len({row["code"] for row in big["participants.csv"]}) == 3_000
    small = make.make(FIXTURES, num_people=40, num_slots=4)
    assert len(small["programs.csv"]) == 1
    budgets = {row["source"]: row["amount"] for row in big["budget_lines.csv"]}
    assert budgets["kp2mi-apbn"] == str(5 * 100_000_000)


def test_studies_jobs_and_facts_are_what_conditions_ask_for(demo):
    people = {row["code"]: row for row in demo["participants.csv"]}
    studies = {row["participant"]: row for row in demo["education.csv"]}
    assert studies.keys() == people.keys()
    for code, study in studies.items():
        assert (study["level"] in ("smp", "smk")) == (people[code]["kkni"] in "12")
        assert study["isced_f"] == people[code]["isced_f"]
    asked = {row["code"] for row in demo["programs.csv"] if row["condition"]}
    assert asked == {"jp-pemagangan", "jp-dialog", "cn-perawat"}
    tested = {row["participant"]: int(row["value"]) for row in demo["person_facts.csv"]}
    applied = {
        row["participant"]
        for row in demo["applications.csv"]
        if row["intake"] == "jp-pemagangan-2027"
    }
    assert tested.keys() == applied
    assert min(tested.values()) < 14 <= max(tested.values())
    workers = {row["participant"] for row in demo["employment.csv"]}
    delegates = {
        row["participant"]
        for row in demo["applications.csv"]
        if row["intake"] == "jp-dialog-2027"
    }
    assert delegates <= workers
