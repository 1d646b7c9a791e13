"""The rules of a program's regulation, each with its source and what keeps it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import PublicModel, Sourced, localised, seen_through
from .programs import Program


class KeptBy(models.TextChoices):
    """What keeps a rule of a program's regulation, in this system or outside it."""

    FIELD = "field", _("a field of program or slot")
    CONDITION = "condition", _("the condition")
    MONEY = "money", _("costs and payers")
    LIMIT = "limit", _("quotas, agreements and resources")
    PROCESS = "process", _("the course of intakes and stays")
    PEOPLE = "people", _("people, by hand")
    NOBODY = "nobody", _("not said yet")


class ProgramRule(PublicModel, Sourced):
    """One rule of a regulation: its words, where it is written, what keeps it here.

    It decides nothing by itself: conditions, fields, costs and quotas do, and a rule
    that ``NOBODY`` keeps cannot be said yet.
    """

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="rules", verbose_name=_("program")
    )
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("place"))
    text_en = models.CharField(_("rule (English)"), max_length=300)
    text_id = models.CharField(_("rule (Indonesian)"), max_length=300)
    kept_by = models.CharField(_("kept by"), max_length=10, choices=KeptBy)

    objects = seen_through("program")

    class Meta:
        verbose_name = _("rule of the regulation")
        verbose_name_plural = _("rules of the regulation")
        ordering = ["program", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"], name="program_names_a_rule_once"
            )
        ]

    @property
    def text(self):
        """The rule in the reader's language."""
        return localised(self.text_en, self.text_id)

    def __str__(self):
        return self.text
