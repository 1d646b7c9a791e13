"""What personal data are processed for, on which legal basis, and who consented."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.choices import RESTING_PURPOSES, LegalBasis, Purpose, TransferGround

from .base import PublicModel, ReferenceQuerySet, ThroughQuerySet
from .encrypted import EncryptedTextField
from .geography import Country
from .history import EditHistory
from .participants import Participant


class ProcessingPurposeQuerySet(ReferenceQuerySet):
    """The register of purposes; everybody may read it."""

    def on_consent(self, *purposes):
        """Return which of these purposes rest on consent, as their keys."""
        rows = self.filter(purpose__in=purposes, legal_basis=LegalBasis.CONSENT)
        return set(rows.values_list("purpose", flat=True))


class ProcessingPurpose(models.Model):
    """One purpose of the register: its legal basis, and how long data are kept for it.

    ``keep_days`` counts from the end of the last stay, or from the last decision where
    there was none; empty: nothing goes by itself. ``looked_on`` is the day on which
    retention last went through.
    """

    purpose = models.CharField(
        _("purpose"), max_length=12, choices=Purpose, primary_key=True
    )
    legal_basis = models.CharField(_("legal basis"), max_length=20, choices=LegalBasis)
    reference = models.CharField(
        _("law, article or document"), max_length=300, blank=True
    )
    keep_days = models.PositiveIntegerField(
        _("kept for (days)"),
        null=True,
        blank=True,
        help_text=_(
            "From the end of the last stay, or the last decision. Empty: nothing goes "
            "by itself."
        ),
    )
    looked_on = models.DateField(_("last looked through"), null=True, editable=False)

    objects = ProcessingPurposeQuerySet.as_manager()
    history = EditHistory(excluded_fields=["looked_on"])

    class Meta:
        verbose_name = _("purpose of processing")
        verbose_name_plural = _("purposes of processing")
        ordering = ["purpose"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(legal_basis=LegalBasis.CONSENT)
                | Q(purpose__in=RESTING_PURPOSES),
                name="duties_do_not_rest_on_consent",
                violation_error_message=_(
                    "A duty does not rest on consent; on what a transfer rests, each "
                    "country says."
                ),
            )
        ]

    def __str__(self):
        return self.get_purpose_display()


class TransferBasis(PublicModel):
    """What lets people's data go to hosts in a country."""

    country = models.OneToOneField(
        Country,
        models.CASCADE,
        related_name="transfer_basis",
        verbose_name=_("country"),
    )
    ground = models.CharField(_("basis"), max_length=12, choices=TransferGround)
    document = models.CharField(
        _("document"),
        max_length=300,
        blank=True,
        help_text=_("The decision, agreement or clauses it rests on."),
    )
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()
    history = EditHistory()

    class Meta:
        verbose_name = _("basis of transfer")
        verbose_name_plural = _("bases of transfer")
        ordering = ["country"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground=TransferGround.CONSENT) | ~Q(document=""),
                name="transfer_names_its_document",
                violation_error_message=_("Name the document it rests on."),
            )
        ]

    def __str__(self):
        return f"{self.country}: {self.get_ground_display()}"


class ConsentQuerySet(ThroughQuerySet):
    """Consents of people; seen by whoever sees the person."""

    through = "participant"

    def in_force(self):
        """Consents that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Consent(PublicModel):
    """A person's consent to a purpose, with its evidence, until it is withdrawn.

    A consent to transfer names the country. The evidence is encrypted, and goes when
    the person is erased; that there was a consent stays.
    """

    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        related_name="consents",
        verbose_name=_("person"),
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("country"),
    )
    given_on = models.DateField(_("given on"))
    evidence = EncryptedTextField(_("evidence"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=150)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.CharField(
        _("withdrawal recorded by"), max_length=150, blank=True
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["participant", "purpose", "-given_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "purpose"],
                condition=Q(withdrawn_at__isnull=True, country__isnull=True),
                name="person_consents_to_a_purpose_once",
            ),
            models.UniqueConstraint(
                fields=["participant", "country"],
                condition=Q(withdrawn_at__isnull=True, country__isnull=False),
                name="person_consents_to_a_transfer_once",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.TRANSFER, country__isnull=False)
                | (~Q(purpose=Purpose.TRANSFER) & Q(country__isnull=True)),
                name="consent_to_transfer_names_a_country",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_by=""),
                name="withdrawal_says_who_recorded_it",
            ),
        ]

    def __str__(self):
        return f"{self.participant}: {self.get_purpose_display()}"
