"""What a slot is, who could take it, and why it is filled as it is."""

from collections import Counter

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planner.allocation.problem.supposed import weights
from planner.desk.parts.verdicts import told_verdict
from planner.models import (
    AllocationRun,
    LimitKind,
    PublishedIntake,
    Unplaced,
    difference_words,
    reason_words,
)
from programs import costing, eligibility, valuation
from programs.choices import RequirementKind
from programs.domain import conditions
from programs.eligibility.labels import rule_label
from programs.models import (
    Application,
    CostCategory,
    FundingSource,
    GroupPin,
    Pin,
    Preference,
    Slot,
)

HIDDEN = ("participant__nik", "participant__passport", "participant__disability")
HERE, ELSEWHERE, WAITING, NOT_IN_RUN = "here", "elsewhere", "waiting", "not_in_run"
OUTCOMES = {
    HERE: _("placed here"),
    ELSEWHERE: _("placed elsewhere"),
    WAITING: _("on the waiting list of this slot"),
    NOT_IN_RUN: _("applied after the run, or left before it"),
}


def facts_of(slot):
    """Return what the slot asks for, teaches, uses up and costs."""
    asked = {kind: [] for kind in RequirementKind}
    for line in slot.skill_requirements.select_related("skill"):
        asked[line.kind].append(line)
    program = slot.intake.program
    said = conditions.said([program.condition, slot.condition])
    return {
        "program": program,
        "kkni": max(program.min_kkni, slot.min_kkni or 1),
        "fields": [each for each in (program.isced_fields, slot.isced_fields) if each],
        "conditions": list(said.values()),
        "required": asked[RequirementKind.REQUIRED],
        "preferred": asked[RequirementKind.PREFERRED],
        "taught": asked[RequirementKind.TAUGHT],
        "resources": list(slot.resource_uses.select_related("resource")),
        "pathways": list(slot.pathway_steps.select_related("pathway")),
        **cost_of(slot),
    }


def cost_of(slot):
    """Return what a person costs by category and year, and who may pay how much.

    Told for somebody from nowhere in particular: journeys from a province that has
    rules of its own come on top.
    """
    table = costing.load(slots=Slot.objects.filter(pk=slot.pk))
    lines = table.lines(slot.pk)
    payers = {pk for line in lines for share in line.shares for pk in share.payers}
    sources = FundingSource.objects.in_bulk({table.budget[pk].source for pk in payers})
    categories = CostCategory.objects.in_bulk({line.category for line in lines})
    unpaid = {(gap.category, gap.fiscal_year) for gap in table.unpaid(slot.pk)}
    return {
        "total": table.total(slot.pk),
        "for_some": for_some(table, slot.pk),
        "costs": [
            {
                "category": categories[line.category],
                "year": line.fiscal_year,
                "amount": line.amount,
                "is_unpaid": (line.category, line.fiscal_year) in unpaid,
                "shares": [
                    {
                        "amount": share.amount,
                        "payers": sorted(
                            {
                                sources[table.budget[pk].source].name
                                for pk in share.payers
                            }
                        ),
                    }
                    for share in line.shares
                ],
            }
            for line in lines
        ],
    }


def for_some(table, slot):
    """Return what a seat costs whoever meets a condition of the rules about money."""
    texts = table.conditions(slot)
    words = conditions.said(texts)
    return [
        {
            "sentence": words[text],
            "total": table.total(slot, None, met),
            "is_unpaid": bool(table.unpaid(slot, None, met)),
        }
        for text in texts
        for met in [frozenset({text})]
    ]


def run_of(slot, user):
    """Return the plan that counts for the slot: the published one, or the newest."""
    runs = (
        AllocationRun.objects.visible_to(user)
        .filter(intakes=slot.intake_id, scenario__isnull=True)
        .exclude(result_digest="")
        .order_by("-number")
    )
    return runs.filter(state="published").first() or runs.first()


