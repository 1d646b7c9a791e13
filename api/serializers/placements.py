"""Placements: what was decided, and what happened since."""

from rest_framework import serializers

from programs.access import UNDER_WAY
from programs.choices import HOSTED_PLACEMENT_STATES, PlacementState
from programs.models import (
    FundingLine,
    Participant,
    Placement,
    PlacementEvent,
    SkillAchieved,
)

from .base import Body, ChoiceOrNull, blanked
from .money import Money, money
from .place_conditions import WaitsFor
from .rows import Rows
from .shown import Shown
from .skills import SkillByCode

REASON_IS_THE_HOSTS = (*HOSTED_PLACEMENT_STATES, PlacementState.REJECTED)
"""States whose reasons the host gave itself, or needs for the stay."""


class PersonReference(Rows, serializers.ModelSerializer):
    """A placed person as sender and host know them."""

    class Meta:
        model = Participant
        fields = ["id", "given_name", "family_name", "birth_date", "sex", "email"]


class PlacementEventSerializer(Rows, serializers.ModelSerializer):
    """One step in the life of a placement: told ``at``, and where it has a day ``on``.

    ``from_state`` of the first is null.
    """

    from_state = ChoiceOrNull(PlacementState.choices)

    class Meta:
        model = PlacementEvent
        fields = ["from_state", "to_state", "at", "on", "reason"]


class FundingLineSerializer(Rows, serializers.ModelSerializer):
    """Who pays how much of which category.

    ``amount`` is in rupiah; ``foreign`` is the same in the currency of a budget line
    that has another.
    """

    source = serializers.CharField(source="source__code")
    amount = Shown(Money(), lambda line: money(line.amount))
    foreign = Shown(
        Money(allow_null=True), lambda line: money(line.foreign_amount, line.currency)
    )

    class Meta:
        model = FundingLine
        fields = ["category", "source", "fiscal_year", "amount", "foreign"]


def _day_of(*states):
    """Return a reader of the day on which a placement came into one of the states."""

    def day(placement):
        days = [each.on for each in placement.steps if each.to_state in states]
        return max((day.isoformat() for day in days if day), default=None)

    return day


DAY = serializers.DateField(allow_null=True)


class PlacementSerializer(Rows, serializers.ModelSerializer):
    """A person's stay in a slot.

    A host reads who it is once the place is accepted, and reasons where they concern
    it; the home institution reads no reasons.
    """

    nomination = serializers.UUIDField(source="application_id")
    participant = PersonReference(
        source="application.participant",
        allow_null=True,
        help_text="Null where the person is not, or no longer, the reader's to know.",
    )
    starts_on = Shown(
        serializers.DateField(), lambda placement: placement.starts_on.isoformat()
    )
    ends_on = Shown(
        serializers.DateField(help_text="The first day after the stay."),
        lambda placement: placement.ends_on.isoformat(),
    )
    last_safe_day = Shown(
        serializers.DateField(
            help_text="Decided later, the papers of the route come after the first day."
        ),
        lambda placement: placement.last_safe_day.isoformat(),
    )
    departed_on = Shown(DAY, _day_of(PlacementState.DEPARTED))
    arrived_on = Shown(DAY, _day_of(PlacementState.ARRIVED))
    ended_on = Shown(
        DAY,
        _day_of(
            PlacementState.COMPLETED, PlacementState.ENDED_EARLY, PlacementState.NO_SHOW
        ),
    )
    conditions = WaitsFor(
        many=True,
        help_text="What has to be met by a day; conditional while one is open.",
    )
    events = PlacementEventSerializer(source="steps", many=True)
    funding = FundingLineSerializer(source="lines", many=True)

    class Meta:
        model = Placement
        fields = [
            "id",
            "nomination",
            "participant",
            "slot",
            "starts_on",
            "ends_on",
            "last_safe_day",
            "state",
            "version",
            "offered_at",
            "expires_at",
            "departed_on",
            "arrived_on",
            "ended_on",
            "reason",
            "conditions",
            "funding",
            "events",
        ]

    def to_representation(self, row):
        """Return the placement, as much of it as concerns the reader."""
        data = super().to_representation(row)
        reader, application = self.context["view"].reader, row.application
        if "conditions" in data and not reader.runs(row.owner):
            data = blanked(data, conditions=_open_to_all(row, data["conditions"]))
        if reader.is_of_sender(sender=application.nominated_by_id, owner=row.owner):
            return data
        hosts = row.slot.host_id in reader.own
        person = application.participant
        is_home = person.home_institution_id in reader.own
        is_kept_only = person.restricted_at is not None and row.state not in UNDER_WAY
        is_hosts = hosts and row.state in HOSTED_PLACEMENT_STATES and not is_kept_only
        if not (is_home or is_hosts):
            data = blanked(data, participant=None)
        if not (hosts and row.state in REASON_IS_THE_HOSTS):
            steps = [blanked(event, reason="") for event in data.get("events", ())]
            data = blanked(data, reason="", events=steps)
        return data


def _open_to_all(row, conditions):
    """Return what a place waits for, without naming what is confidential."""
    return [
        blanked(said, condition=None) if each.is_private else said
        for each, said in zip(row.conditions.all(), conditions, strict=True)
    ]


class Move(Body):
    """A step of the placement, with a reason where there is one."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class DatedMove(Move):
    """A step that happened on a day: today, unless another one is said."""

    on = serializers.DateField(
        required=False, help_text="When it happened; never a day that is yet to come."
    )


class TranscriptLine(Rows, serializers.ModelSerializer):
    """A skill achieved, with its level and evidence."""

    framework = serializers.CharField(source="skill.framework")
    code = serializers.CharField(source="skill.code")

    class Meta:
        model = SkillAchieved
        fields = ["framework", "code", "level", "evidence"]


class WriteTranscriptLine(SkillByCode):
    """A skill achieved, as the host states it."""

    level = serializers.IntegerField(min_value=0, max_value=4)
    evidence = serializers.CharField(max_length=300)


class WriteTranscript(Body):
    """The whole transcript; it replaces the one before."""

    lines = WriteTranscriptLine(many=True, max_length=100)
