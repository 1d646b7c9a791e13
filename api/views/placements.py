"""Placements: each step of their life is one POST."""

from django.db.models import F, Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import changes
from api.conditional import etag_of, expected_version
from api.filters.placements import PlacementFilter
from api.lines import Lines
from api.serializers import placements as serializers
from api.serializers.placement_changes import PlacementChangeSerializer, WriteChange
from programs import clock
from programs.domain import placements, stay_changes, transcripts
from programs.models import (
    FundingLine,
    PlaceCondition,
    Placement,
    PlacementChange,
    PlacementEvent,
)
from programs.roles import Permission

from .base import READERS, List, Resource, Retrieve

PARTIES = [Permission.NOMINATE, Permission.RATE]


def _move(name, permission, summary, verb=None):
    """Return an action that makes one step of the placement's life.

    Parameters
    ----------
    verb: the domain's, where it has another name than the step.
    """
    verb = verb or getattr(placements, name)

    def step(self, request, pk):
        placement = self.get_object()
        version = expected_version(request)
        verb(
            placement=placement,
            by=request.user,
            now=clock.now(),
            expected_version=version,
            **self.validated(),
        )
        return self.answer(placement)

    step.__name__ = name
    step.__doc__ = summary
    step.permission = permission
    routed = action(detail=True, methods=["post"], url_path=name.replace("_", "-"))
    # The other way round the route would forget the description.
    return extend_schema(responses=serializers.PlacementSerializer)(routed(step))


STEPS = Lines(
    "steps",
    PlacementEvent,
    "placement",
    ("from_state", "to_state", "at", "on", "reason"),
    order=("at", "pk"),
)
FUNDING = Lines(
    "lines",
    FundingLine,
    "placement",
    (
        *("category_id", "source__code", "fiscal_year"),
        *("amount", "foreign_amount", "currency"),
    ),
    order=("category_id", "source__code", "fiscal_year", "currency"),
)
WAITS_FOR = Prefetch(
    "conditions",
    PlaceCondition.objects.with_privacy().order_by("due_on", "condition"),
)
PERSON = (
    *("given_name", "family_name", "birth_date", "sex", "email"),
    *("home_institution", "restricted_at"),
)


class PlacementViewSet(Retrieve, List, Resource):
    """The people the caller sent, and places in own slots, with who accepted one."""

    queryset = Placement.objects.select_related(
        "application__participant", "slot__route"
    )
    queryset = queryset.annotate(owner=F("slot__intake__program__owner"))
    queryset = queryset.defer(
        "application__participant__nik",
        "application__participant__passport",
        "application__participant__disability",
    )
    serializer_class = serializers.PlacementSerializer
    filterset_class = PlacementFilter
    loads = {
        "departed_on": [STEPS],
        "arrived_on": [STEPS],
        "ended_on": [STEPS],
        "conditions": [WAITS_FOR],
        "events": [STEPS],
        "funding": [FUNDING],
    }
    columns = (
        *("application__nominated_by", "slot__host", "state", "version"),
        *("slot__starts_on", "slot__ends_on", "own_starts_on", "own_ends_on"),
        "slot__route__lead_time_days",
        *("offered_at", "expires_at", "reason"),
        *(f"application__participant__{name}" for name in PERSON),
    )
    ordered_by = ("state", "offered_at", "expires_at")
    changes = changes.PLACEMENTS

    accept = _move("accept", Permission.NOMINATE, "The sender accepts for the person.")
    decline = _move("decline", Permission.NOMINATE, "The sender declines.")
    depart = _move("depart", Permission.NOMINATE, "The person has left.")
    confirm = _move("confirm", Permission.RATE, "The host confirms the person.")
    reject = _move("reject", Permission.RATE, "The host rejects, with a reason.")
    arrive = _move("arrive", Permission.RATE, "The person has arrived.")
    complete = _move("complete", Permission.RATE, "The stay is completed.")
    end_early = _move("end_early", Permission.RATE, "The stay ended early.")
    no_show = _move(
        "no_show",
        Permission.RATE,
        "The person did not come.",
        verb=placements.mark_no_show,
    )
    dated = (depart, arrive, complete, end_early, no_show)
    moves = (accept, decline, confirm, reject, *dated)

    requires_if_match = frozenset(move.__name__ for move in moves)
    needs = {
        "list": READERS,
        "retrieve": READERS,
        "transcript": READERS,
        "write_transcript": [Permission.RATE],
        "changes_of": READERS,
        "propose_change": PARTIES,
        **{move.__name__: [move.permission] for move in moves},
    }
    write_serializers = {
        "write_transcript": serializers.WriteTranscript,
        "propose_change": WriteChange,
        **{move.__name__: serializers.Move for move in moves},
        **{move.__name__: serializers.DatedMove for move in dated},
    }

    def get_queryset(self):
        """Everything events tell of; the serializer leaves out who is not known yet."""
        return self.unrestricted().told_to(self.request.user)

    @extend_schema(responses=serializers.TranscriptLine(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def transcript(self, request, pk):
        """Skills achieved in the placement, with level and evidence."""
        return self._transcript_of(self.get_object())

    @extend_schema(
        request=serializers.WriteTranscript,
        responses=serializers.TranscriptLine(many=True),
    )
    @transcript.mapping.put
    def write_transcript(self, request, pk):
        """Write the transcript as the host; it replaces the one before."""
        placement = self.get_object()
        transcripts.record(
            placement=placement, by=request.user, now=clock.now(), **self.validated()
        )
        return self._transcript_of(placement)

    @extend_schema(responses=PlacementChangeSerializer(many=True))
    @action(
        detail=True, url_path="changes", pagination_class=None, filterset_class=None
    )
    def changes_of(self, request, pk):
        """What was proposed for the stay, the oldest first."""
        rows = PlacementChange.objects.visible_to(request.user)
        rows = rows.filter(placement=self.get_object()).order_by("proposed_at", "pk")
        return Response(PlacementChangeSerializer(rows, many=True).data)

    @extend_schema(request=WriteChange, responses={201: PlacementChangeSerializer})
    @changes_of.mapping.post
    def propose_change(self, request, pk):
        """Propose other days or another slot of the same host; the other side answers.

        What could not be agreed to (no seat, no money, a rule) is refused at once.
        """
        change = stay_changes.propose(
            placement=self.get_object(),
            by=request.user,
            now=clock.now(),
            **self.validated(),
        )
        path = "api:placement-change-detail"
        address = reverse(path, args=[change.pk], request=request)
        change.refresh_from_db()
        data = PlacementChangeSerializer(change).data
        headers = {"Location": address, "ETag": etag_of(data)}
        return Response(data, status=201, headers=headers)

    def _transcript_of(self, placement):
        lines = placement.skills_achieved.select_related("skill")
        return Response(serializers.TranscriptLine(lines, many=True).data)
