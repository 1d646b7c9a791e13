"""From where to where: island groups, programs and countries, as a picture."""

from collections import Counter

from django.utils.translation import gettext as _, gettext_lazy

from programs.models import Country

WIDTH, TOP, GAP, BAR = 900, 10, 10, 10
COLUMNS = (0, 445, 890)
MOST_NODES = 14

ISLANDS = {
    "1": gettext_lazy("Sumatra"),
    "2": gettext_lazy("Sumatra"),
    "3": gettext_lazy("Java"),
    "5": gettext_lazy("Bali and Nusa Tenggara"),
    "6": gettext_lazy("Kalimantan"),
    "7": gettext_lazy("Sulawesi"),
    "8": gettext_lazy("Maluku"),
    "9": gettext_lazy("Papua"),
}
"""The first digit of a Kemendagri code says which island group a province is in."""


def flow(run):
    """Return the flow picture of a plan, or None when there is nobody in it."""
    rows = run.proposals.filter(step=1).values_list(
        "application__participant__province",
        "slot__intake__program__code",
        "slot__country",
    )
    if not rows:
        return None
    countries = {country.pk: country.name for country in Country.objects.all()}
    sizes = Counter(program for _origin, program, _country in rows)
    big = {program for program, _size in sizes.most_common(MOST_NODES)}
    others = _("other programs")
    return sankey(
        [
            (island(origin), program if program in big else others, countries[country])
            for origin, program, country in rows
        ]
    )


def island(code):
    """Return the island group of a province."""
    return str(ISLANDS.get((code or "")[:1], _("outside Indonesia")))


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
