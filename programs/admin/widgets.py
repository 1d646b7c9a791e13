"""Fields of forms that show what they mean while somebody types."""

from unfold.widgets import UnfoldAdminTextareaWidget


class ConditionWidget(UnfoldAdminTextareaWidget):
    """A condition, with its sentence and whom it lets through below.

    Parameters
    ----------
    of: what the condition belongs to, ``program`` or ``slot``. row: its id, if it has
        been saved.
    """

    template_name = "desk/tables/condition.html"

    def __init__(self, *, of, row=None):
        super().__init__(attrs={"rows": 3, "spellcheck": "false"})
        self.of = of
        self.row = row

    def get_context(self, name, value, attrs):
        """Say of what it is the condition."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"of": self.of, "row": self.row}
        return context


def with_preview(form, *, of, row):
    """Return a form whose condition shows what it means, if it may be written.

    Parameters
    ----------
    of: ``program`` or ``slot``. row: the row of the form, None for a new one.
    """
    if "condition" in form.base_fields:
        widget = ConditionWidget(of=of, row=row.pk if row else None)
        form.base_fields["condition"].widget = widget
    return form
