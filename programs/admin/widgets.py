"""Fields of forms that show what they mean while somebody types."""

from django.db import models
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from programs.figures import Figure, Whole

FIGURES = {
    field: {"form_class": form_class, "widget": UnfoldAdminIntegerFieldWidget}
    for field, form_class in (
        (models.DecimalField, Figure),
        (models.IntegerField, Whole),
        (models.BigIntegerField, Whole),
    )
}
"""Numbers on forms are written as people write them."""


class ConditionWidget(UnfoldAdminTextareaWidget):
    """A condition, with its sentence and whom it lets through below.

    Parameters
    ----------
    of: what the condition belongs to, ``program`` or ``slot``; ``group`` where it says
        whom something is for. row: its id, if it has been saved.
    beside: fields of the form that say among whom.
    """

    template_name = "desk/tables/condition.html"

    def __init__(self, *, of, row=None, beside=()):
        super().__init__(attrs={"rows": 3, "spellcheck": "false"})
        self.of = of
        self.row = row
        self.beside = beside

    def get_context(self, name, value, attrs):
        """Say of what it is the condition."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"of": self.of, "row": self.row, "beside": self.beside}
        return context


def with_preview(form, *, of, row=None, beside=()):
    """Return a form whose condition shows what it means, if it may be written.

    Parameters
    ----------
    of: ``program``, ``slot``, ``group`` or ``pin``. row: that of the form, if any.
    beside: fields of the form that say among whom.
    """
    if "condition" in form.base_fields:
        row = "any" if of in ("group", "pin") else row and row.pk
        widget = ConditionWidget(of=of, row=row, beside=beside)
        form.base_fields["condition"].widget = widget
    return form
