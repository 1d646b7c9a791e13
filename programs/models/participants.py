"""People: who they are, what they can do, when they are free."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from programs import access, validators
from programs.choices import Cefr, Disability, Sex, SkillEvidence, SkillLevel

from .base import PublicModel, seen_through
from .encrypted import EncryptedCharField
from .geography import Country, Region
from .history import EditHistory
from .institutions import Institution
from .skills import Skill


class ParticipantQuerySet(models.QuerySet):
    """People, narrowed to whom somebody may see."""

    def sent_by(self, user):
        """A partner's own people: registered or nominated, and not those it hosts."""
        return access.restrict(
            self,
            user,
            institution=["registered_by", "applications__nominated_by"],
            program="applications__intake__program",
        )

    def visible_to(self, user):
        """A partner sees whom it registered, nominated or hosts.

        A coordinator also sees everyone who applied to the own programs.
        """
        return access.restrict(
            self,
            user,
            institution=["registered_by", "applications__nominated_by"],
            program="applications__intake__program",
            placements="applications__placements",
        )


class Participant(PublicModel):
    """A person who may take part; a single name (mononym) goes in ``given_name``.

    ``code`` is the own reference of the institution that registered the person: another
    may use the same for somebody else.
    ``nik`` (national identity number) and ``disability`` are encrypted at rest; the
    NIK is found only by ``nik_hash``, a keyed hash with a key of its own, and so is
    ``passport``, which names somebody together with the citizenship.
    ``human_key`` is the same for all registrations of one human: of the NIK, else of
    the passport, else ``joined`` by an officer; ``linked`` where several of them chain
    registrations (``programs.domain.humans``). Empty of somebody without any id.
    ``nik_is_doubtful``: the NIK holds another birth date, which no officer confirmed.
    ``restricted_at``: since when the person is not processed any more, only kept.
    ``erase_on``: announced by retention; empty while nothing is to go.
    ``merged_into``: the registration of the same human that goes on; this one is left
    as a pointer to it, without data of its own.
    """

    code = models.CharField(_("code"), max_length=40)
    given_name = models.CharField(_("given name"), max_length=150)
    family_name = models.CharField(_("family name"), max_length=150, blank=True)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    citizenship = models.ForeignKey(
        Country, models.PROTECT, related_name="+", verbose_name=_("citizenship")
    )
    province = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name=_("province"),
    )
    regency = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("regency or city"),
    )
    home_institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        related_name="participants",
        verbose_name=_("home institution"),
    )
    registered_by = models.ForeignKey(
        Institution,
        models.PROTECT,
        related_name="registered_participants",
        verbose_name=_("registered by"),
    )
    kkni = models.PositiveSmallIntegerField(
        _("KKNI level"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    isced_f = models.CharField(
        _("field of study (ISCED-F)"),
        max_length=4,
        validators=[validators.validate_isced],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    nik = EncryptedCharField(_("NIK"), max_length=16, blank=True, default="")
    nik_hash = models.CharField(
        _("NIK hash"), max_length=64, blank=True, editable=False
    )
    nik_is_doubtful = models.BooleanField(
        _("NIK to be confirmed"), default=False, db_default=False, editable=False
    )
    passport = EncryptedCharField(
        _("passport number"), max_length=20, blank=True, null=True
    )
    passport_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    joined = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    linked = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    human_key = models.GeneratedField(
        expression=Coalesce(
            NullIf("linked", Value("")),
            NullIf("nik_hash", Value("")),
            NullIf("passport_hash", Value("")),
            "joined",
        ),
        output_field=models.CharField(max_length=64),
        db_persist=True,
    )
    disability = EncryptedCharField(
        _("disability"), max_length=20, choices=Disability, blank=True, default=""
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    restricted_at = models.DateTimeField(
        _("processing restricted since"), null=True, editable=False
    )
    erase_on = models.DateField(_("to be erased on"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="former",
        verbose_name=_("merged into"),
    )

    objects = ParticipantQuerySet.as_manager()
    history = EditHistory(
        excluded_fields=[
            "nik",
            "nik_hash",
            "nik_is_doubtful",
            "passport",
            "passport_hash",
            "joined",
            "linked",
            "human_key",
            "disability",
            "restricted_at",
            "erase_on",
            "merged_into",
        ]
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "registered_by"],
                name="code_is_given_once_an_institution",
                violation_error_code="unique",
                violation_error_message=_(
                    "This institution has registered a person with this code already."
                ),
            ),
            models.UniqueConstraint(
                fields=["registered_by", "nik_hash"],
                condition=~Q(nik_hash=""),
                name="nik_is_registered_once_an_institution",
            ),
            models.UniqueConstraint(
                fields=["registered_by", "passport_hash"],
                condition=~Q(passport_hash=""),
                name="passport_is_registered_once_an_institution",
            ),
            models.CheckConstraint(
                condition=Q(kkni__range=(1, 9)),
                name="participant_kkni_is_one_to_nine",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | Q(nik_hash="", passport_hash="", family_name="", email=""),
                name="merged_registration_holds_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["nik_hash"], name="participant_nik_hash"),
            models.Index(fields=["passport_hash"], name="participant_passport_hash"),
            models.Index(fields=["human_key"], name="participant_human"),
        ]

    @property
    def full_name(self):
        """The name as people write it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def human(self):
        """What all registrations of one human have in common, whoever made them."""
        known = self.linked or self.nik_hash or self.passport_hash or self.joined
        return known or str(self.pk)

    def __str__(self):
        return f"{self.full_name} ({self.code})"


class SkillClaim(PublicModel):
    """A skill a person says or shows to have, with level, evidence and expiry."""

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="skill_claims",
        verbose_name=_("participant"),
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="claims", verbose_name=_("skill")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel)
    evidence = models.CharField(
        _("evidence"), max_length=12, choices=SkillEvidence, default=SkillEvidence.SELF
    )
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("skill claim")
        verbose_name_plural = _("skill claims")
        ordering = ["participant", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "skill"], name="person_claims_a_skill_once"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(0, 4)), name="claimed_level_is_zero_to_four"
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.skill} {self.level}"


class LanguageCertificate(PublicModel):
    """A passed language test and the CEFR level it is worth by a named scale."""

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="language_certificates",
        verbose_name=_("participant"),
    )
    language = models.CharField(
        _("language (BCP 47)"), max_length=10, validators=[validators.validate_language]
    )
    test = models.CharField(_("test"), max_length=20)
    band = models.CharField(_("band or score"), max_length=20)
    scale_version = models.CharField(_("scale version"), max_length=20)
    cefr = models.CharField(_("CEFR level"), max_length=2, choices=Cefr, blank=True)
    score = models.DecimalField(
        _("score"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("The points in the test, where it has any."),
    )
    taken_on = models.DateField(_("taken on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("language certificate")
        verbose_name_plural = _("language certificates")
        ordering = ["participant", "language", "-taken_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "test", "band", "taken_on"],
                name="language_certificate_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("taken_on")),
                name="certificate_ends_after_it_is_taken",
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.test} {self.band}"


class Availability(PublicModel):
    """A time in which a person is free; somebody without any is always free."""

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="availabilities",
        verbose_name=_("participant"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = seen_through("participant")

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availabilities")
        ordering = ["participant", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="availability_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.participant}: {self.starts_on} – {self.ends_on}"
