"""Skills, language scales and qualification levels: reference data."""

from django.contrib import admin
from unfold.contrib.filters.admin import (
    AllValuesCheckboxFilter,
    ChoicesDropdownFilter,
)

from programs.models import LanguageScale, QualificationLevel, Skill

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


@admin.register(QualificationLevel)
class QualificationLevelAdmin(ReferenceAdmin):
    """KKNI levels with their AQRF and EQF peers."""

    list_display = ["kkni", "name", "aqrf", "eqf", "basis"]
    search_fields = ["name_en", "name_id"]
