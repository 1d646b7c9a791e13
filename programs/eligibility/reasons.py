"""Reasons in words, in the reader's language, from a code and its numbers.

A reason is stored as code and numbers; its sentence is made when somebody reads it.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, ngettext

from programs import conditions


class Reason(NamedTuple):
    """Why a rule is not kept: its numbers, and the earliest day it could be."""

    code: str
    params: dict[str, Any]
    earliest: date | None
    severity: int

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored with a decision: code and numbers, no words."""
        return {"code": self.code, "params": self.params}


def text(reason: Reason | dict[str, Any]) -> str:
    """Return the sentence of a ``Reason``, or of its stored code and numbers."""
    if isinstance(reason, Reason):
        reason = reason.as_dict()
    return _SENTENCES[reason["code"]](reason["params"])


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text))


def _last(text: str) -> str:
    """Return the last day of what ends there: half-open inside, not for people."""
    return date_format(date.fromisoformat(text) - timedelta(days=1))


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").partition("-")[0])


def _country(code: str) -> str:
    return _locale().territories.get(code, code)


def _language(code: str) -> str:
    return _locale().languages.get(code.replace("-", "_"), code)


def _name(names: dict[str, str]) -> str:
    return names["id" if (get_language() or "en").startswith("id") else "en"]


def _other_intake(n: dict[str, Any]) -> str:
    return _("The slot belongs to another intake.")


def _slot_closed(n: dict[str, Any]) -> str:
    return _("The host does not offer this slot (any more).")


def _citizenship(n: dict[str, Any]) -> str:
    return _("Citizenship of %(needed)s needed, %(held)s held.") % {
        "needed": _country(n["needed"]),
        "held": _country(n["held"]),
    }


def _age(n: dict[str, Any]) -> str:
    facts = {"held": n["held"], "day": _day(n["on"])}
    if "most" in n:
        return _("%(held)s years old on %(day)s, at most %(most)s allowed.") % (
            facts | {"most": n["most"]}
        )
    return _("%(held)s years old on %(day)s, at least %(least)s needed.") % (
        facts | {"least": n["least"]}
    )


def _kkni(n: dict[str, Any]) -> str:
    return _("KKNI level %(held)s held, level %(needed)s needed.") % n


def _field(n: dict[str, Any]) -> str:
    return _("Field of study %(held)s held, %(needed)s wanted.") % {
        "held": n["held"],
        "needed": " / ".join(text.replace(",", ", ") for text in n["needed"]),
    }


def _skill(n: dict[str, Any]) -> str:
    facts = {
        "skill": _name(n["skill"]),
        "held": n["held"],
        "needed": n["needed"],
        "day": _day(n["by"]),
    }
    if not n["held"]:
        return _("%(skill)s is missing, level %(needed)s needed by %(day)s.") % facts
    return (
        _("%(skill)s at level %(held)s held, level %(needed)s needed by %(day)s.")
        % facts
    )


def _language_level(n: dict[str, Any]) -> str:
    return " ".join(part for part in (_certificate(n), _sitting(n)) if part)


def _sitting(n: dict[str, Any]) -> str:
    """Return when the test that is named can be taken, if anybody knows."""
    if "sitting" not in n:
        return ""
    facts = {"test": n["sitting"], "day": _day(n["sitting_on"])}
    facts["results"] = _day(n["results"])
    if n["in_time"]:
        return (
            _("The last %(test)s with results in time is on %(day)s (%(results)s).")
            % facts
        )
    return (
        _(
            "No %(test)s gives its results in time: the next is on %(day)s, with "
            "results on %(results)s."
        )
        % facts
    )


def _certificate(n: dict[str, Any]) -> str:
    facts = {
        "language": _language(n["language"]),
        "held": n.get("held_test") or n["held"],
        "needed": n.get("needed_test", "").partition(" ")[2] or n["needed"],
        "example": n.get("needed_test", n["needed"]),
        "day": _day(n["by"]),
    }
    if "expires" in n:
        return _("%(held)s runs out on %(expires)s, %(needed)s needed on %(day)s.") % (
            facts | {"expires": _day(n["expires"])}
        )
    if not facts["held"]:
        return (
            _("No certificate of %(language)s held, %(example)s needed by %(day)s.")
            % facts
        )
    if "held_test" not in n:
        return _("%(language)s %(held)s held, %(needed)s needed by %(day)s.") % facts
    return _("%(held)s held, %(needed)s needed by %(day)s.") % facts


def _not_available(n: dict[str, Any]) -> str:
    return _("Not free for the whole stay from %(start)s to %(end)s.") % _stay(n)


def _already_placed(n: dict[str, Any]) -> str:
    if "checked" in n:
        return _checked()
    if "gap" in n:
        return ngettext(
            "Already placed from %(start)s to %(end)s; with %(gap)s day for the "
            "journeys, free from %(day)s.",
            "Already placed from %(start)s to %(end)s; with %(gap)s days for the "
            "journeys, free from %(day)s.",
            n["gap"],
        ) % {**_stay(n), "gap": n["gap"], "day": _day(n["free"])}
    return _("Already placed from %(start)s to %(end)s.") % _stay(n)


