"""Yearly frames: what agreements allow in a calendar year."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.models import Slot

DAYS_A_MONTH = 365.25 / 12
TENTHS = 10
"""Person-months are counted in tenths, so that a part of a month counts as such."""


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> None:
    """Add the yearly caps of the agreements that the slots rest on."""
    frames: dict[Frame, dict[int, int]] = defaultdict(dict)
    for position, slot in enumerate(rows.slots):
        for frame, amount in frames_of(slot, slot.starts_on, slot.ends_on):
            frames[frame][position] = amount
    committed: dict[Frame, int] = defaultdict(int)
    for placement in rows.kept:
        days = placement.starts_on, placement.ends_on
        for frame, amount in frames_of(placement.slot, *days):
            committed[frame] += amount
    option, pair = offers.expand()
    for frame in sorted(frames, key=lambda frame: str(frame.key)):
        limit = draft.add_limit(frame.limit(committed[frame]))
        amounts = np.zeros(len(rows.slots), np.int64)
        for position, amount in frames[frame].items():
            amounts[position] = amount
        used = amounts[pairs.slot[pair]]
        draft.use(option[used > 0], limit, used[used > 0])


class Frame:
    """One cap in one year; two frames with the same key are the same."""

    def __init__(
        self, key: LimitKey, labels: tuple[str, str], cap: int, scale: int = 1
    ) -> None:
        self.key, self.labels = key, labels
        self.cap, self.scale = cap, scale

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def limit(self, committed: int) -> Limit:
        """Return what is left of the cap."""
        english, indonesian = self.labels
        return Limit(
            key=self.key,
            label_en=english,
            label_id=indonesian,
            upper=max(0, self.cap * self.scale - committed),
            committed=committed,
            scale=self.scale,
            shown_upper=self.cap,
        )


def frames_of(
    slot: Slot, starts_on: date, ends_on: date
) -> Iterator[tuple[Frame, int]]:
    """Yield (frame, amount a person) for every yearly cap a stay in a slot draws on."""
    start, agreement = starts_on.year, slot.agreement
    if agreement and agreement.yearly_cap is not None:
        labels = (
            f"{agreement.code}: people in {start}",
            f"{agreement.code}: orang pada {start}",
        )
        key = LimitKey(LimitKind.AGREEMENT, agreement.code, f"{start}:people")
        yield Frame(key, labels, agreement.yearly_cap), 1
    if agreement and agreement.yearly_person_months is not None:
        cap = agreement.yearly_person_months
        for year, months in months_by_year(starts_on, ends_on).items():
            labels = (
                f"{agreement.code}: person-months in {year}",
                f"{agreement.code}: orang-bulan pada {year}",
            )
            key = LimitKey(LimitKind.AGREEMENT, agreement.code, f"{year}:months")
            yield Frame(key, labels, cap, TENTHS), months


def months_by_year(starts_on: date, ends_on: date) -> dict[int, int]:
    """Return tenths of months of a half-open stay in each calendar year."""
    months = {}
    for year in range(starts_on.year, ends_on.year + 1):
        first = max(starts_on, date(year, 1, 1))
        after = min(ends_on, date(year + 1, 1, 1))
        tenths = round((after - first).days / DAYS_A_MONTH * TENTHS)
        if tenths > 0:
            months[year] = tenths
    return months
