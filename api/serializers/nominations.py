"""Nominations: an application made by a sending institution."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.closed_lists import MAIN_REASONS, VERDICTS
from planner.models.difference_words import Known
from programs.models import Application, Participant, Pathway, Slot

from .base import SLOT_IN_PLANS, Body, RowKey, VisibleRow, blanked
from .intakes import VisibleIntake
from .jobs import AnyRow, ListOfRows
from .rows import Rows


@extend_schema_field(OpenApiTypes.UUID)
class PreferenceField(serializers.Field):
    """A slot or a pathway by its id, among those the caller may see."""

    default_error_messages = {
        "unknown": _("No slot or pathway with this id is open to you."),
    }

    def to_internal_value(self, value):
        try:
            identifier = serializers.UUIDField().to_internal_value(value)
        except serializers.ValidationError:
            self.fail("unknown")
        known = self.context.get("known")
        if known is not None:
            place = known.get(Slot, value) or known.get(Pathway, value)
            return place or self.fail("unknown")
        user = self.context["request"].user
        slot = Slot.objects.visible_to(user).filter(pk=identifier).first()
        place = slot or Pathway.objects.visible_to(user).filter(pk=identifier).first()
        return place or self.fail("unknown")

    def to_representation(self, value):
        return str(value.pk)


class VisiblePerson(VisibleRow):
    """A person the caller knows."""

    model = Participant


class ReasonSerializer(serializers.Serializer):
    """Why a rule passes or not: a stable code, its facts, and a sentence."""

    code = serializers.CharField()
    params = serializers.DictField()
    text = serializers.CharField()
    earliest = serializers.DateField(
        allow_null=True, help_text="First date on which it could pass, where known."
    )


class VerdictSerializer(serializers.Serializer):
    """Whether a person may take a slot, or a whole pathway."""

    slot = serializers.UUIDField(allow_null=True)
    pathway = serializers.UUIDField(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS)
    reasons = ReasonSerializer(many=True)


class ReasonForSender(serializers.Serializer):
    """Why one way that the person asked for was not taken; about nobody else."""

    code = serializers.ChoiceField(MAIN_REASONS)
    text = serializers.CharField(help_text="A sentence in the reader's language.")
    slot = serializers.CharField(allow_null=True, help_text=SLOT_IN_PLANS)
    pathway = serializers.CharField(allow_null=True)


class DifferentSerializer(serializers.Serializer):
    """What would have to be different for a place: possible, and never a promise."""

    known = serializers.ChoiceField(
        Known,
        help_text="`not_yet`: it is still being worked out. `not_asked`: rules of "
        "eligibility stand in the way of every wish.",
    )
    text = serializers.CharField(
        allow_null=True,
        help_text="A sentence in the reader's language, null where nothing is known.",
    )


class WaitingSerializer(serializers.Serializer):
    """A place on the waiting list of a slot, from 1; ``is_open`` while it counts."""

    slot = serializers.UUIDField()
    position = serializers.IntegerField(min_value=1)
    is_open = serializers.BooleanField()


class OutcomeSerializer(serializers.Serializer):
    """How the published plan ended for a nominee; nothing before there is one."""

    published_at = serializers.DateTimeField(allow_null=True)
    main_reason = serializers.ChoiceField(MAIN_REASONS, allow_null=True)
    reasons = ReasonForSender(many=True)
    different = DifferentSerializer(allow_null=True)
    waiting = WaitingSerializer(many=True)


class NominationSerializer(Rows, serializers.ModelSerializer):
    """A nomination as its sender reads it.

    The host of somebody who accepted reads it without wishes, merit and note.
    """

    preferences = serializers.SerializerMethodField()
    merit_score = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, read_only=True
    )

    class Meta:
        model = Application
        fields = [
            "id",
            "participant",
            "intake",
            "nominated_by",
            "state",
            "preferences",
            "merit_score",
            "submitted_at",
            "note",
        ]

    def to_representation(self, row):
        """Return the nomination, as much of it as concerns the reader."""
        data = super().to_representation(row)
        reader = self.context["view"].reader
        if reader.is_of_sender(sender=row.nominated_by_id, owner=row.owner):
            return data
        return blanked(data, preferences=[], merit_score=None, note="")

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_preferences(self, row):
        """Slot or pathway ids, first wish first."""
        return [str(wish.slot_id or wish.pathway_id) for wish in row.wishes]


class NewNominationSerializer(NominationSerializer):
    """A nomination just made, with how the person stands with each wish."""

    verdicts = VerdictSerializer(many=True)

    class Meta(NominationSerializer.Meta):
        fields = [*NominationSerializer.Meta.fields, "verdicts"]


class WritePreferences(Body):
    """Wishes, first one first."""

    preferences = serializers.ListField(
        child=PreferenceField(), allow_empty=True, max_length=50
    )

    def validate_preferences(self, wishes):
        seen = set()
        for place, wish in enumerate(wishes):
            if wish.pk in seen:
                raise serializers.ValidationError(
                    {place: [_("A preference is listed twice.")]}
                )
            seen.add(wish.pk)
        return wishes


class WriteNomination(WritePreferences):
    """A new nomination; sender, person and intake never change afterwards."""

    participant = VisiblePerson()
    intake = VisibleIntake()
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class NominationInList(WriteNomination):
    """A nomination as a row of a list."""

    idempotency_key = RowKey()


@extend_schema_field(NominationInList)
class AnyNomination(AnyRow):
    """A row as it came: whether it is one is judged with the row, not for all."""


class BulkNominations(Body):
    """Up to 5,000 nominations; each row is judged for itself, in order."""

    nominations = ListOfRows(child=AnyNomination(allow_null=True))


class Withdrawal(Body):
    """Why the nomination is taken back."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
