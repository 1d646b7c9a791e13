"""What must hold at any moment; ``manage.py check_records`` recomputes it.

The database's constraints keep what one row can promise; these are the promises that
take several. Each check returns what breaks it, by id, never by name.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, gettext_noop, ngettext

from programs import costing, formats
from programs.choices import (
    ApplicationState,
    ChangeState,
    FundingSourceKind,
    PlacementState,
    ProgramKind,
)
from programs.conditions.who import Who
from programs.days import day_of
from programs.models import (
    DAY_AFTER,
    FIRST_DAY,
    Agreement,
    Application,
    AuditEvent,
    CostCategory,
    FeeWaiver,
    FundingLine,
    FundingRule,
    Participant,
    Placement,
    PlacementChange,
    Slot,
    User,
    gaps,
)
from programs.roles import Role, are_separate

from . import (
    agreements,
    audit,
    erasures,
    funding,
    live_places,
    shared_resources,
    states,
)

FAULTS = {
    "missing": gettext_noop("the entry is missing"),
    "altered": gettext_noop("the entry is not as it was written"),
}
"""What is wrong with the trail, by the fault that its check finds."""


class Breach(NamedTuple):
    """One broken promise: which, by which row, and the figures."""

    promise: str
    row: str
    figures: str


def check(*, now):
    """Return every breach there is, promise after promise; none is good news."""
    return [
        Breach(name, str(row), figures)
        for name, promise in PROMISES.items()
        for row, figures in promise(now)
    ]


def trail_is_whole(now):
    """The audit trail recomputes, from its first entry to its head."""
    report = audit.verify_chain()
    return [] if report.ok else [(report.sequence, _(FAULTS[report.fault]))]


def moves_are_legal(now):
    """Every move the trail tells of is in the table of moves."""
    return [
        (sequence, _move(kind, data["from"], data["to"]))
        for sequence, kind, data in AuditEvent.objects.order_by("sequence")
        .filter(object_type__in=states.MOVES, data__has_key="from")
        .values_list("sequence", "object_type", "data")
        if not states.may_move(kind, data["from"], data["to"])
    ]


def _move(kind, left, to):
    """Return a move in words; a state that there is not keeps its code."""
    model = apps.get_model("programs", kind)
    labels = dict(model._meta.get_field("state").choices)
    arrow = formats.before_after(labels.get(left, left), labels.get(to, to))
    return f"{model._meta.verbose_name.capitalize()}: {arrow}"


def steps_lead_to_states(now):
    """The steps of a placement follow each other and end in its state.

    With the agreed changes they are as many as its version says.
    """
    faults = []
    agreed = Count("changes", filter=Q(changes__state=ChangeState.AGREED))
    rows = Placement.objects.annotate(agreed=agreed).prefetch_related("events")
    for placement in rows.iterator(chunk_size=2000):
        steps = {step.from_state: step.to_state for step in placement.events.all()}
        state = ""
        for _step in range(len(steps)):
            state = steps.get(state, "")
        told = len(steps) + placement.agreed
        if state != placement.state or told != placement.version:
            told = {"count": len(steps), "state": placement.get_state_display()}
            words = ngettext(
                "%(count)d step, %(state)s", "%(count)d steps, %(state)s", len(steps)
            )
            faults.append((placement.pk, words % told))
    return faults


def stays_lie_in_their_slots(now):
    """No stay has days of its own outside of those on which its slot is offered."""
    rows = _live().exclude(own_starts_on=None)
    outside = Q(own_starts_on__lt=F("slot__starts_on")) | Q(
        own_ends_on__gt=F("slot__ends_on")
    )
    return [
        (pk, _days(first, after))
        for pk, first, after in rows.filter(outside).values_list(
            "pk", "own_starts_on", "own_ends_on"
        )
    ]


def _days(first, after):
    last = formats.day(after - timedelta(days=1))
    return _("%(first)s to %(last)s") % {"first": formats.day(first), "last": last}


def own_days_were_agreed(now):
    """Whoever stays on other days than the slot's has an agreed change that says so."""
    agreed = PlacementChange.objects.filter(
        placement=OuterRef("pk"),
        state=ChangeState.AGREED,
        starts_on=OuterRef("own_starts_on"),
        ends_on=OuterRef("own_ends_on"),
    )
    rows = Placement.objects.exclude(own_starts_on=None).exclude(Exists(agreed))
    days = rows.values_list("pk", "own_starts_on")
    return [(pk, formats.day(first)) for pk, first in days]


