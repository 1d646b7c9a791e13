"""What an intake lacks before anybody has applied: slots, frames, costs and payers.

Each finding is a sentence and a link; what makes places impossible is told apart.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext, ngettext_lazy

from programs import clock, costing, formats
from programs.choices import AgreementState, SlotState
from programs.days import day_of
from programs.domain import copies, transfers
from programs.models import CostRule, FundingRule, Slot
from programs.models.base import localised
from programs.refusals import Refusal


@dataclass(frozen=True)
class Verdict:
    """Whether an intake can be planned at all, in one sentence.

    ``payable`` of ``slots`` slots have somebody who may pay each of their costs.
    """

    text: str
    slots: int
    payable: int

    @property
    def holds(self):
        """Whether each of its slots can be filled as far as money goes."""
        return bool(self.slots) and self.payable == self.slots


def _is_payable(table, slot):
    """Return whether somebody may pay every cost, wherever a person comes from."""
    origins = (None, *table.origins(slot.pk))
    return not any(table.unpaid(slot.pk, origin) for origin in origins)


def verdict_of(intake, slots):
    """Return the verdict on an intake with these slots, in a few queries."""
    slots = [slot for slot in slots if slot.state == SlotState.OPEN]
    if not slots:
        text = _("This intake cannot be planned yet: it has no open slot.")
        return Verdict(text, 0, 0)
    try:
        table = costing.load(slots=Slot.objects.filter(intake=intake))
        payable = [slot for slot in slots if _is_payable(table, slot)]
    except Refusal as refusal:
        told = {"reason": str(refusal)}
        text = _("This intake cannot be planned yet: %(reason)s") % told
        return Verdict(text, len(slots), 0)
    counts = {"count": len(slots), "payable": len(payable)}
    if len(payable) == len(slots):
        text = ngettext(
            "This intake can be planned: its slot has seats, and each cost of it "
            "somebody who may pay.",
            "This intake can be planned: its %(count)s slots have seats, and each of "
            "their costs somebody who may pay.",
            len(slots),
        )
    elif payable:
        text = _(
            "This intake can be planned, but only %(payable)s of its %(count)s slots "
            "can be filled: for the others a cost has no payer with a budget."
        )
    else:
        text = _(
            "This intake cannot be planned yet: no slot has a payer with a budget for "
            "each of its costs."
        )
    return Verdict(text % counts, len(slots), len(payable))


def costs_without_payer(intake, slots):
    paid = set(
        FundingRule.objects.filter(program=intake.program)
        .filter(Q(host_pays=True) | Q(sources__isnull=False))
        .values_list("category", flat=True)
    )
    rules = CostRule.objects.filter(
        Q(program=intake.program) | Q(slot__in=slots), amount__gt=0
    ).select_related("category")
    touched = defaultdict(set)
    for rule in rules:
        if rule.category_id not in paid:
            everywhere = {slot.pk for slot in slots}
            touched[rule.category] |= {rule.slot_id} if rule.slot_id else everywhere
    for category, where in sorted(touched.items(), key=lambda pair: pair[0].code):
        text = ngettext(
            "No payer for %(category)s on %(count)s slot",
            "No payer for %(category)s on %(count)s slots",
            len(where),
        )
        link = reverse("admin:programs_fundingrule_changelist")
        yield (
            text % {"category": category.name, "count": len(where)},
            f"{link}?program__id__exact={intake.program_id}",
        )


def shares(intake):
    # Where rules are for some only, what is paid for whom is told person by person.
    for_some = FundingRule.objects.filter(program=intake.program).exclude(condition="")
    sums = (
        FundingRule.objects.filter(program=intake.program)
        .exclude(category__in=for_some.values("category"))
        .values("category__name_en", "category__name_id", "category")
        .annotate(total=Sum("percent"), number=Count("pk"))
        .exclude(total=100)
        .order_by("category")
    )
    for row in sums:
        if 0 < 100 - row["total"] < costing.ROUNDING * row["number"]:
            continue
        yield (
            _("The payers of %(category)s cover %(share)s, not 100%%")
            % {
                "category": localised(
                    row["category__name_en"], row["category__name_id"]
                ),
                "share": formats.percent(row["total"] / 100),
            },
            reverse("admin:programs_fundingrule_changelist")
            + f"?program__id__exact={intake.program_id}",
        )


def slots_without_frame(intake, slots):
    """Tell of slots that lack an agreement or a route, or outlast the one they have."""
    link = reverse("admin:programs_slot_changelist")
    link += f"?intake__id__exact={intake.pk}"
    for text, is_so in FRAMES:
        count = sum(1 for slot in slots if is_so(slot))
        if count:
            yield text % {"count": count}, link


def _in_force(slot):
    agreement = slot.agreement
    return (
        agreement.state == AgreementState.IN_FORCE
        and agreement.valid_from <= slot.starts_on < agreement.valid_to
    )


FRAMES = [
    (
        ngettext_lazy(
            "%(count)s slot has no agreement",
            "%(count)s slots have no agreement",
            "count",
        ),
        lambda slot: slot.agreement_id is None,
    ),
    (
        ngettext_lazy(
            "%(count)s slot rests on an agreement that is not in force when it starts",
            "%(count)s slots rest on agreements not in force when they start",
            "count",
        ),
        lambda slot: slot.agreement and not _in_force(slot),
    ),
    (
        ngettext_lazy(
            "%(count)s slot has an immigration route that does not last for its stay",
            "%(count)s slots have immigration routes that do not last for their stay",
            "count",
        ),
        lambda slot: slot.route and not copies.lasts(slot.route, slot),
    ),
    (
        ngettext_lazy(
            "%(count)s slot abroad has no immigration route",
            "%(count)s slots abroad have no immigration route",
            "count",
        ),
        lambda slot: not slot.route_id and slot.country_id != "ID",
    ),
]
"""What may be wrong with the frame of slots, and of which."""


def transfers_without_basis(slots):
    """Tell of host countries to which nothing lets people's data go."""
    wanted = {slot.country_id for slot in slots}
    lacking = transfers.without_basis(wanted, on=day_of(clock.now()))
    if not lacking:
        return
    text = (
        _("No basis of transfer is noted for %(countries)s: nothing is published there")
        if settings.TRANSFER_BASIS
        else _("No basis of transfer is noted for %(countries)s (Law 27/2022, art. 56)")
    )
    yield (
        text % {"countries": ", ".join(str(country) for country in lacking)},
        reverse("admin:programs_transferbasis_changelist"),
    )
