"""What somebody who signs has to see: the sentence, the effects, who made it."""

from django.db.models import Count

from planner.allocation.results import losses
from planner.desk.parts.fairness import fairness_of
from planner.desk.parts.groups import disability_of, provinces_of, sexes_of
from planner.desk.parts.humans import humans_of
from planner.desk.parts.limits import told_quotas
from planner.desk.parts.losses import losses_of
from planner.desk.parts.plan import sentence_of
from planner.desk.parts.safe_days import too_late_in
from planner.models import LimitKind, loss_words
from planner.models.small_counts import FEWEST, is_few

MOST_SIBLINGS = 20


def approval_of(run, user):
    """Return what the pages of submission, approval and publication show."""
    limits = list(run.prices.filter(kind__in=[LimitKind.BUDGET, LimitKind.QUOTA]))
    budgets = [limit for limit in limits if limit.kind == LimitKind.BUDGET]
    quotas = [limit for limit in limits if limit.kind == LimitKind.QUOTA]
    return {
        **losses_of(run, user),
        **fairness_of(run),
        "sentence": sentence_of(run, budgets, quotas),
        "too_late": too_late_in(run),
        "num_offered": len(humans_of(run.proposals.filter(is_kept=False))),
        "quotas": told_quotas(quotas),
        "by_province": provinces_of(run, user),
        "by_person": [*sexes_of(run), *large_enough(disability_of(run))],
    }


def large_enough(group):
    """Return a sensitive group in a list; a small one is not counted at all."""
    is_small = group["people"] < FEWEST or is_few(group["placed"])
    return [] if is_small else [group]


def siblings_of(run):
    """Return other runs of the very same data: asking until one pleases shows here."""
    others = run.siblings.select_related("created_by").defer("progress", "tiers")
    return {
        "num_siblings": others.count(),
        "siblings": list(others.order_by("-number")[:MOST_SIBLINGS]),
    }


def promises_of(run):
    """Return what a replanning could take away: who was promised a place, in words."""
    stands = losses.promised(list(run.intakes.all()))
    return loss_words.promised(stands)


def effects_of(run):
    """Return what publishing will do, in numbers; each person is in one of them."""
    new = run.proposals.filter(is_kept=False)
    placed = humans_of(run.proposals).keys()
    waiting = humans_of(run.reserves).keys() - placed
    return {
        "offers": new.count(),
        "people": len(humans_of(new)),
        "kept": run.proposals.filter(is_kept=True).count(),
        "reserves": len(waiting),
        "unplaced": len(humans_of(run.unplaced).keys() - placed - waiting),
        "hosts": new.aggregate(hosts=Count("slot__host", distinct=True))["hosts"],
        "cost": sum(new.values_list("cost", flat=True)),
    }
