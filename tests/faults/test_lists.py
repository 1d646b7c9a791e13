"""A worker that is killed in the middle of a list: every row once, with its result."""

import time

from .lists import WRONG

ROWS = 5_000


def test_a_list_survives_the_worker_that_is_killed_in_its_middle(farm):
    farm.start_dispatcher()
    worker = farm.start_worker(queue="files")
    struck = farm.act("strike", str(ROWS), str(worker.pid), of="lists", timeout=120)
    job = struck["job"]
    worker.wait()
    assert 0 < struck["done"] < ROWS
    left = farm.act("state", job, of="lists")
    # Of the batch that was under way nothing is there, not a person and not a word.
    assert left["people"] == left["events"] == left["made"] < ROWS - ROWS // WRONG
    farm.start_worker(queue="files")
    end = time.monotonic() + 120
    while (found := farm.act("state", job, of="lists"))["state"] != "solved":
        assert time.monotonic() < end, found
        time.sleep(0.5)
    wrong = -(-ROWS // WRONG)
    assert found["attempt"] == 2
    assert found["results"] == ROWS
    assert found["refused"] == wrong
    assert found["told"] == [ROWS, ROWS - wrong]
    counts = [found[name] for name in ("people", "made", "events", "trail")]
    assert counts == [ROWS - wrong] * 4
    assert found["strangers"] == 0
