"""The worst preference: nobody gets what stands below the k-th place of the own list.

A hard limit of nothing: every option below it uses one for each person, and none is
there. So reasons, proof and check know it as any other limit, and what would follow
from one exception can be asked. Pins and decided places are no matter of lists.
"""

from collections.abc import Collection

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.constraints.quotas import people
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.eligibility.columns import Array


def add(
    draft: Draft,
    rows: Reading,
    offers: Offers,
    pairs: Pairs,
    *,
    pinned: Array,
    kept: Collection[int],
) -> None:
    """Add the bound of the profile, if it has one.

    Parameters
    ----------
    pinned: bool, of each pair that somebody is pinned to. kept: options that keep a
    decided place.
    """
    worst = rows.profile.worst_preference
    if not worst:
        return
    option, pair = offers.expand()
    applicant = pairs.applicant[pair]
    below = (pairs.rank[pair] > worst) & ~pinned[pair]
    below &= ~np.isin(option, list(kept))
    limit = draft.add_limit(
        Limit(
            key=LimitKey(LimitKind.RANK, str(worst)),
            label_en=f"Preferences below number {worst}",
            label_id=f"Pilihan di bawah nomor {worst}",
            upper=0,
            shown_upper=0,
        )
    )
    draft.use(people(option[below], applicant[below]), limit, 1)
