"""Short names of the rules of eligibility, for lists and charts."""

from django.utils.translation import gettext as _, gettext_noop

RULE_LABELS = {
    "other_intake": gettext_noop("slot of another intake"),
    "slot_closed": gettext_noop("slot not offered any more"),
    "citizenship": gettext_noop("citizenship"),
    "age": gettext_noop("age"),
    "kkni": gettext_noop("KKNI level"),
    "field": gettext_noop("field of study"),
    "skill_level": gettext_noop("skill missing or too low"),
    "language_level": gettext_noop("language level too low or not valid then"),
    "not_available": gettext_noop("not free at that time"),
    "already_placed": gettext_noop("placed already at that time"),
    "step_order": gettext_noop("steps of the pathway overlap"),
    "route_invalid": gettext_noop("immigration route not valid then"),
    "lead_time": gettext_noop("too late for the papers"),
    "agreement_not_in_force": gettext_noop("agreement not in force"),
    "host_veto": gettext_noop("host said no"),
    "forbidden": gettext_noop("ruled out by a coordinator"),
    "no_payer": gettext_noop("a cost nobody may pay"),
    "waived_fee": gettext_noop("a cost left to the worker, which is forbidden"),
    "restricted": gettext_noop("processing restricted"),
    "no_consent": gettext_noop("consent missing"),
    "condition": gettext_noop("condition of the program or slot"),
}
"""Short names of the rules of eligibility, for lists and charts."""


def rule_label(code: str) -> str:
    """Return the short name of a rule of eligibility."""
    return _(RULE_LABELS[code])
