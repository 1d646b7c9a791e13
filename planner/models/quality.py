"""How good a plan is proven to be: one sentence, from what the check recomputed.

Desk, terminal, pack and API say the same. "Best" is said of what the certificate shows;
what two solvers agree on is told as that.
"""

import math

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from planner.optimiser.certificate import sentence
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
    agreed = run.termination == "agreed"
    if run.state == RunState.INFEASIBLE:
        return _(sentence.AGREED_IMPOSSIBLE if agreed else sentence.IMPOSSIBLE)
    proof = sentence.proof_of(_bounds(run), agreed=agreed)
    gap = None if proof.gap is None else sentence.outward(proof.gap)
    told = _(sentence.WORDS[proof.proven]) % {
        "gap": formats.percent(gap, decimals=sentence.DECIMALS)
    }
    return _(sentence.AGREED) % {"proven": told} if proof.is_agreed else told


def _bounds(run):
    return [(tier["value"], tier["bound"]) for tier in run.tiers]


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


def gap_of(tier):
    """Return how far a goal is from its bound; whole points lie between no two."""
    return sentence.gap_of(tier["value"], tier["bound"])


def main_gap(run):
    """Return the proven gap of the first goal: of people, or of the only one."""
    return gap_of(run.tiers[0]) if run.tiers else run.verified_gap
