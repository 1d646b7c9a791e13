"""Arrivals in words: one person and several, typed and measured, limits and room."""

from planner.models import WhatIf, arrival_words as words

STEP = {"typed": "4/5", "passed": 0, "ended": 0, "chance": "4/5"}
ENTRY = {
    "title_en": "Course, then fab",
    "title_id": "Kursus, lalu pabrik",
    "goal": None,
    "begin": 1,
    "expected": "4/5",
    "chance": "4/5",
    "worth": "2",
    "points": 1600,
    "could": 0,
    "stopped": [],
}
GOAL = {"indicator_en": "Departures", "indicator_id": "Berangkat", "target": 12}


def test_one_who_begins_and_several():
    assert words.expected(ENTRY) == (
        "Course, then fab: 0.8 of 1 person who begins is expected to arrive."
    )
    several = ENTRY | {"begin": 14, "expected": "56/5"}
    assert words.expected(several).endswith(
        "11.2 of 14 people who begin are expected to arrive."
    )


def test_what_a_place_counts_is_said_in_placements():
    assert words.counted(ENTRY) == (
        "A place on it counts as 2.6 placements: 1 for beginning, and 2 for arriving "
        "with a chance of 80%, which is 1,600 points."
    )


def test_a_chance_says_on_how_many_it_was_measured():
    assert words.chance(STEP) == "80%, as it was typed; measured on nobody yet"
    measured = STEP | {"passed": 8, "ended": 20, "chance": "3/5"}
    assert words.chance(measured) == "60%: typed 80%, and 8 of 20 people passed"


def test_what_stops_the_next_arrival():
    assert words.stopped(ENTRY) == ["Nobody else who asked for it could begin."]
    cap = {"kind": "agreement", "label_en": "PKS", "label_id": "PKS", "upper": 20}
    stopped = [{"limit": cap, "people": 3}, {"limit": None, "people": 1}]
    (told,) = words.stopped(ENTRY | {"could": 4, "stopped": stopped})
    assert told == (
        "4 people more could begin. What stops the next arrival, and for how many of "
        "them: PKS, at most 20 (3); nothing but that the plan is worth more without "
        "(1)."
    )


def test_what_arrivals_cost_elsewhere_is_what_was_solved():
    assert words.elsewhere(None) == ""
    plan = {"gain": 3, "lose": 1, "move": 0, "lines": {}, "tiers": [1], "is_best": True}
    row = WhatIf(leaves_out_arrivals=True, found={"plan": plan, "impossible": False})
    told = words.elsewhere(row)
    assert told.startswith("What the arrivals cost elsewhere. If arriving counted")
    assert "Solved again: 2 people more have a place." in told


def test_a_goal_adds_its_pathways_up():
    goal = GOAL | {"year": 2027}
    entries = [ENTRY | {"goal": goal}, ENTRY | {"goal": goal}, ENTRY]
    assert words.lines(entries)[0] == (
        "Departures (2027): 1.6 of 2 who begin are expected; the goal is 12."
    )
    assert words.lines(None) == []
