"""Promises about places that stand: in what is open, and for people who may be there.

What may change after a decision without taking it back is left out: an agreement that
ended keeps the stays that rest on it, and who has left is no longer judged.
"""

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from programs import eligibility, formats, promises
from programs.choices import (
    BEFORE_DEPARTURE,
    LIVE_PLACEMENT_STATES,
    IntakeState,
    PinKind,
    PlaceConditionState,
    PlacementState,
    SlotState,
)
from programs.days import day_of
from programs.eligibility.labels import rule_label
from programs.eligibility.rules import RULES
from programs.models import (
    Application,
    GroupPin,
    HostRating,
    Pin,
    PlaceCondition,
    Placement,
    RouteCap,
    Slot,
)

from . import group_pins, route_caps, stay_checks

SEPARATE = {
    "slot_closed",
    "already_placed",
    "agreement_not_in_force",
    "host_veto",
    "forbidden",
}
"""Rules with a promise of their own, or that a decision outlives."""


def database_keeps_its_promises(now):
    """The triggers that keep seats, caps, budgets and stays are there."""
    return [] if promises.is_installed() else [("database", _("run manage.py migrate"))]


def places_are_open(now):
    """Nobody holds a place in a slot, or in an intake, that was called off."""
    rows = Placement.objects.live().filter(
        Q(slot__state=SlotState.WITHDRAWN)
        | Q(slot__intake__state=IntakeState.CANCELLED)
    )
    return [
        (
            pk,
            _("%(slot)s: %(state)s; intake: %(intake)s")
            % {
                "slot": slot,
                "state": SlotState(state).label,
                "intake": IntakeState(intake).label,
            },
        )
        for pk, slot, state, intake in rows.values_list(
            "pk", "slot__code", "slot__state", "slot__intake__state"
        )
    ]


def nobody_is_placed_against_a_word(now):
    """Nobody who has yet to leave holds a place that was forbidden or vetoed."""
    pair = {"application": OuterRef("application"), "slot": OuterRef("slot")}
    in_force = Q(until=None) | Q(until__gte=OuterRef("slot__intake__decide_by"))
    place = Q(slot=OuterRef("slot")) | Q(pathway=OuterRef("pathway"))
    forbidden = Pin.objects.filter(
        in_force,
        place,
        kind=PinKind.FORBID,
        application=OuterRef("application"),
    )
    vetoed = HostRating.objects.filter(is_veto=True, **pair)
    rows = Placement.objects.filter(state__in=BEFORE_DEPARTURE).annotate(
        is_forbidden=Exists(forbidden), is_vetoed=Exists(vetoed)
    )
    rows = rows.filter(Q(is_forbidden=True) | Q(is_vetoed=True))
    found = [
        (pk, rule_label("forbidden" if is_forbidden else "host_veto"))
        for pk, is_forbidden in rows.values_list("pk", "is_forbidden")
    ]
    bans = GroupPin.objects.filter(kind=PinKind.FORBID)
    return found + [
        (pk, _("forbidden to %(group)s") % {"group": pin.name})
        for pin in bans
        for pk in group_pins.held(pin)
    ]


def placed_people_are_eligible(now):
    """Whoever has yet to leave keeps the rules, as of the day of the decision.

    Somebody for whom a coordinator waived a condition need not.
    """
    waived = PlaceCondition.objects.filter(
        placement=OuterRef("pk"), state=PlaceConditionState.WAIVED
    )
    rows = Placement.objects.filter(state__in=BEFORE_DEPARTURE).order_by("pk")
    rows = rows.exclude(Exists(waived))
    fields = ("pk", "application_id", "slot_id", "pathway_id")
    standing = list(rows.filter(own_starts_on=None).values_list(*fields))
    if not standing:
        return _on_own_days(rows)
    facts = eligibility.load(
        applications=Application.objects.filter(
            Exists(rows.filter(application=OuterRef("pk")).order_by())
        ),
        slots=Slot.objects.filter(
            Q(intake__in=rows.order_by().values("application__intake"))
            | Q(pk__in=rows.order_by().values("slot"))
        ),
    )
    row_of = {pk: row for row, pk in enumerate(facts.people.application)}
    places, people, columns = [], [], []
    for pk, application, slot, pathway in standing:
        column = _column(facts, slot, pathway)
        if column is not None and application in row_of:
            places.append(pk)
            people.append(row_of[application])
            columns.append(column)
    judged = eligibility.judge(
        facts, np.array(people, np.int64), np.array(columns, np.int64)
    )
    faults = []
    for at in np.flatnonzero(~judged.placeable).tolist():
        why = _why(facts, people[at], columns[at])
        if why:
            faults.append((places[at], ", ".join(why)))
    return faults + _on_own_days(rows)


