"""From where to where: island groups, programs and countries, as a picture."""

from collections import Counter

from django.utils.translation import gettext as _, gettext_lazy

from planner.desk.charts.sankey import sankey
from programs.models import Country

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
