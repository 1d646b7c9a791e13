"""Quotas, pins and objective profiles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from programs import formats
from programs.choices import QuotaMeasure
from programs.domain import conditions, policies
from programs.models import (
    Application,
    GroupPin,
    ObjectiveProfile,
    Pin,
    ProfileCondition,
    Quota,
)
from programs.roles import Permission

from .base import DeskAdmin, DeskHistoryAdmin
from .filters import RowsFilter
from .verbs import JudgedForm
from .widgets import with_preview


@admin.register(Quota)
class QuotaAdmin(DeskHistoryAdmin):
    """At least, at most, or a target share of people with an attribute."""

    form = JudgedForm
    managed_by = (Permission.MANAGE_PROGRAMS,)
    program_paths = ("program", "intake.program")
    may_delete = True
    list_display = ["name", "looks_at", "rule", "strength", "program", "intake"]
    list_filter = [
        ("attribute", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "is_hard",
        ("program", RowsFilter),
    ]
    list_select_related = [
        "program",
        "intake__program",
        "region_list",
        "province",
        "institution",
        "host_country",
    ]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = [
        "program",
        "intake",
        "region_list",
        "province",
        "institution",
        "host_country",
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the condition can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: policies.judge(form.instance))
        return with_preview(form, of="group", beside=("program", "intake"))

    def save_model(self, request, obj, form, change):
        """A share that somebody writes is no longer the one of a base table."""
        if {"value", "measure"} & set(form.changed_data):
            obj.base_part = obj.base_whole = None
        super().save_model(request, obj, form, change)

    def get_changelist_instance(self, request):
        """Put the conditions of the rows that are shown into words, all at once."""
        found = super().get_changelist_instance(request)
        words = conditions.said(quota.condition for quota in found.result_list)
        for quota in found.result_list:
            quota.said = words.get(quota.condition)
        return found

    @display(description=_("looks at"), ordering="attribute")
    def looks_at(self, quota):
        label = quota.get_attribute_display()
        subject = getattr(quota, "said", None) or quota.subject
        return f"{label}: {subject}" if subject else label

    @display(description=_("rule"), ordering="value")
    def rule(self, quota):
        figure = formats.number(quota.value, decimals=2)
        unit = "%" if quota.measure == QuotaMeasure.PERCENT else ""
        told = f"{quota.get_kind_display()} {figure}{unit}"
        if quota.measure == QuotaMeasure.DIFFERENT:
            told += " " + _("different ones")
        if quota.base_whole:
            part, whole = map(formats.number, (quota.base_part, quota.base_whole))
            told += " " + _("(%(part)s of %(whole)s)") % {"part": part, "whole": whole}
        return told

    @display(description=_("strength"), ordering="is_hard")
    def strength(self, quota):
        if quota.is_hard:
            return _("hard")
        return _("%(price)s points a person") % {"price": formats.number(quota.price)}


@admin.register(Pin)
class PinAdmin(DeskAdmin):
    """Pins and bans, read here and made on the application's page."""

    list_display = ["application", "place", "kind", "reason", "until", "created_by"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    list_select_related = [
        "application__participant",
        "application__intake__program",
        "slot",
        "pathway",
        "created_by",
    ]
    search_fields = ["application__participant__code", "slot__code", "pathway__code"]

    def get_queryset(self, request):
        """Show pins of applications the reader may see."""
        mine = Application.objects.visible_to(request.user).values("pk")
        return super().get_queryset(request).filter(application__in=mine)

    @display(description=_("slot or pathway"))
    def place(self, pin):
        return str(pin.place)


@admin.register(GroupPin)
class GroupPinAdmin(DeskHistoryAdmin):
    """Whoever meets a condition gets, or never gets, certain places."""

    form = JudgedForm
    managed_by = (Permission.PLAN, Permission.MANAGE_PROGRAMS)
    program_paths = ("program", "intake.program", "slot.intake.program")
    may_delete = True
    list_display = ["name", "kind", "said", "place", "reason", "until"]
    list_filter = [("kind", ChoicesDropdownFilter), ("program", RowsFilter)]
    list_select_related = ["program", "intake__program", "slot__intake__program"]
    search_fields = ["code", "name_en", "name_id"]
    autocomplete_fields = ["program", "intake", "slot"]
    fields = [
        ("code", "kind"),
        ("name_en", "name_id"),
        "slot",
        ("intake", "program"),
        "condition",
        "reason",
        "until",
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain; say while it is typed who has to go where."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: policies.judge_group_pin(form.instance))
        return with_preview(
            form, of="pin", beside=("slot", "intake", "program", "kind")
        )

    def get_changelist_instance(self, request):
        """Put the conditions of the rows that are shown into words, all at once."""
        found = super().get_changelist_instance(request)
        words = conditions.said(pin.condition for pin in found.result_list)
        for pin in found.result_list:
            pin.words = words.get(pin.condition)
        return found

    @display(description=_("condition"))
    def said(self, pin):
        return getattr(pin, "words", None) or pin.condition

    @display(description=_("program, intake or slot"))
    def place(self, pin):
        return pin.where


@admin.register(ObjectiveProfile)
class ObjectiveProfileAdmin(DeskAdmin):
    """Named, versioned weights of what a good placement is worth."""

    form = JudgedForm
    managed_by = (Permission.MANAGE_USERS,)
    list_display = [
        "name",
        "version",
        "placement_points",
        "priority_points",
        "merit_points",
        "skill_points",
        "preference_points",
        "host_points",
        "condition_points",
        "worst_preference",
        "is_tiered",
    ]
    search_fields = ["code", "name_en", "name_id"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the condition can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: conditions.of_profile(form.instance))
        return with_preview(form, of="group")


@admin.register(ProfileCondition)
class ProfileConditionAdmin(DeskHistoryAdmin):
    """Points for whoever meets a condition, beside the profile's first one."""

    form = JudgedForm
    managed_by = (Permission.MANAGE_USERS,)
    may_delete = True
    list_display = ["profile", "code", "condition", "points"]
    list_filter = [("profile", RowsFilter)]
    list_select_related = ["profile"]
    search_fields = ["code", "profile__code", "condition"]
    autocomplete_fields = ["profile"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain whether the condition can be taken."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(lambda form: policies.judge_points(form.instance))
        return with_preview(form, of="group")
