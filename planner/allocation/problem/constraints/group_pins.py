"""Pins of groups: everybody of a group who can take such a place gets one.

One row for each pin: an option uses one of it for every person of the group whom it
gives a place that keeps the pin, and at least as many are asked for as people can get
one at all. As each of them takes one option at most, all of them get one, or no plan is
possible; then the conflict names the pin of the group, and how many fewer would do.
"""

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.constraints.quotas import people
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.eligibility import Facts


def add(
    draft: Draft, rows: Reading, offers: Offers, pairs: Pairs, facts: Facts
) -> None:
    """Add every pin of a group that somebody can keep."""
    option, pair = offers.expand()
    applicant = pairs.applicant[pair]
    for group in facts.groups.pins:
        keeps = group.holds(applicant, pairs.column[pair])
        able = np.zeros(len(rows.applications), bool)
        able[applicant[keeps]] = True
        heads = int(offers.heads_of(able).sum())
        if not heads:
            continue
        limit = draft.add_limit(
            Limit(
                key=LimitKey(LimitKind.GROUP_PIN, group.pin.code),
                label_en=group.pin.name_en,
                label_id=group.pin.name_id,
                lower=heads,
                shown_lower=heads,
            )
        )
        draft.use(people(option[keeps], applicant[keeps]), limit, 1)
