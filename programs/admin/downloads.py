"""Lists as files: what a table shows, as it is filtered, for a spreadsheet."""

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from programs import clock, transfer
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.transfer.tables import is_number

MOST_ROWS = 100_000


def attachment(content, name, file_format):
    """Answer with a file to be saved."""
    return HttpResponse(
        content,
        content_type=transfer.TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"'},
    )


def send_list(request, name, columns, rows, file_format):
    """Answer with a list as a file, and note who took how many rows away.

    Parameters
    ----------
    name: of the file, in the house's words. columns: their headings.
    rows: a list of lists of cells. file_format: ``"csv"`` or ``"xlsx"``.
    """
    if file_format not in transfer.FORMATS:
        raise Http404
    facts = {"list": name, "rows": len(rows), "query": sorted(request.GET)}
    audit.record(
        by=request.user,
        action=AuditAction.DESK_EXPORT,
        obj=request.user,
        data=facts,
        now=clock.now(),
    )
    return attachment(transfer.table(columns, rows, file_format), name, file_format)


class DownloadMixin:
    """Offers a table's rows as filtered, searched and sorted, with its own columns."""

    list_after_template = "desk/tables/downloads.html"

    def get_urls(self):
        """Add the address of the file."""
        meta = self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_download"
        view = self.admin_site.admin_view(self.download_view)
        return [
            path("download.<slug:file_format>", view, name=name),
            *super().get_urls(),
        ]

    def download_view(self, request, file_format):
        """Send what the table shows, on one page however long."""
        if not self.has_view_permission(request):
            raise Http404
        try:
            shown = self.get_changelist_instance(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup) as error:
            raise Http404 from error
        names = [name for name in self.list_display if name != "action_checkbox"]
        columns = [self._heading(name) for name in names]
        rows = [
            [self._cell(name, row) for name in names]
            for row in shown.queryset[:MOST_ROWS]
        ]
        name = self.model._meta.model_name
        return send_list(request, name, columns, rows, file_format)

    def _heading(self, name):
        """Return a column's name as the table writes it."""
        return str(label_for_field(name, self.model, self)).capitalize()

    def _cell(self, name, row):
        """Return a cell: choices in words, numbers and days as such."""
        field, _attribute, value = lookup_field(name, row, self)
        if field is not None and field.choices:
            return str(getattr(row, f"get_{name}_display")())
        if isinstance(value, tuple):
            # A coloured state: its key, then its words.
            value = value[-1]
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if value is None or is_number(value) or hasattr(value, "isoformat"):
            return value
        return strip_tags(str(value))
