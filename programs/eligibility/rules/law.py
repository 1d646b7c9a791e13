"""Rules about papers and money: route, agreement, payers, fees nobody may charge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from programs.eligibility.columns import At
from programs.eligibility.facts import Facts
from programs.eligibility.paying import NOBODY, ONLY_WORKER

from .rule import FAIL, WARN, Broken, Numbers, Rule


def route(f: Facts, p: At, s: At) -> Broken:
    """The immigration route takes entries on the first day, and lasts for the stay."""
    start, end = f.slots.start[s], f.slots.end[s]
    closed = (f.slots.route_from[s] > start) | (f.slots.route_to[s] <= start)
    return closed | (f.slots.stay_until[s] < end), FAIL


def lead_time(f: Facts, p: At, s: At) -> Broken:
    """Between decision and start there is time for the papers; else a warning.

    Where no route asks for papers there is nothing to be late with.
    """
    lead = f.slots.lead_days[s]
    return (lead > 0) & (f.on[s] + lead > f.slots.start[s]), WARN


def agreement(f: Facts, p: At, s: At) -> Broken:
    """The agreement the slot rests on is in force on the first day."""
    return ~f.slots.agreement_ok[s], FAIL


def no_payer(f: Facts, p: At, s: At) -> Broken:
    """For every cost of the place there is somebody who may pay it."""
    return f.paying.of(f.people, p, s) & NOBODY > 0, FAIL


def waived_fee(f: Facts, p: At, s: At) -> Broken:
    """No cost is left to a worker who may not be charged."""
    return f.paying.of(f.people, p, s) & ONLY_WORKER > 0, FAIL


def _route(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    opens, closes = row["route__valid_from"], row["route__valid_to"]
    until = row["route__stay_until"]
    numbers = {
        **_named(row),
        "valid_from": opens.isoformat(),
        "valid_to": closes.isoformat() if closes else None,
        "stay_until": until.isoformat() if until else None,
        "from": row["starts_on"].isoformat(),
        "to": row["ends_on"].isoformat(),
    }
    return [(numbers, None)]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Return which route it is, by its code and by its name in both languages."""
    name = {"en": row["route__name_en"], "id": row["route__name_id"]}
    return {"route": row["route__code"], "name": name}


def _lead_time(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    left = int(f.slots.start[s] - f.on[s])
    needed = row["route__lead_time_days"]
    last = row["starts_on"] - timedelta(days=needed)
    numbers = {**_named(row), "held": left, "needed": needed}
    return [(numbers | {"by": last.isoformat()}, None)]


def _agreement(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    numbers = {
        "agreement": row["agreement__code"],
        "state": row["agreement__state"],
        "valid_from": row["agreement__valid_from"].isoformat(),
        "valid_to": row["agreement__valid_to"].isoformat(),
        "on": row["starts_on"].isoformat(),
    }
    return [(numbers, None)]


def _unpaid(waived: bool) -> Callable[[Facts, int, int], Numbers]:
    def describe(f: Facts, p: int, s: int) -> Numbers:
        origin = [*f.codes.origins, None][f.people.origin[p]]
        years: dict[str, list[int]] = {}
        met = f.costs.met(f.slots.slot[s], f.people.application[p])
        for unpaid in f.costs.unpaid(f.slots.slot[s], origin, met):
            if unpaid.waived == waived:
                years.setdefault(unpaid.category, []).append(unpaid.fiscal_year)
        names = f.labels.categories
        return [
            ({"category": names[category], "years": in_years}, None)
            for category, in_years in years.items()
        ]

    return describe


ROUTE = Rule("route_invalid", route, _route)
LEAD_TIME = Rule("lead_time", lead_time, _lead_time)
AGREEMENT = Rule("agreement_not_in_force", agreement, _agreement)
NO_PAYER = Rule("no_payer", no_payer, _unpaid(waived=False))
WAIVED_FEE = Rule("waived_fee", waived_fee, _unpaid(waived=True))
