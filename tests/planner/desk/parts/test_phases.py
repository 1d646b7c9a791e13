"""Whatever a solve of this release says of itself has words."""

import re

from planner.desk.parts.phases import ENDINGS, PHASES, ending_of, phase_of
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


def test_a_word_of_another_release_is_shown_as_it_is():
    assert ending_of(AllocationRun(termination="luck")) == "luck"
    assert phase_of("dowsing") == "dowsing"
