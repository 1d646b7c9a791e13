"""Filters that offer only rows the reader may see."""

from unfold.contrib.filters.admin import RelatedDropdownFilter

from .base import visible


class RowsFilter(RelatedDropdownFilter):
    """Choose by a related row; one query, however many rows there are."""

    def field_choices(self, field, request, model_admin):
        """Return the rows the reader may see, by their names."""
        model = field.remote_field.model
        rows = visible(model._default_manager.all(), request.user)
        if any(other.name == "program" for other in model._meta.fields):
            rows = rows.select_related("program")
        return [(row.pk, str(row)) for row in rows]
