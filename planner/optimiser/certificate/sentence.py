"""The sentence of the proof: how good a plan is proven to be, in one place.

Desk, pack, API and command line say the same, from the certificate's fields alone: the
value and the proven bound of each tier, and whether two solvers agree on more.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

TierBound = tuple[int | None, float | None]
"""(value, proven bound) of a tier."""
DECIMALS = 3
"""Of a gap in per cent."""


def gettext_noop(text: str) -> str:
    """Mark words that the planner's catalogues translate."""
    return text


class Proven(StrEnum):
    """What is proven of a plan, the most first."""

    BEST = "best"
    """Every goal is reached as far as it can be."""
    FIRST = "first"
    """The first goal is; of a later one it is not proven."""
    WITHIN = "within"
    """The first goal is reached but for a gap of at most 100%."""
    UNKNOWN = "unknown"


WORDS = {
    Proven.BEST: gettext_noop("proven to be the best possible"),
    Proven.FIRST: gettext_noop("proven to be the best possible in the first goal"),
    Proven.WITHIN: gettext_noop("proven within %(gap)s of the best possible"),
    Proven.UNKNOWN: gettext_noop("how far from the best possible is not known"),
}
AGREED = gettext_noop("%(proven)s; two solvers found nothing better")
IMPOSSIBLE = gettext_noop("proven: no plan keeps all hard limits")
AGREED_IMPOSSIBLE = gettext_noop(
    "two solvers agree that no plan keeps all hard limits; it is not proven"
)


@dataclass(frozen=True)
class Proof:
    """What is proven, the gap of the first goal, and whether more is agreed on."""

    proven: Proven
    gap: float | None
    is_agreed: bool = False


def proof_of(tiers: Sequence[TierBound], *, agreed: bool = False) -> Proof:
    """Return what the certificate's fields prove of a plan.

    Parameters
    ----------
    tiers: of the certificate. agreed: whether two solvers found nothing better.
    """
    gaps = [gap_of(value, bound) for value, bound in tiers]
    main = gaps[0] if gaps else None
    if gaps and all(gap == 0 for gap in gaps):
        return Proof(Proven.BEST, 0.0)
    if main is None or main > 1:
        return Proof(Proven.UNKNOWN, main, agreed)
    return Proof(Proven.WITHIN if main > 0 else Proven.FIRST, main, agreed)


def gap_of(value: int | None, bound: float | None) -> float | None:
    """Return how far a goal is from its bound.

    Goals are whole numbers: the bound is the last one a plan could reach.
    """
    if value is None or bound is None:
        return None
    return max(0, math.floor(bound) - value) / max(1, abs(value))


def outward(gap: float) -> float:
    """Return a gap rounded up to what is shown: "within" stays true."""
    scale = 10.0 ** (DECIMALS + 2)
    return math.ceil(gap * scale - 1e-9) / scale


def in_english(proof: Proof) -> str:
    """Return the sentence in English, for whoever has no catalogue."""
    gap = ""
    if proof.gap is not None:
        gap = f"{outward(proof.gap) * 100:.{DECIMALS}f}".rstrip("0").rstrip(".") + "%"
    told = WORDS[proof.proven] % {"gap": gap}
    return AGREED % {"proven": told} if proof.is_agreed else told
