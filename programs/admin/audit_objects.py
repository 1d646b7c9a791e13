"""What an entry of the audit trail is about: its kind in words, and its page."""

from functools import cache

from django.apps import apps
from django.urls import NoReverseMatch, reverse


@cache
def model_of(name):
    """Return the model that the trail names so, or None for one that is gone."""
    return next((m for m in apps.get_models() if m._meta.model_name == name), None)


def kind_of(entry):
    """Return what kind of thing it was done to, in the reader's language."""
    model = model_of(entry.object_type)
    return model._meta.verbose_name if model else entry.object_type


def address_of(entry):
    """Return where the thing is read on the desk, or None."""
    model = model_of(entry.object_type)
    if model is None:
        return None
    view = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    try:
        return reverse(view, args=[entry.object_id])
    except NoReverseMatch:
        return None
