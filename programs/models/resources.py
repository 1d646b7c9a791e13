"""What is scarce and shared by several slots."""

from typing import assert_never

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.choices import ResourceKind, UsedBy

from .base import PublicModel, localised, seen_through, seen_within
from .institutions import Institution
from .slots import Slot


class SharedResource(PublicModel):
    """Something scarce that several slots use: mentors, licences, GPU hours, beds."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_id = models.CharField(_("name (Indonesian)"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=ResourceKind)
    owner = models.ForeignKey(
        Institution,
        models.PROTECT,
        related_name="shared_resources",
        verbose_name=_("owner"),
    )
    capacity = models.PositiveIntegerField(_("capacity"))
    unit_en = models.CharField(_("unit (English)"), max_length=40)
    unit_id = models.CharField(_("unit (Indonesian)"), max_length=40)

    objects = seen_within(institution="owner")

    class Meta:
        verbose_name = _("shared resource")
        verbose_name_plural = _("shared resources")
        ordering = ["code"]

    @property
    def name(self):
        """The name in the reader's language."""
        return localised(self.name_en, self.name_id)

    @property
    def unit(self):
        """The unit in the reader's language."""
        return localised(self.unit_en, self.unit_id)

    def __str__(self):
        return self.name


class ResourceUse(PublicModel):
    """How much of a shared resource a slot uses: for each person, or by running.

    A trainer or a room is used once, however many come, and only if somebody does.
    """

    resource = models.ForeignKey(
        SharedResource, models.CASCADE, related_name="uses", verbose_name=_("resource")
    )
    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="resource_uses", verbose_name=_("slot")
    )
    amount = models.PositiveIntegerField(_("amount"), default=1)
    used_by = models.CharField(
        _("used by"),
        max_length=6,
        choices=UsedBy,
        default=UsedBy.PERSON,
        db_default=UsedBy.PERSON,
    )

    objects = seen_through("slot")

    class Meta:
        verbose_name = _("resource use")
        verbose_name_plural = _("resource uses")
        ordering = ["resource", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "slot"], name="slot_uses_a_resource_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1), name="resource_use_is_positive"
            ),
        ]

    def __str__(self):
        return f"{self.slot}: {self.amount} {self.resource}"

    def taken(self, people: int) -> int:
        """Return how much so many people in the slot use."""
        match UsedBy(self.used_by):
            case UsedBy.PERSON:
                return self.amount * people
            case UsedBy.CLASS:
                return self.amount * (people > 0)
            case unknown:
                assert_never(unknown)
