"""Programs with their goals, and their intakes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import access, validators
from programs.choices import (
    IntakeState,
    PrioritySector,
    ProgramKind,
)
from programs.days import TimeZone

from .base import PublicModel, localised, seen_through
from .geography import Country
from .history import EditHistory
from .institutions import Institution

MOST_CHOICES = 30
"""Wishes of one person that an intake may allow, and a file has columns for."""


class ProgramQuerySet(models.QuerySet):
    """Programs, narrowed to what somebody may see."""

    def visible_to(self, user):
        """A partner sees programs that have an open or own slot."""
        if access.is_signed_in(user) and user.allows("view_own_institution"):
            open_to_partners = Q(intakes__state__in=IntakeQuerySet.PUBLIC_STATES)
            hosting = Q(intakes__slots__host__in=user.institution_ids())
            own = access.restrict(self, user, institution=None, program="")
            shown = self.model._base_manager.filter(open_to_partners | hosting)
            return self.filter(
                Q(pk__in=shown.values("pk")) | Q(pk__in=own.values("pk"))
            )
        return access.restrict(self, user, institution=None, program="")


class Program(PublicModel):
    """A named scheme of cooperation with its owner, purpose and admission rules."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_id = models.CharField(_("title (Indonesian)"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=ProgramKind)
    priority_sector = models.CharField(
        _("priority sector"), max_length=20, choices=PrioritySector
    )
    owner = models.ForeignKey(
        Institution,
        models.PROTECT,
        related_name="owned_programs",
        verbose_name=_("owner"),
    )
    partner_country = models.ForeignKey(
        Country, models.PROTECT, related_name="+", verbose_name=_("partner country")
    )
    is_incoming = models.BooleanField(
        _("incoming"), default=False, help_text=_("People come to Indonesia.")
    )
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    citizenship = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("citizenship required"),
    )
    min_age = models.PositiveSmallIntegerField(_("minimum age"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("maximum age"), null=True, blank=True)
    min_kkni = models.PositiveSmallIntegerField(
        _("minimum KKNI level"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    isced_fields = models.CharField(
        _("fields of study (ISCED-F)"),
        max_length=100,
        blank=True,
        validators=[validators.validate_isced_list],
        help_text=_("Codes separated by commas; a short code covers its subfields."),
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

    objects = ProgramQuerySet.as_manager()
    history = EditHistory()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_age__isnull=True)
                | Q(max_age__isnull=True)
                | Q(max_age__gte=F("min_age")),
                name="program_ages_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(min_kkni__range=(1, 9)),
                name="program_kkni_is_one_to_nine",
            ),
        ]

    @property
    def title(self):
        """The title in the reader's language."""
        return localised(self.title_en, self.title_id)

    def __str__(self):
        return self.title


class ProgramGoal(PublicModel):
    """A measurable goal of a program: an indicator, a target and a year."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="goals", verbose_name=_("program")
    )
    indicator_en = models.CharField(_("indicator (English)"), max_length=200)
    indicator_id = models.CharField(_("indicator (Indonesian)"), max_length=200)
    target = models.PositiveIntegerField(_("target"))
    year = models.PositiveSmallIntegerField(_("year"))

    objects = seen_through("program")

    class Meta:
        verbose_name = _("program goal")
        verbose_name_plural = _("program goals")
        ordering = ["program", "year", "indicator_en"]

    @property
    def indicator(self):
        """The indicator in the reader's language."""
        return localised(self.indicator_en, self.indicator_id)

    def __str__(self):
        return f"{self.indicator}: {self.target} ({self.year})"


class IntakeQuerySet(models.QuerySet):
    """Intakes by state and by reader."""

    PUBLIC_STATES = (
        IntakeState.OPEN,
        IntakeState.CLOSED,
        IntakeState.ALLOCATING,
        IntakeState.DECIDED,
        IntakeState.RUNNING,
        IntakeState.COMPLETED,
    )

    def visible_to(self, user):
        """A partner sees every intake that left draft; a coordinator the own ones."""
        if access.is_signed_in(user) and user.allows("view_own_institution"):
            own = access.restrict(self, user, institution=None, program="program")
            return self.filter(
                Q(state__in=self.PUBLIC_STATES) | Q(pk__in=own.values("pk"))
            )
        return access.restrict(self, user, institution=None, program="program")


class Intake(PublicModel):
    """One run of a program (angkatan) with its dates and its state."""

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="intakes", verbose_name=_("program")
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    decide_by = models.DateField(_("decide by"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    max_choices = models.PositiveSmallIntegerField(
        _("preferences a person"),
        default=3,
        validators=[MaxValueValidator(MOST_CHOICES)],
    )
    offer_days = models.PositiveSmallIntegerField(
        _("days to answer an offer"), default=7
    )
    time_zone = models.CharField(
        _("time zone of its days"),
        max_length=40,
        choices=TimeZone,
        default=TimeZone.JAKARTA,
        db_default=TimeZone.JAKARTA,
        help_text=_("Each of its days begins and ends at midnight there."),
    )
    two_approvals = models.BooleanField(
        _("approved by two bodies"),
        default=False,
        db_default=False,
        help_text=_("A plan needs the approval of two people of two institutions."),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=IntakeState, default=IntakeState.DRAFT
    )

    objects = IntakeQuerySet.as_manager()
    history = EditHistory()

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on"))
                & Q(decide_by__gte=F("closes_on"))
                & Q(starts_on__gte=F("decide_by"))
                & Q(ends_on__gt=F("starts_on")),
                name="intake_dates_are_in_order",
            )
        ]

    def __str__(self):
        return f"{self.program} – {self.code}"
