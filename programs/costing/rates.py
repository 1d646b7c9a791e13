"""Exchange rates by date: the newest one that is not younger than the date."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programs.choices import RateKind
from programs.models import ExchangeRate
from programs.refusals import Refusal


class Rates:
    """Rupiah a unit of each currency, of one kind, made dearer by a shock factor."""

    def __init__(
        self,
        *,
        kind: str = RateKind.PLANNING,
        shock: Decimal | Fraction | int | str = 1,
    ) -> None:
        self._shock = Fraction(shock)
        self._dates, self._rates = defaultdict(list), defaultdict(list)
        rows = ExchangeRate.objects.filter(kind=kind).order_by("currency", "valid_from")
        for currency, day, rate in rows.values_list("currency", "valid_from", "rate"):
            self._dates[currency].append(day)
            self._rates[currency].append(Fraction(rate))

    def on(self, currency: str, day: date | None) -> Fraction:
        """Return the rate of the day as an exact number; refuse where there is none.

        Without a day (nothing is planned yet) the newest rate there is.
        """
        if currency == "IDR":
            return Fraction(1)
        days = self._dates[currency]
        position = (len(days) if day is None else bisect_right(days, day)) - 1
        if position < 0:
            raise Refusal(
                "no-exchange-rate",
                _(
                    "There is no exchange rate for %(currency)s on %(day)s. Add one "
                    "that is valid from that day or earlier."
                )
                % {"currency": currency, "day": date_format(day) if day else "–"},
                currency=currency,
                day=day.isoformat() if day else None,
            )
        return self._rates[currency][position] * self._shock
