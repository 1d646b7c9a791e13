"""What a coordinator asks others for, in a sentence."""

from typing import assert_never

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.choices import NeedKind

LISTS = {
    NeedKind.PAYER: "admin:programs_fundingsource_add",
    NeedKind.ROUTE: "admin:programs_immigrationroute_add",
}


def told(need):
    """Return what is asked for."""
    facts = {"intake": need.intake.code, "what": need.words}
    match NeedKind(need.kind):
        case NeedKind.BUDGET:
            facts |= {"payer": need.source, "year": need.fiscal_year}
            text = _("%(intake)s asks for a budget of %(payer)s in %(year)s")
        case NeedKind.PAYER:
            text = _("%(intake)s asks for a payer: %(what)s")
        case NeedKind.ROUTE:
            text = _("%(intake)s asks for an immigration route: %(what)s")
        case unknown:
            assert_never(unknown)
    return text % facts


def link_of(need):
    """Return the page on which it is answered."""
    return reverse("admin:desk_setup_need", args=[need.pk])


def form_of(need):
    """Return the form in which it is added, or None where its page does that."""
    name = LISTS.get(NeedKind(need.kind))
    return reverse(name) if name else None