def seats_hold(now):
    """No slot has more people than seats."""
    people = _live().values("slot").annotate(people=Count("pk"))
    seats = dict(Slot.objects.values_list("pk", "capacity_max"))
    return [
        (
            row["slot"],
            _("%(people)d people, %(seats)d seats")
            % {"people": row["people"], "seats": seats[row["slot"]]},
        )
        for row in people
        if row["people"] > seats[row["slot"]]
    ]


def nobody_is_in_two_places(now):
    """The stays of a human do not overlap, nor the journey between two of them, whoever
    registered them, and how often."""
    stays = defaultdict(list)
    person = "application__participant"
    where = "slot__country", "slot__route__travel_days"
    for hashed, known, first, after, pk, *journey in _live().values_list(
        f"{person}__human_key", person, FIRST_DAY, DAY_AFTER, "pk", *where
    ):
        days = first.toordinal(), after.toordinal()
        stays[hashed or known].append((*days, tuple(journey), pk))
    overlaps = []
    for own in stays.values():
        own.sort(key=lambda stay: (stay[:2], stay[-1]))
        for number, (*stay, pk) in enumerate(own):
            met = [last for *other, last in own[:number] if gaps.meet(other, stay)]
            if met:
                overlaps.append((pk, _("overlaps %(other)s") % {"other": met[-1]}))
    return overlaps


def placed_people_are_marked(now):
    """Whoever holds a place has an application that says so."""
    wrong = _live().exclude(application__state=ApplicationState.PLACED)
    return [
        (pk, str(ApplicationState(state).label))
        for pk, state in wrong.values_list("pk", "application__state")
    ]


def budgets_hold(now):
    """What placements take of a source in a year, its budget lines can give."""
    lines = costing.load(slots=Slot.objects.none(), on=day_of(now)).budget
    spending, homeless = costing.settle(lines, FundingLine.objects.sums())
    short = defaultdict(Fraction)
    for key, amount in spending.items():
        line = lines[key]
        if line.amount is not None and amount > line.amount:
            short[line.source, line.fiscal_year] += amount - line.amount
    for place, amount in homeless:
        short[place] += amount
    return [
        (
            source,
            _("%(year)d: Rp %(amount)s too much")
            % {"year": year, "amount": formats.number(float(over), decimals=2)},
        )
        for (source, year), units in short.items()
        if (over := units * costing.UNIT)
    ]


def shares_are_at_most_all(now):
    """The payers of a category in a program share 100% of it, or less."""
    sums = FundingRule.objects.values("program", "category").order_by()
    above = sums.annotate(total=Sum("percent")).filter(total__gt=100)
    names = _categories()
    faults = []
    for program, category in above.values_list("program", "category"):
        rules = FundingRule.objects.filter(program=program, category=category)
        share = funding.most(rules.values_list("condition", "percent"))
        if share > 100:
            told = f"{names[category]}: {formats.percent(share / 100)}"
            faults.append((program, told))
    return faults


def _categories():
    return {row.pk: row.name for row in CostCategory.objects.all()}


def caps_hold(now):
    """No agreement has more people, or more months, than a year allows."""
    rows = {row.pk: row for row in Agreement.objects.all()}
    excesses = []
    for (pk, year), use in agreements.use_by_year(Agreement.objects.all()).items():
        caps = rows[pk].yearly_cap, rows[pk].yearly_person_months
        for amount, cap in zip(use, caps, strict=True):
            if cap is not None and amount > cap:
                told = {"year": year, "use": formats.number(float(amount), decimals=2)}
                told["most"] = formats.number(cap)
                excesses.append((pk, _("%(year)d: %(use)s of %(most)s") % told))
    return excesses


def workers_pay_no_waived_fee(now):
    """No worker pays a category that a waiver in force takes off workers."""
    waived = [
        (waiver, {category.pk for category in waiver.categories.all()})
        for waiver in FeeWaiver.objects.prefetch_related("categories")
    ]
    charged = _paid().filter(
        source__kind=FundingSourceKind.PARTICIPANT,
        placement__slot__intake__program__kind=ProgramKind.WORK_PLACEMENT,
    )
    fields = {
        "country": F("placement__slot__country"),
        "sector": F("placement__slot__intake__program__priority_sector"),
        "day": Coalesce("placement__own_starts_on", "placement__slot__starts_on"),
    }
    rows = charged.values("placement", "category", **fields)
    found = [
        (row["placement"], row["category"], waiver.condition)
        for row in rows
        for waiver, categories in waived
        if row["category"] in categories and waiver.holds(**_where(row))
    ]
    protected = _meeting({(pk, text) for pk, _category, text in found if text})
    names = _categories()
    return [
        (pk, names[category])
        for pk, category, text in found
        if not text or (pk, text) in protected
    ]


