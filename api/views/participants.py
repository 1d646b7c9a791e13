"""People the caller's institution registered."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api import changes
from api.filters.participants import ParticipantFilter
from api.serializers import participants as serializers, rights as rights_serializers
from api.serializers.jobs import JobSerializer
from planner.models import BulkKind
from programs import clock
from programs.domain import participants, personal_data, rights
from programs.models import Participant
from programs.roles import Permission

from .base import List, Resource, Retrieve
from .jobs import taken

PEOPLE = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS, Permission.NOMINATE]


class ParticipantViewSet(Retrieve, List, Resource):
    """Register, correct and read the own institution's people."""

    queryset = Participant.objects.all()
    loads = {
        "skills": [serializers.SKILLS],
        "languages": [serializers.LANGUAGES],
        "education": [serializers.EDUCATION],
        "employment": [serializers.EMPLOYMENT],
        "facts": [serializers.FACTS],
    }
    ordered_by = ("code", "family_name", "birth_date")
    searched_in = ("code", "given_name", "family_name", "email")
    changes = changes.PARTICIPANTS
    serializer_class = serializers.ParticipantSerializer
    write_serializers = {
        "create": serializers.ParticipantRegistration,
        "bulk": serializers.BulkParticipants,
        "partial_update": serializers.ParticipantChange,
        "restrict": rights_serializers.WriteReason,
        "lift": rights_serializers.WriteReason,
    }
    filterset_class = ParticipantFilter
    honours_if_match = frozenset({"partial_update"})
    untagged = frozenset({"everything", "bulk"})
    needs = {
        "list": PEOPLE,
        "retrieve": PEOPLE,
        "create": [Permission.NOMINATE],
        "bulk": [Permission.NOMINATE],
        "partial_update": [Permission.NOMINATE],
        "everything": [Permission.REVEAL_PERSON],
        "restrict": [Permission.REVEAL_PERSON],
        "lift": [Permission.REVEAL_PERSON],
    }

    def get_queryset(self):
        """Own people: whom a host receives it reads with the placement."""
        people = self.unrestricted().sent_by(self.request.user)
        if self.action == "list":
            people = people.filter(merged_into__isnull=True)
        hidden = ("nik", "passport", "disability")
        return people.defer(*hidden) if self.offers_fields else people

    @extend_schema(responses={201: serializers.ParticipantSerializer})
    def create(self, request):
        """Register a person; the NIK is checked, kept encrypted and never shown."""
        person = participants.register(
            by=request.user, now=clock.now(), **self.validated()
        )
        return self.answer(person, 201)

    @extend_schema(responses={202: JobSerializer})
    @action(detail=False, methods=["post"])
    def bulk(self, request):
        """Register up to 5,000 people; each row is judged for itself.

        The answer is a job: its ``Location`` says how far it is, and below it
        ``results/`` what became of each row.
        """
        rows = self.validated()["participants"]
        return taken(BulkKind.PARTICIPANTS, rows, request)

    @extend_schema(responses=serializers.ParticipantSerializer)
    def partial_update(self, request, pk):
        """Correct a person's record."""
        person = self.get_object()
        self.require_same(person)
        participants.update(
            participant=person,
            by=request.user,
            now=clock.now(),
            **self.validated(partial=True),
        )
        return self.answer(person)

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=True, url_path="everything")
    def everything(self, request, pk):
        """Everything held about a person, in both languages; for officers, noted."""
        person = self.get_object()
        held = personal_data.export_person(
            participant=person, by=request.user, now=clock.now()
        )
        return Response(held)

    @extend_schema(responses=serializers.ParticipantSerializer)
    @action(detail=True, methods=["post"])
    def restrict(self, request, pk):
        """Keep a person's data and process them no more; for officers."""
        return self._mark(rights.restrict)

    @extend_schema(responses=serializers.ParticipantSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request, pk):
        """Process a person's data again; for officers."""
        return self._mark(rights.lift)

    def _mark(self, verb):
        person = self.get_object()
        verb(
            participant=person,
            by=self.request.user,
            now=clock.now(),
            **self.validated(),
        )
        return self.answer(person)
