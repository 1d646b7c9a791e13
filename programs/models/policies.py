"""What policy wants of a plan, whatever it is worth: quotas and pins."""

from fractions import Fraction
from math import ceil, floor
from typing import assert_never

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.choices import (
    InstitutionKind,
    PinKind,
    QuotaAttribute,
    QuotaKind,
    QuotaMeasure,
    Sex,
)

from .applications import Application
from .base import BilingualName, PublicModel, seen_within
from .geography import Country, Region, RegionList
from .history import EditHistory
from .institutions import Institution, User
from .programs import Intake, Program
from .slots import Pathway, Slot

COUNTABLE = (
    QuotaAttribute.PROVINCE,
    QuotaAttribute.INSTITUTION,
    QuotaAttribute.INSTITUTION_KIND,
    QuotaAttribute.HOST_COUNTRY,
)
"""Attributes of which a quota may count how many different ones there are."""


class Quota(PublicModel, BilingualName):
    """At least, at most, or a target share of people with an attribute.

    A share may come from a base table, such as the graduates of each province: then it
    is exactly ``base_part`` of ``base_whole``, and ``value`` the same rounded.
    Counted in different ones, it asks for so many home institutions (kinds of them,
    provinces, host countries) among the people placed, and names none of them.
    A hard quota is a wall. A priced one may be missed at ``price`` points of value
    for each person short (or over), and the plan says so.
    """

    code = models.SlugField(_("code"), max_length=50, unique=True)
    program = models.ForeignKey(
        Program,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("program"),
    )
    intake = models.ForeignKey(
        Intake,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("intake"),
    )
    attribute = models.CharField(_("attribute"), max_length=20, choices=QuotaAttribute)
    region_list = models.ForeignKey(
        RegionList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("region list"),
    )
    province = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("province"),
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("institution"),
    )
    institution_kind = models.CharField(
        _("kind of institution"), max_length=20, choices=InstitutionKind, blank=True
    )
    host_country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotas",
        verbose_name=_("host country"),
    )
    condition = models.TextField(
        _("condition"),
        blank=True,
        default="",
        db_default="",
        help_text=_(
            'Who is counted, in one line: sex = F and on_list("3t") and destination = '
            "JP"
        ),
    )
    kind = models.CharField(_("direction"), max_length=10, choices=QuotaKind)
    measure = models.CharField(
        _("counted in"),
        max_length=10,
        choices=QuotaMeasure,
        default=QuotaMeasure.ABSOLUTE,
    )
    value = models.DecimalField(
        _("value"),
        max_digits=9,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    base_part = models.PositiveBigIntegerField(
        _("people of the base table in the row"), null=True, blank=True, editable=False
    )
    base_whole = models.PositiveBigIntegerField(
        _("people of the whole base table"), null=True, blank=True, editable=False
    )
    is_hard = models.BooleanField(_("hard"), default=False)
    price = models.PositiveIntegerField(
        _("price (points a person)"),
        default=500,
        help_text=_("What missing a priced quota by one person costs the plan."),
    )

    objects = seen_within(program=["program", "intake__program"])
    history = EditHistory()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=0), name="quota_is_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(measure=QuotaMeasure.PERCENT) | Q(value__lte=100),
                name="quota_percent_is_at_most_hundred",
            ),
            models.CheckConstraint(
                condition=Q(base_part__isnull=True, base_whole__isnull=True)
                | Q(
                    measure=QuotaMeasure.PERCENT,
                    base_whole__gt=0,
                    base_part__lte=F("base_whole"),
                ),
                name="quota_is_a_part_of_its_table",
            ),
            models.CheckConstraint(
                condition=(
                    Q(measure=QuotaMeasure.DIFFERENT, attribute__in=COUNTABLE)
                    | Q(attribute=QuotaAttribute.REGION_LIST, region_list__isnull=False)
                    | Q(attribute=QuotaAttribute.PROVINCE, province__isnull=False)
                    | (Q(attribute=QuotaAttribute.SEX) & ~Q(sex=""))
                    | Q(attribute=QuotaAttribute.DISABILITY)
                    | Q(attribute=QuotaAttribute.INSTITUTION, institution__isnull=False)
                    | (
                        Q(attribute=QuotaAttribute.INSTITUTION_KIND)
                        & ~Q(institution_kind="")
                    )
                    | Q(
                        attribute=QuotaAttribute.HOST_COUNTRY,
                        host_country__isnull=False,
                    )
                    | (Q(attribute=QuotaAttribute.CONDITION) & ~Q(condition=""))
                ),
                name="quota_names_what_it_looks_at",
                violation_error_message=_(
                    "Say whom the quota counts: fill in the field of the attribute "
                    "that you chose."
                ),
            ),
        ]

    def bounds(self, people):
        """Return (fewest, most) whole people the quota is met with, None for no limit.

        Of ``people`` placed a share is met exactly: 10% of 338 are 33.8, so a floor
        asks for 34, a cap leaves 33, and a target takes either.
        """
        wanted = Fraction(self.value)
        if self.measure == QuotaMeasure.PERCENT:
            wanted = self.share * people
        up, down = ceil(wanted), floor(wanted)
        match QuotaKind(self.kind):
            case QuotaKind.FLOOR:
                return up, None
            case QuotaKind.CAP:
                return None, down
            case QuotaKind.TARGET:
                return down, up
            case unknown:
                assert_never(unknown)

    @property
    def share(self):
        """The exact share of the people placed that a quota in percent asks for."""
        if self.base_whole:
            return Fraction(self.base_part, self.base_whole)
        return Fraction(self.value) / 100

    def set_value(self, value):
        """Ask for another value, whatever the base table says."""
        if value != self.value:
            self.value, self.base_part, self.base_whole = value, None, None

    @property
    def price_a_person(self):
        """What missing a priced quota by a person costs: a point at the least."""
        return max(1, self.price)

    @property
    def subject(self):
        """What the attribute is compared with, in words; nothing of a disability.

        It stands in the column of the attribute's name.
        """
        display = getattr(self, f"get_{self.attribute}_display", None)
        return display() if display else getattr(self, self.attribute, None)


