"""What a run proposes for whom, and who would move up: for planners' own systems."""

from rest_framework import serializers

from api.closed_lists import WORTH
from planner.models import Proposal, Reserve

from .money import Money, money, units
from .rows import Rows
from .shown import Shown


class WorthSerializer(serializers.Serializer):
    """A part of what a place is worth to the plan, in points."""

    part = serializers.ChoiceField(WORTH)
    points = serializers.IntegerField()


class ProposedFunding(serializers.Serializer):
    """Who would pay how much of which category, in which year."""

    source = serializers.CharField()
    category = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    amount = Money()
    foreign = Money(allow_null=True)


def funding(proposal):
    """Return the funding of a proposal, in rupiah and in the line's own currency."""
    return [
        {
            "source": line["source"],
            "category": line["category"],
            "fiscal_year": line["year"],
            "amount": units(line["amount"]),
            "foreign": money(line.get("foreign_amount"), line.get("currency", "IDR")),
        }
        for line in proposal.funding
    ]


def worth(proposal):
    """Return what a proposal is worth, part by part."""
    return [{"part": part, "points": points} for part, points in proposal.value.items()]


class ProposalSerializer(Rows, serializers.ModelSerializer):
    """A place a run proposes for a nominee; a pathway has one row a step."""

    nomination = serializers.UUIDField(source="application_id")
    cost = Shown(Money(), lambda row: units(row.units))
    worth = Shown(WorthSerializer(many=True), worth)
    funding = Shown(ProposedFunding(many=True), funding)

    class Meta:
        model = Proposal
        fields = [
            "nomination",
            "slot",
            "pathway",
            "step",
            "is_kept",
            "cost",
            "worth",
            "funding",
        ]


class ReserveSerializer(Rows, serializers.ModelSerializer):
    """A place on the waiting list that a run proposes for a slot, from 1."""

    nomination = serializers.UUIDField(source="application_id")

    class Meta:
        model = Reserve
        fields = ["nomination", "slot", "position"]
