"""What every table on the desk shares: who may read and write which rows.

Django's own permission tables are not used: what somebody may do follows from roles
(``programs.roles``), and which rows from ``visible_to`` (``programs.access``).
"""

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.overrides import FORMFIELD_OVERRIDES_INLINE

from programs import clock, figures
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import is_administrator
from programs.roles import Permission, Role

from . import changes, lookups
from .downloads import DownloadMixin
from .pickers import PickersMixin
from .widgets import FIGURES

OFFICERS = (Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS)
EVERYONE = (*OFFICERS, Permission.VIEW_OWN_INSTITUTION)


def visible(queryset, user):
    """Narrow a queryset to the reader's rows, where its model has such a notion."""
    narrow = getattr(queryset, "visible_to", None)
    return narrow(user) if narrow else queryset


def owner_of(row, path):
    """Return the id of the institution that owns the row's program, if any.

    Parameters
    ----------
    row: the row.
    path: attributes from the row to its program, such as ``"slot.intake.program"``.
    """
    for name in filter(None, path.split(".")):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row.owner_id


class RolePermissions:
    """Answers the admin's permission questions from roles.

    ``readable_by``: any of these permissions lets a reader in.
    ``managed_by``: any of these lets a person write; none of them: nobody may.
    ``program_paths``: ways from a row to its program; a coordinator writes rows of
    own programs only. Empty: rows belong to no program.
    """

    readable_by = OFFICERS
    managed_by = ()
    program_paths = ()
    may_delete = False

    def allows_any(self, request, permissions):
        """Return whether the reader holds one of the permissions."""
        return any(request.user.allows(permission) for permission in permissions)

    def manages(self, request, row=None):
        """Return whether the person may write, and this row if one is given."""
        user = request.user
        if not self.allows_any(request, self.managed_by):
            return False
        if row is None or not self.program_paths or is_administrator(user):
            return True
        others = set(self.managed_by) - {Permission.MANAGE_PROGRAMS}
        if self.allows_any(request, others):
            return True
        owners = {owner_of(row, path) for path in self.program_paths} - {None}
        return bool(owners & set(user.institution_ids(Role.COORDINATOR)))

    def has_module_permission(self, request):
        """Show the table to its readers."""
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        """Let readers read; rows are narrowed by the queryset."""
        return request.user.is_authenticated and self.allows_any(
            request, self.readable_by
        )

    def has_add_permission(self, request):
        """Let managers add."""
        return self.manages(request)

    def has_change_permission(self, request, obj=None):
        """Let managers change their own rows while the rows are open to change."""
        return self.manages(request, obj) and (obj is None or self.is_open(obj))

    def has_delete_permission(self, request, obj=None):
        """Let managers delete where deleting does not rewrite the past."""
        return self.may_delete and self.has_change_permission(request, obj)

    def is_open(self, row):
        """Return whether the state of the row still allows edits."""
        return True