def _checked() -> str:
    return _("The ministry is checking this person's data.")


def _stay(n: dict[str, Any]) -> dict[str, str]:
    return {"start": _day(n["from"]), "end": _last(n["to"])}


def _step_order(n: dict[str, Any]) -> str:
    if "gap" in n:
        return ngettext(
            "The step before it ends on %(end)s; with %(gap)s day for the journeys, "
            "this one can begin on %(day)s.",
            "The step before it ends on %(end)s; with %(gap)s days for the journeys, "
            "this one can begin on %(day)s.",
            n["gap"],
        ) % {"end": _last(n["ended"]), "gap": n["gap"], "day": _day(n["earliest"])}
    return _("The step before it ends on %(day)s, after this one begins.") % {
        "day": _day(n["earliest"])
    }


def _route_name(n: dict[str, Any]) -> str:
    # Told by an earlier release, a reason has the code alone.
    return _name(n["name"]) if "name" in n else n["route"]


def _route(n: dict[str, Any]) -> str:
    facts = {"route": _route_name(n), **_stay(n)}
    if n["valid_from"] > n["from"]:
        return _("Route %(route)s opens on %(day)s, the stay begins on %(start)s.") % (
            facts | {"day": _day(n["valid_from"])}
        )
    # Told by an earlier release, a reason has no ``stay_until``: entries and stays of
    # a route had one end.
    until = n.get("stay_until", n["valid_to"])
    if until is None or ("stay_until" in n and n["valid_to"] <= n["from"]):
        return _(
            "Route %(route)s takes nobody after %(day)s, the stay begins on %(start)s."
        ) % (facts | {"day": _last(n["valid_to"])})
    return _("Route %(route)s ends on %(day)s, the stay ends on %(end)s.") % (
        facts | {"day": _last(until)}
    )


def _lead_time(n: dict[str, Any]) -> str:
    n = n | {"route": _route_name(n)}
    if "by" not in n:  # told by an earlier release
        return (
            _(
                "%(held)s days are left until the start, %(route)s takes %(needed)s "
                "days."
            )
            % n
        )
    return _(
        "%(held)s days are left until the start, %(route)s takes %(needed)s days: the "
        "last safe day for the decision is %(day)s."
    ) % (n | {"day": _day(n["by"])})


def _agreement(n: dict[str, Any]) -> str:
    return _("Agreement %(agreement)s is not in force on %(day)s.") % {
        "agreement": n["agreement"],
        "day": _day(n["on"]),
    }


def _host_veto(n: dict[str, Any]) -> str:
    return _("The host has said no.")


def _forbidden(n: dict[str, Any]) -> str:
    if "group" in n:
        return _("A coordinator has ruled this slot out for a group: “%(group)s”.") % {
            "group": _name(n["group"])
        }
    return _("A coordinator has ruled this slot out.")


def _no_payer(n: dict[str, Any]) -> str:
    return _("Nobody may pay for %(category)s in %(years)s.") % _category(n)


def _waived_fee(n: dict[str, Any]) -> str:
    return _(
        "%(category)s would be left to the worker in %(years)s, which is forbidden."
    ) % _category(n)


def _restricted(n: dict[str, Any]) -> str:
    return _("The processing of the person's data is restricted.")


def _no_consent(n: dict[str, Any]) -> str:
    if n["country"] is None:
        return _("The person's consent to being planned for a place is missing.")
    return _("The person's consent to sending the data to %(country)s is missing.") % {
        "country": _country(n["country"])
    }


def _condition(n: dict[str, Any]) -> str:
    if "checked" in n:
        return _checked()
    if "private" in n:
        return _needed(_("something that is kept confidential; ask the ministry"), n)
    try:
        node = conditions.read(n["needed"]).node
    except conditions.Unreadable:  # told by an earlier release, of facts since gone
        return _needed(n["needed"], n)
    needed = conditions.sentence(
        node, held=n["held"], unknown=tuple(n["unknown"]), names=n.get("names")
    )
    return _needed(needed, n)


def _needed(needed: str, n: dict[str, Any]) -> str:
    if "by" in n:
        told = {"day": _day(n["by"]), "needed": needed}
        return _("Needed by %(day)s: %(needed)s.") % told
    return _("Needed: %(needed)s.") % {"needed": needed}


def _category(n: dict[str, Any]) -> dict[str, str]:
    return {
        "category": _name(n["category"]),
        "years": ", ".join(str(year) for year in n["years"]),
    }


_SENTENCES = {
    "other_intake": _other_intake,
    "slot_closed": _slot_closed,
    "citizenship": _citizenship,
    "age": _age,
    "kkni": _kkni,
    "field": _field,
    "skill_level": _skill,
    "language_level": _language_level,
    "not_available": _not_available,
    "already_placed": _already_placed,
    "step_order": _step_order,
    "route_invalid": _route,
    "lead_time": _lead_time,
    "agreement_not_in_force": _agreement,
    "host_veto": _host_veto,
    "forbidden": _forbidden,
    "no_payer": _no_payer,
    "waived_fee": _waived_fee,
    "restricted": _restricted,
    "no_consent": _no_consent,
    "condition": _condition,
}
