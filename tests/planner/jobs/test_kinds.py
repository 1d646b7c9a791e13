"""Every kind of job has a task that serves one row, and a model that can be leased."""

import inspect

import pytest
from celery import current_app

from api import tasks as tasks_of_the_api
from planner import tasks
from planner.jobs import kinds
from planner.models import served


@pytest.mark.parametrize("kind", kinds.SERVED, ids=lambda kind: kind.task)
def test_a_kind_names_a_task_and_what_it_calls_the_id(kind):
    assert tasks
    assert tasks_of_the_api
    task = current_app.tasks[kind.task]
    assert list(inspect.signature(task.run).parameters) == [kind.argument]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", kinds.SERVED, ids=lambda kind: kind.task)
def test_its_rows_can_be_leased(kind):
    assert issubclass(kind.model, served.Served)
    assert list(kind.model.objects.order_by(kind.order)[:1]) == []


def test_no_row_that_workers_serve_is_forgotten():
    leased = set(served.Served.__subclasses__())
    assert leased == {kind.model for kind in kinds.SERVED}
