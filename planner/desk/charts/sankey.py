"""Flows through three stations as bars and bands."""

from collections import Counter

WIDTH, TOP, GAP, BAR = 900, 10, 10, 10
COLUMNS = (0, 445, 890)


def sankey(paths, *, height=420):
    """Lay out paths of three stations as bars and bands.

    Parameters
    ----------
    paths: (left, middle, right), one for each person.
    height: of the picture, unless many nodes need more.
    """
    nodes = [Counter(path[column] for path in paths) for column in range(3)]
    height = max(height, TOP * 2 + max(len(column) for column in nodes) * (GAP + 22))
    room = height - 2 * TOP - GAP * (max(len(column) for column in nodes) - 1)
    unit = room / len(paths)
    places, drawn = {}, []
    for column, counts in enumerate(nodes):
        y = TOP
        for label, count in counts.most_common():
            places[column, label] = y
            drawn.append(_node(column, label, count, y, count * unit))
            y += count * unit + GAP
    links = []
    for column in range(2):
        bands = Counter((path[column], path[column + 1]) for path in paths)
        order = sorted(
            bands.items(),
            key=lambda band: (
                places[column, band[0][0]],
                places[column + 1, band[0][1]],
            ),
        )
        leaving, arriving = {}, {}
        for (source, target), count in order:
            start = leaving.get(source, places[column, source])
            end = arriving.get(target, places[column + 1, target])
            thick = count * unit
            leaving[source], arriving[target] = start + thick, end + thick
            links.append(_band(column, source, target, count, start, end, thick))
    return {"width": WIDTH, "height": round(height), "nodes": drawn, "links": links}


def _node(column, label, count, y, height):
    x = COLUMNS[column]
    is_last = column == 2
    return {
        "x": x,
        "y": f"{y:.1f}",
        "height": f"{max(height, 1):.1f}",
        "label": label,
        "count": count,
        "text_x": x - 6 if is_last else x + BAR + 6,
        "text_y": f"{y + height / 2 + 4:.1f}",
        "anchor": "end" if is_last else "start",
    }


def _band(column, source, target, count, start, end, thick):
    left, right = COLUMNS[column] + BAR, COLUMNS[column + 1]
    middle = (left + right) / 2
    y0, y1 = f"{start + thick / 2:.1f}", f"{end + thick / 2:.1f}"
    return {
        "path": f"M{left} {y0} C{middle} {y0} {middle} {y1} {right} {y1}",
        "thickness": f"{max(thick, 0.6):.1f}",
        "source": source,
        "target": target,
        "count": count,
    }