class Pin(PublicModel):
    """A coordinator's word that a person gets, or never gets, a slot or a pathway.

    Of a pathway it is about all of its steps together: who is kept out of it may have
    each of its slots alone.
    """

    application = models.ForeignKey(
        Application,
        models.CASCADE,
        related_name="pins",
        verbose_name=_("application"),
    )
    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="pins",
        verbose_name=_("slot"),
    )
    pathway = models.ForeignKey(
        Pathway,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="pins",
        verbose_name=_("pathway"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PinKind)
    reason = models.TextField(_("reason"))
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = seen_within(program=["slot__intake__program", "pathway__intake__program"])

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering = ["application", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot"], name="pin_is_unique_a_pair"
            ),
            models.UniqueConstraint(
                fields=["application", "pathway"], name="pin_is_unique_a_pathway"
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=False, pathway__isnull=True)
                | Q(slot__isnull=True, pathway__isnull=False),
                name="pin_is_of_a_slot_or_a_pathway",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind=PinKind.PIN),
                name="person_is_pinned_to_one_slot",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pin_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.application} – {self.place}"

    @property
    def place(self):
        """The slot or the pathway that it is about."""
        return self.slot or self.pathway


class GroupPin(PublicModel, BilingualName):
    """A word that whoever meets a condition gets, or never gets, certain places.

    They are those of one slot, of an intake or of all intakes of a program. Whoever can
    take one of them and meets the condition there gets one (``pin``), or none
    (``forbid``). A pin or prohibition of one person goes before those of groups.
    """

    code = models.SlugField(_("code"), max_length=50, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PinKind)
    condition = models.TextField(
        _("condition"),
        help_text=_('Who, in one line: on_list("3t") and sex = F'),
    )
    program = models.ForeignKey(
        Program,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="group_pins",
        verbose_name=_("program"),
    )
    intake = models.ForeignKey(
        Intake,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="group_pins",
        verbose_name=_("intake"),
    )
    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="group_pins",
        verbose_name=_("slot"),
    )
    reason = models.TextField(_("reason"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = seen_within(
        program=["program", "intake__program", "slot__intake__program"]
    )
    history = EditHistory()

    class Meta:
        verbose_name = _("pin of a group")
        verbose_name_plural = _("pins of groups")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(program__isnull=False, intake=None, slot=None)
                | Q(program=None, intake__isnull=False, slot=None)
                | Q(program=None, intake=None, slot__isnull=False),
                name="group_pin_is_of_a_program_an_intake_or_a_slot",
                violation_error_message=_(
                    "Say where: one slot, one intake or one program, and only one."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(condition="") & ~Q(reason=""),
                name="group_pin_says_who_and_why",
            ),
        ]

    @property
    def where(self):
        """The slot, intake or program that it is about."""
        return self.slot or self.intake or self.program

    @property
    def of_program(self):
        """The program whose coordinators keep it."""
        intake = self.slot.intake if self.slot else self.intake
        return intake.program if intake else self.program
