"""Free text about a person, sealed under a key of that person.

For rows that are never rewritten, such as entries of the audit trail: erasing a person
destroys the key, and with it every text sealed under it.
"""

from cryptography.fernet import Fernet
from django.utils.translation import gettext as _

from programs.models import Application, PersonKey

from .states import batches

SEALED = "sealed:"


def seal(participant, text):
    """Return the text so that only the person's key opens it."""
    row, _is_new = PersonKey.objects.get_or_create(
        participant=participant, defaults={"key": Fernet.generate_key().decode()}
    )
    return SEALED + Fernet(row.key.encode()).encrypt(text.encode()).decode()


def seal_each(participant_ids, text):
    """Return {participant id: the text, sealed for that person}, in a few queries."""
    ids = set(participant_ids)
    known = {
        pk
        for batch in batches(sorted(ids))
        for (pk,) in PersonKey.objects.filter(participant__in=batch).values_list(
            "participant"
        )
    }
    PersonKey.objects.bulk_create(
        [
            PersonKey(participant_id=pk, key=Fernet.generate_key().decode())
            for pk in ids - known
        ],
        ignore_conflicts=True,
    )
    return {
        row.participant_id: SEALED
        + Fernet(row.key.encode()).encrypt(text.encode()).decode()
        for batch in batches(sorted(ids))
        for row in PersonKey.objects.filter(participant__in=batch)
    }


def opener(participant_id):
    """Return a function that opens the texts of one person; the key is read once.

    It returns what was never sealed as it is, and says so where the key is gone.
    """
    key = PersonKey.objects.filter(participant=participant_id).values_list("key")
    row = key.first()

    def unseal(text):
        if not text.startswith(SEALED):
            return text
        if row is None:
            return _("(erased)")
        sealed = text.removeprefix(SEALED).encode()
        return Fernet(row[0].encode()).decrypt(sealed).decode()

    return unseal


def opened(entry):
    """Return the data of an entry of the trail, with the text about a person opened."""
    reason = entry.data.get("reason", "")
    if not reason.startswith(SEALED):
        return entry.data
    person = entry.object_id
    if entry.object_type == "application":
        rows = Application.objects.filter(pk=entry.object_id)
        person = rows.values_list("participant", flat=True).first()
    return {**entry.data, "reason": opener(person)(reason)}
