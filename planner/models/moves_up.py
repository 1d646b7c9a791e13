"""Suggestions of who could take a place that became free: a person decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.models import Application, Placement, Slot, User
from programs.models.base import PublicModel


class MoveUpState(models.TextChoices):
    """What became of a suggestion."""

    OPEN = "open", _("waits for a decision")
    CONFIRMED = "confirmed", _("offered")
    DISMISSED = "dismissed", _("dismissed")
    OUTDATED = "outdated", _("no longer possible")
    NOBODY = "nobody", _("nobody fits")


SETTLED = (MoveUpState.OPEN, MoveUpState.CONFIRMED, MoveUpState.NOBODY)
"""States after which nobody else is suggested for the same free place."""


class MoveUpQuerySet(models.QuerySet):
    """Suggestions, narrowed to what somebody may see."""

    def visible_to(self, user):
        """Coordinators see those of their own programs, partners none."""
        return access.restrict(
            self, user, institution=None, program="slot__intake__program"
        )

    def open(self):
        """Suggestions that wait for a person."""
        return self.filter(state=MoveUpState.OPEN)


class MoveUp(PublicModel):
    """Who could take the place that ``freed`` left; no offer until a person confirms.

    Without an application nobody on the waiting list fitted.
    """

    freed = models.ForeignKey(
        Placement,
        models.CASCADE,
        related_name="moves_up",
        verbose_name=_("placement that ended or moved away"),
    )
    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="moves_up", verbose_name=_("slot")
    )
    application = models.ForeignKey(
        Application,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="moves_up",
        verbose_name=_("application"),
    )
    position = models.PositiveIntegerField(
        _("position on the waiting list"), null=True, blank=True
    )
    state = models.CharField(
        _("state"), max_length=12, choices=MoveUpState, default=MoveUpState.OPEN
    )
    reason = models.TextField(_("reason"), blank=True)
    suggested_at = models.DateTimeField(_("suggested at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = MoveUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggested move up")
        verbose_name_plural = _("suggested moves up")
        ordering = ["suggested_at", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["freed", "slot"],
                condition=Q(state__in=SETTLED),
                name="free_place_is_suggested_once",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state=MoveUpState.OPEN),
                name="person_is_suggested_once",
            ),
        ]

    @property
    def left(self):
        """How the place became free: what became of who had it."""
        if self.freed.slot_id != self.slot_id:
            return _("moved to another slot")
        return self.freed.get_state_display()

    def __str__(self):
        return f"{self.slot}: {self.application or self.get_state_display()}"
