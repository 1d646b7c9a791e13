"""What people wrote about a person in runs and suggestions goes with the person."""

from planner.models import (
    AllocationRun,
    Approval,
    FileJob,
    Message,
    MoveUp,
    Scenario,
)
from programs.domain import traces

TEXTS = {
    AllocationRun: ("comment", "detail"),
    Approval: ("comment",),
    FileJob: ("detail",),
    Scenario: ("name", "description"),
}
"""Columns of free text that is about other things too: names alone go."""


def forget(*, ids: list[str], words: list[str]) -> None:
    """Take away what names the person.

    Parameters
    ----------
    ids: of the person's rows. words: texts that name the person.
    """
    MoveUp.objects.filter(application__in=ids).exclude(reason="").update(
        reason=traces.GONE
    )
    Message.objects.filter(application__in=ids).update(email="", body="")
    for model, fields in TEXTS.items():
        traces.redact(model, fields, words)
