"""Lists in the place of codes: languages and fields of study on every form.

A code that a row has and the list lacks is offered as it is (``programs.lists``); what
is sent is checked by the column, as before.
"""

from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from programs import lists

NOTHING = ("", "–")


class Picked(UnfoldAdminSelectWidget):
    """One code from a list.

    Parameters
    ----------
    offered: returns the choices, with those added that a row has.
    """

    def __init__(self, offered, attrs=None):
        super().__init__(attrs)
        self.offered = offered

    def optgroups(self, name, value, attrs=None):
        """Offer the list, and what the row has."""
        self.choices = [NOTHING, *self.offered(*value)]
        return super().optgroups(name, value, attrs)


class PickedFields(UnfoldAdminSelectMultipleWidget):
    """Fields of study from a list, kept as codes with commas between them.

    What is chosen stands first: the list is longer than what is seen of it.
    """

    def __init__(self):
        super().__init__({"size": 8})

    def format_value(self, value):
        """Return the codes of a stored text."""
        return [code for code in (value or "").split(",") if code]

    def value_from_datadict(self, data, files, name):
        """Return the text that is kept."""
        return ",".join(super().value_from_datadict(data, files, name) or ())

    def optgroups(self, name, value, attrs=None):
        """Offer the list, and what the row has."""
        chosen, others = [], []
        for group, options in lists.fields_of_study(*value):
            chosen += [option for option in options if option[0] in value]
            left = [option for option in options if option[0] not in value]
            others.append((group, left))
        first = [(_("chosen"), chosen)] if chosen else []
        self.choices = [*first, *others]
        return super().optgroups(name, value, attrs)


def _language():
    return Picked(lists.languages)


WIDGETS = {
    "isced_f": lambda: Picked(lists.fields_of_study),
    "isced_fields": PickedFields,
    "native_language": _language,
    "work_language": _language,
    "taught_language": _language,
    "languagescale.language": _language,
}
"""Columns that hold codes, by name; by table too where others are called so."""


class PickersMixin:
    """Shows columns of codes as lists."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Put a list in the place of a field for text."""
        of_table = f"{db_field.model._meta.model_name}.{db_field.name}"
        made = WIDGETS.get(db_field.name) or WIDGETS.get(of_table)
        if made:
            kwargs["widget"] = made()
        return super().formfield_for_dbfield(db_field, request, **kwargs)
