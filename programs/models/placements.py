"""What was decided: who goes where, who pays, and what happened since."""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, StrIndex
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.choices import (
    BEFORE_DEPARTURE,
    LIVE_PLACEMENT_STATES,
    PlaceConditionState,
    PlacementState,
    SkillLevel,
)

from . import safe_days
from .applications import Application
from .base import CurrencyField, PublicModel, ScopedQuerySet, seen_through, seen_within
from .facts import FactDefinition
from .institutions import Agreement
from .money import CostCategory, FundingSource
from .skills import Skill
from .slots import Pathway, Slot

FIRST_DAY = Coalesce("own_starts_on", "slot__starts_on")
DAY_AFTER = Coalesce("own_ends_on", "slot__ends_on")
"""Between which days a stay lies, for queries: its own, else those of its slot."""


class PlacementQuerySet(models.QuerySet):
    """Placements by state and by reader."""

    def live(self):
        """Placements that hold their seat and their money."""
        return self.filter(state__in=LIVE_PLACEMENT_STATES)

    def with_safe_day(self):
        """Placements with their last safe decision day as ``safe_day``."""
        day = safe_days.in_queries(FIRST_DAY, route="slot__route")
        return self.annotate(safe_day=day)

    def conditional(self):
        """Placements that still wait for something that their person has to meet."""
        waiting = PlaceCondition.objects.filter(
            placement=OuterRef("pk"), state=PlaceConditionState.OPEN
        )
        return self.filter(Exists(waiting), state__in=BEFORE_DEPARTURE)

    def with_due_day(self):
        """Placements with the first day by which something is to be met: ``due_on``."""
        waiting = PlaceCondition.objects.awaited().filter(placement=OuterRef("pk"))
        first = waiting.order_by("due_on").values("due_on")[:1]
        return self.annotate(due_on=Subquery(first))

    def visible_to(self, user):
        """A partner sees the people it sent, and those who accepted a place with it."""
        return access.restrict(
            self,
            user,
            institution="application__nominated_by",
            program="slot__intake__program",
            placements="",
            person="application__participant",
        )

    def told_to(self, user):
        """All that events tell the reader of, for doors that leave out the person.

        A host hears what becomes of each offer in its slots, the home institution what
        becomes of its people.
        """
        return access.restrict(
            self,
            user,
            institution=[
                "application__nominated_by",
                "application__participant__home_institution",
                "slot__host",
            ],
            program="slot__intake__program",
        )


