"""The sentence of the proof: one place for desk, terminal, pack and API."""

import io

import pytest

from planner.management.report import Report
from planner.models import AllocationRun, RunState
from planner.models.quality import in_every_language, quality, told_tier
from planner.optimiser.certificate.sentence import in_english, proof_of


def infeasible(termination):
    return AllocationRun(
        number=1,
        state=RunState.INFEASIBLE,
        termination=termination,
        summary={"conflict": []},
    )


@pytest.mark.parametrize(
    ("termination", "sentence"),
    [
        ("proved", "proven: no plan keeps all hard limits"),
        (
            "agreed",
            "two solvers agree that no plan keeps all hard limits; it is not proven",
        ),
    ],
)
def test_that_there_is_no_plan_is_told_as_far_as_it_is_proven(termination, sentence):
    run = infeasible(termination)
    assert quality(run) == sentence
    assert in_every_language(run)["en"] == sentence
    printed = io.StringIO()
    assert not Report(run, printed).print()
    assert sentence in printed.getvalue()


def test_a_run_that_is_not_done_says_nothing_of_a_proof():
    assert in_every_language(AllocationRun(state=RunState.RUNNING)) is None


def test_a_bound_between_whole_people_is_the_lower_one():
    tier = {"name": "people", "value": 337, "bound": 340.97, "gap": 0.0118}
    told = told_tier(tier)
    assert (told["bound"], told["sign"]) == (340, "≤")
    assert told["gap"] == pytest.approx(3 / 337)


PEOPLE, POINTS = {"name": "people", "value": 337}, {"name": "points", "value": 90}


@pytest.mark.parametrize(
    ("bounds", "termination", "sentence"),
    [
        ((337.9, 90.2), "proved", "proven to be the best possible"),
        ((337.9, 99), "time", "proven to be the best possible in the first goal"),
        (
            (337.9, 99),
            "agreed",
            (
                "proven to be the best possible in the first goal; two solvers found "
                "nothing better"
            ),
        ),
        ((340.9, 90), "time", "proven within 0.891% of the best possible"),
        ((337_001, 90), "time", "how far from the best possible is not known"),
        ((None, None), "time", "how far from the best possible is not known"),
    ],
)
def test_desk_api_and_command_line_say_the_same(bounds, termination, sentence):
    """3 of 337 is 0.8902%: within 0.890% it would not be."""
    tiers = [
        tier | {"bound": bound}
        for tier, bound in zip((PEOPLE, POINTS), bounds, strict=True)
    ]
    run = AllocationRun(state=RunState.SOLVED, termination=termination, tiers=tiers)
    fields = [(tier["value"], tier["bound"]) for tier in tiers]
    proof = proof_of(fields, agreed=termination == "agreed")
    assert quality(run) == in_english(proof) == sentence
    assert in_every_language(run)["en"] == sentence
    assert in_every_language(run)["id"] != sentence
