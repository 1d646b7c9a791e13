"""Instance files round-trip without loss, and damage is named in one line."""

import io
import json
import os
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given

from planner.optimiser import FileError, read_instance, write_instance
from planner.optimiser.files.problem_json import (
    problem_from_document,
    problem_to_document,
)
from planner.optimiser.model.problem import UNLIMITED
from planner.optimiser.model.validate import DTYPES, ProblemError
from tests.planner.optimiser import strategies


@given(strategies.problems())
def test_json_and_npz_round_trip(tmp_path_factory, problem):
    """Ids are given by the first document; from there on nothing changes."""
    folder = tmp_path_factory.mktemp("instances")
    named = problem_from_document(problem_to_document(problem))
    for name in ("instance.json", "instance.npz"):
        write_instance(named, folder / name)
        again = read_instance(folder / name)
        assert again.digest == named.digest
        for array in DTYPES:
            assert np.array_equal(getattr(again, array), getattr(problem, array))


def test_npz_without_ids_stays_without(tmp_path, problem):
    bare = problem.replace(agent_id=None, option_id=None, resource_id=None)
    write_instance(bare, tmp_path / "bare.npz")
    again = read_instance(tmp_path / "bare.npz")
    assert again.agent_id is None
    assert again.agent_name(1) == "1"
    assert again.digest == bare.digest


def test_options_in_any_order_are_grouped_by_agent(document):
    document["options"].reverse()
    problem = problem_from_document(document)
    assert problem.option_agent.tolist() == [0, 1]
    assert problem.option_id.tolist() == ["ani>penang-atp", "budi>penang-atp"]
    assert problem.use_amount.tolist() == [1, 3200, 1, 9700]


def test_defaults(document):
    """What may be left out, and what it then means."""
    document["resources"] = [{"id": "seat:penang-atp", "upper": None}]
    del document["supplies"]
    for option in document["options"]:
        option["uses"] = {}
    problem = problem_from_document(document)
    assert problem.resource_upper.tolist() == [UNLIMITED]
    assert problem.resource_lower.tolist() == [0]
    assert problem.resource_only_if_used.tolist() == [False]
    assert problem.resource_excess_price.tolist() == [-1]
    assert problem.agent_must.tolist() == [False, False]


def change(path, value):
    """Return a change of the document at a path of keys."""

    def apply(document):
        for key in path[:-1]:
            document = document[key]
        if value is DELETE:
            del document[path[-1]]
        else:
            document[path[-1]] = value

    return apply


DELETE = object()

