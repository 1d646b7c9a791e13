"""The embedded queue: nothing lost, nothing twice, whoever shares the folder."""

import multiprocessing
import time
from queue import Empty

import pytest
from kombu import Connection, Queue

from planner.transport import Transport

PRODUCERS, CONSUMERS, EACH = 3, 2, 200
TEXT = "x" * 20_000  # bodies big enough that a half-written one would show


def connect(folder):
    """Open the queue in a folder."""
    return Connection(
        "filesystem://localhost",
        transport="planner.transport:Transport",
        transport_options={
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.01,
        },
    )


@pytest.fixture
def folder(tmp_path):
    Transport.global_state.clear()  # a process remembers the bindings it made
    (tmp_path / "control").mkdir()
    return tmp_path


def produce(folder, producer):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(EACH):
            queue.put({"id": f"{producer}-{number}", "text": TEXT})


def consume(folder, heard, stop):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bell")
        while True:
            try:
                message = queue.get(timeout=0.2)
            except queue.Empty:
                if stop.is_set():
                    return
                continue
            heard.put(message.payload["id"])
            message.ack()


def test_concurrent_producers_and_consumers_lose_and_repeat_nothing(folder):
    context = multiprocessing.get_context("spawn")
    heard, stop = context.Queue(), context.Event()
    consumers = [
        context.Process(target=consume, args=(folder, heard, stop))
        for _ in range(CONSUMERS)
    ]
    producers = [
        context.Process(target=produce, args=(folder, number))
        for number in range(PRODUCERS)
    ]
    for process in consumers + producers:
        process.start()
    ids = [heard.get(timeout=60) for _ in range(PRODUCERS * EACH)]
    stop.set()
    for process in consumers + producers:
        process.join(30)
        assert process.exitcode == 0
    assert sorted(ids) == sorted(
        f"{producer}-{number}"
        for producer in range(PRODUCERS)
        for number in range(EACH)
    )
    with pytest.raises(Empty):
        heard.get(timeout=0.1)
    assert [path.name for path in folder.iterdir()] == ["control"]


def test_messages_are_read_in_the_order_they_were_written(folder):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(3):
            queue.put(number)
        assert queue.qsize() == 3
        assert [queue.get(timeout=1).payload for _ in range(3)] == [0, 1, 2]


def test_queues_with_similar_names_do_not_hear_each_other(folder):
    with connect(folder) as connection:
        ours, other = connection.SimpleQueue("solve"), connection.SimpleQueue("resolve")
        other.put("theirs")
        with pytest.raises(Empty):
            ours.get(timeout=0.1)
        assert other.get(timeout=1).payload == "theirs"


def test_a_draft_is_never_delivered(folder):
    (folder / ".0_half.bell.msg").write_text('{"hal')
    with connect(folder) as connection, pytest.raises(Empty):
        connection.SimpleQueue("bell").get(timeout=0.1)


def test_purging_removes_only_the_own_queue(folder):
    with connect(folder) as connection:
        ours, other = connection.SimpleQueue("bell"), connection.SimpleQueue("other")
        ours.put(1)
        other.put(2)
        assert ours.clear() == 1
        assert (ours.qsize(), other.qsize()) == (0, 1)


def test_binding_and_deleting_a_queue_leaves_the_other_bindings(folder):
    with connect(folder) as connection:
        channel = connection.channel()
        for name in ("first", "second"):
            Queue(name, exchange=None, routing_key=name)(channel).declare()
            channel._queue_bind("news", name, None, name)
            channel._queue_bind("news", name, None, name)
        assert [row[2] for row in channel.get_table("news")] == ["second", "first"]
        channel._delete("first", "news", "first", None)
        assert [row[2] for row in channel.get_table("news")] == ["second"]


def test_a_publication_costs_milliseconds(folder):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bell")
        started = time.perf_counter()
        for number in range(50):
            queue.put(number)
        assert time.perf_counter() - started < 5
