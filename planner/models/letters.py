"""Letters about a published plan, as one PDF that a worker writes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models import User
from programs.models.encrypted import EncryptedBinaryField

from .publications import Publication
from .served import Served
from .states import ACTIVE


class LetterJob(Served):
    """An order to write letters, served like a run: the row is the truth.

    ``content`` is encrypted at rest; it goes after ``expires_at``, and when somebody
    whom the plan decided about is erased. ``own_pages``: address of people's own pages.
    """

    publication = models.ForeignKey(
        Publication,
        models.PROTECT,
        related_name="letter_jobs",
        verbose_name=_("publication"),
    )
    to_all = models.BooleanField(_("to people with an e-mail address as well"))
    own_pages = models.URLField(_("address of own pages"), max_length=300)
    content = EncryptedBinaryField(_("content"), null=True, blank=True)
    num_letters = models.PositiveIntegerField(_("letters"), default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    detail = models.TextField(_("detail"), blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))

    class Meta(Served.Meta):
        verbose_name = _("letters to print")
        verbose_name_plural = _("letters to print")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="letters_dispatch")
        ]

    def __str__(self):
        return f"{self.publication}: {self.get_state_display()}"

    @property
    def is_active(self):
        """Whether somebody has yet to finish it."""
        return self.state in ACTIVE
