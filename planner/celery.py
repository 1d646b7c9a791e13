"""The Celery application. Tasks say ``from planner.celery import app``."""

import os

import structlog
from celery import Celery, Task
from celery.signals import (
    before_task_publish,
    celeryd_init,
    setup_logging,
    task_prerun,
)
from django.conf import settings

from planner.environment import told_in_one_line

SANDBOX = "sandbox"
"""The header of messages about rows of the sandbox."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
with told_in_one_line():
    settings.is_overridden("DEBUG")  # reads them now, not somewhere inside Celery

log = structlog.get_logger(__name__)


class RealmTask(Task):
    """A task that is done on the side on which it was rung for."""

    def __call__(self, *args, **kwargs):
        """Run in the sandbox what concerns a row of the sandbox."""
        if not getattr(self.request, SANDBOX, False):
            return super().__call__(*args, **kwargs)
        from programs import sandbox  # there are no apps yet while this is imported

        with sandbox.entered():
            return super().__call__(*args, **kwargs)


app = Celery("planner", task_cls=RealmTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def wait_patiently(conf, **kwargs):
    """Give a worker the patient connection; only publishers must give up early.

    A web process that rings a frozen broker has to answer its user within seconds,
    while a worker that reads with a timeout would drop a healthy, idle connection.
    """
    conf.broker_transport_options = settings.WORKER_TRANSPORT_OPTIONS


@celeryd_init.connect
def say_in_our_lines(**kwargs):
    """Let Celery's last words be lines of our log, and only where somebody debugs.

    They speak of a terminal that a worker here never has.
    """
    from celery.apps import worker  # slow import: only a worker needs it

    worker.safe_say = lambda text, *_file: log.debug("worker", said=text.strip())


@setup_logging.connect
def keep_our_logging(**kwargs):
    """Stop Celery from replacing the log configuration (and its scrubber)."""


@before_task_publish.connect
def carry_realm(headers, **kwargs):
    """Send along on which side the row is."""
    from programs import sandbox  # there are no apps yet while this is imported

    if sandbox.is_entered():
        headers[SANDBOX] = True


@before_task_publish.connect
def carry_request_id(headers, **kwargs):
    """Send along which request asked, so that the worker's lines can be found by it."""
    headers["request_id"] = structlog.contextvars.get_contextvars().get("request_id")


@task_prerun.connect
def name_the_run(task, kwargs, **rest):
    """Put the run and the request that asked for it on each line the task logs."""
    structlog.contextvars.clear_contextvars()
    ids = {
        "run": kwargs.get("run_id"),
        "request_id": getattr(task.request, "request_id", None),
    }
    structlog.contextvars.bind_contextvars(
        **{name: value for name, value in ids.items() if value}
    )
