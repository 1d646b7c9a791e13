"""What each budget of a line buys."""

LABEL = 80
"""Room that an amount needs under a line."""


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
