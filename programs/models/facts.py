"""What is known of people besides: study, work, and what the ministry wants to know."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import validators
from programs.choices import EducationLevel, FactKind, FactParty, StudyStatus

from .base import BilingualName, PublicModel, ReferenceQuerySet, seen_through
from .encrypted import EncryptedCharField
from .participants import Participant


class Education(PublicModel):
    """A study of a person: level, field, where, and how far it went."""

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="education",
        verbose_name=_("participant"),
    )
    level = models.CharField(_("level"), max_length=3, choices=EducationLevel)
    isced_f = models.CharField(
        _("field of study (ISCED-F)"),
        max_length=4,
        validators=[validators.validate_isced],
    )
    status = models.CharField(_("status"), max_length=10, choices=StudyStatus)
    graduated_on = models.DateField(_("graduated on"), null=True, blank=True)
    gpa = models.DecimalField(
        _("grade point average (0-4)"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(4)],
    )
    semester = models.PositiveSmallIntegerField(
        _("semester"), null=True, blank=True, validators=[MaxValueValidator(20)]
    )
    accreditation = models.CharField(
        _("accreditation"),
        max_length=20,
        blank=True,
        validators=[validators.validate_plain],
    )
    institution = models.CharField(
        _("institution"), max_length=150, validators=[validators.validate_plain]
    )

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ["participant", "level", "institution"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "level", "isced_f", "institution"],
                name="person_names_a_study_once",
            ),
            models.CheckConstraint(
                condition=Q(status=StudyStatus.GRADUATED, graduated_on__isnull=False)
                | (~Q(status=StudyStatus.GRADUATED) & Q(graduated_on__isnull=True)),
                name="graduates_have_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.get_level_display()} {self.institution}"


class Employment(PublicModel):
    """A job of a person: where, in which field, from when until when."""

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="employment",
        verbose_name=_("participant"),
    )
    employer = models.CharField(
        _("employer"), max_length=150, validators=[validators.validate_plain]
    )
    isced_f = models.CharField(
        _("field (ISCED-F)"), max_length=4, validators=[validators.validate_isced]
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("Empty: the job goes on.")
    )

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["participant", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "employer", "starts_on"],
                name="person_begins_a_job_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="job_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.employer}"


class FactDefinition(PublicModel, BilingualName):
    """Something the ministry wants to know of people, that no other column holds.

    A fact counts from the day it is valid, for ``valid_months`` unless it says
    otherwise; where ``is_verified``, only once an officer has confirmed it.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=FactKind)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        _("holds for (months)"),
        null=True,
        blank=True,
        help_text=_("Empty: for good."),
    )
    stated_by = models.CharField(
        _("stated by"), max_length=10, choices=FactParty, default=FactParty.SENDER
    )
    is_verified = models.BooleanField(
        _("to be verified"),
        default=True,
        help_text=_("It counts once an officer has confirmed it."),
    )
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "Health, police record, religion: masked like the NIK, told to nobody, "
            "and never counted for small groups."
        ),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("definition of a fact")
        verbose_name_plural = _("definitions of facts")
        ordering = ["code"]


class PersonFact(PublicModel):
    """A fact about a person: its value, what it rests on, who confirmed it, how long.

    The value is encrypted at rest, whatever it is of. It is kept as text: a number
    such as 14.5, ``yes`` or ``no``, a date, or a word. ``valid_to`` is the last day.
    """

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="facts",
        verbose_name=_("participant"),
    )
    definition = models.ForeignKey(
        FactDefinition,
        models.PROTECT,
        related_name="facts",
        verbose_name=_("fact"),
    )
    value = EncryptedCharField(_("value"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    evidence = models.CharField(
        _("evidence"),
        max_length=150,
        blank=True,
        validators=[validators.validate_plain],
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    verified_by = models.CharField(
        _("verified by"), max_length=150, blank=True, editable=False
    )

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("fact about a person")
        verbose_name_plural = _("facts about people")
        ordering = ["participant", "definition", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "definition", "valid_from"],
                name="person_has_a_fact_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="fact_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.definition}"
