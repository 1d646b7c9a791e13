"""A plan, and two plans side by side, as a report of two pages and as a workbook."""

from django.utils.translation import gettext as _

from planner.allocation.review.compare import compare
from planner.desk.charts.provinces import provinces
from planner.desk.parts.groups import provinces_of
from planner.desk.parts.limits import told_budget, told_quotas
from planner.desk.parts.plan import limited_of, reasons_of, sentence_of
from planner.models import LimitKind, Tier, comparison_words
from planner.models.quality import main_gap
from planner.models.small_counts import FEWEST
from planner.paper import sheets
from planner.paper.report import Part, Report
from programs import formats
from programs.costing import units_to_rupiah
from programs.models import Slot


def report_of(run, user, now):
    """Return what a meeting is shown of one plan, as far as the reader sees it.

    Parameters
    ----------
    run: one with a plan. now: when the report is made.
    """
    limits = list(run.prices.all())
    budgets = [limit for limit in limits if limit.kind == LimitKind.BUDGET]
    quotas = [limit for limit in limits if limit.kind == LimitKind.QUOTA]
    rows = provinces_of(run, user)
    missed = sum(quota.is_missed for quota in quotas)
    money = limited_of(budgets)
    spent = f"{_short(money['use'])} / {_short(money['upper'])}"
    gap = main_gap(run)
    return Report(
        title=_("Run %(number)s") % {"number": run.number},
        lead=sentence_of(run, budgets, quotas),
        figures=[
            (_("Placed / people"), _of(run.summary["placed"], run.summary["people"])),
            (_("Without a place"), formats.number(run.summary["unplaced"])),
            (_("of them on waiting lists"), formats.number(run.summary["reserve"])),
            (_("Money used / budget"), spent),
            (_("Quotas met"), _of(len(quotas) - missed, len(quotas))),
            (_("Proven within"), "–" if gap is None else formats.percent(gap)),
        ],
        first=[_seats(limits), _money(budgets)],
        second=[_quotas(quotas), _reasons(run), _by_province(rows)],
        tiles=provinces(rows),
        map_title=_("Provinces: people placed of those who applied"),
        foot=_foot(run, now),
    )


def comparison_of(before, after, now):
    """Return what a meeting is shown of two plans, side by side."""
    found = compare(before, after)
    names = [_("Run %(number)s") % {"number": run.number} for run in (before, after)]
    figures = [
        (_("placed"), "placed"),
        (_("without a place"), "unplaced"),
        (_("of them on waiting lists"), "reserve"),
    ]
    totals = [
        [label.capitalize(), before.summary[key], after.summary[key]]
        for label, key in figures
    ]
    goals = [
        [Tier(name).label.capitalize(), Tier(name).shown(old), Tier(name).shown(new)]
        for name, old, new in found.tiers
    ]
    apart = comparison_words.apart(found.apart, before.number, after.number)
    told = {
        "before": before.number,
        "after": after.number,
        "gain": formats.number(found.gain),
        "lose": formats.number(found.lose),
        "move": formats.number(found.move),
    }
    people = [_changed(person) for person in found.people]
    limits = [
        [
            each.label,
            *map(_used, each.sides),
            *(getattr(side, "upper", None) for side in each.sides),
        ]
        for each in found.limits
    ]
    return Report(
        title=_("Run %(before)s and run %(after)s") % told,
        lead=" ".join(
            [
                _(
                    "From run %(before)s to run %(after)s: %(gain)s people gain a "
                    "place, %(lose)s lose one, %(move)s move."
                )
                % told,
                *apart,
            ]
        ),
        figures=[
            (name, _of(run.summary["placed"], run.summary["people"]))
            for name, run in zip(names, (before, after), strict=True)
        ],
        first=[
            Part(_("Totals"), ["", *names], totals, bars=(1, 2)),
            Part(_("Goals in order"), ["", *names], goals),
            Part(
                _("Limits used differently"),
                [
                    _("Limit"),
                    _("Used before"),
                    _("Used after"),
                    _("Limit before"),
                    _("Limit after"),
                ],
                limits,
                most=14,
                more=_more(),
            ),
        ],
        second=[
            Part(
                _("Person by person"),
                [_("Person"), _("What"), _("Before"), _("After"), _("Why")],
                people,
                most=35,
                more=_more(),
            )
        ],
        foot=_foot(after, now),
    )