def _meeting(asked):
    """Return which (placement, condition) hold, for the days of each stay."""
    placements = Placement.objects.in_bulk({pk for pk, _text in asked})
    by_days = defaultdict(set)
    for row in placements.values():
        own = row.own_starts_on and (row.slot_id, row.own_starts_on, row.own_ends_on)
        by_days[own].add(row.pk)
    found = set()
    for own, ids in by_days.items():
        some = [placements[pk] for pk in ids]
        texts = {text for pk, text in asked if pk in ids}
        who = Who(
            dict.fromkeys(texts, _("a fee waiver")),
            Application.objects.filter(pk__in={row.application_id for row in some}),
            Slot.objects.filter(pk__in={row.slot_id for row in some}),
            {own[0]: own[1:]} if own else None,
        )
        found |= {
            (pk, text)
            for pk, text in asked
            if pk in ids
            and who.meets(text, placements[pk].application_id, placements[pk].slot_id)
        }
    return found


def _where(row):
    return {name: row[name] for name in ("country", "sector", "day")}


def offers_are_answered(now):
    """No offer stands whose answer has been overdue for a day."""
    overdue = Placement.objects.filter(state=PlacementState.OFFERED)
    return [
        (
            pk,
            _("expired on %(moment)s") % {"moment": formats.moment(expires_at)},
        )
        for pk, expires_at in overdue.values_list("pk", "expires_at")
        if (now - expires_at).days >= 1
    ]


def _live():
    return Placement.objects.live()


def _paid():
    return FundingLine.objects.filter(placement__in=_live().values("pk"))


def demo_accounts_are_closed(now):
    """No account of the demonstration is open where there is no demonstration."""
    if settings.DEMO:
        return []
    users = User.objects.of_the_demo().order_by("pk")
    return [(user.actor, user.username) for user in users if user.has_usable_password()]


def erased_people_stay_erased(now):
    """Nobody who was erased is there again, as after a restored backup."""
    return [(person.pk, _("there again")) for person in erasures.came_back()]


def merged_registrations_point_on(now):
    """What became part of another registration is of the same human, is erased with it,
    and waits for nothing."""
    rows = Participant.objects.filter(merged_into__isnull=False)
    is_erased = Q(erased_at__isnull=False)
    other = is_erased ^ Q(merged_into__erased_at__isnull=False)
    other |= ~is_erased & ~Q(human_key=F("merged_into__human_key"))
    waiting = Application.objects.in_pool().filter(participant=OuterRef("pk"))
    return [
        (pk, _("merged into %(other)s") % {"other": into})
        for pk, into in rows.filter(other | Exists(waiting)).values_list(
            "pk", "merged_into"
        )
    ]


def duties_are_separate(now):
    """Nobody holds a role that plans and a role that approves."""
    users = User.objects.filter(is_active=True).prefetch_related("memberships")
    return [
        (user.actor, ", ".join(str(Role(role).label) for role in sorted(roles)))
        for user in users
        for roles in [{each.role for each in user.memberships.all()}]
        if not are_separate(roles)
    ]


PROMISES = {
    "trail_is_whole": trail_is_whole,
    "moves_are_legal": moves_are_legal,
    "steps_lead_to_states": steps_lead_to_states,
    "stays_lie_in_their_slots": stays_lie_in_their_slots,
    "own_days_were_agreed": own_days_were_agreed,
    "seats_hold": seats_hold,
    "nobody_is_in_two_places": nobody_is_in_two_places,
    "placed_people_are_marked": placed_people_are_marked,
    "budgets_hold": budgets_hold,
    "shares_are_at_most_all": shares_are_at_most_all,
    "caps_hold": caps_hold,
    "shared_resources_hold": shared_resources.shared_resources_hold,
    "workers_pay_no_waived_fee": workers_pay_no_waived_fee,
    "offers_are_answered": offers_are_answered,
    "demo_accounts_are_closed": demo_accounts_are_closed,
    "duties_are_separate": duties_are_separate,
    "erased_people_stay_erased": erased_people_stay_erased,
    "merged_registrations_point_on": merged_registrations_point_on,
    **live_places.PROMISES,
}
"""Every promise by its name."""


def count_by_promise(breaches):
    """Return how often each promise is broken, the kept ones with 0."""
    counts = Counter(breach.promise for breach in breaches)
    return {name: counts[name] for name in PROMISES}