class People:
    """The people of the slot's intake, judged for it: columns first, rows on demand.

    Whoever reaches the slot only as a step of a pathway is judged as that step.
    Behaves like a sequence of application ids, so that a paginator can cut it.
    """

    def __init__(self, slot, *, who="wished"):
        pool = Application.objects.filter(intake=slot.intake_id).in_pool()
        self.pool = pool
        self.facts = eligibility.load(
            applications=pool, slots=Slot.objects.filter(pk=slot.pk)
        )
        number = len(self.facts.people)
        self.rank = np.zeros(number, np.int64)
        self.column = np.full(number, self.facts.column_of[slot.pk])
        for person, wishes in self.facts.preferences.items():
            for rank, wished, pathway in reversed(wishes):
                steps = self.facts.pathways.get(pathway, ())
                at = [c for c in steps if self.facts.slots.slot[c] == slot.pk]
                if wished == slot.pk:
                    self.rank[person] = rank
                    self.column[person] = self.facts.column_of[slot.pk]
                elif at:
                    self.rank[person], self.column[person] = rank, at[0]
        everybody = np.arange(number)
        judged = eligibility.judge(self.facts, everybody, self.column)
        self.status, self.fits = judged.status, judged.placeable
        self.against = judged.against
        self.points = self._points(everybody)
        free = ~np.isin(everybody, list(self.facts.preferences))
        wished = (self.rank > 0) | (free & self.fits)
        shown = {"wished": wished, "fits": self.fits, "all": np.ones(number, bool)}[who]
        order = np.lexsort((-self.points, ~self.fits))
        self.order = order[shown[order]]
        self.num_wished = int(wished.sum())
        self.num_fitting = int((wished & self.fits).sum())
        self.num_able = int(self.fits.sum())
        self.rules = self._rules(wished & ~self.fits)

    def _points(self, everybody):
        if not len(everybody):
            return np.zeros(0, np.int64)
        profile = weights(None, {})
        slots = Slot.objects.filter(pk__in=list(self.facts.slots.slot))
        return valuation.value(
            self.facts,
            everybody,
            self.column,
            profile=profile,
            rank=self.rank,
            who=valuation.who_of(profile, self.pool, slots),
        ).total

    def _rules(self, kept_out):
        """Return which rules keep out how many of those who asked for the slot."""
        bits = self.against[kept_out]
        counts = [
            (rule.code, int((bits >> bit & 1).sum()))
            for bit, rule in enumerate(eligibility.RULES)
        ]
        return [
            {"label": rule_label(code), "count": count}
            for code, count in sorted(counts, key=lambda told: -told[1])
            if count
        ]

    def __len__(self):
        return len(self.order)

    def __getitem__(self, part):
        """Return rows for the page: the person, the verdict in words, the points."""
        chosen = self.order[part]
        why = eligibility.explain(self.facts, chosen, self.column[chosen])
        ids = [self.facts.people.application[person] for person in chosen.tolist()]
        applications = Application.objects.select_related("participant__province")
        applications = applications.defer(*HIDDEN).in_bulk(ids)
        return [
            {
                "application": applications[pk],
                "rank": int(self.rank[person]),
                "points": int(self.points[person]),
                **told_verdict(self.status[person], self.fits[person], reasons),
            }
            for pk, person, reasons in zip(ids, chosen.tolist(), why, strict=True)
        ]


def outcome_of(slot, run):
    """Return how a run filled the slot, and what became of those who asked for it."""
    limit = run.prices.filter(kind=LimitKind.SEATS, code=slot.name).first()
    wishes = (
        Preference.objects.filter(slot=slot, application__intake=slot.intake_id)
        .exclude(application__state__in=["draft", "withdrawn"])
        .values("application_id")
    )
    asked = {row["application_id"] for row in wishes}
    told = {pk: str(OUTCOMES[NOT_IN_RUN]) for pk in asked}
    here, elsewhere = set(), set()
    for pk, place in run.proposals.values_list("application_id", "slot_id"):
        (here if place == slot.pk else elsewhere).add(pk)
    unplaced = list(run.unplaced.filter(application__in=wishes))
    for row in unplaced:
        code = next(
            (r["code"] for r in row.reasons if r.get("slot") == slot.name),
            row.main_reason,
        )
        told[row.application_id] = reason_words.reason_label(code)
    told |= dict.fromkeys(asked & elsewhere, str(OUTCOMES[ELSEWHERE]))
    told |= dict.fromkeys(here, str(OUTCOMES[HERE]))
    return {
        "limit": limit,
        "counts": Counter(told.values()).most_common(),
        "by_person": told,
        "different": different_of(slot, unplaced),
        "cohort": cohort_of(slot, run),
        "reserves": list(
            run.reserves.filter(slot=slot)
            .select_related("application__participant")
            .defer(*(f"application__{name}" for name in HIDDEN))
            .order_by("position")[:20]
        ),
    }


def different_of(slot, unplaced):
    """Return (sentence, people) of what one person more would take in this slot."""
    told = Counter(
        difference_words.for_host(row.reasons, row.different)
        for row in unplaced
        if difference_words.place_in(row.reasons, row.different) == slot.name
    )
    return told.most_common()


def for_host(slot):
    """Return the same of the published plan, for the host; [] before there is one."""
    live = PublishedIntake.objects.filter(intake=slot.intake_id, is_live=True)
    run = live.values("publication__run")
    asked = Preference.objects.filter(slot=slot).values("application")
    unplaced = Unplaced.objects.filter(run__in=run, application__in=asked)
    return different_of(slot, unplaced.only("reasons", "different"))


def cohort_of(slot, run):
    """Return with what the slot's cohort could run, or "" where it does or nobody knows
    yet."""
    inquiry = run.inquiries.filter(part=0).only("found").first()
    told = inquiry and inquiry.found.get("cohorts", {}).get(slot.name)
    return difference_words.cohort(slot.name, told) if told else ""


def groups_of(slot):
    """Return the words about groups at the slot, its intake or its program."""
    return GroupPin.objects.filter(
        Q(slot=slot) | Q(intake=slot.intake_id) | Q(program=slot.intake.program_id)
    )


def pins_of(slot):
    """Return who is bound to the slot, or to a pathway through it, or kept out."""
    through = Q(slot=slot) | Q(pathway__in=slot.pathway_steps.values("pathway"))
    pins = Pin.objects.filter(through).select_related(
        "application__participant", "created_by", "pathway"
    )
    return pins.defer(*(f"application__{name}" for name in HIDDEN))
