"""Rules of regulations: a list on the program's page, and a table of all of them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from programs.choices import Basis
from programs.models import ProgramRule
from programs.models.program_rules import KeptBy
from programs.roles import Permission

from .base import EVERYONE, DeskAdmin, DeskTabular
from .filters import RowsFilter

COLOURS = {KeptBy.NOBODY: "danger", Basis.ASSUMED: "warning"}


class MarkColumn:
    """The rule in the reader's language, and what to know before relying on it."""

    @display(description=_("rule"))
    def words(self, rule):
        return rule.text

    def marked(self, rule):
        """Return why the rule is marked, with the words; nothing where it is not."""
        if rule.kept_by == KeptBy.NOBODY:
            return rule.kept_by, rule.get_kept_by_display()
        if rule.basis == Basis.ASSUMED:
            return rule.basis, rule.get_basis_display()
        return None


class ProgramRuleInline(MarkColumn, DeskTabular):
    """Rules of the regulation, each with its source and what keeps it."""

    model = ProgramRule
    read_only = True
    show_change_link = True
    hide_title = True
    fields = readonly_fields = ["words", "mark", "kept_by", "source"]

    @display(description=_("mark"))
    def mark(self, rule):
        """A sign beside the words: a list within a form knows no colours."""
        marked = self.marked(rule)
        return f"⚠ {marked[1]}" if marked else "–"


@admin.register(ProgramRule)
class ProgramRuleAdmin(MarkColumn, DeskAdmin):
    """What regulations say, what keeps it, and what is only assumed."""

    readable_by = EVERYONE
    managed_by = (Permission.MANAGE_PROGRAMS,)
    program_paths = ("program",)
    may_delete = True
    list_display = ["words", "program", "mark", "kept_by", "source"]
    list_filter = [
        ("program", RowsFilter),
        ("kept_by", ChoicesDropdownFilter),
        ("basis", ChoicesDropdownFilter),
    ]
    list_select_related = ["program"]
    search_fields = ["code", "text_en", "text_id", "source"]
    autocomplete_fields = ["program"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("program", "position"),
                    "text_id",
                    "text_en",
                    ("code", "kept_by"),
                    ("basis", "source"),
                ]
            },
        )
    ]

    @display(description=_("mark"), label=COLOURS)
    def mark(self, rule):
        return self.marked(rule)
