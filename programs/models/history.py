"""Who edited which row, and what it was before."""

from simple_history.models import HistoricalRecords


def acting_person(instance, request=None, **kwargs):
    """Return the signed-in person behind an edit; a system's key is no person.

    What keys do is in the audit trail under the key's own name.
    """
    user = getattr(request, "user", None)
    return user if getattr(user, "pk", None) else None


class EditHistory(HistoricalRecords):
    """Every version of a row with its editor, where that was a person."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("get_user", acting_person)
        super().__init__(*args, **kwargs)