def _on_own_days(rows):
    """Return faults of the few stays that do not last as long as their slots."""
    fields = ("pk", "application_id", "slot_id", "own_starts_on", "own_ends_on")
    faults = []
    own = rows.exclude(own_starts_on=None)
    for pk, application, slot, *days, pathway in own.values_list(*fields, "pathway_id"):
        reasons = stay_checks.why_not(
            application, slot, tuple(days), pathway=pathway, outlived=SEPARATE
        )
        if reasons:
            faults.append(
                (pk, ", ".join(rule_label(reason.code) for reason in reasons))
            )
    return faults


def _column(facts, slot, pathway):
    """Return the column of the facts for a slot, or for a step of a pathway."""
    if pathway is None:
        return facts.column_of.get(slot)
    steps = facts.pathways.get(pathway, ())
    return next((each for each in steps if facts.slots.slot[each] == slot), None)


def _why(facts, person, column):
    """Return the names of the rules that speak against a place."""
    codes = []
    for rule in RULES:
        broken, severity = rule.check(facts, np.array([person]), np.array([column]))
        fails = np.max(broken * severity) > eligibility.WARN
        if fails and rule.code not in SEPARATE:
            codes.append(rule_label(rule.code))
    return codes


def routes_hold(now):
    """No immigration route has more people than one of its caps allows."""
    caps = {cap.pk: cap for cap in RouteCap.objects.select_related("route")}
    return [
        (
            caps[pk].route_id,
            _("%(cap)s: %(use)s of %(most)s")
            % {
                "cap": route_caps.said(caps[pk], year=use.year, day=use.day),
                "use": formats.number(use.people),
                "most": formats.number(caps[pk].most),
            },
        )
        for pk, uses in sorted(route_caps.used(list(caps.values())).items(), key=str)
        for use in uses
        if use.people > caps[pk].most
    ]


def conditional_places_wait_for_a_day(now):
    """No place waits for something whose day has been over for another one."""
    rows = PlaceCondition.objects.awaited().filter(due_on__lt=day_of(now))
    return [
        (row.placement_id, _met_by(row.due_on))
        for row in rows.select_related("placement__slot__intake")
        if (day_of(now, row.placement.slot.intake) - row.due_on).days > 1
    ]


def who_has_left_has_a_firm_place(now):
    """Nobody has left for a stay whose place waits for something."""
    begun = set(LIVE_PLACEMENT_STATES) - set(BEFORE_DEPARTURE)
    rows = PlaceCondition.objects.filter(
        state=PlaceConditionState.OPEN, placement__state__in=begun
    )
    return [(pk, _met_by(day)) for pk, day in rows.values_list("placement", "due_on")]


def what_lapsed_was_not_met(now):
    """A place has lapsed where, and only where, something was not met in time."""
    missed = PlaceCondition.objects.filter(
        placement=OuterRef("pk"), state=PlaceConditionState.LAPSED
    )
    rows = Placement.objects.annotate(missed=Exists(missed))
    lapsed = Q(state=PlacementState.LAPSED)
    wrong = rows.filter(lapsed & Q(missed=False) | ~lapsed & Q(missed=True))
    return [
        (pk, str(PlacementState(state).label))
        for pk, state in wrong.values_list("pk", "state")
    ]


def _met_by(day):
    return _("to be met by %(day)s") % {"day": formats.day(day)}


PROMISES = {
    promise.__name__: promise
    for promise in (
        database_keeps_its_promises,
        places_are_open,
        nobody_is_placed_against_a_word,
        placed_people_are_eligible,
        routes_hold,
        conditional_places_wait_for_a_day,
        who_has_left_has_a_firm_place,
        what_lapsed_was_not_met,
    )
}
