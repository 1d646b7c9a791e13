"""Countries, Indonesian regions in all three code systems, immigration routes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import validators
from programs.choices import RegionLevel, RegionListKind

from .base import BilingualName, CurrencyField, PublicModel, ReferenceQuerySet, Sourced


class Country(BilingualName):
    """A country by its ISO 3166-1 alpha-2 code, with its ISO 4217 currency."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    currency = CurrencyField(_("currency"))
    is_partner = models.BooleanField(_("partner country"), default=False)
    native_language = models.CharField(
        _("native language (BCP 47)"),
        max_length=10,
        validators=[validators.validate_language],
        blank=True,
        db_default="",
        help_text=_(
            "Its citizens prove it by no test. Empty: they prove every language."
        ),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]


class RegionQuerySet(ReferenceQuerySet):
    """Regions by level and by code."""

    def provinces(self):
        return self.filter(level=RegionLevel.PROVINCE)

    def by_code(self, code, *, system):
        """Return the region with this code in the named system.

        The systems clash in Papua (94 is Papua for BPS, Papua Tengah for Kemendagri),
        so a code without its system says nothing.

        Parameters
        ----------
        code: the code as text.
        system: ``"kemendagri"``, ``"bps"`` or ``"iso"``.
        """
        field = {
            "kemendagri": "kemendagri_code",
            "bps": "bps_code",
            "iso": "iso_3166_2",
        }[system]
        return self.get(**{field: code})


class Region(Sourced):
    """An Indonesian province, regency or city, with the codes of both registries."""

    kemendagri_code = models.CharField(
        _("Kemendagri code"), max_length=5, primary_key=True
    )
    bps_code = models.CharField(_("BPS code"), max_length=4, blank=True)
    iso_3166_2 = models.CharField(
        _("ISO 3166-2 code"),
        max_length=6,
        blank=True,
        validators=[validators.validate_iso_3166_2],
    )
    level = models.CharField(_("level"), max_length=10, choices=RegionLevel)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("province"),
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["kemendagri_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["bps_code"],
                condition=~Q(bps_code=""),
                name="region_bps_code_is_unique",
            ),
            models.UniqueConstraint(
                fields=["iso_3166_2"],
                condition=~Q(iso_3166_2=""),
                name="region_iso_code_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(level=RegionLevel.PROVINCE, parent__isnull=True)
                | Q(level=RegionLevel.REGENCY, parent__isnull=False),
                name="regency_has_a_province",
            ),
        ]

    def __str__(self):
        return self.name


class ProvinceCapital(Sourced):
    """Where a province's capital lies, and which provinces are its neighbours.

    Latitude and longitude are degrees (WGS 84), north and east of zero. Neighbours
    share a land border, or a strait that ferries cross, or were one province until
    lately; each names the other.
    """

    province = models.OneToOneField(
        Region,
        models.CASCADE,
        primary_key=True,
        related_name="capital",
        limit_choices_to={"level": RegionLevel.PROVINCE},
        verbose_name=_("province"),
    )
    name = models.CharField(_("name"), max_length=100)
    latitude = models.DecimalField(
        _("latitude (degrees)"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude (degrees)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    neighbours = models.ManyToManyField(
        Region,
        blank=True,
        related_name="neighbour_of",
        limit_choices_to={"level": RegionLevel.PROVINCE},
        verbose_name=_("neighbouring provinces"),
        help_text=_("It is enough that one of two neighbours names the other."),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("capital of a province")
        verbose_name_plural = _("capitals of provinces")
        ordering = ["province"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="capital_lies_on_the_globe",
            )
        ]

    def __str__(self):
        return self.name


class RegionList(PublicModel, BilingualName, Sourced):
    """A dated list of regions that a law or a funder gives priority (such as 3T)."""

    code = models.SlugField(_("code"), max_length=50)
    version = models.CharField(_("version"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20, choices=RegionListKind)
    owner = models.CharField(_("owner"), max_length=200)
    legal_reference = models.CharField(_("legal reference"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    regions = models.ManyToManyField(
        Region, related_name="lists", verbose_name=_("regions")
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("region list")
        verbose_name_plural = _("region lists")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="region_list_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="region_list_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.version})"

    @property
    def full_code(self):
        """What files and the API call it: a code may have several versions."""
        return f"{self.code}:{self.version}"


class ImmigrationRoute(PublicModel, BilingualName, Sourced):
    """A visa or residence status a stay rests on, with its days of entry.

    ``valid_from`` to ``valid_to`` is when people may enter by it; who has entered may
    stay, until ``stay_until`` where the law ends stays as well.
    """

    country = models.ForeignKey(
        Country, models.PROTECT, related_name="routes", verbose_name=_("country")
    )
    code = models.CharField(_("code"), max_length=40, unique=True)
    valid_from = models.DateField(_("entry from"))
    valid_to = models.DateField(
        _("entry until"),
        null=True,
        blank=True,
        help_text=_("The first day on which nobody may enter by it any more."),
    )
    stay_until = models.DateField(
        _("stay until"),
        null=True,
        blank=True,
        help_text=_(
            "The first day on which nobody may stay by it any more. Empty: who has "
            "entered may stay."
        ),
    )
    lead_time_days = models.PositiveSmallIntegerField(
        _("lead time (days)"),
        default=60,
        help_text=_(
            "From the decision to the entry: the documents people bring, and the visa."
        ),
    )
    travel_days = models.PositiveSmallIntegerField(
        _("days of the journey"),
        default=0,
        db_default=0,
        help_text=_(
            "One way, with what is done at an embassy. So many lie free before and "
            "after a stay by it, if the person's other stay is in another country."
        ),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("immigration route")
        verbose_name_plural = _("immigration routes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="route_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(stay_until__isnull=True)
                | (Q(valid_to__isnull=False) & Q(stay_until__gte=F("valid_to"))),
                name="stays_end_after_entries",
            ),
        ]
