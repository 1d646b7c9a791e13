"""Filters and tags of the desk's templates: formats, states, links."""

from functools import wraps

from django import template
from django.urls import reverse
from django.utils.html import format_html

from programs import formats
from programs.costing import units_to_rupiah

register = template.Library()


def shown(make):
    """Let a filter say "–" for what is not there, as a template hands it over."""

    @wraps(make)
    def filtered(value, *args):
        return "–" if value is None or value == "" else make(value, *args)

    return filtered


for name in ("number", "rupiah", "rupiah_short", "day", "moment", "duration"):
    register.filter(name, shown(getattr(formats, name)))


@register.filter
@shown
def units(amount):
    """Return planning units of IDR 1,000 as a short amount."""
    return formats.rupiah_short(units_to_rupiah(amount))


@register.filter
@shown
def percent(fraction):
    """Return the fraction 0.0012 as "0.12%"; a gap above 100% says nothing more."""
    return "> 100%" if fraction > 1 else formats.percent(fraction)


@register.filter
@shown
def signed(number):
    """Return a difference with its sign."""
    return formats.signed(number)


@register.filter
@shown
def signed_units(amount):
    """Return a difference in planning units with its sign."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return sign + formats.rupiah_short(units_to_rupiah(abs(amount)))


@register.filter
@shown
def decimal(value, places=1):
    """Return a number with at most so many decimals."""
    return formats.number(value, decimals=places)


@register.simple_tag
def state(row):
    """Show the state of a row in words, coloured as well."""
    colour = formats.STATE_COLOURS.get(str(row.state), "plain")
    return format_html(
        '<span class="desk-label desk-{}">{}</span>', colour, row.get_state_display()
    )


@register.simple_tag
def person(participant, page="", *args):
    """Show who somebody is: the name, linked to a page of the desk, and the code."""
    name = participant.full_name
    if page:
        link = reverse(f"admin:{page}", args=args)
        name = format_html('<a href="{}">{}</a>', link, name)
    return format_html('{} <span class="quiet">{}</span>', name, participant.code)


@register.inclusion_tag("desk/charts/bar.html")
def bar(used, upper, lower=None, kind="people"):
    """Draw how much of a limit is used, with a mark at the lower limit."""
    top = max(upper or 0, used or 0, lower or 0, 1)

    def share(amount):
        return f"{100 * (amount or 0) / top:.2f}"

    return {
        "kind": kind,
        "width": share(used),
        "mark": share(lower) if lower else "",
        "used": used,
        "upper": upper,
        "lower": lower,
    }


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """Return the current query with some values changed (None removes one)."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + query.urlencode()


@register.simple_tag
def next_of(entries, slot_id):
    """Return the person next in line for a slot, if there is one."""
    return entries.get(slot_id)
