"""Rules about the person's data: are they kept only, and was consent given?"""

from programs.eligibility.columns import At
from programs.eligibility.facts import Facts

from .rule import FAIL, Broken, Numbers, Rule, silent


def restricted(f: Facts, p: At, s: At) -> Broken:
    """The person's data may be processed, and are not only kept."""
    return f.people.restricted[p], FAIL


def no_consent(f: Facts, p: At, s: At) -> Broken:
    """Where planning or the transfer rests on consent, the person gave it."""
    return ~(f.people.may_plan[p] & f.people.may_go[p, f.slots.consent[s]]), FAIL


def _no_consent(f: Facts, p: int, s: int) -> Numbers:
    if not f.people.may_plan[p]:
        return [({"country": None}, None)]
    return [({"country": f.slots.facts[s]["country_id"]}, None)]


RESTRICTED = Rule("restricted", restricted, silent)
NO_CONSENT = Rule("no_consent", no_consent, _no_consent)
