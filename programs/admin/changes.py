"""Forms save what was changed, on the row as it is now, and say when it has moved.

A form that was opened before somebody published must not write the old state back: only
the fields that the person changed are saved. Who opened it before somebody else changed
the row is told so, and saves nothing.
"""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms.models import BaseInlineFormSet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

READ = "read_version"
"""The hidden field with the version of the row that the form was made from."""


def changed_meanwhile():
    """Return what somebody is told whose page is older than what it shows."""
    return _(
        "Somebody else changed this while you had it open, so nothing was saved. Open "
        "it again and repeat your change."
    )


def lock(model, pk):
    """Hold a row until the transaction ends; SQLite holds everything already."""
    if not connection.features.has_select_for_update:
        return
    with suppress(ValidationError):  # no such row: the page says so
        pk = model._meta.pk.to_python(pk)
        rows = model._base_manager.select_for_update(no_key=True, of=("self",))
        list(rows.filter(pk=pk).values_list("pk"))


def save_changed(row, form):
    """Write the fields of a row that its form has changed, and no other column."""
    own = {field.name for field in row._meta.concrete_fields}
    changed = [name for name in form.changed_data if name in own]
    if changed:
        row.save(update_fields=changed)


class FreshForm(forms.ModelForm):
    """A form that is refused when what it shows was changed since it was opened.

    ``parts`` are the lists that hang on the row and are edited with it, as pairs of
    model and foreign key; the admin sets them. ``written_by_itself`` are columns that
    nobody writes in a form, such as when an account last signed in.
    """

    parts = ()
    written_by_itself = frozenset()

    def version(self):
        """Return a keyed digest of what is shown: that it differs, never what."""
        text = "\n".join(map(repr, self._shown()))
        return salted_hmac("programs.admin.changes", text).hexdigest()[:32]

    def _shown(self):
        """Yield the row's columns, the rows it names, and the parts that hang on it."""
        row = self.instance
        for field in row._meta.concrete_fields:
            if not field.generated and field.name not in self.written_by_itself:
                yield getattr(row, field.attname)
        for field in row._meta.many_to_many:
            if field.name in self.fields:
                named = getattr(row, field.name).order_by("pk")
                yield list(named.values_list("pk", flat=True))
        for model, name in self.parts:
            rows = model._base_manager.filter(**{name: row}).order_by("pk")
            yield list(rows.values_list())

    def clean(self):
        """Compare the row with the one that the form was made from."""
        data = super().clean()
        read = self.data.get(READ, "")
        is_old = bool(read) and not self.instance._state.adding
        if is_old and not constant_time_compare(read, self.version()):
            self.add_error(None, changed_meanwhile())
        return data


class ChangedRows(BaseInlineFormSet):
    """Parts of a row, of which only the changed fields are saved."""

    def save_existing(self, form, obj, commit=True):
        """Save the changed fields of a part."""
        if not commit:
            return form.save(commit=False)
        save_changed(form.instance, form)
        form._save_m2m()
        return form.instance
