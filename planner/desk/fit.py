"""How many people of an intake fit somewhere, and which rules keep the others out."""

import numpy as np

from planner.models import words
from programs import eligibility
from programs.models import Application


def fit_of(intake, *, on):
    """Return how many people fit somewhere, and the rules that stop the others.

    Parameters
    ----------
    on: the day by which rules are judged.
    """
    people = Application.objects.filter(intake=intake).in_pool()
    slots = intake.slots.open()
    if not people.exists() or not slots.exists():
        return {"people": 0, "fitting": 0, "rules": []}
    facts = eligibility.load(applications=people, slots=slots, on=on)
    options = eligibility.options(facts)
    fits = np.zeros(len(facts.people), bool)
    fits[options.person[options.placeable]] = True
    stopped = (options.broken > 0)[~fits].sum(axis=0)
    rules = [
        {"code": rule.code, "label": words.rule_label(rule.code), "count": count}
        for rule, count in zip(eligibility.RULES, stopped.tolist(), strict=True)
        if count
    ]
    return {
        "people": len(fits),
        "fitting": int(fits.sum()),
        "rules": sorted(rules, key=lambda rule: -rule["count"]),
    }
