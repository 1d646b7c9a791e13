"""The short form of ``make operations``: what can be known without running a page."""

import re
import shutil
import subprocess

import pytest
from django.core.management import get_commands

from tests.paths import ROOT

from . import pages
from .__main__ import verify_units

BLOCKS = [block for page in pages.PAGES for block in pages.read(page)]
FILES = re.compile(r"docs/operations/[\w./@*-]+")
COMMANDS = re.compile(r"manage\.py (\w+)")
BARE = re.compile(r"^(?:python )?manage\.py ", re.MULTILINE)


def named(block):
    return f"{block.page}:{block.line}"


def test_both_sizes_are_installed_backed_up_restored_and_upgraded():
    for size in pages.SIZES:
        script = "\n".join(block.script for block in pages.blocks(size))
        for word in ("migrate", "planner-nightly", "check_records", "rotate_keys"):
            assert word in script, (size, word)


@pytest.mark.parametrize("block", BLOCKS, ids=named)
def test_a_block_is_a_script_of_files_and_commands_there_are(block):
    subprocess.run(["bash", "-n"], input=block.script, text=True, check=True)
    for name in FILES.findall(block.script):
        assert list(ROOT.glob(name)), name
    assert set(COMMANDS.findall(block.script)) <= get_commands().keys()
    assert not BARE.search(block.script), "name the environment's Python"


def test_systemd_has_nothing_to_say_about_the_units():
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine: units were not verified")
    verify_units()


def test_a_service_starts_again_after_a_reboot():
    for unit in (pages.FOLDER / "systemd").glob("*.service"):
        text = unit.read_text()
        assert "User=planner" in text
        assert "[Install]" in text or "Type=oneshot" in text, unit.name


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda page: page.name
)
def test_no_page_names_a_command_nobody_can_run_as_written(page):
    for block in re.findall(
        r"^```.*?^```$", page.read_text(), re.MULTILINE | re.DOTALL
    ):
        assert not BARE.search(block), block
