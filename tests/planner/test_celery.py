"""Workers listen patiently, and say for whom they work."""

import json
from types import SimpleNamespace

import pytest
import structlog
from celery.apps import worker
from django.conf import settings

from api.tasks import HOOKS
from planner.celery import app, name_the_run, say_in_our_lines, wait_patiently
from planner.jobs import kinds, ringing
from planner.tasks import solve, work_on_file


@pytest.fixture(autouse=True)
def _nobody_is_bound():
    yield
    structlog.contextvars.clear_contextvars()


def test_messages_are_json_and_name_a_queue_of_their_own():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_default_queue == "solve"
    assert app.conf.task_ignore_result
    assert app.conf.task_acks_late
    assert not app.conf.task_reject_on_worker_lost


@pytest.mark.skipif(not settings.EMBEDDED, reason="looks into the embedded queue")
def test_a_message_carries_one_id_and_the_request_that_rang():
    before = set((settings.QUEUE_DIR / "messages").glob("*.solve.msg"))
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        solve.apply_async(kwargs={"run_id": "u1"})
    (path,) = set((settings.QUEUE_DIR / "messages").glob("*.solve.msg")) - before
    message = json.loads(path.read_text())
    path.unlink()
    assert message["headers"]["request_id"] == "r1"
    assert message["headers"]["kwargsrepr"] == "{'run_id': 'u1'}"


@pytest.mark.skipif(not settings.EMBEDDED, reason="looks into the embedded queue")
def test_files_have_a_queue_of_their_own():
    before = set((settings.QUEUE_DIR / "messages").glob("*.files.msg"))
    work_on_file.apply_async(kwargs={"job_id": "u1"})
    (path,) = set((settings.QUEUE_DIR / "messages").glob("*.files.msg")) - before
    path.unlink()


@pytest.mark.parametrize("kind", [*kinds.SERVED, HOOKS])
def test_every_bell_names_a_task_that_exists(kind, monkeypatch):
    rung = []
    monkeypatch.setattr(app, "send_task", lambda task, **message: rung.append(task))
    assert ringing.ring(kind, "u1")
    app.loader.import_default_modules()
    assert rung[0] in app.tasks


def test_a_task_logs_its_run_and_the_request():
    structlog.contextvars.bind_contextvars(run="of the task before")
    task = SimpleNamespace(request=SimpleNamespace(request_id="r1"))
    name_the_run(task=task, kwargs={"run_id": "u1"})
    assert structlog.contextvars.get_contextvars() == {"run": "u1", "request_id": "r1"}


def test_only_publishers_give_up_early(settings):
    settings.WORKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    conf = SimpleNamespace(broker_transport_options={"read_timeout": 3})
    wait_patiently(conf=conf)
    assert conf.broker_transport_options == {"confirm_publish": True}


def test_what_celery_says_to_a_terminal_is_for_who_debugs(monkeypatch):
    """Ctrl-C of `make serve` says one line, and none about pressing it again."""
    monkeypatch.setattr(worker, "safe_say", worker.safe_say)
    say_in_our_lines()
    with structlog.testing.capture_logs() as lines:
        worker.safe_say("worker: Hitting Ctrl+C again will ...\n")
    assert [(line["log_level"], line["said"][:7]) for line in lines] == [
        ("debug", "worker:")
    ]
