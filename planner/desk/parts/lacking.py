"""What own nominees lack for what they ask for: all judged at once, told on demand."""

from functools import cached_property

import numpy as np

from programs import eligibility
from programs.choices import ApplicationState
from programs.models import Pathway, Preference, Slot

UNDECIDED = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
    ApplicationState.PROPOSED,
)
"""States in which what is missing can still be brought."""


class Lacking:
    """Nominees whom a rule keeps out of something they ask for.

    Parameters
    ----------
    applications: a queryset; those that are decided lack nothing any more.
    on: the day of the judgement.
    """

    def __init__(self, applications, *, on):
        self.applications = applications.filter(
            state__in=UNDECIDED, participant__restricted_at__isnull=True
        )
        self.on = on

    @cached_property
    def facts(self):
        """What is known of the people, and of what they ask for."""
        wishes = Preference.objects.filter(
            application__in=self.applications.order_by().values("pk")
        ).order_by()
        chains = Pathway.objects.filter(pk__in=wishes.values("pathway"))
        slots = Slot.objects.filter(pk__in=wishes.values("slot"))
        slots |= Slot.objects.filter(intake__in=chains.values("intake"))
        slots = Slot.objects.filter(pk__in=slots.values("pk"))
        # Rows are told by their own columns: what else the caller has joined stays out.
        people = self.applications.model.objects.filter(
            pk__in=self.applications.order_by().values("pk")
        )
        return eligibility.load(applications=people, slots=slots, on=self.on)

    @cached_property
    def ids(self):
        """The ids of applications with a wish that cannot be given as things are."""
        pairs = [
            (person, column)
            for person, wishes in self.facts.preferences.items()
            for _rank, columns in self._columns(wishes)
            for column in columns
        ]
        if not pairs:
            return set()
        person, column = map(np.array, zip(*pairs, strict=True))
        fits = eligibility.judge(self.facts, person, column).placeable
        at = set(person[~fits].tolist())
        return {self.facts.people.application[row] for row in at}

    def told(self, ids):
        """Return {application: [(rank, text, earliest day)]} of some applications."""
        row_of = {pk: row for row, pk in enumerate(self.facts.people.application)}
        asked = [
            (pk, rank, row_of[pk], column)
            for pk in ids
            if pk in row_of
            for rank, columns in self._columns(
                self.facts.preferences.get(row_of[pk], ())
            )
            for column in columns
        ]
        told = {pk: [] for pk in ids}
        if not asked:
            return told
        _pk, _rank, person, column = zip(*asked, strict=True)
        person, column = np.array(person), np.array(column)
        fits = eligibility.judge(self.facts, person, column).placeable
        lists = eligibility.explain(self.facts, person, column)
        for (pk, rank, *_at), is_fit, reasons in zip(asked, fits, lists, strict=True):
            for reason in [] if is_fit else reasons:
                line = rank, eligibility.text(reason), reason.earliest
                if line not in told[pk]:
                    told[pk].append(line)
        return told

    def _columns(self, wishes):
        """Yield (rank, columns) of wishes: of a pathway, those of all its steps."""
        for rank, slot, pathway in wishes:
            if pathway in self.facts.pathways:
                yield rank, self.facts.pathways[pathway]
            elif slot in self.facts.column_of:
                yield rank, (self.facts.column_of[slot],)
