"""Search parameters: what is wrong is refused, and what is said is done."""

import re
from dataclasses import fields, replace

import pytest

from planner.optimiser import Limits, SearchParameters, solve
from planner.optimiser.model.parameters import DEFAULTS, ParametersError
from tests.paths import ROOT

EVERY = [
    (group.name, each.name)
    for group in fields(SearchParameters)
    for each in fields(group.type)
]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"pipelin": {}},
            "pipelin = {}: there is no such parameter; did you mean pipeline?",
        ),
        (
            {"repair": {"move": 3}},
            "repair.move = 3: there is no such parameter; did you mean repair.moves?",
        ),
        ({"pipeline": {"sweeps": "x"}}, 'pipeline.sweeps = "x": not a number'),
        ({"pipeline": {"sweeps": True}}, "pipeline.sweeps = true: not a number"),
        ({"pipeline": {"sweeps": 1.5}}, "pipeline.sweeps = 1.5: not a whole number"),
        ({"pipeline": {"sweeps": 0}}, "pipeline.sweeps = 0: not 1 or more"),
        (
            {"portfolio": {"time_share": float("nan")}},
            "portfolio.time_share = nan: not 0 or more and at most 1",
        ),
        ({"repair": 3}, "repair = 3: not a table of parameters"),
        (
            {"lexicographic": {"weight_parts": []}},
            "lexicographic.weight_parts = []: not a list of numbers",
        ),
        (
            {"lexicographic": {"weight_parts": [0.5, 2]}},
            "lexicographic.weight_parts = 2: not 0 or more and at most 1",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_key_value_and_why(document, message):
    with pytest.raises(ParametersError) as refusal:
        SearchParameters.of(document)
    assert str(refusal.value) == message


def test_plain_values_come_back_as_the_same_parameters():
    changed = SearchParameters.of(
        {"subgradient": {"faster": 2}, "assignment": {"heats": [0, 0.5]}}
    )
    assert changed.subgradient.faster == 2.0
    assert changed.assignment.heats == (0.0, 0.5)
    assert changed != DEFAULTS
    assert SearchParameters.of(changed.as_dict()) == changed
    assert SearchParameters.of({}) == DEFAULTS


@pytest.mark.parametrize("group", [group.name for group in fields(SearchParameters)])
def test_numbers_beyond_a_range_never_get_in(group):
    """One below the least, one above the most, and at what has to be passed."""
    for each in fields(getattr(DEFAULTS, group)):
        allowed = each.metadata["range"]
        wrong = [allowed.least - 1, allowed.most + 1, allowed.above]
        for number in wrong:
            value = [number] if each.type not in {int, float} else number
            with pytest.raises(ParametersError):
                SearchParameters.of({group: {each.name: value}})


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_parameter_is_read_by_some_method(group, name):
    """One that nobody reads would be a lie in the file of who sets it."""
    used = re.compile(rf"(tuned|parameters|{group})\.{name}\b")
    package = ROOT / "planner" / "optimiser"
    sources = [path for path in package.rglob("*.py") if "parameters" not in path.parts]
    assert any(used.search(path.read_text()) for path in sources)


def test_a_run_tells_what_steered_it(problem):
    tuned = SearchParameters.of({"pipeline": {"tiny_options": 0}})
    limits = Limits(seconds=20, workers=1, work=1_000)
    assert solve(problem, limits=limits).parameters == DEFAULTS.as_dict()
    result = solve(problem, limits=limits, parameters=tuned)
    assert result.parameters["pipeline"]["tiny_options"] == 0
    assert SearchParameters.of(result.parameters) == tuned


def test_parameters_are_values_that_nobody_changes_later():
    with pytest.raises(AttributeError):
        DEFAULTS.pipeline.sweeps = 3
    assert replace(DEFAULTS.pipeline, sweeps=3).sweeps == 3
    with pytest.raises(ParametersError):
        replace(DEFAULTS.pipeline, sweeps=0)
