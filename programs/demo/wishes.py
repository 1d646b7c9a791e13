"""What people want and can: choices, skills, certificates, ratings, teams.

Choices come first; skills and certificates are then drawn around what the chosen
slots require, so that most people are eligible and the others nearly so.
"""

from collections import defaultdict
from datetime import timedelta

import numpy as np

from .corridors import intake_code, waved
from .numbers import stream
from .people import TODAY

READY = (0.88, 0.72, 0.6)
"""How likely a person meets one requirement of the first, second, third choice."""
HAS_PREFERRED = (0.55, 0.4, 0.3)
SECOND_APPLICATION = 0.2
RATED, VETOED = 0.55, 0.02
VETOES = [
    "Needs a laboratory safety certificate that the host does not accept.",
    "No supervisor for this topic during these weeks.",
    "Asked to be placed elsewhere after the interview.",
]
EVIDENCE = ["self", "course", "certificate", "assessment"]
GENERAL_SKILLS = ["GEN-ENW", "GEN-K3S", "GEN-5SK", "GEN-TMW", "GEN-TWR", "GEN-QMS"]


class Wishes:
    """The wishes of one crowd for the slots of one program's intake.

    Parameters
    ----------
    crowd: the people.
    program: whose slots they wish for; mostly the crowd's own.
    offers: all slots of that program, in all waves.
    who: positions in the crowd of those who wish.
    rng: random numbers of this topic.
    """

    def __init__(self, crowd, program, offers, who, rng):
        self.crowd, self.program, self.offers = crowd, program, offers
        self.who, self.rng = who, rng
        self.base = program["slots"]
        self.choices = self._choices()
        self.sure = np.zeros(len(who), bool)
        self.merit = np.clip(rng.normal(70, 12, len(who)), 35, 99.5).round(2)
        self.carry_over = np.where(
            rng.random(len(who)) < 0.08, rng.integers(1, 4, len(who)), 0
        )
        self.days_early = rng.integers(0, 44, len(who))

    def _choices(self):
        """Up to three different slots each, the earlier in the file the likelier."""
        popularity = np.array(
            [1.0 / (1 + 0.35 * self.base.index(offer.slot)) for offer in self.offers]
        )
        noise = self.rng.gumbel(size=(len(self.who), len(self.offers)))
        order = np.argsort(-(np.log(popularity) + noise), axis=1, kind="stable")
        return order[:, :3]

    def slot_numbers(self):
        """Choices as numbers of slots within the program, whatever their wave."""
        number = np.array([self.base.index(offer.slot) for offer in self.offers])
        return number[self.choices]

    def skills(self):
        """Return {skill: levels} drawn around the chosen slots' requirements."""
        levels = {}
        chosen = self.slot_numbers()
        ready = (self.program.get("ready", READY[0]), *READY[1:])
        for rank in range(chosen.shape[1]):
            for number, slot in enumerate(self.base):
                mask = chosen[:, rank] == number
                for skill, need in slot.get("required", {}).items():
                    self._reach(levels, skill, mask, need, ready[rank])
                for skill, need in slot.get("preferred", {}).items():
                    self._reach(levels, skill, mask, need, HAS_PREFERRED[rank])
        return levels

    def _reach(self, levels, skill, mask, need, chance):
        size = len(self.who)
        above = need + (self.rng.random(size) < 0.35)
        meets = self.sure | (self.rng.random(size) < chance)
        drawn = np.where(meets, np.minimum(above, 4), need - 1)
        known = levels.setdefault(skill, np.zeros(size, int))
        known[mask] = np.maximum(known, drawn)[mask]

    def languages(self):
        """Return (languages, CEFR ranks) of the certificates held, 0 for none."""
        first = self.slot_numbers()[:, 0]
        needs = [self._need(slot) for slot in self.base]
        language = np.array([needs[number][0] for number in first])
        need = np.array([needs[number][1] for number in first])
        size = len(self.who)
        below = self.rng.random(size) < self.program.get("certificate_below", 0.12)
        better = self.rng.random(size) < 0.3
        held = np.where(below & ~self.sure, need - 1, need + better)
        return language, np.where(need == 0, 0, np.clip(held, 0, 5))

    def _need(self, slot):
        """Language and CEFR rank a slot wants; a pathway wants N5 along the way."""
        if "also_language" in self.program and "pathway_share" in self.program:
            return self.program["also_language"], 1
        level = slot.get("cefr", self.program.get("cefr", ""))
        language = slot.get("language", self.program["language"])
        return language, ["", "A1", "A2", "B1", "B2", "C1"].index(level)

    def applications(self, codes, teams):
        """Yield rows of applications.csv."""
        intake = intake_code(self.program)
        homes = self.crowd.home
        for position, who in enumerate(self.who.tolist()):
            day = TODAY - timedelta(days=8 + int(self.days_early[position]))
            yield {
                "participant": codes[who],
                "intake": intake,
                "nominated_by": homes[who],
                "team": teams.get(who, ""),
                "state": "submitted",
                "merit_score": str(self.merit[position]),
                "carry_over_points": str(self.carry_over[position]),
                "submitted_at": f"{day.isoformat()}T03:00:00+00:00",
            }

    def preferences(self, codes, pathways):
        """Yield rows of preferences.csv; some wish for a pathway first.

        Members of a team wish for the same slots in the same order (see ``join``).
        """
        intake = intake_code(self.program)
        wants_pathway = self.rng.random(len(self.who)) < self.program.get(
            "pathway_share", 0
        )
        for position, who in enumerate(self.who.tolist()):
            wishes = [
                ("", self.offers[number].code) for number in self.choices[position]
            ]
            if wants_pathway[position]:
                first = self.offers[self.choices[position, 0]]
                through = [(code, "") for code in pathways.get(first.code, ())]
                wishes = (through + wishes)[:3] if through else wishes[:2]
            for rank, (pathway, slot) in enumerate(wishes, start=1):
                yield {
                    "application": f"{codes[who]}/{intake}",
                    "rank": str(rank),
                    "slot": slot,
                    "pathway": pathway,
                }

    def join(self, groups):
        """Let the members of each team choose alike, and meet what they chose."""
        for group in groups:
            self.choices[group] = self.choices[group[0]]
            self.sure[group] = True

    def ratings(self, codes):
        """Yield rows of host_ratings.csv for some of the wishes."""
        intake = intake_code(self.program)
        shape = self.choices.shape
        rated = self.rng.random(shape) < RATED
        score = np.clip(self.rng.normal(68, 14, shape), 20, 100).round().astype(int)
        veto = self.rng.random(shape) < VETOED
        why = self.rng.integers(0, len(VETOES), shape)
        for position, rank in zip(*np.nonzero(rated | veto), strict=True):
            no = veto[position, rank]
            yield {
                "application": f"{codes[self.who[position]]}/{intake}",
                "slot": self.offers[self.choices[position, rank]].code,
                "score": "" if no else str(score[position, rank]),
                "is_veto": "yes" if no else "no",
                "reason": VETOES[why[position, rank]] if no else "",
            }


