"""docs/demo.md tells the truth, and the sample files behave as it says."""

import re
import tomllib
from datetime import UTC, datetime

import pytest
from django.conf import settings

from programs import models, reference, transfer
from programs.choices import ImportKind
from programs.demo import load, make

FIXTURES = settings.BASE_DIR / "fixtures"
PAGE = (settings.BASE_DIR / "docs" / "demo.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SAMPLES = FIXTURES / "demo" / "imports"


@pytest.fixture(scope="module")
def demo():
    """The committed demonstration, made anew."""
    return make.make(FIXTURES)


def test_every_program_is_on_the_page_with_a_slot_of_its_own(demo):
    of_slot = {row["code"]: row["intake"] for row in demo["slots.csv"]}
    on_page = set(re.findall(r"`([a-z][a-z-]+)`", PAGE))
    programs = {row["code"] for row in demo["programs.csv"]}
    hidden_by_a_case = {"tw-pmi-berbayar"}
    assert programs - on_page == hidden_by_a_case
    for line in PAGE.splitlines():
        named = re.findall(r"`([A-Z]{2}-[A-Z]{3,4}-\d\d)`", line)
        assert set(named) <= set(of_slot), line


def test_every_case_is_on_the_page_and_every_code_on_the_page_exists(demo):
    path = FIXTURES / "demo" / "corridors" / "cases.toml"
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["cases"]
    assert {case["code"] for case in cases} <= set(re.findall(r"CASE-[A-Z0-9-]+", PAGE))
    codes = {person["code"] for case in cases for person in case["people"]}
    shown = set(re.findall(r"`(CASE-[A-Z0-9-]+-\d+)`", PAGE))
    assert shown <= codes
    known = {row["code"] for name in demo for row in demo[name] if "code" in row}
    named = re.findall(r"`((?:MOU|PKS|IIA|kuota|jalur|host)-[A-Za-z0-9-]+)`", PAGE)
    assert set(named) <= known


def test_sample_files_are_judged_as_the_page_says(db, monkeypatch):
    reference.load(FIXTURES / "reference")
    monkeypatch.setattr(load, "ENACTED", 0)
    load.load(FIXTURES / "demo" / "tables", now=NOW)
    by = models.User.objects.get(username="coordinator")

    def judge(name):
        content = (SAMPLES / name).read_bytes()
        return transfer.inspect(ImportKind.PARTICIPANTS, content, by=by, now=NOW)

    one = judge("one-bad-row.csv")
    assert (one.counts["new"], one.counts["bad"]) == (3, 1)
    bps = judge("papua-bps.csv")
    assert [row.values["province"] for row in bps.rows] == ["91", "94"]
    assert len(bps.notes) == 1
    both = judge("papua-both-registries.csv")
    assert [row.problems[0].code for row in both.rows] == ["two-registries"] * 2
