"""Each human once: places of one person that a quota counts as one.

Places of one application exclude each other, and so do those of one intake and stays
that meet in time: of these at most one is taken, and they are added up. Whoever could
have places in several intakes, one after the other, gets a limit of nothing that each
of these places uses. It opens by the first of them, and what it then uses of a quota it
uses once (openings: docs/optimiser/problem.md).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.eligibility.columns import Array


@dataclass(frozen=True)
class Counted:
    """How places are counted by people: what is added up, and what opens.

    Attributes
    ----------
    option
        Options to add up, each once for every person in it.
    opener
        Limits that open by the places of one person, for all who could have several.
    within
        The options that open them, each once for every such person in it.
    """

    option: Array
    opener: Array
    within: Array


class Once:
    """Counts the people in options, each human once."""

    def __init__(
        self, draft: Draft, rows: Reading, offers: Offers, pairs: Pairs
    ) -> None:
        self.draft, self.rows = draft, rows
        self.option, self.pair = offers.expand()
        self.applicant, self.slot = pairs.applicant[self.pair], pairs.slot[self.pair]
        names = [each.participant.human for each in rows.applications]
        self.humans, self.human = np.unique(np.array(names, "U"), return_inverse=True)
        self.own = self.human[self.applicant]
        intakes = [str(each.intake_id) for each in rows.applications]
        _intakes, self.first_of_intake, self.intake = np.unique(
            intakes, return_index=True, return_inverse=True
        )
        intake = self.intake[self.applicant]
        both = np.unique(np.stack([self.own, intake]), axis=1)[0]
        several = np.bincount(both, minlength=len(self.humans)) > 1
        self.several = several[self.own]
        self._openers: dict[tuple[int, tuple[int, ...]], int] = {}
        self._number: dict[int, int] = defaultdict(int)

    def among(self, humans: set[str]) -> Array:
        """Return which applicants are one of these humans."""
        if not humans:
            return np.zeros(len(self.human), bool)
        return np.isin(self.humans, list(humans))[self.human]

    def of(self, wanted: Array) -> Counted:
        """Return how these places are counted.

        Parameters
        ----------
        wanted: bool, of each pair of each option.
        """
        openers: list[int] = []
        within: list[int] = []
        alone = wanted.copy()
        entries: dict[int, list[int]] = defaultdict(list)
        for at in np.flatnonzero(wanted & self.several).tolist():
            entries[int(self.own[at])].append(at)
        for human, mine in entries.items():
            if self._can_be_several(mine):
                options = sorted(set(self.option[mine].tolist()))
                openers.append(self._opener(human, options))
                within += options
                alone[mine] = False
        size = max(len(self.humans), 1)
        one = np.unique(self.option[alone] * size + self.own[alone])
        return Counted(
            one // size,
            np.array(openers, np.int64),
            np.array(within, np.int64),
        )

    def _can_be_several(self, entries: list[int]) -> bool:
        """Whether two of one person's places could be taken: in different intakes, and
        not all at one moment."""
        rows = self.rows
        of = {rows.applications[a].intake_id for a in self.applicant[entries].tolist()}
        slots = [rows.slots[s] for s in set(self.slot[entries].tolist())]
        first = min(slot.ends_on for slot in slots)
        return len(of) > 1 and max(slot.starts_on for slot in slots) >= first

    def _opener(self, human: int, options: list[int]) -> int:
        """Return the limit that opens by any of these options of a person."""
        key = human, tuple(options)
        if key not in self._openers:
            mine = np.flatnonzero(self.human == human).tolist()
            person = min(self.rows.applications[a].participant_id for a in mine)
            self._number[human] += 1
            limit = Limit(
                key=LimitKey(
                    LimitKind.OVERLAP, str(person), f"once-{self._number[human]}"
                ),
                label_en="A person counts once",
                label_id="Satu orang dihitung satu kali",
                lower=1,
                only_if_used=True,
            )
            self._openers[key] = self.draft.add_limit(limit)
            self.draft.use(options, self._openers[key], 1)
        return self._openers[key]
