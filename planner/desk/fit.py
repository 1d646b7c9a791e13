"""How many people of an intake fit somewhere, and which rules keep the others out."""

import numpy as np
from django.utils.translation import gettext_lazy as _

from programs import eligibility
from programs.models import Application

RULES = {
    "other_intake": _("slot of another intake"),
    "slot_closed": _("slot no longer offered"),
    "citizenship": _("citizenship"),
    "age": _("age"),
    "kkni": _("KKNI level"),
    "field": _("field of study"),
    "skill_level": _("required skills"),
    "language_level": _("language level"),
    "not_available": _("not available at that time"),
    "already_placed": _("placed at that time already"),
    "step_order": _("order of the pathway's steps"),
    "route_invalid": _("immigration route"),
    "lead_time": _("time for the papers"),
    "agreement_not_in_force": _("agreement not in force"),
    "host_veto": _("host's veto"),
    "forbidden": _("kept out by a coordinator"),
    "no_payer": _("a cost without a payer"),
    "waived_fee": _("a fee nobody may charge"),
}


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
        {"code": rule.code, "label": RULES.get(rule.code, rule.code), "count": count}
        for rule, count in zip(eligibility.RULES, stopped.tolist(), strict=True)
        if count
    ]
    return {
        "people": len(fits),
        "fitting": int(fits.sum()),
        "rules": sorted(rules, key=lambda rule: -rule["count"]),
    }
