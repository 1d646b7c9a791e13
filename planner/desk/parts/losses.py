"""Whom a plan hurts, before anything else that a page says of it."""

from planner.allocation.decisions.replan import explained
from planner.allocation.results import losses
from planner.models import loss_words, small_counts
from programs.models import Application

MOST_NAMED = 100


def losses_of(run, user):
    """Return what a page leads with; nothing of a plan that is published already.

    Names stand only of people the reader may see; the others are counted.
    """
    found = losses.of_run(run)
    if found is None:
        return {"losses": None}
    ids = [pk for loss in found.people for pk in loss.applications]
    seen = Application.objects.visible_to(user).filter(pk__in=ids)
    visible = set(seen.values_list("pk", flat=True))
    named = [loss for loss in found.people if visible.issuperset(loss.applications)]
    told = small_counts.losses(losses.as_data(found))
    return {
        "losses": {
            "any": bool(found),
            "headline": loss_words.headline(told),
            "quotas": [loss_words.of_quota(worse) for worse in told["quotas"]],
            "people": explained(run, named[:MOST_NAMED]),
            "unnamed": len(found.people) - len(named[:MOST_NAMED]),
        }
    }
