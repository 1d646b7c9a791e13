"""What has a beginning or an end, on a line of months."""

from datetime import timedelta

from planner.desk.charts.months import LABELS, ROW, WIDTH, months


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
        "months": list(months(first, last, x)),
    }
