"""May people's data go to a host abroad? The basis of transfer of each country."""

from django.db.models import Q
from django.utils.translation import gettext as _

from programs.models import Country, TransferBasis
from programs.refusals import Refusal, RefusalKind

HOME = "ID"
"""Where the data are: a host here gets them by no transfer."""


def without_basis(countries, *, on):
    """Return those of the countries to which nothing lets data go on that day.

    Parameters
    ----------
    countries: their ids. on: the day.
    """
    valid = TransferBasis.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    wanted = set(countries) - {HOME}
    return list(
        Country.objects.filter(pk__in=wanted)
        .exclude(pk__in=valid.values("country"))
        .order_by("pk")
    )


def require_basis(countries, *, on):
    """Refuse to send people's data to a country without a basis.

    Raises
    ------
    Refusal: names the countries.
    """
    lacking = without_basis(countries, on=on)
    if lacking:
        raise Refusal(
            "transfer-basis-missing",
            _(
                "Nothing lets people's data go to %(countries)s (Law 27/2022, article "
                "56). An administrator notes the basis under “Bases of transfer”."
            )
            % {"countries": ", ".join(str(country) for country in lacking)},
            kind=RefusalKind.CONFLICT,
            countries=[country.pk for country in lacking],
        )
