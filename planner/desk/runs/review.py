"""The plan of a run as its page shows it: one sentence, then what it is made of."""

from collections import Counter, defaultdict

from planner.desk.parts.endings import told
from planner.desk.parts.limits import pages_of, scarce, told_budget, told_quotas
from planner.desk.parts.phases import ending_of, phase_of
from planner.desk.parts.plan import (
    limited_of,
    reasons_of,
    sentence_of,
    short_of,
)
from planner.desk.parts.safe_days import too_late_in
from planner.desk.runs.flow import flow
from planner.models import AllocationRun, LimitKind, arrival_words, expected_words
from planner.models.quality import main_gap, told_tier
from planner.models.what_if_words import answer, question
from planner.optimiser.model.parameters import DEFAULTS
from programs import clock
from programs.domain.endings import of_intakes
from programs.models import Slot


def review_of(run, user):
    """Return what the review page shows of a run with a plan."""
    limits = defaultdict(list)
    for limit in run.prices.all():
        limits[limit.kind].append(limit)
    pages = pages_of(run.prices.all(), user)
    quotas = told_quotas(limits[LimitKind.QUOTA])
    budgets = [told_budget(line) for line in limits[LimitKind.BUDGET]]
    reasons = reasons_of(run)
    return {
        "sentence": sentence_of(run, limits[LimitKind.BUDGET], limits[LimitKind.QUOTA]),
        "too_late": too_late_in(run),
        "missed": sum(quota["is_missed"] for quota in quotas),
        "quotas_met": sum(not quota["is_missed"] for quota in quotas),
        "seats": seats_of(run, limits[LimitKind.SEATS], pages),
        "budgets": sorted(
            budgets, key=lambda line: (line["upper"] is None, line["code"])
        ),
        "quotas": sorted(quotas, key=lambda quota: not quota["is_missed"]),
        "scarce": scarce(limits, pages),
        "changes_solved": solved_changes(run),
        "gap": main_gap(run),
        "tiers": [told_tier(tier) for tier in run.tiers],
        "reasons": reasons,
        "num_unplaced": sum(reason["count"] for reason in reasons),
        "short": short_of(run),
        "phases": phases_of(run),
        "parameters": parameters_of(run),
        "limited": limited_of(limits[LimitKind.BUDGET]),
        "flow": flow(run),
        "arrivals": told_arrivals(run),
        "expected": expected_words.lines(run.summary.get("expected")),
        "ending": ending_of(run),
        "previous": run_before(run),
        "ended": told(of_intakes(run.intakes.all(), today=clock.now().date())),
    }


def told_arrivals(run):
    """Return the goals that count arrivals, each pathway, and what arrivals cost."""
    entries = run.summary.get("arrivals")
    asked = run.what_ifs.filter(is_standing=True, leaves_out_arrivals=True)
    return {
        "elsewhere": arrival_words.elsewhere(asked.first()) if entries else "",
        "goals": list(map(arrival_words.goal, arrival_words.goals(entries or ()))),
        "pathways": [
            {
                "title": arrival_words.title(entry),
                "expected": arrival_words.number(entry["expected"]),
                "sentences": arrival_words.of_one(entry)[1:],
                "steps": [
                    f"{step['slot']}: {arrival_words.chance(step)}"
                    for step in entry["steps"]
                ],
                **{key: entry[key] for key in ("pathway", "begin", "decided")},
            }
            for entry in entries or ()
        ],
    }


def solved_changes(run):
    """Return what a step more of the limits that hold the plan back really brings."""
    rows = run.what_ifs.filter(
        is_standing=True, application__isnull=True, leaves_out_arrivals=False
    )
    told = [
        {"question": question(row), "answer": answer(row), "row": row} for row in rows
    ]
    return sorted(told, key=lambda each: -people_more(each["row"]))


def people_more(row):
    """Return how many people more the plan found places, -1 before it is known."""
    plan = (row.found or {}).get("plan")
    return plan["gain"] - plan["lose"] if plan else -1


def phases_of(run):
    """Return the seconds spent in each phase, in order of their first appearance."""
    seconds = Counter()
    for phase in run.phases:
        seconds[phase["name"]] += phase["seconds"]
    return [
        {"label": phase_of(name), "seconds": spent} for name, spent in seconds.items()
    ]


def parameters_of(run):
    """Return the search parameters that are not this release's own, by full name.

    None where the run has none written down: those of its time are in its result file.
    """
    if run.parameters is None:
        return None
    defaults = DEFAULTS.as_dict()
    return {
        f"{group}.{name}": value
        for group, values in run.parameters.items()
        for name, value in values.items()
        if defaults.get(group, {}).get(name) != value
    }


def seats_of(run, limits, pages):
    """Return the seats of each slot, with its page where the reader may see it."""
    by_code = {limit.code: limit for limit in limits}
    eligible = {row["slot"]: row["eligible"] for row in run.summary.get("slots", [])}
    slots = Slot.objects.named(by_code).select_related("host", "route")
    return [
        {
            "slot": slot,
            "page": pages.get((LimitKind.SEATS, slot.name)),
            "limit": by_code[slot.name],
            "eligible": eligible.get(slot.name),
        }
        for slot in slots.order_by("code")
    ]


def run_before(run):
    """Return the last run with a plan over one of the same intakes, to compare with."""
    return (
        AllocationRun.objects.filter(
            intakes__in=run.intakes.all(), number__lt=run.number
        )
        .exclude(result_digest="")
        .distinct()
        .order_by("-number")
        .first()
    )
