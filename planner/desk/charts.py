"""Pictures drawn on the server: no script, and each has its table beside it.

Coordinates are text already, because a template would write decimals with a comma
in Indonesian.
"""

from datetime import date, timedelta

from babel import dates
from django.utils.translation import get_language

WIDTH = 900
LABELS = 210
ROW = 26
MOST_ROWS = 14
LABEL = 80
"""Room that an amount needs under a line."""


def calendar(intakes, *, today):
    """Place intakes on a line of months: open for applications, decision, stay.

    Parameters
    ----------
    intakes: at most 14 of them are drawn; the table beside the picture has them all.
    today: the day marked by a line.
    """
    if not intakes:
        return None
    drawn = intakes[:MOST_ROWS]
    first = min(today, *(intake.opens_on for intake in drawn)).replace(day=1)
    last = max(today, *(intake.ends_on for intake in drawn)) + timedelta(days=15)
    days = (last - first).days

    def x(day):
        return LABELS + (WIDTH - LABELS) * (day - first).days / days

    rows = [
        {
            "intake": intake,
            "y": 30 + ROW * i,
            "text_y": 30 + ROW * i + 13,
            "open_x": f"{x(intake.opens_on):.1f}",
            "open_width": f"{max(x(intake.closes_on) - x(intake.opens_on), 2):.1f}",
            "decide_x": f"{x(intake.decide_by):.1f}",
            "decide_mid": 30 + ROW * i + 8,
            "stay_x": f"{x(intake.starts_on):.1f}",
            "stay_width": f"{max(x(intake.ends_on) - x(intake.starts_on), 2):.1f}",
        }
        for i, intake in enumerate(drawn)
    ]
    height = 40 + ROW * len(rows)
    return {
        "rows": rows,
        "all": intakes,
        "hidden": len(intakes) - len(drawn),
        "width": WIDTH,
        "height": height,
        "bottom": height - 6,
        "today_x": f"{x(today):.1f}",
        "months": list(_months(first, last, x)),
    }


def timeline(spans, *, today):
    """Place what has a beginning and an end on a line of months.

    Parameters
    ----------
    spans: (label, kind, first day or None, last day or None); an open side runs to the
        edge of the picture. today: the day marked by a line.
    """
    spans = list(spans)
    days = [day for span in spans for day in span[2:] if day]
    if not days:
        return None
    first = max(min([today, *days]), today - timedelta(days=3 * 365)).replace(day=1)
    last = min(max([today, *days]), today + timedelta(days=4 * 365))
    last += timedelta(days=15)
    length = (last - first).days

    def x(day):
        inside = min(max(day, first), last)
        return LABELS + (WIDTH - LABELS) * (inside - first).days / length

    rows = [
        {
            "label": label,
            "kind": kind,
            "starts_on": start,
            "ends_on": end,
            "y": 30 + ROW * at,
            "text_y": 30 + ROW * at + 13,
            "x": f"{x(start or first):.1f}",
            "width": f"{max(x(end or last) - x(start or first), 2):.1f}",
        }
        for at, (label, kind, start, end) in enumerate(spans)
    ]
    height = 40 + ROW * len(rows)
    return {
        "rows": rows,
        "width": WIDTH,
        "height": height,
        "bottom": height - 6,
        "today_x": f"{x(today):.1f}",
        "months": list(_months(first, last, x)),
    }


def _months(first, last, x):
    language = (get_language() or "en")[:2]
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    step = max(1, count // 9)
    for i in range(0, count, step):
        month = first.month - 1 + i
        day = date(first.year + month // 12, month % 12 + 1, 1)
        label = dates.format_date(day, "MMM yy", locale=language)
        yield {"x": f"{x(day):.1f}", "text_x": f"{x(day) + 3:.1f}", "label": label}


def closing_in(points, *, width=1000, height=250):
    """Draw plan and bound over time.

    Parameters
    ----------
    points: rows of (seconds, incumbent or None, bound or None).
    """
    left, right, top, bottom = 70, 12, 12, 28
    values = [value for point in points for value in point[1:] if value is not None]
    if len(points) < 2 or not values:
        return None
    start, end = points[0][0], points[-1][0]
    low, high = min(values), max(values)
    # A bound far above the plan at the start would flatten the part worth seeing.
    plans = [point[1] for point in points if point[1] is not None]
    if plans and high > 3 * max(plans) > 0:
        high = 3 * max(plans)
    margin = (high - low) * 0.08 or abs(high) * 0.01 or 1
    low, high = low - margin, high + margin

    def x(seconds):
        return left + (width - left - right) * (seconds - start) / max(
            end - start, 1e-9
        )

    def y(value):
        inside = min(max(value, low), high)
        return top + (height - top - bottom) * (high - inside) / (high - low)

    def steps(column):
        path, before = [], None
        for point in points:
            if point[column] is None:
                continue
            if before is not None:
                path.append(f"{x(point[0]):.1f},{y(before):.1f}")
            before = point[column]
            path.append(f"{x(point[0]):.1f},{y(before):.1f}")
        if before is not None:
            path.append(f"{x(end):.1f},{y(before):.1f}")
        return " ".join(path)

    ticks = [low + (high - low) * i / 4 for i in range(5)]
    return {
        "width": width,
        "height": height,
        "left": left,
        "right": width - right,
        "base": height - 8,
        "plan": steps(1),
        "bound": steps(2),
        "ticks": [
            {"y": f"{y(tick):.1f}", "text_y": f"{y(tick) + 4:.1f}", "value": tick}
            for tick in ticks
        ],
        "times": [
            {"x": f"{x(start + (end - start) * i / 4):.1f}", "seconds": seconds}
            for i in range(5)
            for seconds in [start + (end - start) * i / 4]
        ],
    }


def frontier(points, *, width=900, height=260):
    """Draw what each budget of a line buys.

    Parameters
    ----------
    points: by budget, each with ``budget``, ``placed``, ``at_most`` or None, and
        ``is_base``; fewer than two draw nothing.
    """
    if len(points) < 2 or points[0].budget == points[-1].budget:
        return None
    left, right, top, bottom = 60, 40, 14, 34
    tops = [point.at_most or point.placed for point in points]
    low, high = min(point.placed for point in points), max(tops)
    margin = (high - low) * 0.1 or 1
    low, high = max(0, low - margin), high + margin
    first, last = points[0].budget, points[-1].budget

    def x(budget):
        return (
            f"{left + (width - left - right) * (budget - first) / (last - first):.1f}"
        )

    def y(people):
        return f"{top + (height - top - bottom) * (high - people) / (high - low):.1f}"

    step = (high - low) / 4
    labels = set()
    for point in sorted(points, key=lambda p: not p.is_base):
        # The present budget is always named, others where there is room for them.
        place = float(x(point.budget))
        if all(abs(place - other) >= LABEL for other in labels):
            labels.add(place)
    return {
        "width": width,
        "height": height,
        "left": left,
        "right": width - right,
        "base": height - 8,
        "plan": " ".join(f"{x(p.budget)},{y(p.placed)}" for p in points),
        "bound": " ".join(
            f"{x(p.budget)},{y(p.at_most)}" for p in points if p.at_most is not None
        ),
        "marks": [
            {
                "x": x(p.budget),
                "y": y(p.placed),
                "budget": p.budget if float(x(p.budget)) in labels else None,
                "is_base": p.is_base,
            }
            for p in points
        ],
        "ticks": [
            {
                "y": y(low + step * i),
                "text_y": y(low + step * i),
                "value": low + step * i,
            }
            for i in range(5)
        ],
    }
