"""What a run proposes for each person: a place, a waiting list, or a reason."""

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Application, Pathway, Slot
from programs.models.base import PublicModel

from . import difference_words, reason_words, what_if_words
from .runs import AllocationRun


class ProposedQuerySet(models.QuerySet):
    """Rows of a run about an applicant, narrowed to what somebody may see."""

    def visible_to(self, user):
        """Coordinators see people of their own programs; partners see no proposals."""
        return access.restrict(
            self, user, institution=None, program="application__intake__program"
        )


class Proposed(PublicModel):
    """A row of a run about one applicant."""

    run = models.ForeignKey(
        AllocationRun, models.CASCADE, verbose_name=_("allocation run")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application")
    )

    objects = ProposedQuerySet.as_manager()

    class Meta:
        abstract = True


class Proposal(Proposed):
    """A place a run proposes for an applicant; a pathway has one row a step.

    ``value`` holds the parts of its worth in points, ``funding`` the lines
    ``{"source", "year", "category", "amount"}`` in planning units of IDR 1,000, exact
    to the cent: whole ones as numbers, others as text. Lines of a budget in another
    currency have their ``currency`` and ``foreign_amount``. ``cost`` is rounded.
    """

    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="proposals", verbose_name=_("slot")
    )
    pathway = models.ForeignKey(
        Pathway,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pathway"),
    )
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    is_kept = models.BooleanField(
        _("kept"), default=False, help_text=_("Decided before; not proposed anew.")
    )
    value = models.JSONField(_("value"), default=dict, blank=True)
    funding = models.JSONField(_("funding"), default=list, blank=True)
    cost = models.PositiveBigIntegerField(_("cost (IDR 1,000)"), default=0)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["run", "slot", "application"]
        default_related_name = "proposals"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "application", "slot"],
                name="run_proposes_a_slot_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["run", "application", "step"],
                name="run_proposes_one_place_a_step",
            ),
        ]

    def __str__(self):
        return f"{self.application} → {self.slot}"

    @property
    def units(self):
        """What the place costs, exactly, in planning units."""
        return sum((Fraction(part["amount"]) for part in self.funding), Fraction(0))


class Reserve(Proposed):
    """A place on the waiting list of a slot, in the order in which people move up."""

    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="reserves", verbose_name=_("slot")
    )
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        verbose_name = _("place on a waiting list")
        verbose_name_plural = _("places on waiting lists")
        ordering = ["run", "slot", "position"]
        default_related_name = "reserves"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "slot", "position"], name="run_reserves_in_order"
            ),
            models.UniqueConstraint(
                fields=["run", "slot", "application"],
                name="run_reserves_a_person_once_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="reserve_position_starts_at_one"
            ),
        ]

    def __str__(self):
        return f"{self.slot} {self.position}: {self.application}"


class Unplaced(Proposed):
    """An applicant without a place, with the main reason and the reasons slot by slot.

    A reason is a code with its facts; the words are made when somebody reads them, in
    the reader's language and, for the participant, without other people's data.
    ``different`` is what would have to be different, found after the run by an
    ``Inquiry``; it is null as long as that is not known.
    """

    main_reason = models.CharField(_("main reason"), max_length=40, db_index=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    different = models.JSONField(
        _("what would have to be different"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("unplaced applicant")
        verbose_name_plural = _("unplaced applicants")
        ordering = ["run", "main_reason", "application"]
        default_related_name = "unplaced"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "application"], name="run_explains_a_person_once"
            )
        ]

    def __str__(self):
        return f"{self.application}: {self.main_reason}"

    @property
    def main_reason_label(self):
        """The short name of the main reason, in the reader's language."""
        return reason_words.reason_label(self.main_reason)

    def for_planner(self):
        """Return every reason as a sentence with its numbers, main reason first."""
        return [reason_words.for_planner(reason) for reason in self.reasons]

    def for_participant(self):
        """Return every reason in the words for the person concerned."""
        return [reason_words.for_participant(reason) for reason in self.reasons]

    def differently(self):
        """Return what would have to be different, for the planner; "" where nothing
        can be asked."""
        return difference_words.for_planner(self.reasons, self.different)

    def differently_for_participant(self):
        """Return the same in the words for the person concerned."""
        return difference_words.for_participant(self.reasons, self.different)

    def compared(self):
        """Return how the best plan with the person there compares with the best, for
        the planner; "" where the person had no way to a place."""
        if not difference_words.is_asked(self.reasons):
            return ""
        return what_if_words.compared(self._asked())

    def compared_for_participant(self, asked=None):
        """Return the same in the words for the person concerned.

        Parameters
        ----------
        asked: questions about the person, newest first, where they were read already.
        """
        if not difference_words.is_asked(self.reasons):
            return ""
        rows = self._asked() if asked is None else asked
        return what_if_words.compared_for_participant(rows)

    def _asked(self):
        rows = self.run.what_ifs.filter(application=self.application_id, changes=[])
        return rows.order_by("-created_at", "pk")
