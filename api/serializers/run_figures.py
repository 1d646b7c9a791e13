"""A plan in figures: what a run stores in planning units, as partners read it."""

from rest_framework import serializers

from api.closed_lists import (
    COUNTED,
    MAIN_REASONS,
    PROMISES,
    RELIEFS,
    RULES,
    TIER_UNITS,
)
from planner.models import Tier, small_counts
from planner.models.fairness_words import GroupBy, with_indexes
from planner.models.small_counts import FEWEST

from .arrival_figures import ArrivalFigures, arrivals
from .base import Text
from .conditional_figures import ConditionalFigures, conditional
from .money import Money, units

KEPT = f"Null where the quota counts, by what is confidential, fewer than {FEWEST}."


class TierSerializer(serializers.Serializer):
    """A goal of the plan: its value, and what no plan can be better than."""

    name = serializers.ChoiceField(Tier.choices)
    unit = serializers.ChoiceField(TIER_UNITS)
    value = serializers.FloatField(allow_null=True)
    bound = serializers.FloatField(
        allow_null=True, help_text="At most this; for a cost, at least."
    )
    gap = serializers.FloatField(
        allow_null=True, help_text="How far the bound is from the value, 0.01 for 1%."
    )


class ProgressSerializer(serializers.Serializer):
    """Where a run stands while it is served."""

    phase = serializers.CharField()
    seconds = serializers.FloatField(min_value=0)
    incumbent = serializers.FloatField(allow_null=True, help_text="The best plan yet.")
    bound = serializers.FloatField(
        allow_null=True, help_text="What no plan can be better than."
    )


class SlotFigures(serializers.Serializer):
    """Seats of a slot: asked for, taken, and people every rule would allow."""

    slot = serializers.CharField()
    min = serializers.IntegerField(allow_null=True)
    max = serializers.IntegerField(allow_null=True)
    used = serializers.IntegerField(min_value=0)
    eligible = serializers.IntegerField(min_value=0)


class BudgetFigures(serializers.Serializer):
    """A budget line: what it may give, and what the plan takes."""

    source = serializers.CharField()
    year = serializers.IntegerField()
    category = serializers.CharField(allow_null=True)
    budget = Money(allow_null=True)
    used = Money()


class QuotaFigures(serializers.Serializer):
    """A quota: its limits, and who counts for it."""

    quota = serializers.CharField()
    lower = serializers.IntegerField(allow_null=True)
    upper = serializers.IntegerField(allow_null=True)
    used = serializers.IntegerField(allow_null=True, help_text=KEPT)
    is_hard = serializers.BooleanField()
    shortfall = serializers.IntegerField(min_value=0, allow_null=True, help_text=KEPT)


class ReasonCount(serializers.Serializer):
    """How many nominations have no place for a main reason."""

    main_reason = serializers.ChoiceField(MAIN_REASONS)
    people = serializers.IntegerField(min_value=0, help_text="Nominations.")


class RuleCount(serializers.Serializer):
    """How many nominations without a place do not meet a rule."""

    rule = serializers.ChoiceField(RULES)
    people = serializers.IntegerField(min_value=0, help_text="Nominations.")


class PromiseCount(serializers.Serializer):
    """How many people rely on a promise of this kind; each counts once."""

    state = serializers.ChoiceField(PROMISES)
    people = serializers.IntegerField(min_value=1)


class QuotaStanding(serializers.Serializer):
    """How a quota stands: who counts, of how many, and with how many it is met."""

    having = serializers.IntegerField(min_value=0, allow_null=True, help_text=KEPT)
    people = serializers.IntegerField(min_value=0)
    lower = serializers.IntegerField(allow_null=True)
    upper = serializers.IntegerField(allow_null=True)
    missed = serializers.IntegerField(min_value=0, allow_null=True, help_text=KEPT)
    is_different = serializers.BooleanField(
        help_text="Whether `having` are different ones, such as institutions."
    )


class WorseQuota(serializers.Serializer):
    """A quota that the plan misses by more people than it was missed before."""

    quota = serializers.CharField()
    before = QuotaStanding()
    after = QuotaStanding()


