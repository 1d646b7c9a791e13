"""How many people of an intake fit somewhere, and which rules keep the others out."""

from dataclasses import dataclass

import numpy as np

from planner.models.small_counts import is_few
from programs import eligibility
from programs.eligibility.labels import rule_label
from programs.models import Application

HIDDEN = ("participant__nik", "participant__passport", "participant__disability")
RULES = [str(rule.code) for rule in eligibility.RULES]
CONDITION = "condition"


@dataclass(frozen=True, eq=False)
class Fit:
    """The people of an intake, judged for every place they may get.

    ``broken`` counts, per person and rule, the places at which the rule stops them.
    """

    facts: eligibility.Facts
    fits: np.ndarray
    broken: np.ndarray

    @property
    def stopped(self):
        """Per person and rule: the person fits nowhere, and the rule is among why."""
        return (self.broken > 0) & ~self.fits[:, None]

    def named(self, rule):
        """Return whom a rule stops, without those of whom it would tell a secret."""
        stopped = self.stopped[:, RULES.index(rule)]
        if rule != CONDITION:
            return stopped
        return stopped & ~self.facts.asked.kept_secret()

    @property
    def asks_for_secrets(self):
        """Whether a condition of some place asks for what is confidential."""
        return bool(self.facts.asked.secret.any())

    @property
    def unnamed(self):
        """How many a confidential condition stops; none of a small group."""
        count = int(self.stopped[:, RULES.index(CONDITION)].sum())
        count -= int(self.named(CONDITION).sum())
        return 0 if is_few(count) else count


def judged(intake, *, on):
    """Return the fit of an intake's people, or None where there is nothing to judge.

    Parameters
    ----------
    on: the day by which rules are judged.
    """
    people = Application.objects.filter(intake=intake).in_pool()
    slots = intake.slots.open()
    if not people.exists() or not slots.exists():
        return None
    facts = eligibility.load(applications=people, slots=slots, on=on)
    options = eligibility.options(facts)
    fits = np.zeros(len(facts.people), bool)
    fits[options.person[options.placeable]] = True
    return Fit(facts, fits, options.broken)


def fit_of(intake, *, on):
    """Return how many people fit somewhere, and the rules that stop the others."""
    fit = judged(intake, on=on)
    if fit is None:
        return {"people": 0, "fitting": 0, "rules": []}
    rules = []
    for code in RULES:
        count = int(fit.named(code).sum())
        is_secret = code == CONDITION and fit.asks_for_secrets
        if is_secret:
            count += fit.unnamed
        if count or is_secret:
            label = rule_label(code)
            rule = {"code": code, "label": label, "count": count}
            rules.append(rule | {"is_secret": is_secret})
    return {
        "people": len(fit.fits),
        "fitting": int(fit.fits.sum()),
        "rules": sorted(rules, key=lambda rule: -rule["count"]),
    }


class Stopped:
    """The people whom a rule stops, as rows on demand for a paginator."""

    def __init__(self, intake, rule, *, on):
        self.fit = judged(intake, on=on)
        self.people = np.zeros(0, int)
        if self.fit is not None:
            self.people = np.flatnonzero(self.fit.named(rule))

    @property
    def is_secret(self):
        """Whether some of them are not named: they would tell a secret."""
        return self.fit is not None and self.fit.asks_for_secrets

    def __len__(self):
        return len(self.people)

    def __getitem__(self, part):
        """Return each person with everything that stands in the way of the wishes."""
        chosen = self.people[part].tolist()
        if not chosen:
            return []
        facts = self.fit.facts
        pairs = [
            (person, column) for person in chosen for column in self._wishes(person)
        ]
        told = {person: {} for person in chosen}
        if pairs:
            person, column = map(np.array, zip(*pairs, strict=True))
            for (who, _at), reasons in zip(
                pairs, eligibility.explain(facts, person, column), strict=True
            ):
                told[who] |= {
                    eligibility.text(reason): reason.earliest
                    for reason in reasons
                    if "private" not in reason.params
                }
        ids = [facts.people.application[person] for person in chosen]
        applications = Application.objects.select_related("participant", "nominated_by")
        rows = applications.defer(*HIDDEN).in_bulk(ids)
        return [
            {
                "application": rows[pk],
                "reasons": [
                    {"text": text, "earliest": earliest}
                    for text, earliest in told[person].items()
                ],
            }
            for pk, person in zip(ids, chosen, strict=True)
        ]

    def _wishes(self, person):
        """Return the columns of what somebody asked for, best first."""
        facts = self.fit.facts
        for _rank, slot, pathway in facts.preferences.get(person, ()):
            if pathway in facts.pathways:
                yield from facts.pathways[pathway]
            elif slot in facts.column_of:
                yield facts.column_of[slot]
