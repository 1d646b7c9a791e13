"""Logs are JSON lines that carry ids, and never a person."""

import json
import subprocess
import sys

import pytest

from planner.logs import REMOVED, clean, scrub

NIK = "3273015504990001"


@pytest.mark.parametrize(
    "text",
    [
        f"participant {NIK} not found",
        "3273 0155 0499 0001",
        "32.73.01.550499.0001".replace(".", "-"),
        "write to siti.rahma@example.ac.id soon",
        f"duplicate key value\nDETAIL:  Key (nik_hash)=({NIK}) already exists.",
        "Failing row contains (1, Siti Rahma, Bandung).",
        "Key (name, birth_date)=(Siti Rahma, 1999-04-15) already exists",
        "cannot reach amqp://planner:Siti-Rahma@broker:5672//",
    ],
)
def test_personal_parts_are_removed_from_text(text):
    cleaned = clean(text)
    assert REMOVED in cleaned
    for secret in (NIK, "Siti", "Rahma", "siti.rahma", "0499"):
        assert secret not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "run 0d8f5a1e solved in 12 s",
        "Rp 1.250.000.000",
        "2026-11-21T07:00:00Z",
        "00000000-0000-4000-8000-000000000001",
        "1234567890123456" * 4,
    ],
)
def test_ordinary_text_stays(text):
    assert clean(text) == text


def test_personal_keys_are_removed_at_any_depth():
    event = {"event": "x", "person": {"full_name": "Siti", "ids": [NIK, 7]}, "n": 1}
    assert scrub(event) == {
        "event": "x",
        "person": {"full_name": REMOVED, "ids": [REMOVED, 7]},
        "n": 1,
    }


def test_a_national_id_as_a_number_is_removed():
    assert scrub({"value": int(NIK)}) == {"value": REMOVED}


SCRIPT = f"""
import logging, logging.config, structlog
from planner.logs import logging_config
logging.config.dictConfig(logging_config(style="json", level="INFO"))
log = structlog.get_logger("test")
with structlog.contextvars.bound_contextvars(request_id="r1", run_id="u1"):
    log.info("nominated", nik="{NIK}", name="Siti Rahma", slot="s1")
    logging.getLogger("django.db").error("bad row %s of %s", "{NIK}", "a@b.id")
    try:
        secret = "Siti Rahma"
        raise ValueError("DETAIL: Key (name)=(Siti Rahma) exists")
    except ValueError:
        log.exception("failed")
"""


def test_both_kinds_of_loggers_write_scrubbed_json_with_ids():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "nominated",
        f"bad row {REMOVED} of {REMOVED}",
        "failed",
    ]
    assert all(line["request_id"] == "r1" and line["run_id"] == "u1" for line in lines)
    assert "ValueError" in lines[2]["exception"]
    for secret in (NIK, "Siti", "a@b.id"):
        assert secret not in done.stderr