class LossesSerializer(serializers.Serializer):
    """Whom the plan hurts, as things stood when it was written down."""

    lost = PromiseCount(many=True, help_text="Who loses a place that was promised.")
    moved = PromiseCount(many=True, help_text="Who is moved to another place.")
    quotas = WorseQuota(many=True)


class PreferenceCount(serializers.Serializer):
    """How many places that were given had this rank on the own list."""

    rank = serializers.IntegerField(min_value=1)
    places = serializers.IntegerField(min_value=1)


class FairnessGroup(serializers.Serializer):
    """People with something in common: how many applied, and how many are placed."""

    by = serializers.ChoiceField(GroupBy.choices)
    key = serializers.CharField(
        allow_blank=True, help_text="Id or code of what they share; empty for none."
    )
    people = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        help_text=f"Null of a sensitive group of fewer than {FEWEST}, or with so few a "
        "place.",
    )
    placed = serializers.IntegerField(min_value=0, allow_null=True)
    index = serializers.FloatField(
        min_value=0,
        allow_null=True,
        help_text="Share of the placed by share of all people; 1 is even.",
    )


class DrawSeed(serializers.Serializer):
    """The seed of an intake: the hash of the audit entry that closed it first."""

    intake = serializers.CharField()
    hash = serializers.CharField(allow_null=True)


class DrawSerializer(serializers.Serializer):
    """What a public draw decided among people exactly alike for the plan."""

    seeds = DrawSeed(many=True)
    groups = serializers.IntegerField(min_value=0)
    people = serializers.IntegerField(min_value=0, help_text="People or teams.")


class FairnessSerializer(serializers.Serializer):
    """How fair the plan is; the guide's page on comparing plans defines each figure."""

    people = serializers.IntegerField(min_value=0)
    placed = serializers.IntegerField(min_value=0)
    preferences = PreferenceCount(many=True, help_text="Best rank first.")
    unranked = serializers.IntegerField(
        min_value=0, help_text="Places of those who had ranked nothing."
    )
    choosing = serializers.IntegerField(
        min_value=0, help_text="Places given where several preferences were open."
    )
    last = serializers.IntegerField(
        min_value=0, help_text="Of these, the last of the open preferences."
    )
    groups = FairnessGroup(many=True)
    envious = serializers.IntegerField(
        min_value=0, help_text="People who justly envy somebody."
    )
    envied = serializers.IntegerField(
        min_value=0, help_text="Pairs of a person and a slot, by just envy."
    )
    able = serializers.IntegerField(
        min_value=0,
        help_text="People who could have a place they prefer, nobody else moving.",
    )
    blocking = serializers.IntegerField(min_value=0, help_text="Blocking pairs.")
    gini = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text="Of the points."
    )
    draw = DrawSerializer(allow_null=True)


class SummarySerializer(serializers.Serializer):
    """A plan in figures."""

    losses = LossesSerializer(allow_null=True)
    fairness = FairnessSerializer(
        allow_null=True, help_text="Null of runs of earlier releases."
    )
    people = serializers.IntegerField(
        min_value=0, help_text="Humans: who was nominated twice counts once."
    )
    nominations = serializers.IntegerField(min_value=0)
    placed = serializers.IntegerField(min_value=0, help_text="People with a place.")
    kept = serializers.IntegerField(
        min_value=0, help_text="People with a place that was decided before."
    )
    reserve = serializers.IntegerField(
        min_value=0, help_text="Of the unplaced: people on a waiting list."
    )
    unplaced = serializers.IntegerField(
        min_value=0, help_text="People without any place."
    )
    options = serializers.IntegerField(min_value=0)
    cost = Money()
    budget = Money()
    slots = SlotFigures(many=True)
    money = BudgetFigures(many=True)
    quotas = QuotaFigures(many=True)
    arrivals = ArrivalFigures(many=True, help_text="By code of the pathway.")
    conditional = ConditionalFigures(
        allow_null=True, help_text="Null of runs of earlier releases."
    )
    reasons = ReasonCount(many=True)
    rules = RuleCount(many=True)


