"""Whatever a solve says of itself has words; anything else is an error."""

import re

import pytest

from planner.desk.parts.phases import ENDINGS, PHASES, ending_of
from planner.models import AllocationRun
from planner.optimiser.model.result import Termination
from tests.architecture.commands import ROOT

TOLD = re.compile(r"\.(?:during|phase)\(\s*\"([^\"]+)\"")


def test_every_phase_that_is_told_has_words_and_no_other():
    sources = [
        path.read_text()
        for folder in ("optimiser", "allocation", "jobs")
        for path in (ROOT / "planner" / folder).rglob("*.py")
    ]
    told = {name for source in sources for name in TOLD.findall(source)}
    assert told | {"start", "snapshot"} == set(PHASES)


def test_every_ending_has_words():
    assert set(ENDINGS) == set(Termination)


def test_a_run_that_goes_on_has_no_ending():
    assert ending_of(AllocationRun()) == ""


def test_an_unknown_ending_is_an_error():
    with pytest.raises(KeyError):
        ending_of(AllocationRun(termination="luck"))
