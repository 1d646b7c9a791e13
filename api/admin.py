"""Keys on the desk, made by administrators and shown once; and partners' webhooks."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from programs import clock
from programs.admin.base import DeskAdmin
from programs.models import Event
from programs.roles import Permission

from . import keys
from .models import InstitutionKey, Scope, WebhookEndpoint


class KeyForm(forms.ModelForm):
    """What a new key is for."""

    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = InstitutionKey
        fields = ["institution", "name", "scopes", "expiry_date"]
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
        "expiry_date",
        "last_used_on",
        "revoked",
    ]
    list_select_related = ["institution"]
    search_fields = ["name", "institution__name", "prefix"]
    autocomplete_fields = ["institution"]
    actions = ["revoke"]

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
            by=request.user,
            now=clock.now(),
        )
        obj.__dict__.update(made.__dict__)
        messages.warning(
            request,
            _("Copy the key now, it is not shown again: %(secret)s")
            % {"secret": secret},
        )

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
