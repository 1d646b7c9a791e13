"""Changes of stays that sender, host or coordinator have proposed, and the answers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.choices import ChangeSide, ChangeState

from .base import PublicModel, seen_through
from .placements import Placement
from .slots import Slot


class PlacementChange(PublicModel):
    """Other days of a stay, or another slot of its host, by consent of both sides.

    The sender consents for the person. Days are half-open, like those of slots. What
    the stay was before stands in ``old_slot``, ``old_starts_on`` and ``old_ends_on``.
    """

    placement = models.ForeignKey(
        Placement, models.CASCADE, related_name="changes", verbose_name=_("placement")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=ChangeState, default=ChangeState.PROPOSED
    )
    slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="+", verbose_name=_("slot")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    old_slot = models.ForeignKey(
        Slot, models.PROTECT, related_name="+", verbose_name=_("slot before")
    )
    old_starts_on = models.DateField(_("started on before"))
    old_ends_on = models.DateField(_("ended on before"))
    reason = models.TextField(_("reason"))
    side = models.CharField(_("proposed by the"), max_length=12, choices=ChangeSide)
    proposed_by = models.CharField(_("proposed by"), max_length=150)
    proposed_at = models.DateTimeField(_("proposed at"))
    answer_by = models.DateTimeField(_("answer by"))
    sender_agreed_at = models.DateTimeField(
        _("the sender agreed at"), null=True, blank=True
    )
    host_agreed_at = models.DateTimeField(
        _("the host agreed at"), null=True, blank=True
    )
    ended_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    objects = seen_through("placement")

    class Meta:
        verbose_name = _("change of a stay")
        verbose_name_plural = _("changes of stays")
        ordering = ["placement", "proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(state=ChangeState.PROPOSED),
                name="stay_has_one_open_change",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="changed_stay_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.AGREED)
                | Q(sender_agreed_at__isnull=False, host_agreed_at__isnull=False),
                name="agreed_change_has_both_consents",
            ),
        ]

    @property
    def waits_for(self):
        """The sides that have yet to agree, while it is open."""
        if self.state != ChangeState.PROPOSED:
            return []
        said = {
            ChangeSide.SENDER: self.sender_agreed_at,
            ChangeSide.HOST: self.host_agreed_at,
        }
        return [side for side, agreed_at in said.items() if agreed_at is None]

    def __str__(self):
        return f"{self.placement}: {self.starts_on} – {self.ends_on}"
