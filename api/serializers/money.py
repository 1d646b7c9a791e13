"""Money: text with its currency, everywhere the same."""

from decimal import Decimal

from rest_framework import serializers

from programs.costing import units_to_rupiah


class Money(serializers.Serializer):
    """An amount as text, exact to two decimals, with its ISO 4217 currency."""

    amount = serializers.RegexField(r"^-?[0-9]+\.[0-9]{2}$")
    currency = serializers.RegexField(r"^[A-Z]{3}$")


def money(amount, currency="IDR"):
    """Return an amount as partners read it; nothing stays nothing."""
    if amount is None:
        return None
    return {"amount": f"{Decimal(amount):.2f}", "currency": currency}


def units(amount):
    """Return an amount of planning units (IDR 1,000) as partners read it."""
    return None if amount is None else money(units_to_rupiah(amount))
