"""Rows that a worker serves: what a claim, a heartbeat and fencing need."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models.base import PublicModel

from .states import RunState

MAX_ATTEMPTS = 3


class Served(PublicModel):
    """A row that one worker at a time serves, at most three times.

    ``attempt`` counts who served it and is the fencing token: whoever was overtaken can
    no longer write. ``lease_until`` and ``heartbeat_at`` are set by the database's
    clock. ``rung_at`` is when workers were told last.
    """

    state = models.CharField(
        _("state"), max_length=12, choices=RunState, default=RunState.QUEUED
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    rung_at = models.DateTimeField(_("last rung for"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    progress = models.JSONField(_("progress"), default=dict, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RunState.RUNNING) | Q(lease_until__isnull=False),
                name="running_%(class)s_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(attempt__lte=MAX_ATTEMPTS),
                name="%(class)s_has_at_most_three_attempts",
            ),
        ]
