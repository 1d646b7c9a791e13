"""Skills, language scales and the national qualification framework."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import validators
from programs.choices import Cefr, SkillFamily

from .base import BilingualName, ReferenceQuerySet, Sourced


class Skill(BilingualName, Sourced):
    """A thing a person can do, by its code in a named framework (SKKNI, local)."""

    framework = models.CharField(_("framework"), max_length=20)
    code = models.CharField(_("code"), max_length=40)
    family = models.CharField(_("family"), max_length=20, choices=SkillFamily)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["family", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="skill_code_is_unique"
            )
        ]


def band_name(band, from_score):
    """Return what people call a line of a scale: N3, or N3 (≥ 104)."""
    return f"{band} (≥ {from_score})" if from_score else band


class LanguageScale(Sourced):
    """One line of a versioned table: a test's band is worth a CEFR level."""

    test = models.CharField(_("test"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    band = models.CharField(_("band"), max_length=20)
    language = models.CharField(
        _("language (BCP 47)"), max_length=10, validators=[validators.validate_language]
    )
    from_score = models.PositiveSmallIntegerField(
        _("from (points)"),
        default=0,
        db_default=0,
        help_text=_("Where the points within a band decide: JLPT N3 is B1 from 104."),
    )
    cefr = models.CharField(
        _("CEFR level"),
        max_length=2,
        choices=Cefr,
        blank=True,
        help_text=_("Empty: the test says nothing of it, only of points."),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("valid for (months)"), null=True, blank=True
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("language scale")
        verbose_name_plural = _("language scales")
        ordering = ["test", "version", "cefr", "band", "from_score"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "version", "band", "from_score"],
                name="language_band_is_unique",
            )
        ]

    def __str__(self):
        return f"{self.test} {self.name} = {self.cefr or '–'}"

    @property
    def name(self):
        """The band, with the points it begins at where these decide."""
        return band_name(self.band, self.from_score)


class QualificationLevel(BilingualName, Sourced):
    """A level of the Indonesian framework (KKNI) with its AQRF and EQF peers."""

    kkni = models.PositiveSmallIntegerField(
        _("KKNI level"),
        primary_key=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    aqrf = models.PositiveSmallIntegerField(_("AQRF level"))
    eqf = models.PositiveSmallIntegerField(_("EQF level"))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification level")
        verbose_name_plural = _("qualification levels")
        ordering = ["kkni"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kkni__range=(1, 9)), name="kkni_is_one_to_nine"
            )
        ]