class Placement(PublicModel):
    """A person's stay in a slot, from offer to completion.

    A pathway makes one placement a step. ``run`` and ``publication`` are the public
    ids of the allocation that was published; the plan itself lives elsewhere.
    """

    application = models.ForeignKey(
        Application,
        models.PROTECT,
        related_name="placements",
        verbose_name=_("application"),
    )
    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="placements", verbose_name=_("slot")
    )
    pathway = models.ForeignKey(
        Pathway,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("pathway"),
    )
    agreement = models.ForeignKey(
        Agreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("agreement"),
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=PlacementState,
        default=PlacementState.OFFERED,
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    run = models.UUIDField(_("allocation run"), null=True, blank=True)
    publication = models.UUIDField(_("publication"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered at"))
    expires_at = models.DateTimeField(_("answer by"))
    reason = models.TextField(_("reason"), blank=True)
    own_starts_on = models.DateField(
        _("starts on, by consent"), null=True, blank=True, editable=False
    )
    own_ends_on = models.DateField(
        _("ends on, by consent"), null=True, blank=True, editable=False
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["slot", "application"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot"],
                condition=Q(state__in=LIVE_PLACEMENT_STATES),
                name="person_has_one_live_placement_a_slot",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=LIVE_PLACEMENT_STATES, pathway__isnull=True),
                name="application_has_one_live_placement",
            ),
            models.CheckConstraint(
                condition=Q(own_starts_on__isnull=True, own_ends_on__isnull=True)
                | Q(
                    own_starts_on__isnull=False,
                    own_ends_on__isnull=False,
                    own_ends_on__gt=F("own_starts_on"),
                ),
                name="stay_has_both_own_days_or_none",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="placement_expiry")
        ]

    @property
    def starts_on(self):
        """The first day: as agreed for this stay, else the slot's."""
        return self.own_starts_on or self.slot.starts_on

    @property
    def ends_on(self):
        """The first day after the stay: as agreed for it, else the slot's."""
        return self.own_ends_on or self.slot.ends_on

    @property
    def last_safe_day(self):
        """The last day on which it may be decided, papers coming in time."""
        return safe_days.last_safe_day(self.starts_on, self.slot.route)

    def __str__(self):
        return f"{self.application.participant} – {self.slot}"


class PlaceConditionQuerySet(models.QuerySet):
    """What places wait for, by whether they still do and by reader."""

    def awaited(self):
        """What a place that has not begun still waits for: it is conditional by it."""
        return self.filter(
            state=PlaceConditionState.OPEN, placement__state__in=BEFORE_DEPARTURE
        )

    def with_privacy(self):
        """Rows with whether they ask for what is confidential, as ``is_private``.

        That is a disability, or a fact that is defined as sensitive now.
        """
        named = Concat(Value('fact("'), F("code"), Value('")'))
        asked = FactDefinition.objects.filter(is_sensitive=True).annotate(
            at=StrIndex(OuterRef("condition"), named)
        )
        return self.annotate(
            is_private=Case(
                When(condition__contains="disability", then=Value(True)),
                default=Exists(asked.filter(at__gt=0)),
            )
        )

    def visible_to(self, user):
        """Rows of the placements that the reader may see."""
        seen = Placement.objects.visible_to(user).values("pk")
        return self.filter(placement__in=seen)

    def told_to(self, user):
        """Rows of the placements that events tell the reader of."""
        told = Placement.objects.told_to(user).values("pk")
        return self.filter(placement__in=told)


class PlaceCondition(PublicModel):
    """Something that a place waits for: its person has to meet it by a day.

    ``condition`` is a line of the language of conditions, without its day. While one is
    open the place is conditional. ``chance`` is how many in a hundred were expected to
    meet it, as the program said. ``looked_at`` is when it was last held against what is
    known; what changes is looked at again at once where it is emptied.
    """

    placement = models.ForeignKey(
        Placement,
        models.CASCADE,
        related_name="conditions",
        verbose_name=_("placement"),
    )
    condition = models.TextField(_("condition"))
    due_on = models.DateField(_("to be met by"))
    chance = models.PositiveSmallIntegerField(
        _("chance (%)"), null=True, blank=True, editable=False
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=PlaceConditionState,
        default=PlaceConditionState.OPEN,
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    looked_at = models.DateTimeField(
        _("looked at"), null=True, blank=True, editable=False
    )

    objects = PlaceConditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition of a place")
        verbose_name_plural = _("conditions of places")
        ordering = ["placement", "due_on", "condition"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "condition"],
                name="place_waits_for_a_thing_once",
            ),
            models.CheckConstraint(
                condition=Q(state=PlaceConditionState.OPEN, settled_at__isnull=True)
                | (~Q(state=PlaceConditionState.OPEN) & Q(settled_at__isnull=False)),
                name="condition_of_a_place_is_open_or_settled",
            ),
            models.CheckConstraint(
                condition=Q(chance__isnull=True) | Q(chance__range=(1, 100)),
                name="chance_is_one_to_a_hundred",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="place_condition_due"),
        ]

    def __str__(self):
        return f"{self.placement}: {self.condition} ({self.due_on})"


class FundingLineQuerySet(ScopedQuerySet):
    """Funding lines by reader, and by whether they take money."""

    institution = "source__institution"
    program = "placement__slot__intake__program"

    def committed(self):
        """Lines that take money: ``held`` in rupiah, ``held_own`` in their currency.

        A live placement takes the whole amount, one that ended before its time what
        was spent until then.
        """
        is_live = Q(placement__state__in=LIVE_PLACEMENT_STATES)
        held = Case(When(is_live, then=F("amount")), default=F("spent"))
        own = Case(
            When(is_live, then=Coalesce("foreign_amount", "amount")),
            default=Coalesce("foreign_spent", "spent"),
        )
        return self.filter(is_live | Q(spent__gt=0)).annotate(held=held, held_own=own)

    def sums(self):
        """Return {(source, year, category, currency): (in that currency, rupiah)}."""
        keys = "source_id", "fiscal_year", "category_id", "currency"
        rows = self.committed().order_by().values_list(*keys)
        return {
            tuple(key): (round(own, 2), round(rupiah, 2))
            for *key, own, rupiah in rows.annotate(Sum("held_own"), Sum("held"))
        }


class FundingLine(PublicModel):
    """Who pays how much of which category for a placement, in which year.

    In rupiah at the rate of the decision, and where the budget line has another
    ``currency`` also in that: what the line has left is counted in its own money.
    """

    placement = models.ForeignKey(
        Placement,
        models.CASCADE,
        related_name="funding_lines",
        verbose_name=_("placement"),
    )
    category = models.ForeignKey(
        CostCategory, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    source = models.ForeignKey(
        FundingSource,
        models.PROTECT,
        related_name="funding_lines",
        verbose_name=_("funding source"),
    )
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    amount = models.DecimalField(_("amount (IDR)"), max_digits=20, decimal_places=2)
    spent = models.DecimalField(
        _("spent before it ended (IDR)"),
        max_digits=20,
        decimal_places=2,
        default=0,
        editable=False,
    )
    currency = CurrencyField(
        _("currency of the budget line"), default="IDR", db_default="IDR"
    )
    foreign_amount = models.DecimalField(
        _("amount in the currency of the budget line"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
    )
    foreign_spent = models.DecimalField(
        _("spent in the currency of the budget line"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
    )

    objects = FundingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["placement", "category", "source", "fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "category", "source", "fiscal_year", "currency"],
                name="funding_line_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(currency="IDR", foreign_amount__isnull=True)
                | (
                    ~Q(currency="IDR")
                    & Q(foreign_amount__isnull=False, foreign_amount__gte=0)
                ),
                name="funding_names_the_amount_in_its_currency",
            ),
            models.CheckConstraint(
                condition=Q(foreign_spent__isnull=True)
                | Q(foreign_spent__gte=0, foreign_spent__lte=F("foreign_amount")),
                name="foreign_spent_is_at_most_the_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="funding_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(spent__gte=0) & Q(spent__lte=F("amount")),
                name="spent_is_at_most_the_amount",
            ),
        ]

    def __str__(self):
        return f"{self.placement}: {self.category} {self.source} {self.amount}"


class PlacementEvent(PublicModel):
    """One step in the life of a placement: from, to, by whom, when, why."""

    placement = models.ForeignKey(
        Placement, models.CASCADE, related_name="events", verbose_name=_("placement")
    )
    from_state = models.CharField(_("from"), max_length=20, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=PlacementState)
    at = models.DateTimeField(_("at"))
    on = models.DateField(
        _("on the day"),
        null=True,
        blank=True,
        help_text=_("On which somebody left, arrived or went, whenever it was told."),
    )
    by = models.CharField(_("by"), max_length=150)
    reason = models.TextField(_("reason"), blank=True)

    objects = seen_through("placement")

    class Meta:
        verbose_name = _("placement event")
        verbose_name_plural = _("placement events")
        ordering = ["placement", "at"]

    def __str__(self):
        return f"{self.placement}: {self.from_state} → {self.to_state}"


class ReserveEntry(PublicModel):
    """A place on a slot's ordered waiting list (daftar tunggu)."""

    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="reserve_entries", verbose_name=_("slot")
    )
    application = models.ForeignKey(
        Application,
        models.CASCADE,
        related_name="reserve_entries",
        verbose_name=_("application"),
    )
    position = models.PositiveIntegerField(_("position"))
    publication = models.UUIDField(_("publication"))
    is_open = models.BooleanField(_("still waiting"), default=True)

    objects = seen_within(
        institution="application__nominated_by", program="slot__intake__program"
    )

    class Meta:
        verbose_name = _("place on a waiting list")
        verbose_name_plural = _("places on waiting lists")
        ordering = ["slot", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "slot", "position"],
                name="reserve_position_is_unique",
            ),
            models.UniqueConstraint(
                fields=["publication", "slot", "application"],
                name="person_waits_once_a_slot",
            ),
        ]

    def __str__(self):
        return f"{self.slot} {self.position}: {self.application}"


class SkillAchieved(PublicModel):
    """A line of the transcript: a skill reached in a placement, with its evidence."""

    placement = models.ForeignKey(
        Placement,
        models.CASCADE,
        related_name="skills_achieved",
        verbose_name=_("placement"),
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="+", verbose_name=_("skill")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel)
    evidence = models.CharField(_("evidence"), max_length=300)

    objects = seen_through("placement")

    class Meta:
        verbose_name = _("skill achieved")
        verbose_name_plural = _("skills achieved")
        ordering = ["placement", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "skill"], name="transcript_names_a_skill_once"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(0, 4)), name="achieved_level_is_zero_to_four"
            ),
        ]

    def __str__(self):
        return f"{self.placement}: {self.skill} {self.level}"
