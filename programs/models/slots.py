"""The slots hosts offer, what they ask for and teach, and pathways of slots."""

from functools import partial

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import access, validators
from programs.choices import (
    Cefr,
    IntakeState,
    RequirementKind,
    SkillLevel,
    SlotState,
)

from . import safe_days, slot_names
from .base import PublicModel, localised, seen_through
from .geography import Country, ImmigrationRoute, Region
from .history import EditHistory
from .institutions import Agreement, Institution
from .programs import Intake, IntakeQuerySet, ProgramGoal
from .skills import Skill

UNDECIDED = (IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING)


class SlotQuerySet(models.QuerySet):
    """Slots by state and by reader."""

    def open(self):
        return self.filter(state=SlotState.OPEN)

    def with_safe_day(self):
        """Slots with their last safe decision day as ``safe_day``."""
        return self.annotate(safe_day=safe_days.in_queries("starts_on", route="route"))

    def decided_by(self, first, last):
        """Slots yet to be decided whose last safe day lies between two days.

        Parameters
        ----------
        first, last: days, both included; ``None`` for no limit.
        """
        rows = self.open().filter(intake__state__in=UNDECIDED).with_safe_day()
        if first is not None:
            rows = rows.filter(safe_day__gte=first)
        return rows if last is None else rows.filter(safe_day__lte=last)

    def named(self, names):
        """Slots that plans call by one of these names."""
        return self.filter(slot_names.of_names(names))

    def names(self):
        """Return {name in plans: primary key}."""
        return dict(self.values_list(slot_names.NAME, "pk"))

    def bulk_create(self, objs, *args, **kwargs):
        """Give names to new slots first."""
        objs = list(objs)
        slot_names.give(objs)
        return super().bulk_create(objs, *args, **kwargs)

    def visible_to(self, user):
        """A partner sees its own slots, and open slots of intakes that left draft."""
        mine = access.restrict(
            self, user, institution="host", program="intake__program"
        )
        if access.is_signed_in(user) and user.allows("view_own_institution"):
            public = Q(
                state=SlotState.OPEN, intake__state__in=IntakeQuerySet.PUBLIC_STATES
            )
            return self.filter(public | Q(pk__in=mine.values("pk")))
        return mine


class Slot(PublicModel):
    """Places a host offers in an intake: a role, a city, dates and conditions.

    A slot runs with ``capacity_min`` to ``capacity_max`` people, or not at all.
    Dates are half-open: ``ends_on`` is the first day after the stay.
    ``code`` is the host's own reference: another host may use the same. ``known_as`` is
    what plans call the slot (see ``slot_names``); empty means by its code alone.
    """

    intake = models.ForeignKey(
        Intake, models.PROTECT, related_name="slots", verbose_name=_("intake")
    )
    host = models.ForeignKey(
        Institution, models.PROTECT, related_name="slots", verbose_name=_("host")
    )
    code = models.SlugField(_("code"), max_length=60)
    known_as = models.CharField(
        _("name in plans"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    role_title_en = models.CharField(_("role (English)"), max_length=200)
    role_title_id = models.CharField(_("role (Indonesian)"), max_length=200)
    city = models.CharField(_("city"), max_length=100)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="slots", verbose_name=_("country")
    )
    province = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=_("province"),
        help_text=_(
            "In Indonesia alone. Rules that ask how far a place is from home know "
            "nothing of a slot without one."
        ),
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    capacity_min = models.PositiveIntegerField(_("fewest people"), default=1)
    capacity_max = models.PositiveIntegerField(_("most people"))
    work_language = models.CharField(
        _("work language (BCP 47)"),
        max_length=10,
        validators=[validators.validate_language],
    )
    min_cefr = models.CharField(
        _("language level needed"), max_length=2, choices=Cefr, blank=True
    )
    min_kkni = models.PositiveSmallIntegerField(
        _("minimum KKNI level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    isced_fields = models.CharField(
        _("fields of study (ISCED-F)"),
        max_length=100,
        blank=True,
        validators=[validators.validate_isced_list],
    )
    condition = models.TextField(
        _("condition"),
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Who may take part besides, in one line: age on 2027-07-01 <= 24 and "
            '(language(ja) >= A2 or completed(program "titp-2"))'
        ),
    )
    taught_language = models.CharField(
        _("language taught (BCP 47)"),
        max_length=10,
        validators=[validators.validate_language],
        blank=True,
    )
    taught_cefr = models.CharField(
        _("level reached at the end"), max_length=2, choices=Cefr, blank=True
    )
    route = models.ForeignKey(
        ImmigrationRoute,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=_("immigration route"),
    )
    agreement = models.ForeignKey(
        Agreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=_("agreement"),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=SlotState, default=SlotState.OPEN
    )
    note = models.TextField(_("note"), blank=True)

    objects = SlotQuerySet.as_manager()
    history = EditHistory()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "host"],
                name="slot_code_is_given_once_a_host",
                violation_error_code="unique",
                violation_error_message=_("This host has a slot with this code."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(known_as=""),
                name="one_slot_is_known_by_a_code",
            ),
            models.UniqueConstraint(
                fields=["known_as"],
                condition=~Q(known_as=""),
                name="slot_has_a_name_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(capacity_max__gte=F("capacity_min"))
                & Q(capacity_max__gte=1),
                name="slot_capacity_is_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="slot_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(province__isnull=True) | Q(country="ID"),
                name="slot_has_a_province_in_indonesia_alone",
                violation_error_message=_(
                    "Only a slot in Indonesia has a province; leave it empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(taught_language="", taught_cefr="")
                | (~Q(taught_language="") & ~Q(taught_cefr="")),
                name="slot_teaches_a_language_to_a_level",
            ),
        ]

    def clean(self):
        """Get a name in plans before constraints are looked at."""
        if self.host_id:
            slot_names.give([self])

    def save(self, *args, **kwargs):
        """Save with a name in plans that no other slot has."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        write = partial(super().save, *args, **kwargs)
        slot_names.insert([self], write, refused=IntegrityError)

    @property
    def name(self):
        """What plans call the slot: its code, or HOST/CODE."""
        return self.known_as or self.code

    @property
    def full_code(self):
        """What files call the slot: HOST/CODE."""
        return f"{self.host.code}/{self.code}"

    @property
    def last_safe_day(self):
        """The last day on which its places may be decided, papers coming in time."""
        return safe_days.last_safe_day(self.starts_on, self.route)

    @property
    def role_title(self):
        """The role in the reader's language."""
        return localised(self.role_title_en, self.role_title_id)

    def __str__(self):
        return f"{self.role_title} ({self.code})"