DAMAGED_JSON = {
    "wrong format": (["format"], "allocation-instance/2", "format: "),
    "no format": (["format"], DELETE, "format: None"),
    "no agents": (["agents"], DELETE, "agents: missing"),
    "agents not a list": (["agents"], {}, "agents: missing, or not a list"),
    "agent not an object": (["agents", 0], 7, "agents[0]: not a JSON object"),
    "agent without id": (["agents", 0, "id"], DELETE, "agents[0].id: None"),
    "empty id": (["agents", 0, "id"], "", "agents[0].id: ''"),
    "duplicate agent": (
        ["agents", 1, "id"],
        "ani",
        "agents[1].id: 'ani' is there twice",
    ),
    "must is no flag": (["agents", 0, "must"], 1, "agents[0].must: 1"),
    "misspelt field": (
        ["resources", 0, "uper"],
        3,
        "resources[0]: there is no field 'uper'",
    ),
    "no upper": (["resources", 0, "upper"], DELETE, "resources[0].upper: missing"),
    "negative upper": (["resources", 0, "upper"], -1, "resources[0].upper: -1"),
    "lower above upper": (
        ["resources", 0, "lower"],
        2,
        "resources[0] ('seat:penang-atp'): the lower limit 2 is above the upper",
    ),
    "own upper and supplies": (
        ["resources", 1, "upper"],
        5,
        "resources[1].upper: a supplied resource",
    ),
    "floor under a pool": (
        ["resources", 1, "lower"],
        5,
        "resource_lower[1]: resource 'pool:airfare:2027' is limited by its supply",
    ),
    "unknown supply": (
        ["resources", 1, "supplied_by", 0],
        "line:x",
        "resources[1].supplied_by: there is no supply 'line:x'",
    ),
    "no supply": (["resources", 1, "supplied_by"], [], "resources[1].supplied_by: not"),
    "supply twice": (
        ["resources", 1, "supplied_by"],
        ["line:lpdp-2027", "line:lpdp-2027"],
        "resources[1].supplied_by: a supply is there twice",
    ),
    "negative price": (
        ["resources", 0, "excess_price"],
        -1,
        "resources[0].excess_price: -1 is negative",
    ),
    "no step": (["resources", 0, "step"], 0, "resources[0].step: 0 is not 1 or more"),
    "opening of a seat": (
        ["resources", 0, "opening_uses"],
        {"seat:penang-atp": 1},
        "opening_ptr[0]: resource 'seat:penang-atp' is not only_if_used",
    ),
    "opening of nothing": (
        ["resources", 0, "opening_uses"],
        {"trainer": 1},
        "resources[0].opening_uses: there is no resource 'trainer'",
    ),
    "opening in words": (
        ["resources", 0, "opening_uses"],
        {"pool:airfare:2027": "1"},
        "resources[0].opening_uses['pool:airfare:2027']: '1' is not an integer",
    ),
    "value of opening a seat": (
        ["resources", 0, "opening_value"],
        -3,
        "opening_value[0]: resource 'seat:penang-atp' is not only_if_used",
    ),
    "tiers of opening": (
        ["resources", 0, "opening_value"],
        [1, 2],
        "resources[0].opening_value: 2 tiers, not 1",
    ),
    "step of a pool": (
        ["resources", 1, "step"],
        2,
        "resource_step[1]: resource 'pool:airfare:2027' is limited by its supply",
    ),
    "line without upper": (["supplies", 0, "upper"], DELETE, "supplies[0].upper: miss"),
    "line is also a resource": (
        ["supplies", 0, "id"],
        "seat:penang-atp",
        "",
    ),
    "unknown agent": (["options", 0, "agent"], "eko", "options[0].agent: there is no"),
    "duplicate option": (
        ["options", 1],
        {"agent": "ani", "id": "ani>penang-atp", "value": 1, "uses": {}},
        "options[1].id: 'ani>penang-atp' is there twice",
    ),
    "unknown resource": (
        ["options", 0, "uses", "seat:x"],
        1,
        "options[0].uses: there is no resource 'seat:x'",
    ),
    "negative amount": (
        ["options", 0, "uses", "seat:penang-atp"],
        -1,
        "options[0].uses['seat:penang-atp']: -1 is negative",
    ),
    "broken amount": (
        ["options", 0, "uses", "seat:penang-atp"],
        0.5,
        "options[0].uses['seat:penang-atp']: 0.5 is not an integer",
    ),
    "no value": (["options", 0, "value"], DELETE, "options[0].value: None"),
    "true is no value": (["options", 0, "value"], True, "options[0].value: True"),
    "no tiers": (["options", 0, "value"], [], "options[0].value: no tier"),
    "other tiers": (
        ["options", 1, "value"],
        [1, 2],
        "options[1].value: 2 tiers, not 1",
    ),
    "beyond 64 bits": (["options", 0, "value"], 2**63, "options[0].value: 9223372036"),
    "beyond all sums": (["options", 0, "value"], 2**62, "option_value[0]: 46116860184"),
}


