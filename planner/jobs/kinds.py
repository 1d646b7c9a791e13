"""The kinds of jobs: whose rows wait for a worker, and the task that serves one."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models

from planner.models import (
    AllocationRun,
    BulkJob,
    FileJob,
    Inquiry,
    LetterJob,
    Mailing,
    RunPart,
    Search,
    WhatIf,
)


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Parameters
    ----------
    model: the rows; each has ``lease_until`` and ``rung_at``.
    task: the name of the task that serves a row.
    argument: what the task calls the id of a row.
    order: in which order waiting rows are rung for.
    patience: how old a row is when the first ring must have been lost; whoever writes
        a row rings for it.
    """

    model: type[models.Model]
    task: str
    argument: str
    order: str = "pk"
    patience: timedelta | None = None


RUNS = Kind(
    AllocationRun,
    "planner.solve",
    "run_id",
    order="number",
    patience=timedelta(seconds=5),
)
PARTS = Kind(RunPart, "planner.solve_part", "part_id", order="-num_options")
SEARCHES = Kind(Search, "planner.search", "search_id")
FILES = Kind(
    FileJob,
    "planner.work_on_file",
    "job_id",
    order="created_at",
    patience=timedelta(seconds=5),
)
INQUIRIES = Kind(Inquiry, "planner.inquire", "inquiry_id", order="part")
BULK = Kind(
    BulkJob,
    "api.work_on_list",
    "job_id",
    order="created_at",
    patience=timedelta(seconds=5),
)
MAILINGS = Kind(
    Mailing,
    "planner.send_mail",
    "mailing_id",
    order="created_at",
    patience=timedelta(seconds=5),
)
LETTERS = Kind(
    LetterJob,
    "planner.print_letters",
    "job_id",
    order="created_at",
    patience=timedelta(seconds=5),
)
WHAT_IFS = Kind(WhatIf, "planner.what_if", "what_if_id", order="created_at")
SERVED = RUNS, PARTS, SEARCHES, FILES, INQUIRIES, BULK, MAILINGS, LETTERS, WHAT_IFS
"""Those whose rows are claimed by `leases.claim`."""
