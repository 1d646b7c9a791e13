"""How good a plan is proven to be: one sentence, from what the check recomputed.

Desk, terminal, pack and API say the same. "Best" is said of what the certificate shows;
what two solvers agree on is told as that.
"""

import math

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from programs import formats

from .states import RunState, Tier


def in_every_language(run):
    """Return the sentence by language, or None of a run without a plan."""
    if not run.tiers and run.state != RunState.INFEASIBLE:
        return None
    told = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            told[language] = quality(run)
    return told


def quality(run):
    """Return how good the plan is proven to be, and what is only agreed.

    Of a run that found none: what is proven of that.
    """
    if run.state == RunState.INFEASIBLE:
        return _impossible(run)
    proven = _proven(run)
    if run.termination == "agreed" and not best_in_every_tier(run):
        return _("%(proven)s; two solvers found nothing better") % {"proven": proven}
    return proven


def _impossible(run):
    if run.termination == "agreed":
        return _(
            "two solvers agree that no plan keeps all hard limits; it is not proven"
        )
    return _("proven: no plan keeps all hard limits")


def told_tier(tier):
    """Return a goal with its name; a bound more than twice too far says nothing.

    Goals count whole points and people, so the bound is the last whole number that a
    plan could reach.
    """
    gap, goal = gap_of(tier), Tier(tier["name"])
    says = gap is not None and gap <= 1
    return {
        "label": goal.label,
        "value": goal.shown(tier["value"]),
        "bound": goal.shown(math.floor(tier["bound"])) if says else None,
        "sign": goal.sign,
        "gap": gap if says else None,
    }


def _proven(run):
    if best_in_every_tier(run):
        return _("proven to be the best possible")
    gap = main_gap(run)
    if gap is None or gap > 1:
        return _("how far from the best possible is not known")
    if gap <= 0:
        return _("proven to place as many as possible")
    return _("proven within %(gap)s of the best possible") % {
        "gap": formats.percent(gap, decimals=3)
    }


def gap_of(tier):
    """Return how far a goal is from its bound; whole points lie between no two."""
    if tier["value"] is None or tier["bound"] is None:
        return None
    return max(0, math.floor(tier["bound"]) - tier["value"]) / max(
        1, abs(tier["value"])
    )


def best_in_every_tier(run):
    """Return whether every goal is proven to be reached as far as possible."""
    return bool(run.tiers) and all(gap_of(tier) == 0 for tier in run.tiers)


def main_gap(run):
    """Return the proven gap of the goal that counts people, or of the only goal."""
    gaps = {tier["name"]: gap_of(tier) for tier in run.tiers}
    return gaps.get(Tier.PEOPLE, run.verified_gap)