@pytest.mark.parametrize("case", DAMAGED_JSON)
def test_damaged_json_is_refused_in_one_line(tmp_path, document, case):
    path, value, message = DAMAGED_JSON[case]
    change(path, value)(document)
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(document))
    with pytest.raises(FileError) as refusal:
        read_instance(file)
    assert str(refusal.value).startswith(f"{file}: {message}")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON: Expecting value in line 1, column 1"),
        (b"{", "not JSON: "),
        (b"[]", "the document is not a JSON object"),
        (b"\xff\xfe\x00", "not UTF-8 text at byte 0"),
        (b'{"a": 1, "a": 2}', "the key 'a' is there twice in one object"),
        (b"[" * 100_000, "not JSON that can be read: nested too deep"),
        (b"1" * 5000, "a number has more than 4300 digits"),
    ],
)
def test_what_is_no_instance_at_all(tmp_path, content, message):
    file = tmp_path / "instance.json"
    file.write_bytes(content)
    with pytest.raises(FileError) as refusal:
        read_instance(file)
    assert str(refusal.value).startswith(f"{file}: {message}")


def test_an_agent_that_must_be_placed_needs_an_option(document):
    document["agents"].append({"id": "eko", "must": True})
    with pytest.raises(
        ValueError, match=r"^agent_must\[2\]: agent 'eko' must be placed"
    ):
        problem_from_document(document)


