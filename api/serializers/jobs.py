"""Lists of rows: how they are sent, and what became of each row."""

import json

from django.utils.translation import gettext, gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.exceptions import MOST_ROWS, most_at_once
from planner.models import BulkJob, BulkRow as RowOfList
from planner.models.states import RunState

from .rows import Rows
from .shown import Shown

STATES = {
    RunState.QUEUED: "queued",
    RunState.RUNNING: "running",
    RunState.SOLVED: "done",
    RunState.FAILED: "failed",
}
"""What a list can be, as partners read it."""


class AnyRow(serializers.JSONField):
    """A row as it came."""


class ListOfRows(serializers.ListField):
    """Rows, as many as are taken at once."""

    default_error_messages = {
        "max_length": _(
            "A list has at most %(rows)d rows, and a body %(most)d KiB; send several "
            "smaller ones."
        ),
    }

    def __init__(self, **kwargs):
        super().__init__(min_length=1, max_length=MOST_ROWS, **kwargs)

    def run_validators(self, value):
        """Refuse too many rows at once, and say how much is taken."""
        if len(value) > MOST_ROWS:
            text = self.error_messages["max_length"] % most_at_once()
            raise serializers.ValidationError(text, "max_length")
        super().run_validators(value)


@extend_schema_field({"$ref": "#/components/schemas/Problem"})
class AnyProblem(serializers.JSONField):
    """What another request would have been answered as a problem."""


class BulkRow(serializers.Serializer):
    """What became of one row: created (201) with its id, or a problem."""

    index = serializers.IntegerField()
    status = serializers.IntegerField()
    id = serializers.UUIDField(allow_null=True)
    problem = AnyProblem(allow_null=True)


class BulkResult(serializers.Serializer):
    """One result a row, in the order of the rows."""

    results = BulkRow(many=True)


class JobSerializer(Rows, serializers.ModelSerializer):
    """A list that is worked on: how many rows are judged, and how many were taken."""

    state = Shown(
        serializers.ChoiceField(list(STATES.values())), lambda job: STATES[job.state]
    )
    detail = Shown(
        serializers.CharField(help_text="Why it failed, or is tried again."),
        lambda job: gettext(job.detail) if job.detail else "",
    )

    class Meta:
        model = BulkJob
        fields = [
            "id",
            "kind",
            "state",
            "detail",
            "num_rows",
            "num_done",
            "num_made",
            "created_at",
            "started_at",
            "finished_at",
        ]


class JobRowSerializer(Rows, serializers.ModelSerializer):
    """What became of a row: 201 with the id it made, or a problem; null: not yet done.

    ``replayed``: it was taken in an earlier list, under the same key.
    """

    id = serializers.UUIDField(source="made", allow_null=True)
    problem = Shown(
        AnyProblem(allow_null=True),
        lambda row: json.loads(row.problem) if row.problem else None,
    )
    replayed = serializers.BooleanField(source="is_replayed")

    class Meta:
        model = RowOfList
        fields = ["index", "key", "status", "id", "problem", "replayed"]