class SkillRequirement(PublicModel):
    """A skill a slot requires, prefers or teaches, with its level."""

    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        related_name="skill_requirements",
        verbose_name=_("slot"),
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="requirements", verbose_name=_("skill")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RequirementKind)
    level = models.PositiveSmallIntegerField(
        _("level"), choices=SkillLevel, default=SkillLevel.GUIDED
    )

    objects = seen_through("slot")

    class Meta:
        verbose_name = _("skill requirement")
        verbose_name_plural = _("skill requirements")
        ordering = ["slot", "kind", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "skill", "kind"], name="slot_names_a_skill_once_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 4)), name="required_level_is_one_to_four"
            ),
        ]

    def __str__(self):
        return f"{self.slot}: {self.skill} {self.level}"


class Pathway(PublicModel):
    """A chain of slots: each teaches what the next requires (jalur).

    A person applies for the pathway in the intake of its first slot and gets all
    of its steps or none.
    """

    intake = models.ForeignKey(
        Intake, models.PROTECT, related_name="pathways", verbose_name=_("intake")
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_id = models.CharField(_("title (Indonesian)"), max_length=200)
    arrival_worth = models.DecimalField(
        _("what arriving is worth"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "Reaching the last step counts like placing so many people more, beside "
            "the one for beginning; empty: as many as there are steps after the first."
        ),
    )
    goal = models.ForeignKey(
        ProgramGoal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="pathways",
        verbose_name=_("goal"),
        help_text=_("The goal of the program that counts who arrives."),
    )

    objects = seen_through("intake")

    class Meta:
        verbose_name = _("pathway")
        verbose_name_plural = _("pathways")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrival_worth__gte=0),
                name="pathway_arrival_is_worth_nothing_or_more",
            )
        ]

    @property
    def title(self):
        """The title in the reader's language."""
        return localised(self.title_en, self.title_id)

    def __str__(self):
        return self.title


class PathwayStep(PublicModel):
    """One slot of a pathway, counted from 1."""

    pathway = models.ForeignKey(
        Pathway, models.CASCADE, related_name="steps", verbose_name=_("pathway")
    )
    position = models.PositiveSmallIntegerField(_("step"))
    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="pathway_steps", verbose_name=_("slot")
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass, in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "Of 100 who begin this step, so many are expected to go on to the next; "
            "empty: everybody. It is not asked of the last step."
        ),
    )

    objects = seen_through("pathway")

    class Meta:
        verbose_name = _("pathway step")
        verbose_name_plural = _("pathway steps")
        ordering = ["pathway", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "position"], name="pathway_step_is_unique"
            ),
            models.UniqueConstraint(
                fields=["pathway", "slot"], name="pathway_names_a_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__range=(1, 100)),
                name="pathway_step_passes_one_to_hundred_percent",
            ),
        ]

    def __str__(self):
        return f"{self.pathway} {self.position}: {self.slot}"