class DeskAdmin(PickersMixin, DownloadMixin, RolePermissions, ModelAdmin):
    """A table on the desk."""

    form = changes.FreshForm
    change_form_before_template = "desk/tables/version.html"
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True
    compressed_fields = True
    show_facets = False
    formfield_overrides = FIGURES

    def get_queryset(self, request):
        """Show the reader's rows only."""
        return visible(super().get_queryset(request), request.user)

    def lookup_allowed(self, lookup, value, request=None):
        """Let an address ask what a filter of this table asks, and nothing else."""
        return lookup in lookups.declared(self)

    def changelist_view(self, request, extra_context=None):
        """Show the table; say which filters of the address it does not have."""
        try:
            return super().changelist_view(request, extra_context)
        except DisallowedModelAdminLookup:
            names = request.GET.keys() - lookups.declared(self) - lookups.OF_THE_LIST
            messages.error(request, lookups.unknown(names))
            return HttpResponseRedirect(request.path)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer only rows the reader may see."""
        if "queryset" not in kwargs:
            rows = db_field.remote_field.model._default_manager.all()
            kwargs["queryset"] = visible(rows, request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Hold the row while its form is read and saved."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transactions.atomic():
            changes.lock(self.model, unquote(object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Tell the form which lists are edited with its row."""
        form = super().get_form(request, obj, change=change, **kwargs)
        inlines = self.get_inline_instances(request, obj) if change else []
        form.parts = [
            (inline.model, inline.get_formset(request, obj).fk.name)
            for inline in inlines
            if inline.has_change_permission(request, obj)
        ]
        return form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Send along which version of the row the form was made from."""
        if obj is not None and self.has_change_permission(request, obj):
            form = context["adminform"].form
            read = request.POST.get(changes.READ) or form.version()
            context = {**context, changes.READ: read}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Save what was changed; refuse a row moved into somebody else's program."""
        if not self.manages(request, obj):
            raise PermissionDenied
        if change:
            changes.save_changed(obj, form)
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Save what hangs on the row; say each changed figure as before -> after."""
        super().save_related(request, form, formsets, change)
        for told in figures.echo(form, form.instance):
            messages.info(request, told)
        for formset in formsets:
            for line in formset.forms:
                for told in figures.echo(line, line.instance):
                    messages.info(request, f"{line.instance}: {told}")

    def get_search_fields(self, request):
        """Look for words without regard to case, marks and apostrophes."""
        return [f"{name}__folds" for name in super().get_search_fields(request)]

    def get_actions(self, request):
        """Offer bulk deletion nowhere: a row is deleted after looking at it."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def visible_or_404(self, request, object_id):
        """Return the row, or answer as if it did not exist."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        return row

    def log_addition(self, request, obj, message):
        """Write the addition into the audit trail as well."""
        self._audit(request, AuditAction.DESK_ADD, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        """Write the change into the audit trail as well."""
        self._audit(request, AuditAction.DESK_CHANGE, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        """Write the deletion into the audit trail as well."""
        for row in queryset:
            self._audit(request, AuditAction.DESK_DELETE, row, [])
        return super().log_deletions(request, queryset)

    def facts_of(self, request):
        """Return what the trail says of a change beside its fields."""
        return {}

    def _audit(self, request, action, row, message):
        """Record who changed which fields; their values stay in the row's history."""
        fields = [
            name
            for part in (message if isinstance(message, list) else [])
            for name in part.get("changed", {}).get("fields", [])
        ]
        audit.record(
            by=request.user,
            action=action,
            obj=row,
            data=({"fields": fields} if fields else {}) | self.facts_of(request),
            now=clock.now(),
        )


class DeskHistoryAdmin(SimpleHistoryAdmin, DeskAdmin):
    """A table whose rows remember who changed what; the past is read, never rewritten.

    A mistake is mended by a new change, so that the history stays whole.
    """

    def revert_disabled(self, request, obj=None):
        """Offer no revert."""
        return True

    def history_view(self, request, object_id, extra_context=None):
        """Show the history of a row the reader may see."""
        self.visible_or_404(request, object_id)
        context = extra_context or {}
        if not request.user.allows(Permission.MANAGE_USERS):
            # Names without a link: the accounts behind them are not the reader's.
            context = {"admin_user_view": "", **context}
        return super().history_view(request, object_id, context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """Show an old version of a row the reader may see, read-only."""
        self.visible_or_404(request, object_id)
        if request.method != "GET":
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)


class InlineOfParent(PickersMixin):
    """Rows that are part of their parent: whoever may write it may write them."""

    formset = changes.ChangedRows
    extra = 0
    tab = True
    show_change_link = False
    read_only = False
    formfield_overrides = FORMFIELD_OVERRIDES_INLINE | FIGURES

    def _parent(self):
        return self.admin_site._registry[self.parent_model]

    def has_view_permission(self, request, obj=None):
        """Read with the parent."""
        return self._parent().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        """Write with the parent."""
        return not self.read_only and self._parent().has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        """Add with the parent; a new parent may come with its parts."""
        if obj is None:
            return not self.read_only and self._parent().has_add_permission(request)
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        """Remove with the parent."""
        return self.has_add_permission(request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer only rows the reader may see."""
        if "queryset" not in kwargs:
            rows = db_field.remote_field.model._default_manager.all()
            kwargs["queryset"] = visible(rows, request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class DeskTabular(InlineOfParent, TabularInline):
    """Parts of a row as a table."""


class DeskStacked(InlineOfParent, StackedInline):
    """Parts of a row as blocks."""
