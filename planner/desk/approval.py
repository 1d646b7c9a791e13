"""What somebody who signs has to see: the sentence, the effects, who made it."""

from django.db.models import Count

from planner.desk.review import origins_of, sentence_of, told_quota
from planner.models import LimitKind
from programs.choices import Sex


def approval_of(run):
    """Return what the pages of submission, approval and publication show."""
    limits = list(run.prices.filter(kind__in=[LimitKind.BUDGET, LimitKind.QUOTA]))
    budgets = [limit for limit in limits if limit.kind == LimitKind.BUDGET]
    quotas = [limit for limit in limits if limit.kind == LimitKind.QUOTA]
    origins = origins_of(run)
    return {
        "sentence": sentence_of(run, budgets, quotas),
        "quotas": [told_quota(quota) for quota in quotas],
        "by_province": origins["by_province"],
        "by_sex": [(Sex(sex).label, count) for sex, count in origins["by_sex"]],
    }


def effects_of(run):
    """Return what publishing will do, in numbers."""
    new = run.proposals.filter(is_kept=False)
    return {
        "offers": new.count(),
        "people": new.values("application").distinct().count(),
        "kept": run.proposals.filter(is_kept=True).count(),
        "reserves": run.reserves.values("application").distinct().count(),
        "unplaced": run.unplaced.count(),
        "hosts": new.aggregate(hosts=Count("slot__host", distinct=True))["hosts"],
        "cost": sum(new.values_list("cost", flat=True)),
    }