def _changed(person):
    what = _("moves") if person.before and person.after else ""
    what = what or (_("loses") if person.before else _("gains"))
    places = [", ".join(each) or "–" for each in (person.before, person.after)]
    return [str(person.application.participant.code), what, *places, person.why]


def _seats(limits):
    by_code = {each.code: each for each in limits if each.kind == LimitKind.SEATS}
    slots = Slot.objects.named(by_code).select_related("host")
    rows = [
        [
            f"{slot.role_title} ({slot.name})",
            f"{slot.host}, {slot.city}",
            by_code[slot.name].use,
            by_code[slot.name].upper,
        ]
        for slot in slots
    ]
    return Part(
        _("Seats by slot"),
        [_("Slot"), _("Host"), _("Placed"), _("Seats")],
        sorted(rows, key=lambda row: (-(row[3] or 0), row[0])),
        bars=(2, 3),
        most=10,
        more=_more(),
    )


def _money(budgets):
    lines = [told_budget(line) for line in budgets if line.upper is not None]
    lines.sort(key=lambda line: -line["upper"])
    keys = ("use", "upper", "left")
    return Part(
        _("Money by source and year"),
        [_("Budget line"), _("Used"), _("Budget"), _("Left")],
        [[each["label"], *(_rupiah(each[key]) for key in keys)] for each in lines],
        shown=[[each["label"], *(_short(each[key]) for key in keys)] for each in lines],
        bars=(1, 2),
        most=9,
        more=_more(),
        colour=sheets.MONEY,
    )


def _quotas(quotas):
    told = told_quotas(quotas)
    told.sort(key=lambda quota: not quota["is_missed"])
    return Part(
        _("Quotas"),
        [_("Quota"), _("State"), _("People"), _("Short of")],
        [
            [
                each["limit"].label,
                _("missed") if each["is_missed"] else _("met"),
                _counted(each["reached"]),
                "–" if each["shortfall"] is None else each["shortfall"],
            ]
            for each in told
        ],
        more=_more(),
    )


def _reasons(run):
    rows = [[each["label"].capitalize(), each["count"]] for each in reasons_of(run)]
    return Part(
        _("Why people have no place"),
        [_("Main reason"), _("People")],
        rows,
        bars=(1, None),
        more=_more(),
        colour=sheets.WARNING,
    )


def _by_province(rows):
    return Part(
        _("Provinces"),
        [_("Province"), _("Applied"), _("Meets the rules"), _("Placed"), _("Share")],
        [
            [str(row["name"]), row["people"], row["able"], row["placed"], row["share"]]
            for row in rows
        ],
        shown=[
            [
                str(row["name"]),
                formats.number(row["people"]),
                formats.number(row["able"]),
                formats.number(row["placed"]),
                "–" if row["share"] is None else formats.percent(row["share"]),
            ]
            for row in rows
        ],
        halves=True,
        most=40,
        more=_more(),
    )


def _used(limit):
    return None if limit is None else _counted(limit.reached)


def _counted(count):
    """Return a count, or that so few are not counted."""
    return f"< {FEWEST}" if count is None else count


def _of(part, whole):
    return f"{formats.number(part)} / {formats.number(whole)}"


def _short(units):
    return formats.rupiah_short(units_to_rupiah(units))


def _rupiah(units):
    return float(units_to_rupiah(units))


def _more():
    return _("%(count)s more: in the workbook.")


def _foot(run, now):
    """Return where the figures come from: the plan, its digest, and the moment."""
    return _("%(plan)s, %(state)s; digest %(digest)s; made on %(moment)s") % {
        "plan": _("Run %(number)s") % {"number": run.number},
        "state": run.get_state_display(),
        "digest": run.result_digest[:16],
        "moment": formats.moment(now),
    }
