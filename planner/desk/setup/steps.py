"""The eight steps: which there are, what of each is done and what is missing."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from planner.desk.parts import setup
from programs import formats
from programs.choices import IntakeState
from programs.models import CostRule, FundingRule

TITLES = {
    "program": gettext_lazy("The program"),
    "days": gettext_lazy("Days"),
    "rules": gettext_lazy("Who may take part"),
    "slots": gettext_lazy("Hosts and slots"),
    "costs": gettext_lazy("Costs and payers"),
    "budgets": gettext_lazy("Budgets"),
    "quotas": gettext_lazy("Quotas"),
    "ready": gettext_lazy("Ready?"),
}
"""Name of each step in addresses, and its title, in their order."""
DONE, LACKS, FREE = "done", "lacks", "free"
"""Whether a step is done, lacks something, or may stay as it is."""


@dataclass(frozen=True)
class Step:
    """One step of an intake, with what it holds in a sentence."""

    slug: str
    number: int
    title: str
    state: str
    told: str
    link: str
    is_current: bool


def steps_of(intake, slots, verdict, *, current):
    """Return the steps of an intake; asks a constant number of queries."""
    told = dict(_told(intake, slots, verdict))
    return [
        Step(
            slug,
            number,
            str(title),
            *told[slug],
            reverse("admin:desk_setup_step", args=[intake.pk, slug]),
            slug == current,
        )
        for number, (slug, title) in enumerate(TITLES.items(), start=1)
    ]


def after(slug):
    """Return the name of the step after one; of the last, its own."""
    names = list(TITLES)
    return names[min(names.index(slug) + 1, len(names) - 1)]


def _told(intake, slots, verdict):
    program = intake.program
    yield "program", (DONE, f"{program} ({program.get_kind_display()})")
    days = {"start": formats.day(intake.starts_on), "by": formats.day(intake.decide_by)}
    yield "days", (DONE, _("Starts %(start)s, decided by %(by)s") % days)
    yield "rules", _rules(program)
    yield "slots", _slots(slots)
    costs = _costs(intake, slots)
    yield "costs", costs
    yield "budgets", _budgets(verdict, is_known=bool(slots) and costs[0] == DONE)
    count = intake.quotas.count() + program.quotas.count()
    text = ngettext("%(count)s quota", "%(count)s quotas", count) % {"count": count}
    yield "quotas", (DONE, text) if count else (FREE, _("None; that may stay so"))
    if intake.state != IntakeState.DRAFT:
        yield "ready", (DONE, intake.get_state_display())
    elif verdict.holds:
        yield "ready", (FREE, _("To be opened for applications"))
    else:
        yield "ready", (LACKS, _("Not yet"))


def _rules(program):
    asked = [
        program.citizenship_id,
        program.min_age,
        program.max_age,
        program.min_kkni > 1,
        program.isced_fields,
        program.condition,
    ]
    count = sum(bool(each) for each in asked)
    if not count:
        return FREE, _("Nobody is kept out; that may stay so")
    text = ngettext("%(count)s rule", "%(count)s rules", count)
    return DONE, text % {"count": count}


def _slots(slots):
    if not slots:
        return LACKS, _("No slot yet")
    seats = sum(slot.capacity_max for slot in slots)
    text = ngettext(
        "%(count)s slot, %(seats)s seats",
        "%(count)s slots, %(seats)s seats",
        len(slots),
    )
    return DONE, text % {"count": len(slots), "seats": formats.number(seats)}


def _costs(intake, slots):
    lacking = [
        text
        for finding in (setup.costs_without_payer(intake, slots), setup.shares(intake))
        for text, _link in finding
    ]
    if lacking:
        return LACKS, lacking[0]
    count = CostRule.objects.filter(program=intake.program).count()
    if not count and not FundingRule.objects.filter(program=intake.program).exists():
        return LACKS, _("No cost is stated yet")
    text = ngettext("%(count)s cost", "%(count)s costs", count)
    return DONE, text % {"count": count}


def _budgets(verdict, *, is_known):
    if not is_known:
        return LACKS, _("Known once there are slots and costs")
    if verdict.holds:
        return DONE, _("Each cost has a payer with a budget")
    lacking = verdict.slots - verdict.payable
    text = ngettext(
        "%(count)s slot cannot be paid yet",
        "%(count)s slots cannot be paid yet",
        lacking,
    )
    return LACKS, text % {"count": lacking}
