"""The tasks workers run. Each takes an id, and makes one call."""

from celery import shared_task

from planner.allocation.solving import execute, helping, inquiring, what_ifs
from planner.allocation.vacancies import searches
from planner.imports import execute as files
from planner.mailing import printing, sending


@shared_task(name="planner.solve")
def solve(*, run_id):
    """Serve a run, unless it is served already or does not exist."""
    execute.execute(run_id)


@shared_task(name="planner.solve_part")
def solve_part(*, part_id):
    """Serve a part of a run, unless it is served already or not asked for any more."""
    helping.help_out(part_id)


@shared_task(name="planner.search")
def search(*, search_id):
    """Search who could take free places, unless somebody does or nobody asks."""
    searches.search(search_id)


@shared_task(name="planner.work_on_file")
def work_on_file(*, job_id):
    """Judge or write a big file, unless somebody does or it does not exist."""
    files.execute(job_id)


@shared_task(name="planner.inquire")
def inquire(*, inquiry_id):
    """Answer a part of what is asked of a plan, unless somebody does already."""
    inquiring.inquire(inquiry_id)


@shared_task(name="planner.send_mail")
def send_mail(*, mailing_id):
    """Send what was ordered, unless somebody does already."""
    sending.execute(mailing_id)


@shared_task(name="planner.print_letters")
def print_letters(*, job_id):
    """Write letters as one PDF, unless somebody does already."""
    printing.execute(job_id)


@shared_task(name="planner.what_if")
def what_if(*, what_if_id):
    """Answer a what-if question, unless somebody does or it does not exist."""
    what_ifs.answer(what_if_id)
