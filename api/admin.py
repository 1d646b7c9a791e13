"""Keys on the desk, made by administrators and shown once; and partners' webhooks."""

import re

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from programs import clock
from programs.admin.base import DeskAdmin
from programs.models import Event
from programs.refusals import Refusal
from programs.roles import Permission

from . import keys, networks
from .models import InstitutionKey, Scope, WebhookEndpoint


class NetworksField(forms.CharField):
    """Networks as people write them: one a line, or with commas between."""

    def clean(self, value):
        """Return them as they are kept."""
        texts = re.split(r"[\s,;]+", super().clean(value))
        return networks.parse([text for text in texts if text])


class KeyForm(forms.ModelForm):
    """What a new key is for."""

    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    allowed_networks = NetworksField(
        label=_("allowed networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as 203.0.113.0/24, one a line; empty: from anywhere."),
    )

    class Meta:
        model = InstitutionKey
        fields = ["institution", "name", "scopes", "expiry_date", "allowed_networks"]
        labels = {"name": _("name"), "expiry_date": _("expires at")}
        help_texts = {
            "name": _("What the key is for, such as the system that calls with it."),
            "expiry_date": _("From then on the key opens nothing; empty: never."),
        }


@admin.register(InstitutionKey)
class InstitutionKeyAdmin(DeskAdmin):
    """Keys by institution, with the day they were last used."""

    readable_by = (Permission.MANAGE_USERS,)
    managed_by = (Permission.MANAGE_USERS,)
    form = KeyForm
    list_display = [
        "institution",
        "name",
        "prefix",
        "scopes",
        "allowed_networks",
        "expiry_date",
        "last_used_on",
        "rotated_at",
        "revoked",
    ]
    list_select_related = ["institution"]
    search_fields = ["name", "institution__name", "prefix"]
    autocomplete_fields = ["institution"]
    actions = ["rotate", "revoke"]

    def has_change_permission(self, request, obj=None):
        """A key is never edited: make a new one and revoke the old."""
        return obj is None and super().has_change_permission(request, obj)

    def _audit(self, request, action, row, message):
        """Write nothing more: issuing and revoking are in the trail already."""

    def save_model(self, request, obj, form, change):
        """Issue the key and show its secret, this once."""
        made, secret = keys.issue(
            institution=obj.institution,
            scopes=obj.scopes,
            name=obj.name,
            expires_at=obj.expiry_date,
            allowed_networks=obj.allowed_networks,
            by=request.user,
            now=clock.now(),
        )
        obj.__dict__.update(made.__dict__)
        self._show(request, secret)

    @staticmethod
    def _show(request, secret):
        messages.warning(
            request,
            _("Copy the key now, it is not shown again: %(secret)s")
            % {"secret": secret},
        )

    @admin.action(description=_("Replace: the old one opens for another day"))
    def rotate(self, request, queryset):
        """Make the keys that replace the chosen ones, and show them, this once."""
        for key in queryset:
            try:
                _made, secret = keys.rotate(key=key, by=request.user, now=clock.now())
            except Refusal as refusal:
                text = f"{key}: {refusal}"
                self.message_user(request, text, messages.ERROR)
            else:
                self._show(request, secret)

    @admin.action(description=_("Revoke: useless from the next request on"))
    def revoke(self, request, queryset):
        """Revoke the chosen keys."""
        chosen = list(queryset.filter(revoked=False))
        for key in chosen:
            keys.revoke(key=key, by=request.user, now=clock.now())
        self.message_user(
            request, _("%(count)d keys revoked.") % {"count": len(chosen)}
        )


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(DeskAdmin):
    """Where partners' systems are told of events, and how that goes."""

    readable_by = (Permission.MANAGE_USERS,)
    list_display = [
        "institution",
        "url",
        "is_active",
        "waiting",
        "failures",
        "last_answer",
        "failing_since",
    ]
    list_filter = ["is_active"]
    list_select_related = ["institution"]
    search_fields = ["institution__name", "url"]
    fields = [
        "institution",
        "url",
        "kinds",
        "is_active",
        "waiting",
        "delivered_to",
        "failures",
        "failing_since",
        "last_answer",
        "next_try_at",
        "created_at",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        """Show all of them, with how many events each has yet to take."""
        waiting = Event.objects.filter(
            institutions=OuterRef("institution"), sequence__gt=OuterRef("delivered_to")
        )
        counted = waiting.order_by().values("institutions").annotate(n=Count("pk"))
        rows = WebhookEndpoint.objects.select_related("institution")
        return rows.annotate(num_waiting=Subquery(counted.values("n")))

    @display(description=_("waiting events"))
    def waiting(self, endpoint):
        return endpoint.num_waiting or 0
