"""Published instances are read with nothing lost."""

import json

import pytest

from planner.optimiser import FileError, read_instance, solve
from planner.optimiser.cli import main
from planner.optimiser.files.published import course_bids, gap, preflib_spa
from tests.paths import DATA

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}")

GAP = """
 2 3
 1 2 3
 4 5 6
 7 8 9
 1 1 1
 10 2
"""


def test_gap_is_minimised_and_complete(tmp_path):
    """Machine 1 has room for one job and machine 2 for two: 1 + 5 + 6 is the least."""
    file = tmp_path / "small"
    file.write_text(GAP)
    problem = gap(file)
    assert problem.agent_must.all()
    assert problem.option_value.tolist() == [-1, -4, -2, -5, -3, -6]
    assert problem.use_amount.tolist() == [7, 1, 8, 1, 9, 1]
    assert problem.resource_upper.tolist() == [10, 2]
    result = solve(problem)
    assert result.objective == -12
    assert gap(file, maximise=True).option_value.tolist() == [1, 4, 2, 5, 3, 6]


def test_or_library_files_hold_several_problems(tmp_path):
    file = tmp_path / "gap1.txt"
    file.write_text("2" + GAP + "1 1\n5\n6\n7")
    assert gap(file, number=1).num_agents == 3
    second = gap(file, number=2)
    assert (second.name, second.option_value.tolist()) == ("gap1-2", [-5])
    with pytest.raises(FileError, match="problem 3 of 2 does not exist"):
        gap(file, number=3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "0 numbers are not"),
        ("2 2 1", "3 numbers are not"),
        ("2 x", "not a list of 64-bit integers"),
        ("1 1 5 6 99999999999999999999", "not a list of 64-bit integers"),
    ],
)
def test_broken_gap_files_are_refused(tmp_path, content, message):
    file = tmp_path / "broken"
    file.write_text(content)
    with pytest.raises(FileError, match=message):
        gap(file)


@pytest.fixture
def bids(tmp_path):
    """Two students, both of whom like project 0 best; supervisor 1 takes one."""
    (tmp_path / "y.soi").write_text("# a comment\n1,2\n2: 1,3\n")
    (tmp_path / "y.dat").write_text(
        "Supervisor,Capacity,Projects\nSupervisor 0,1,0\nSupervisor 1,1,1 2\n"
    )
    return tmp_path / "y.soi"


def test_student_projects_by_size_then_rank(bids):
    """Three students want projects of two supervisors who take one each."""
    problem = preflib_spa(bids)
    assert problem.num_agents == 3
    assert problem.option_value.tolist() == [[1, -1], [1, -2]] * 3
    assert solve(problem).plan.tiers == (2, -3)


def test_student_projects_by_profile(bids):
    assert preflib_spa(bids, objective="greedy").option_value[:2].tolist() == [
        [1, 1, 0],
        [1, 0, 1],
    ]
    assert preflib_spa(bids, objective="generous").option_value[:2].tolist() == [
        [1, 0],
        [1, -1],
    ]


def test_broken_student_projects_are_refused(bids):
    with pytest.raises(FileError, match="objective 'best' is none of"):
        preflib_spa(bids, objective="best")
    bids.write_text("1,9\n")
    with pytest.raises(FileError, match="student 1: project 8 has no supervisor"):
        preflib_spa(bids)
    bids.write_text("1,x\n")
    with pytest.raises(FileError, match="line 1: 'x' is not a whole number"):
        preflib_spa(bids)
    bids.write_text("9999999999: 1\n")
    with pytest.raises(FileError, match="line 1: 9999999999 students who say the same"):
        preflib_spa(bids)
    bids.write_text("1,1\n")
    with pytest.raises(FileError, match="line 1: a project is there twice"):
        preflib_spa(bids)
    bids.write_text("1\n")
    bids.with_suffix(".dat").write_text("Supervisor,Capacity,Projects\nSupervisor 0\n")
    with pytest.raises(FileError, match=r"y.dat: line 2"):
        preflib_spa(bids)


@pytest.fixture
def courses(tmp_path):
    """A student who may take two of three courses, two of which collide."""
    document = {
        "valuations": {"s": {"a": 50, "b": 40, "c": 10, "d": 99}},
        "agent_capacities": {"s": 2},
        "item_capacities": {"a": 1, "b": 1, "c": 1, "d": 1},
        "agent_conflicts": {"s": ["d"]},
        "item_conflicts": {"a": ["b"], "b": ["a"]},
    }
    file = tmp_path / "bids.json"
    file.write_text(json.dumps(document))
    return file


def test_course_bids_keep_conflicts_loads_and_bars(courses):
    """a and b collide and d is barred: a and c, 60 points."""
    problem = course_bids(courses)
    assert problem.num_agents == 3
    assert solve(problem).objective == 60


def test_broken_course_bids_are_refused(courses):
    document = json.loads(courses.read_text())
    document["valuations"]["s"]["x"] = 1
    courses.write_text(json.dumps(document))
    with pytest.raises(FileError, match="item_capacities: there is no 'x'"):
        course_bids(courses)
    document["agent_capacities"] = {}
    courses.write_text(json.dumps(document))
    with pytest.raises(FileError, match="agent_capacities: there is no 's'"):
        course_bids(courses)
    courses.write_text("{}")
    with pytest.raises(FileError, match="valuations: missing"):
        course_bids(courses)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("agent_conflicts", None, "agent_conflicts: not a JSON object of lists of nam"),
        ("item_conflicts", {"a": 1}, "item_conflicts: not a JSON object of lists of n"),
        ("item_conflicts", {"a": [1]}, "item_conflicts: not a JSON object of lists of"),
        ("valuations", {"s": 3}, "valuations['s']: not a JSON object"),
        ("valuations", {"s": {"a": 0.5}}, "options[0].value: 0.5 is not an integer"),
    ],
)
def test_broken_bids_are_named_in_one_line(courses, capsys, field, value, message):
    document = json.loads(courses.read_text()) | {field: value}
    courses.write_text(json.dumps(document))
    target = courses.with_name("instance.json")
    assert main(["convert", str(courses), "--from", "course-bids", str(target)]) == 2
    said = capsys.readouterr().err
    assert f"{courses}: {message}" in said
    assert said.count("\n") == 1
    assert not target.exists()


@needs_data
@pytest.mark.parametrize(
    ("reader", "file", "agents"),
    [
        ("gap", "gap/cattrysse1994/gap1-0", 15),
        ("orlib", "gap/chu1997/a05100", 100),
        ("preflib-spa", "preflib_glasgow/y11_12.soi", 31),
        ("course-bids", "course_bids_ariel/ariel_5783_input.json", 302),
    ],
)
def test_published_files_convert(tmp_path, reader, file, agents):
    instance = tmp_path / "instance.json"
    assert main(["convert", str(DATA / file), "--from", reader, str(instance)]) == 0
    assert read_instance(instance).num_agents == agents
