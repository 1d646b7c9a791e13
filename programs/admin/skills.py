"""Skills, language scales and qualification levels: reference data."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AllValuesCheckboxFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from programs import formats
from programs.models import ExamSitting, LanguageScale, QualificationLevel, Skill

from .geography import ReferenceAdmin


@admin.register(Skill)
class SkillAdmin(ReferenceAdmin):
    """Skills by family."""

    list_display = ["name", "family", "framework", "code", "basis"]
    list_filter = [("family", ChoicesDropdownFilter), ("basis", ChoicesDropdownFilter)]
    search_fields = ["code", "name_en", "name_id"]


@admin.register(LanguageScale)
class LanguageScaleAdmin(ReferenceAdmin):
    """What a band of a test is worth in CEFR levels."""

    list_display = [
        "test",
        "name",
        "language",
        "cefr",
        "version",
        "validity_months",
        "basis",
    ]
    list_filter = [("test", AllValuesCheckboxFilter), ("cefr", ChoicesDropdownFilter)]
    search_fields = ["test", "band"]


@admin.register(ExamSitting)
class ExamSittingAdmin(ReferenceAdmin):
    """When language tests are held, and when their results are known."""

    list_display = ["test", "held_day", "results", "basis"]
    list_filter = [("test", AllValuesCheckboxFilter)]
    search_fields = ["test"]

    @display(description=_("held on"), ordering="held_on")
    def held_day(self, sitting):
        return formats.day(sitting.held_on)

    @display(description=_("results on"))
    def results(self, sitting):
        return formats.day(sitting.results_on)


@admin.register(QualificationLevel)
class QualificationLevelAdmin(ReferenceAdmin):
    """KKNI levels with their AQRF and EQF peers."""

    list_display = ["kkni", "name", "aqrf", "eqf", "basis"]
    search_fields = ["name_en", "name_id"]