class ReliefSerializer(serializers.Serializer):
    """A limit of an impossible run, and the least change that would help.

    One limit of each ``clash`` has to give way. Neither ``by`` nor ``money`` is known
    where no change of this limit alone is enough.
    """

    limit = serializers.CharField()
    kind = serializers.ChoiceField(RELIEFS)
    label = Text()
    by = serializers.IntegerField(allow_null=True)
    money = Money(allow_null=True)
    clash = serializers.IntegerField(min_value=0)


def tiers(run):
    """Return the goals of a run with the values that the check recomputed."""
    return [
        {
            "name": goal.value,
            "unit": COUNTED[goal],
            "value": goal.shown(tier["value"]),
            "bound": goal.shown(tier["bound"]),
            "gap": tier.get("gap"),
        }
        for tier in run.tiers
        for goal in [Tier(tier["name"])]
    ]


def progress(run):
    """Return where a run stands; nothing before anybody served it."""
    told = run.progress
    if not told:
        return None
    keys = "phase", "seconds", "incumbent", "bound"
    return {key: told.get(key) for key in keys}


def keep_small_counts(runs):
    """Set on runs which counts of their quotas are told to nobody, as ``kept``."""
    counts = (count for run in runs for count in small_counts.of_summary(run.summary))
    kept = small_counts.hidden(counts)
    for run in runs:
        run.kept = kept
    return runs


def summary(run):
    """Return the figures of a run's plan; nothing where there is no plan."""
    facts = run.summary
    if "placed" not in facts:
        return None
    people = (
        *("people", "nominations", "placed", "kept"),
        *("reserve", "unplaced", "options"),
    )
    return {
        "losses": losses(facts.get("losses"), run.kept),
        "fairness": with_indexes(facts.get("fairness")),
        **{key: facts.get(key, 0) for key in people},
        "cost": units(facts["cost"]),
        "budget": units(facts["budget"]),
        "slots": facts["slots"],
        "money": [_budget(line) for line in facts["money"]],
        "quotas": [_quota(quota, run.kept) for quota in facts["quotas"]],
        "arrivals": arrivals(facts.get("arrivals")),
        "conditional": conditional(facts.get("expected")),
        "reasons": [
            {"main_reason": code, "people": count} for code, count in facts["reasons"]
        ],
        "rules": [
            {"rule": code, "people": count} for code, count in facts.get("rules", ())
        ],
    }


def losses(told, kept):
    """Return whom a plan hurts; nothing of plans of earlier releases.

    ``kept`` are the counts of quotas that are told to nobody.
    """
    if told is None:
        return None
    told = small_counts.losses(told, kept)
    return {
        "lost": _promises(told["lost"]),
        "moved": _promises(told["moved"]),
        "quotas": [
            {
                "quota": worse["quota"],
                **{when: _standing(worse[when]) for when in small_counts.WHEN},
            }
            for worse in told["quotas"]
        ],
    }


def _promises(counts):
    return [{"state": state, "people": people} for state, people in counts]


def _standing(told):
    names = ("having", "people", "lower", "upper", "missed")
    is_different = told.get("is_different", False)
    return {name: told[name] for name in names} | {"is_different": is_different}


def _quota(figures, kept):
    if (figures["quota"], figures["used"]) not in kept:
        return figures
    return figures | {"used": None, "shortfall": None}


def _budget(line):
    amounts = {"budget": units(line["budget"]), "used": units(line["used"])}
    return line | amounts


def conflict(run):
    """Return the limits that cannot hold together; none where there is a plan."""
    return [_relief(relief) for relief in run.summary.get("conflict", ())]


def _relief(relief):
    is_money = relief["kind"] == "supply"
    return {
        "limit": relief["limit"],
        "kind": relief["kind"],
        "label": {"en": relief["label_en"], "id": relief["label_id"]},
        "by": None if is_money else relief["by"],
        "money": units(relief["by"]) if is_money else None,
        "clash": relief.get("clash", 0),
    }
