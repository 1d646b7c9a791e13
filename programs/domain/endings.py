"""What runs out, or has: rates, region lists, routes, agreements, waivers, sittings.

A plan counts with whatever is entered. Whoever looks after the data sees here what
ends soon, and whoever plans what had ended before the stays begin.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from django.db.models import Max, Model, Q
from django.utils.translation import gettext as _

from programs import conditions, formats
from programs.choices import AgreementState, IntakeState, ProgramKind, RateKind
from programs.conditions.tree import DAYS
from programs.models import (
    Agreement,
    CostRule,
    ExamSitting,
    ExchangeRate,
    FeeWaiver,
    ImmigrationRoute,
    Intake,
    Program,
    Quota,
    RegionList,
    RouteCap,
    Slot,
)

SOON = timedelta(days=180)
"""How long before its end something is told of."""
OLD_RATE = timedelta(days=90)
"""How old a rate may be before a new one is due."""
BEFORE_PLANS = (IntakeState.DRAFT, IntakeState.OPEN, IntakeState.CLOSED)


class Kind(StrEnum):
    """What it is that ends."""

    RATE = "rate"
    LIST = "list"
    ROUTE = "route"
    AGREEMENT = "agreement"
    WAIVER = "waiver"
    CONDITION = "condition"
    SITTING = "sitting"
    CAP = "cap"


@dataclass(frozen=True)
class Ending:
    """Something with its end: ``day`` is the last day it counts, of a rate its own."""

    kind: Kind
    row: Model
    name: str
    day: date
    is_over: bool

    @property
    def text(self):
        """The sentence for people."""
        words = {"name": self.name, "day": formats.day(self.day)}
        match self.kind:
            case Kind.RATE:
                return _("The planning rate of %(name)s is of %(day)s.") % words
            case Kind.LIST:
                return _("The region list “%(name)s” holds until %(day)s.") % words
            case Kind.ROUTE:
                return _("“%(name)s” takes entries until %(day)s.") % words
            case Kind.AGREEMENT:
                return _("The agreement %(name)s holds until %(day)s.") % words
            case Kind.WAIVER:
                return _("The fee waiver %(name)s holds until %(day)s.") % words
            case Kind.SITTING:
                return _("The last sitting of %(name)s that is known: %(day)s.") % words
            case Kind.CAP:
                return _("The cap “%(name)s” counts until %(day)s.") % words
            case Kind.CONDITION:
                return (
                    _("The condition of “%(name)s” asks for %(day)s, which is past.")
                    % words
                )
            case unknown:
                assert_never(unknown)


def running_out(*, today):
    """Return everything that has ended or ends soon, what is over first."""
    found = [
        *_rates(today),
        *_newest(RegionList, Kind.LIST, today, ("code",)),
        *_dated(ImmigrationRoute.objects.all(), Kind.ROUTE, today),
        *_dated(
            Agreement.objects.filter(state=AgreementState.IN_FORCE),
            Kind.AGREEMENT,
            today,
        ),
        *_newest(FeeWaiver, Kind.WAIVER, today, ("destination", "sector")),
        *_sittings(today),
        *_dated(RouteCap.objects.select_related("route"), Kind.CAP, today),
        *_conditions(_programs_ahead(), _slots_ahead(), today),
    ]
    return sorted(found, key=lambda each: (not each.is_over, each.day, each.name))


def of_intakes(intakes, *, today):
    """Return what had ended before the stays of intakes begin, and rates that are old.

    Parameters
    ----------
    intakes: rows with their programs. today: the day of the question.
    """
    intakes = list(intakes)
    if not intakes:
        return []
    begins = min(intake.starts_on for intake in intakes)
    ids = [intake.pk for intake in intakes]
    programs = Program.objects.filter(intakes__in=ids).distinct()
    slots = Slot.objects.filter(intake__in=ids)
    costs = CostRule.objects.filter(Q(program__in=programs) | Q(slot__in=slots))
    quotas = Quota.objects.filter(Q(program__in=programs) | Q(intake__in=ids))
    used = set(costs.order_by().values_list("currency", flat=True).distinct())
    listed = set(quotas.exclude(region_list=None).values_list("region_list", flat=True))
    named = {
        code
        for _row, leaf in _leaves(programs, slots, quotas)
        if leaf.fact == "on_list"
        for _name, code in leaf.about
    }
    lists = _newest(RegionList, Kind.LIST, begins, ("code",))
    held = RegionList.objects.filter(pk__in=listed, valid_to__lte=begins)
    found = [
        *(each for each in _rates(today) if each.row.currency in used),
        *(each for each in lists if each.is_over and each.row.code in named),
        *(_ending(row, Kind.LIST, begins) for row in held),
        *_waivers(programs, slots, begins),
        *_conditions(programs, slots, min(intake.opens_on for intake in intakes)),
    ]
    return list({(each.kind, each.row.pk, each.day): each for each in found}.values())


def _rates(today):
    """Yield the newest planning rate of each currency, where it is old."""
    planning = ExchangeRate.objects.filter(
        kind=RateKind.PLANNING, valid_from__lte=today
    )
    newest = planning.order_by().values("currency").annotate(day=Max("valid_from"))
    wanted = {(each["currency"], each["day"]) for each in newest}
    for row in planning:
        is_old = row.valid_from + OLD_RATE < today
        if is_old and (row.currency, row.valid_from) in wanted:
            yield Ending(Kind.RATE, row, row.currency, row.valid_from, is_over=True)


def _sittings(today):
    """Yield the last known sitting of each test, where no later one is entered."""
    last = {row.test: row for row in ExamSitting.objects.order_by("held_on")}
    for row in last.values():
        if row.held_on <= today + SOON:
            is_over = row.held_on < today
            yield Ending(Kind.SITTING, row, row.test, row.held_on, is_over=is_over)


def _newest(model, kind, today, names):
    """Yield the last of all rows that follow one another, where it ends."""
    last = {}
    for row in model.objects.order_by("valid_from"):
        last[tuple(getattr(row, name) for name in names)] = row
    return _dated(last.values(), kind, today)


def _dated(rows, kind, today):
    for row in rows:
        if row.valid_to is not None and row.valid_to <= today + SOON:
            yield _ending(row, kind, today)


def _ending(row, kind, today):
    last = row.valid_to - timedelta(days=1)
    return Ending(kind, row, str(row), last, is_over=row.valid_to <= today)


def _waivers(programs, slots, day):
    """Yield waivers that protected these workers, and of which none is in force."""
    workers = programs.filter(kind=ProgramKind.WORK_PLACEMENT)
    pairs = slots.filter(intake__program__in=workers).order_by()
    pairs = set(pairs.values_list("country", "intake__program__priority_sector"))
    rows = FeeWaiver.objects.filter(destination__in=[pair[0] for pair in pairs])
    for country, sector in sorted(pairs):
        fitting = [row for row in rows if _covers(row, country, sector)]
        where = {"country": country, "sector": sector, "day": day}
        if fitting and not any(row.holds(**where) for row in fitting):
            last = max(fitting, key=lambda row: row.valid_to or date.max)
            if last.valid_to is not None:
                yield _ending(last, Kind.WAIVER, day)


def _covers(waiver, country, sector):
    return waiver.destination_id == country and waiver.sector in ("", sector)


def _conditions(programs, slots, day):
    """Yield programs and slots that ask how somebody was on a day that is past."""
    for row, leaf in _leaves(programs, slots):
        if leaf.on is None or leaf.on.name in DAYS:
            continue
        named = date.fromisoformat(leaf.on.name)
        if named < day:
            yield Ending(Kind.CONDITION, row, str(row), named, is_over=True)


def _leaves(*querysets):
    """Yield (row, comparison) of the conditions of rows."""
    for rows in querysets:
        for row in rows.exclude(condition=""):
            try:
                node = conditions.read(row.condition).node
            except conditions.Unreadable:  # told by the run that meets it
                continue
            for leaf in conditions.leaves(node):
                yield row, leaf


def _programs_ahead():
    ahead = Intake.objects.filter(state__in=BEFORE_PLANS)
    return Program.objects.filter(intakes__in=ahead).distinct()


def _slots_ahead():
    return Slot.objects.filter(intake__state__in=BEFORE_PLANS)