@pytest.mark.parametrize("name", ["absent.json", "absent.npz"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(FileError, match="No such file or directory"):
        read_instance(tmp_path / name)


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(FileError, match="Is a directory"):
        read_instance(tmp_path)


def test_truncated_npz_is_refused_at_any_length(tmp_path, problem):
    """Whatever is cut off, the answer is one line and never a traceback."""
    whole, part = tmp_path / "whole.npz", tmp_path / "part.npz"
    write_instance(problem, whole)
    content = whole.read_bytes()
    for length in range(0, len(content) - 1, 97):
        part.write_bytes(content[:length])
        with pytest.raises(FileError, match="not a whole NPZ archive"):
            read_instance(part)


def test_npz_with_flipped_bytes_is_refused_or_read(tmp_path, problem):
    """Damage is found by the archive's own sums or by the check of the arrays."""
    file = tmp_path / "instance.npz"
    write_instance(problem, file)
    content = bytearray(file.read_bytes())
    refused = 0
    for at in range(0, len(content), 41):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        file.write_bytes(damaged)
        try:
            read_instance(file)
        except FileError:
            refused += 1
    assert refused > len(content) // 41 // 2


@pytest.mark.parametrize("damage", ["(", "{", "[", '"', "#", "\n", ")", "\xff", "9"])
def test_a_damaged_array_header_is_refused_in_one_line(tmp_path, problem, damage):
    """NumPy reads the header as Python, and stumbles over it in many ways."""
    file = tmp_path / "instance.npz"
    write_instance(problem, file)
    with np.load(file) as stored:
        arrays = dict(stored)
    plain = io.BytesIO()
    np.lib.format.write_array(plain, arrays["use_ptr"])
    content = plain.getvalue()
    for at in range(10, content.index(b"}") + 2):
        spoilt = content[:at] + damage.encode("latin-1") + content[at + 1 :]
        with ZipFile(file, "w") as archive:
            archive.writestr("use_ptr.npy", spoilt)
        with pytest.raises(FileError) as error:
            read_instance(file)
        assert "\n" not in str(error.value)


DAMAGED_ARRAYS = {
    "missing": ("use_ptr", None, "use_ptr: the array is missing"),
    "floats": ("option_value", [1.0, 2.0], "option_value: the numbers are float64"),
    "nan": ("use_amount", [np.nan] * 4, "use_amount: the numbers are float64"),
    "text": ("option_agent", ["0", "1"], "option_agent: the numbers are <U1"),
    "flag as number": ("agent_must", [0, 1], "agent_must: the numbers are int64"),
    "too wide": ("option_agent", [0, 2**40], "option_agent[1]: 1099511627776 does not"),
    "unsigned": (
        "option_value",
        np.array([0, 2**63], dtype="u8"),
        "option_value[1]: 9223372036854775808 does not fit int64",
    ),
    "scalar": ("use_ptr", 4, "use_ptr: a single int64, not an array"),
    "two dimensions": ("use_ptr", [[0, 2, 4]], "use_ptr: 2 dimensions, expected 1"),
    "unsorted": ("option_agent", [1, 0], "option_agent[0]: 1, then 0"),
    "unknown agent": ("option_agent", [0, 2], "option_agent[1]: 2, but there are 2"),
    "negative agent": ("option_agent", [-1, 0], "option_agent[0]: -1, but there are 2"),
    "short values": ("option_value", [1], "option_value: 1 entries, but option_agent"),
    "pointer falls": ("use_ptr", [0, 3, 2], "use_ptr[1]: 3, then 2: it falls"),
    "pointer starts late": ("use_ptr", [1, 2, 4], "use_ptr[0]: 1, but it starts at 0"),
    "pointer ends early": ("use_ptr", [0, 2, 3], "use_ptr[2]: 3, but it ends at 4"),
    "resource twice": (
        "use_resource",
        [0, 1, 1, 1],
        "use_resource[3]: entry 1 names resource 1 twice",
    ),
    "unknown resource": ("use_resource", [0, 1, 0, 9], "use_resource[3]: 9, but there"),
    "negative amount": ("use_amount", [1, -2, 1, 1], "use_amount[1]: -2: an amount"),
    "upper too large": ("supply_upper", [2**62 + 1, 0], "supply_upper[0]: 46116860184"),
    "unknown price": (
        "resource_excess_price",
        [-2, -1],
        "resource_excess_price[0]: -2",
    ),
    "no step": ("resource_step", [0, 1], "resource_step[0]: 0: a step is 1 or more"),
    "opening of a cohort": (
        "opening_ptr",
        [0, 1, 1],
        "opening_ptr[2]: 1, but it ends at 0",
    ),
    "tiers of opening": (
        "opening_value",
        [[1, 2], [0, 0]],
        "opening_value: 2 tiers, but option_value has 1",
    ),
    "short steps": ("resource_step", [2], "resource_step: 1 entries, but resource_u"),
    "unknown supply": ("supply_index", [0, 2], "supply_index[1]: 2, but there are 2"),
    "short ids": (
        "agent_id",
        ["ani"],
        "agent_id: 1 entries, but agent_must asks for 2",
    ),
    "same ids": ("agent_id", ["ani", "ani"], "agent_id[1]: 'ani' is there twice"),
    "ids as numbers": ("agent_id", [1, 2], "agent_id: int64 of 1 dimensions, not text"),
    "no such array": ("use", [1], "use: there is no such array"),
    "pickle": (
        "agent_id",
        np.array([{}, []], dtype=object),
        "agent_id: not an array that can be read (Object arrays cannot be loaded",
    ),
    "half a surrogate pair": (
        "agent_id",
        ["ani", "\ud800"],
        "agent_id[1]: '\\ud800' is not Unicode",
    ),
    "name": ("name", [1, 2], "name: not one text"),
}


@pytest.mark.parametrize("case", DAMAGED_ARRAYS)
def test_damaged_npz_is_refused_in_one_line(tmp_path, problem, case):
    name, array, message = DAMAGED_ARRAYS[case]
    file = tmp_path / "instance.npz"
    write_instance(problem, file)
    with np.load(file) as archive:
        arrays = dict(archive)
    arrays[name] = np.asarray(array)
    if array is None:
        del arrays[name]
    np.savez(file, **arrays)
    with pytest.raises(FileError) as refusal:
        read_instance(file)
    assert str(refusal.value).startswith(f"{file}: {message}")


def test_other_integer_types_are_accepted_when_nothing_is_lost(problem):
    """Whoever writes an NPZ need not care about 32 or 64 bits."""
    wide = problem.replace(
        option_agent=problem.option_agent.astype("i8"),
        use_amount=problem.use_amount.astype("u2"),
    )
    assert wide.digest == problem.digest


def test_one_column_of_values_is_one_tier(problem):
    column = problem.replace(option_value=problem.option_value.reshape(-1, 1))
    assert column.num_tiers == 1
    assert column.digest == problem.digest


def test_a_failed_write_leaves_the_old_file(tmp_path, problem, monkeypatch):
    """Nothing is half-written: the file is the old one or the new one."""
    file = tmp_path / "instance.npz"
    file.write_text("old")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(FileError, match="No space left on device"):
        write_instance(problem, file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_problem_cannot_be_changed(problem):
    """Frozen all the way down: the arrays are read-only too."""
    with pytest.raises(ValueError, match="read-only"):
        problem.option_value[0] = 7


def test_building_a_problem_leaves_the_callers_arrays_alone(problem):
    value = problem.option_value.copy()
    problem.replace(option_value=value)
    value[0] = 7
    assert value.flags.writeable


def test_an_array_that_is_there_twice_is_refused(tmp_path, problem):
    file = tmp_path / "instance.npz"
    write_instance(problem, file)
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(file, "a") as more:
        more.writestr("use_ptr.npy", b"")
    with pytest.raises(FileError, match=r"use_ptr: the array is there twice$"):
        read_instance(file)


def test_an_archive_larger_than_memory_is_refused_unread(
    tmp_path, problem, monkeypatch
):
    file = tmp_path / "instance.npz"
    write_instance(problem, file)
    monkeypatch.setattr("os.sysconf", lambda _: 20)
    with pytest.raises(FileError, match=r"when unpacked, and this machine has 400$"):
        read_instance(file)


def test_a_reason_stays_short_however_much_it_quotes(tmp_path, document):
    document["options"][0]["agent"] = "a" * 100_000
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(document))
    with pytest.raises(FileError, match=r"options\[0\]\.agent: .*a \.\.\.$") as refusal:
        read_instance(file)
    assert len(str(refusal.value)) < 1000


@pytest.mark.parametrize("field", ["resources", "supplies"])
def test_no_limit_has_the_name_of_a_tier(document, field):
    """The prices of a result are keyed by these names: one name, one price."""
    document["resources"].append({"id": "seat:x", "upper": 1})
    document["supplies"].append({"id": "line:x", "upper": 1})
    document[field][-1]["id"] = "tier:1"
    assert problem_from_document(document).num_tiers == 1
    for option in document["options"]:
        option["value"] = [option["value"], 0]
    with pytest.raises(ProblemError, match=r"_id\[2\]: 'tier:1' is the name of a tier"):
        problem_from_document(document)


def test_a_result_goes_where_a_link_points_and_keeps_to_the_umask(tmp_path, problem):
    (tmp_path / "link.json").symlink_to(tmp_path / "instance.json")
    before = os.umask(0o027)
    try:
        write_instance(problem, tmp_path / "link.json")
    finally:
        os.umask(before)
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "instance.json").stat().st_mode & 0o777 == 0o640
    assert {file.name for file in tmp_path.iterdir()} == {"instance.json", "link.json"}


def test_the_largest_numbers_of_all_agents_have_to_fit_together(document):
    """One large number among small ones is no harm, and two of them are."""
    document["options"][0]["value"] = 2**62 - 640
    assert problem_from_document(document).option_value.tolist() == [2**62 - 640, 640]
    document["options"][0]["value"] += 1
    with pytest.raises(ProblemError, match=r"option_value\[0\]: .* could pass 2\*\*62"):
        problem_from_document(document)


def test_tiers_have_to_fit_together_too(document):
    """Their sum is what is searched where weights cannot tell them apart."""
    document["options"][0]["value"] = [2**60, 2**60 - 2]
    document["options"][1]["value"] = [1, 1]
    assert problem_from_document(document).num_tiers == 2
    document["options"][1]["value"] = [1, 2]
    with pytest.raises(ProblemError, match=r"option_value\[0\]: .* could pass 2\*\*62"):
        problem_from_document(document)
