"""Nominations: create, rank, withdraw, and ask who may take what."""

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api import changes
from api.bulk.rows import take
from api.filters.nominations import NominationFilter
from api.lines import Lines
from api.serializers import jobs, nominations as serializers
from planner.allocation.review import outcomes
from planner.models import BulkKind
from programs import clock, eligibility
from programs.days import day_of
from programs.domain import applications
from programs.models import Application, Preference
from programs.roles import Permission

from .base import READERS, List, Resource, Retrieve
from .jobs import taken

AT_ONCE = 200
"""Rows of a list that are answered at once."""
SENDER = [Permission.NOMINATE]
OVERSIGHT = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS]


WISHES = Lines(
    "wishes", Preference, "application", ("slot_id", "pathway_id"), order=("rank",)
)


class NominationViewSet(Retrieve, List, Resource):
    """The caller's nominees, and after publication the people a host receives."""

    queryset = Application.objects.annotate(owner=F("intake__program__owner"))
    loads = {"preferences": [WISHES]}
    ordered_by = ("state",)
    changes = changes.NOMINATIONS
    serializer_class = serializers.NominationSerializer
    write_serializers = {
        "create": serializers.WriteNomination,
        "bulk": serializers.BulkNominations,
        "preferences": serializers.WritePreferences,
        "withdraw": serializers.Withdrawal,
    }
    filterset_class = NominationFilter
    honours_if_match = frozenset({"preferences"})
    untagged = frozenset({"bulk", "reasons"})
    needs = {
        "list": READERS,
        "retrieve": READERS,
        "eligibility": [*OVERSIGHT, Permission.NOMINATE],
        "reasons": [*OVERSIGHT, Permission.NOMINATE],
        "create": SENDER,
        "bulk": SENDER,
        "preferences": SENDER,
        "withdraw": SENDER,
    }

    @extend_schema(responses={201: serializers.NewNominationSerializer})
    def create(self, request):
        """Nominate a person; one who is not yet eligible is accepted and told so."""
        row = applications.submit(by=request.user, now=clock.now(), **self.validated())
        response = self.answer(row, 201)
        response.data["verdicts"] = _verdicts(row)
        return response

    @extend_schema(responses={200: jobs.BulkResult, 202: jobs.JobSerializer})
    @action(detail=False, methods=["post"])
    def bulk(self, request):
        """Nominate many people; each row is judged for itself, all are answered.

        Up to 200 rows are answered at once. More of them, or any with ``Prefer:
        respond-async``, are a job: its ``Location`` says how far it is, and below it
        ``results/`` what became of each row.
        """
        rows = self.validated()["nominations"]
        wants_job = "respond-async" in request.headers.get("Prefer", "")
        if wants_job or len(rows) > AT_ONCE:
            return taken(BulkKind.NOMINATIONS, rows, request)
        outcomes = take(BulkKind.NOMINATIONS, rows, by=request.user, now=clock.now())
        results = [
            {
                "index": index,
                "status": outcome.status,
                "id": outcome.made and str(outcome.made),
                "problem": outcome.problem,
            }
            for index, outcome in enumerate(outcomes)
        ]
        return Response({"results": results})

    @extend_schema(responses=serializers.NominationSerializer)
    @action(detail=True, methods=["put"])
    def preferences(self, request, pk):
        """Replace the ranked wishes of a nomination."""
        row = self.get_object()
        self.require_same(row)
        applications.set_preferences(
            application=row, by=request.user, now=clock.now(), **self.validated()
        )
        return self.answer(row)

    @extend_schema(responses=serializers.NominationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take a nomination back."""
        row = self.get_object()
        applications.withdraw(
            application=row, by=request.user, now=clock.now(), **self.validated()
        )
        return self.answer(row)

    @extend_schema(responses=serializers.VerdictSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def eligibility(self, request, pk):
        """For each wish of the person: the verdict, with reasons and numbers."""
        self.queryset = self.queryset.sent_by(request.user)
        return Response(_verdicts(self.get_object()))

    @extend_schema(responses=serializers.OutcomeSerializer)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def reasons(self, request, pk):
        """How the published plan ended for the person: why, and where they wait."""
        self.queryset = self.queryset.sent_by(request.user)
        told = outcomes.for_sender(self.get_object())
        return Response(serializers.OutcomeSerializer(told).data)


def _verdicts(row):
    """Return, for each wish of a nomination, how the person stands today."""
    wishes = list(row.preferences.select_related("slot", "pathway"))
    verdicts = eligibility.verdicts(
        application=row,
        slots=[wish.slot for wish in wishes if wish.slot],
        pathways=[wish.pathway for wish in wishes if wish.pathway],
        on=day_of(clock.now(), row.intake),
    )
    return [_plain(verdict) for verdict in verdicts]


def _plain(verdict):
    """Return a verdict with its reasons in the reader's language."""
    return {
        "slot": str(verdict.slot.pk) if verdict.slot else None,
        "pathway": str(verdict.pathway.pk) if verdict.pathway else None,
        "verdict": str(verdict.verdict),
        "reasons": [
            {
                "code": reason.code,
                "params": reason.params,
                "text": eligibility.text(reason),
                "earliest": reason.earliest,
            }
            for reason in verdict.reasons
        ],
    }
