"""Which cost rules hold for a slot, and which shares of a cost are paid."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, TypeVar

WHOLE = Fraction(100)
ROUNDING = Fraction(1, 100)
"""Per cent by which a share of two decimals may have been cut short."""


class Ruling(Protocol):
    """What a cost rule is about: a category, and the people it is for, or all."""

    @property
    def category_id(self) -> str: ...
    @property
    def origin_id(self) -> str | None: ...
    @property
    def condition(self) -> str: ...


R = TypeVar("R", bound=Ruling)


def in_force(own: Sequence[R], shared: Sequence[R]) -> list[R]:
    """Return the cost rules of a slot: its own, and the program's they do not replace.

    A rule replaces those of the same category for the same people: the slot's airfare
    is instead of the program's airfare, and the leg from a province, or what only some
    need, still comes on top.

    Parameters
    ----------
    own, shared: rules with ``category_id``, ``origin_id`` and ``condition``, of the
        slot and of its program.
    """

    def name(rule: R) -> tuple[str, str | None, str]:
        return rule.category_id, rule.origin_id, rule.condition

    named = {name(rule) for rule in own}
    return [*own, *(rule for rule in shared if name(rule) not in named)]


def whole(percents: Iterable[Decimal | Fraction]) -> list[Fraction]:
    """Return shares of two decimals as exact per cent, thirds and sevenths made whole.

    Shares that miss 100 by less than their own rounding (3 x 33.33) are meant as all of
    it; whatever is missing beyond that is paid by nobody, and stays missing.
    """
    exact = [Fraction(percent) for percent in percents]
    total = sum(exact)
    if 0 < WHOLE - total < ROUNDING * len(exact):
        return [percent * WHOLE / total for percent in exact]
    return exact
