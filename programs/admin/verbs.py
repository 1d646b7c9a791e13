"""Forms that write by the domain's rules: its checks, its trail, its events.

A form of the desk saves rows itself, inlines and all; what it may write is judged by
the same checks as a verb's, and told in the same words.
"""

from functools import partial

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from programs import clock
from programs.audit_actions import AuditAction
from programs.refusals import Refusal

from .changes import FreshForm


class JudgedForm(FreshForm):
    """A form whose row the domain judges once the fields are in order.

    ``judge(form)`` is set by the admin; it returns the refusals of ``form.instance``.
    """

    judge = None
    shown_as = {}
    """Of fields that are written under another name: {name for the domain: its own}."""

    def _post_clean(self):
        super()._post_clean()
        is_new = self.instance._state.adding
        if self.errors or not (is_new or self.has_changed()):
            return
        for refusal in self.judge(self):
            field = self.shown_as.get(refusal.field, refusal.field)
            self.add_error(field if field in self.fields else None, str(refusal))


def reason_field():
    """Return the field that asks why rules change which somebody no longer passes."""
    return forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text=_(
            "Needed where somebody with an offer or a place would no longer pass; it "
            "is kept in the audit trail."
        ),
    )


class VerbsMixin:
    """An admin whose rows are judged and told of as the verbs of a module do it.

    ``verbs`` is the module of the domain: its ``Entry``, ``problems`` and ``tell``.
    """

    form = JudgedForm
    verbs = None

    def problems(self, form, *, by, entry=None, **facts):
        """Return the refusals of a form's row as it is to be.

        Parameters
        ----------
        entry: more of what the entry says.
        """
        row = form.instance
        changed = () if row._state.adding else self.changed_of(form)
        entry = self.verbs.Entry(row, changed=changed, **(entry or {}))
        return self.verbs.problems([entry], by=by, **facts).get(0, [])

    def changed_of(self, form):
        """Return the names of the row's fields that change."""
        return tuple(form.changed_data)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Let the form ask the domain on behalf of whoever is signed in."""
        form = super().get_form(request, obj, change, **kwargs)
        form.judge = staticmethod(partial(self.problems, by=request.user))
        return form

    def changeform_view(self, request, *args, **kwargs):
        """Save all or nothing; who was overtaken meanwhile is told so."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def save_related(self, request, form, formsets, change):
        """Tell of the row after everything that hangs on it was written."""
        super().save_related(request, form, formsets, change)
        told = {name for formset in formsets for name in _changed(formset)}
        told |= set(self.changed_of(form))
        if not change:
            self.tell(form, None, by=request.user, now=clock.now())
        elif told:
            self.tell(form, sorted(told), by=request.user, now=clock.now())

    def tell(self, form, changed, **facts):
        """Write trail and events; ``changed`` is None for a new row."""
        self.verbs.tell(form.instance, changed=changed, **facts)

    def _audit(self, request, action, row, message):
        if action == AuditAction.DESK_DELETE:
            super()._audit(request, action, row, message)


def _changed(formset):
    """Return the name of the list where one of its lines changed."""
    lines = (formset.new_objects, formset.changed_objects, formset.deleted_objects)
    return [formset.prefix] if any(map(len, lines)) else []
