"""The commands around a run: plan, reuse, pack, replay, replan, check."""

import io
import json
import os
import subprocess
import sys
import zipfile
from hashlib import sha256

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from planner.management import runs
from planner.models import AllocationRun
from tests.planner.allocation.conftest import inline, world

__all__ = ["inline", "world"]

pytestmark = pytest.mark.django_db


def call(*command):
    """Return what a command prints."""
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.fixture
def small(world, inline):
    """Two people for one seat, with money."""
    slot = world.slot(seats=1)
    world.cost(10_000_000, world.source("apbn", 20_000_000))
    world.person(slot, merit=90), world.person(slot, merit=10)
    return world


@pytest.mark.parametrize("text", ["0.005", "0,005", "0,5%", "0.5 persen"])
def test_a_gap_is_a_fraction_or_per_cent(text):
    assert runs.gap(text) == 0.005


def test_what_is_no_gap_is_said(small):
    with pytest.raises(CommandError, match=r"is no gap; write 0\.01 or 1%"):
        call("allocate", "--intake", small.intake.code, "--gap", "half")


def test_a_plan_is_printed_with_its_proof(small):
    told = call("allocate", "--intake", small.intake.code, "--wait", "--seconds", "10")
    assert "1 of 2 placed" in told
    assert "no room in the plan" in told
    assert "Rp 10,000,000" in told.replace("\xa0", " ")
    assert "independent check accepts" in told


def test_ctrl_c_leaves_no_run_that_somebody_takes_up_later(small, monkeypatch):
    def interrupted(run, stream):
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.management.serving.see_through", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call("allocate", "--demo")
    assert AllocationRun.objects.get().state == "cancelled"


def test_one_sentence_says_what_the_plan_is(small):
    told = call("allocate", "--demo", "--brief", "--seconds", "10")
    assert "1 of 2 people placed" in told
    assert "proven to be the best possible" in " ".join(told.split())
    assert "Seats" not in told


def test_the_same_data_are_not_solved_twice(small):
    call("allocate", "--demo", "--seconds", "10")
    told = call("allocate", "--demo", "--seconds", "10")
    assert "1 of 2 placed" in told
    assert AllocationRun.objects.count() == 1
    small.person(small.intake.slots.get())
    call("allocate", "--demo", "--seconds", "10")
    assert AllocationRun.objects.count() == 2


def test_an_unknown_intake_is_named(small):
    with pytest.raises(CommandError, match="nowhere"):
        call("allocate", "--intake", "nowhere", "--wait")
    with pytest.raises(CommandError, match="no scenario"):
        call("allocate", "--closed", "--scenario", "dream")


def test_a_pack_can_be_checked_without_the_database(small, tmp_path):
    call("allocate", "--demo", "--seconds", "10")
    path = tmp_path / "pack.zip"
    first = call("export_pack", "1", "--output", str(path)).split()[0]
    assert first == call("export_pack", "1", "--output", str(path)).split()[0]
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        text = b"".join(archive.read(name) for name in names)
        fairness = json.loads(archive.read("run.json"))["fairness"]
        summary = archive.read("summary.en.txt").decode()
    assert {"problem.npz", "result.npz", "SHA256SUMS", "decisions.json"} <= names
    assert (fairness["placed"], fairness["people"]) == (1, 2)
    assert "1 of 1 places that were ranked are first preferences" in summary
    for application in small.intake.applications.select_related("participant"):
        assert application.participant.code.encode() not in text
    told = call("replay", str(path))
    assert "Same problem: yes" in told
    assert "accepted by the check: yes" in told
    assert "Same plan: yes" in told
    assert "those of the plan: yes" in told
    assert call("replay", "1") == told


def changed(source, target, name, change):
    """Write a pack with one file changed, and sums that fit."""
    with zipfile.ZipFile(source) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    files[name] = change(files[name])
    files["SHA256SUMS"] = "".join(
        f"{sha256(content).hexdigest()}  {entry}\n"
        for entry, content in files.items()
        if entry != "SHA256SUMS"
    ).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for entry, content in files.items():
            archive.writestr(entry, content)


def another_person(content):
    """Swap who is placed, in the decisions alone."""
    decisions = json.loads(content)
    decisions["proposals"][0][0] = decisions["reserves"][0][2]
    return json.dumps(decisions).encode()


def test_a_pack_somebody_changed_does_not_hold(small, tmp_path):
    call("allocate", "--demo", "--seconds", "10")
    path, other = tmp_path / "pack.zip", tmp_path / "other.zip"
    call("export_pack", "1", "--output", str(path))
    field = b'"input_digest": "'
    changed(path, other, "run.json", lambda text: text.replace(field, field + b"0"))
    with pytest.raises(CommandError, match="does not hold"):
        call("replay", str(other), "--check-only")
    changed(path, other, "decisions.json", another_person)
    with pytest.raises(CommandError, match="does not hold"):
        call("replay", str(other), "--check-only")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) + b" " * (name == "run.json"))
    with pytest.raises(CommandError, match="SHA256SUMS"):
        call("replay", str(other), "--check-only")
    (tmp_path / "no.zip").write_text("no pack")
    with pytest.raises(CommandError, match="no decision pack"):
        call("replay", str(tmp_path / "no.zip"))


def test_a_pack_is_replayed_on_a_machine_without_the_database(small, tmp_path):
    call("allocate", "--demo", "--seconds", "10")
    path, empty = tmp_path / "pack.zip", tmp_path / "empty"
    empty.mkdir()
    call("export_pack", "1", "--output", str(path))
    nowhere = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "DATA_DIR": str(empty),
        "DJANGO_SETTINGS_MODULE": "planner.settings",
    }
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "replay", str(path)],
        env=os.environ | nowhere,
        cwd=empty,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("yes") == 4


def test_promises_about_runs_are_recomputed(small):
    call("allocate", "--demo", "--seconds", "10")
    assert "Every promise is kept" in call("check_runs")
    AllocationRun.objects.update(result_digest="0" * 64)
    with pytest.raises(CommandError, match="1 promises"):
        call("check_runs")


def test_only_a_published_run_is_replanned(small):
    call("allocate", "--demo", "--seconds", "10")
    with pytest.raises(CommandError, match="not published"):
        call("replan", "1")
    with pytest.raises(CommandError, match="no run 77"):
        call("replan", "77")


@pytest.mark.parametrize("command", ["replay", "export_pack", "replan"])
@pytest.mark.parametrize("number", ["nope", "00000000-0000-0000-0000-000000000000"])
def test_a_run_that_is_no_number_is_told(command, number):
    with pytest.raises(CommandError, match="number of a run"):
        call(command, number)


@pytest.mark.parametrize("text", ["{}", "[]", '{"limits": {}}'])
def test_a_pack_that_says_nothing_of_its_run_is_no_pack(text, tmp_path):
    entries = dict.fromkeys(("problem.npz", "result.npz", "decisions.json"), b"{}")
    entries["run.json"] = text.encode()
    sums = [f"{sha256(data).hexdigest()}  {name}" for name, data in entries.items()]
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**entries, "SHA256SUMS": "\n".join(sums)}.items():
            archive.writestr(name, data)
    with pytest.raises(CommandError, match="no decision pack"):
        call("replay", str(path))
