"""Is everything whole? The promises of the records, recomputed, in words."""

import time

from django.utils.translation import gettext_lazy as _

from planner.allocation.review import invariants
from programs.domain import invariants as domain

MOST_BREACHES = 200

PROMISES = {
    "trail_is_whole": _("The audit trail is whole from its first entry to its last."),
    "moves_are_legal": _("Every change of state in the trail was an allowed one."),
    "steps_lead_to_states": _("The steps of each placement lead to its state."),
    "stays_lie_in_their_slots": _("Every stay lies within the days of its slot."),
    "own_days_were_agreed": _("Who stays on other days has both sides' consent."),
    "seats_hold": _("No slot has more people than seats."),
    "nobody_is_in_two_places": _("Nobody is in two places at the same time."),
    "placed_people_are_marked": _(
        "Whoever holds a place has an application that says so."
    ),
    "budgets_hold": _("No source has paid more than its budget."),
    "shares_are_at_most_all": _("No cost is shared out for more than 100%."),
    "caps_hold": _("No agreement has more people or months than it allows."),
    "shared_resources_hold": _(
        "Of nothing that slots share is more in use than there is."
    ),
    "workers_pay_no_waived_fee": _("No worker pays a fee that is waived."),
    "offers_are_answered": _("No offer stands long after its answer was due."),
    "demo_accounts_are_closed": _(
        "No account of the demonstration is open where DEMO is off."
    ),
    "duties_are_separate": _("Nobody both plans and approves."),
    "erased_people_stay_erased": _("Nobody who was erased is there again."),
    "merged_registrations_point_on": _(
        "What was merged into another registration points on and waits for nothing."
    ),
    "database_keeps_its_promises": _(
        "The database itself refuses what would break seats, caps, budgets and stays."
    ),
    "places_are_open": _(
        "Nobody holds a place in a slot or an intake that was called off."
    ),
    "nobody_is_placed_against_a_word": _(
        "Nobody holds a place that a host or a coordinator has ruled out."
    ),
    "placed_people_are_eligible": _("Whoever has yet to leave keeps the rules."),
    "routes_hold": _(
        "No immigration route has more people than one of its caps allows."
    ),
    "conditional_places_wait_for_a_day": _(
        "No place still waits for something whose day is over."
    ),
    "who_has_left_has_a_firm_place": _(
        "Nobody has left for a stay whose place waits for something."
    ),
    "what_lapsed_was_not_met": _(
        "A place has lapsed only where something was not met by its day."
    ),
    "runs_end_once": _("Every run ended once."),
    "plans_are_whole": _("Every stored plan has the digest it was computed with."),
    "nobody_is_stuck": _("No run is served by a worker that is gone."),
    "two_people_decide": _("Nobody approved the own plan."),
    "two_bodies_decide": _(
        "Where two bodies approve, two people of two institutions did."
    ),
    "publications_are_approved": _("What was published is what was approved."),
    "publications_are_whole": _("Every publication has all of its placements."),
    "placements_are_published": _(
        "Every placement of a plan belongs to a publication."
    ),
    "one_plan_is_live": _("An intake has one plan in force."),
    "published_intakes_are_decided": _("An intake with a plan in force is decided."),
}


def recompute(*, now):
    """Recompute every promise; return each with what breaks it, and the time taken."""
    began = time.monotonic()
    breaches = invariants.check(now=now)
    broken = {}
    for breach in breaches:
        broken.setdefault(breach.promise, []).append(breach)
    names = [*domain.PROMISES, *invariants.PROMISES]
    return {
        "num_breaches": len(breaches),
        "seconds": time.monotonic() - began,
        "promises": [
            {
                "text": PROMISES[name],
                "breaches": broken.get(name, [])[:MOST_BREACHES],
            }
            for name in names
        ],
    }
