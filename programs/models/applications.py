"""Applications, ranked wishes, hosts' opinions and teams."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.choices import ApplicationState

from .base import PublicModel, seen_through, seen_within
from .institutions import Institution, User
from .participants import Participant
from .programs import Intake
from .slots import Pathway, Slot


class Team(PublicModel):
    """People who move together: all in one slot, or none of them.

    ``code`` is the own reference of the institution that nominates them, within an
    intake; a team of people of several institutions has none.
    """

    intake = models.ForeignKey(
        Intake, models.PROTECT, related_name="teams", verbose_name=_("intake")
    )
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name=_("nominated by"),
    )
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)

    objects = seen_within(
        institution="applications__nominated_by", program="intake__program"
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "intake", "institution"],
                name="team_code_is_given_once_an_institution",
                violation_error_code="unique",
                violation_error_message=_(
                    "This institution has a team with this code in the intake."
                ),
            ),
            models.UniqueConstraint(
                fields=["code", "intake"],
                condition=Q(institution=None),
                name="mixed_team_code_is_given_once",
                violation_error_code="unique",
                violation_error_message=_(
                    "A team of several institutions has this code in the intake."
                ),
            ),
        ]

    def __str__(self):
        return self.name


class ApplicationQuerySet(models.QuerySet):
    """Applications by state and by reader."""

    def in_pool(self):
        """Applications that an allocation may place, and may read for it."""
        return self.filter(
            state__in=[
                ApplicationState.SUBMITTED,
                ApplicationState.ELIGIBLE,
                ApplicationState.PROPOSED,
                ApplicationState.RESERVE,
                ApplicationState.UNPLACED,
                ApplicationState.PLACED,
            ]
        ).unrestricted()

    def unrestricted(self):
        """Applications of people whose data may be processed, and not only kept."""
        return self.filter(participant__restricted_at__isnull=True)

    def sent_by(self, user):
        """A partner's own nominees, and no people it hosts."""
        return access.restrict(
            self, user, institution="nominated_by", program="intake__program"
        )

    def visible_to(self, user):
        """A partner sees its nominees, and people placed with it."""
        return access.restrict(
            self,
            user,
            institution="nominated_by",
            program="intake__program",
            placements="placements",
            person="participant",
        )


class Application(PublicModel):
    """A person's wish to take part in an intake, often sent by an institution.

    Person, intake and sender never change: another person is another application.
    """

    participant = models.ForeignKey(
        Participant,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("participant"),
    )
    intake = models.ForeignKey(
        Intake, models.PROTECT, related_name="applications", verbose_name=_("intake")
    )
    nominated_by = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name=_("nominated by"),
    )
    team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("team"),
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=ApplicationState,
        default=ApplicationState.DRAFT,
    )
    merit_score = models.DecimalField(
        _("merit score (0-100)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    carry_over_points = models.PositiveSmallIntegerField(
        _("carry-over points"),
        default=0,
        help_text=_("Points for people who were unplaced before."),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["intake", "participant"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "intake"],
                name="person_applies_to_an_intake_once",
            ),
            models.CheckConstraint(
                condition=Q(merit_score__range=(0, 100)),
                name="merit_score_is_zero_to_hundred",
            ),
        ]
        indexes = [models.Index(fields=["intake", "state"], name="application_pool")]

    def __str__(self):
        return f"{self.participant} → {self.intake}"


class Preference(PublicModel):
    """One ranked wish of an application: a slot, or a whole pathway."""

    application = models.ForeignKey(
        Application,
        models.CASCADE,
        related_name="preferences",
        verbose_name=_("application"),
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="preferences",
        verbose_name=_("slot"),
    )
    pathway = models.ForeignKey(
        Pathway,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="preferences",
        verbose_name=_("pathway"),
    )

    objects = seen_through("application")

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["application", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "rank"], name="preference_rank_is_unique"
            ),
            models.UniqueConstraint(
                fields=["application", "slot"],
                condition=Q(slot__isnull=False),
                name="preference_names_a_slot_once",
            ),
            models.UniqueConstraint(
                fields=["application", "pathway"],
                condition=Q(pathway__isnull=False),
                name="preference_names_a_pathway_once",
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1), name="preference_rank_starts_at_one"
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=False, pathway__isnull=True)
                | Q(slot__isnull=True, pathway__isnull=False),
                name="preference_is_a_slot_or_a_pathway",
            ),
        ]

    def __str__(self):
        return f"{self.application} {self.rank}: {self.slot or self.pathway}"


class HostRating(PublicModel):
    """A host's score for an applicant in a slot, or a veto with its reason."""

    application = models.ForeignKey(
        Application,
        models.CASCADE,
        related_name="host_ratings",
        verbose_name=_("application"),
    )
    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="host_ratings", verbose_name=_("slot")
    )
    score = models.PositiveSmallIntegerField(
        _("score (0-100)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    is_veto = models.BooleanField(_("veto"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    rated_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name=_("rated by")
    )

    objects = seen_within(institution="slot__host", program="slot__intake__program")

    class Meta:
        verbose_name = _("host rating")
        verbose_name_plural = _("host ratings")
        ordering = ["slot", "application"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot"], name="host_rates_a_person_once_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(is_veto=False, score__isnull=False)
                | (Q(is_veto=True, score__isnull=True) & ~Q(reason="")),
                name="host_scores_or_vetoes_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.slot}: {self.application}"
