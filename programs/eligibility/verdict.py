"""Verdicts for one person, in the words of the API and the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from programs.models import Application, Pathway, Slot

from . import facts as fact_columns
from .facts import Facts
from .judgement import explain
from .reasons import Reason
from .rules import FAIL, WARN

ELIGIBLE, CONDITIONAL, INELIGIBLE = "eligible", "conditional", "ineligible"


@dataclass(frozen=True)
class Verdict:
    """How one person stands with one slot or pathway, and why.

    ``conditional`` means that something has to happen before the start: a certificate,
    a course, papers in time. A plan may use the pair when it is ``placeable``.
    """

    slot: Slot | None
    pathway: Pathway | None
    verdict: str
    placeable: bool
    reasons: list[Reason]


def verdicts(
    *,
    application: Application,
    slots: Iterable[Slot],
    on: date,
    pathways: Iterable[Pathway] = (),
) -> list[Verdict]:
    """Return a verdict for each slot and pathway, in the order given.

    Parameters
    ----------
    application: whose. slots, pathways: rows to judge. on: the day of the judgement.
    """
    slots, pathways = list(slots), list(pathways)
    wanted = Slot.objects.filter(pk__in=[slot.pk for slot in slots]) | (
        Slot.objects.filter(intake__pathways__in=pathways)
    )
    facts = fact_columns.load(
        applications=Application.objects.filter(pk=application.pk),
        slots=Slot.objects.filter(pk__in=wanted.values("pk")),
        on=on,
    )
    return [
        *(_verdict(facts, slot, None, (facts.column_of[slot.pk],)) for slot in slots),
        *(_verdict(facts, None, each, facts.pathways[each.pk]) for each in pathways),
    ]


def _verdict(
    facts: Facts, slot: Slot | None, pathway: Pathway | None, columns: tuple[int, ...]
) -> Verdict:
    lists = explain(facts, np.zeros(len(columns), dtype=int), np.array(columns))
    reasons = [reason for each in lists for reason in each]
    worst = max((reason.severity for reason in reasons), default=0)
    if worst == 0:
        verdict = ELIGIBLE
    else:
        verdict = INELIGIBLE if worst == FAIL else CONDITIONAL
    return Verdict(slot, pathway, verdict, bool(worst <= WARN), reasons)
