"""Plan and bound over time, closing in on each other."""


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
