"""Intakes on a line of months."""

from datetime import timedelta

from planner.desk.charts.months import LABELS, ROW, WIDTH, months

MOST_ROWS = 14


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
        "months": list(months(first, last, x)),
    }