def team_groups(program, size, factor):
    """Return lists of positions that form the program's teams."""
    sizes = program.get("teams", []) * max(1, round(factor))
    groups, first = [], 0
    for number in sizes:
        if first + number > size:
            break
        groups.append(list(range(first, first + number)))
        first += number
    return groups


def second_choices(corridors, crowd, seed):
    """Return [(program, positions)]: who applies to another program as well.

    People look at the level a program asks for, and not always at its fields.
    """
    program = crowd.program
    if "sender" in program:
        return []
    rng = stream(seed, "second", program["code"])
    others = [
        other
        for other in corridors.programs
        if other["owner"] == program["owner"]
        and other["code"] != program["code"]
        and "sender" not in other
        and set(other["home"]) & set(program["home"])
    ]
    if not others:
        return []
    picks = rng.integers(0, len(others), crowd.size)
    wants = rng.random(crowd.size) < SECOND_APPLICATION
    chosen = [
        (other, wants & (picks == number) & (crowd.kkni >= other.get("min_kkni", 1)))
        for number, other in enumerate(others)
    ]
    return [(other, np.flatnonzero(who)) for other, who in chosen if who.any()]


def pathways_by_first_slot(corridors):
    """Return {code of the first slot: codes of the pathways that begin there}."""
    found = defaultdict(list)
    for entry, wave, steps in corridors.pathways:
        found[steps[0]].append(waved(entry["code"], wave).lower())
    return found
