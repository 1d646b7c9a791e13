"""``manage.py rotate_keys``: encrypt everything with the first of the keys."""

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from secured_fields.mixins import EncryptedMixin

from planner import second_factor
from programs import sandbox
from programs.domain import humans
from programs.models import Participant
from programs.national_ids import keyed_hash, passport_hash

BATCH = 500


class Command(BaseCommand):
    """Re-encrypts encrypted columns, while the system runs.

    Put the new key first in ``SECURED_FIELDS_KEY``, restart, run this, then drop the
    old key. Interrupted, it goes on where it stopped: a value that the first key
    already opens is left alone. A value that somebody changes meanwhile is written
    with the new key by whoever changes it, and is not overwritten here.
    """

    help = _("Encrypt national ids, disability and second factors with the first key.")

    def add_arguments(self, parser):
        """Offer to compute the hashes anew, after NIK_HASH_KEY was changed."""
        parser.add_argument(
            "--hashes", action="store_true", help=_("hash national ids anew")
        )

    def handle(self, *, hashes, **options):
        """Go through the encrypted columns of all models, in the sandbox as well."""
        self.first = Fernet(settings.SECURED_FIELDS_KEY[0])
        self.ring = MultiFernet([Fernet(key) for key in settings.SECURED_FIELDS_KEY])
        self.go_through(hashes)
        if sandbox.is_prepared():
            self.stdout.write(_("In the sandbox:"))
            with sandbox.entered():
                self.go_through(hashes)

    def go_through(self, hashes):
        """Encrypt every column of the database anew."""
        for model, field in encrypted_columns():
            self.tell(f"{model._meta.label}.{field.name}", self.rotate(model, field))
        counts = second_factor.change_all(Authenticator.objects, self.renewed_secret)
        self.tell("mfa.Authenticator.data", counts)
        if hashes:
            changed = hash_anew()
            self.stdout.write(_("%s national ids hashed anew.") % changed)

    def tell(self, column, counts):
        """Say what was done to a column; ``counts`` is (seen, changed)."""
        seen, changed = counts
        self.stdout.write(
            _("%(column)s: %(changed)s of %(seen)s values encrypted anew.")
            % {"column": column, "changed": changed, "seen": seen}
        )

    def rotate(self, model, field):
        """Rotate one column, a batch in a transaction; return (seen, changed)."""
        quote = connection.ops.quote_name
        table, column = quote(model._meta.db_table), quote(field.column)
        key = quote(model._meta.pk.column)
        select = (
            f"SELECT {key}, {column} FROM {table} "  # noqa: S608 -- quoted names only
            f"WHERE {column} IS NOT NULL ORDER BY {key}"
        )
        update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(select)
            rows = cursor.fetchall()
        changed = 0
        for start in range(0, len(rows), BATCH):
            with transaction.atomic(), connection.cursor() as cursor:
                for primary, old in rows[start : start + BATCH]:
                    new = self.renewed(old, f"{model._meta.label} {primary}")
                    if new != old:
                        cursor.execute(update, [new, primary, old])
                        changed += cursor.rowcount
        return len(rows), changed

    def renewed_secret(self, stored, row):
        """Return a secret of a second factor under the first key, as for a column."""
        if not second_factor.is_sealed(stored):
            return second_factor.seal(stored)
        return self.renewed(stored, f"mfa.Authenticator {row.pk}")

    def renewed(self, stored, where):
        """Return the value under the first key; itself when it already is."""
        token = stored.encode()
        try:
            self.first.decrypt(token)
        except InvalidToken:
            pass
        else:
            return stored
        try:
            return self.ring.rotate(token).decode()
        except InvalidToken as error:
            raise CommandError(
                _("%(row)s: none of the keys in SECURED_FIELDS_KEY opens this value. ")
                % {"row": where}
                + _("Add the key it was written with at the end of the list.")
            ) from error


def hash_anew():
    """Give each national id its hash under the key of now; return how many changed."""
    people = Participant.objects.exclude(nik_hash="").values_list(
        "pk", "nik", "nik_hash"
    )
    changed = sum(
        Participant.objects.filter(pk=primary, nik_hash=old).update(nik_hash=new)
        for primary, nik, old in list(people)
        if (new := keyed_hash(nik)) != old
    )
    abroad = Participant.objects.exclude(passport_hash="").values_list(
        "pk", "citizenship", "passport", "passport_hash"
    )
    changed += sum(
        Participant.objects.filter(pk=primary, passport_hash=old).update(
            passport_hash=new
        )
        for primary, country, number, old in list(abroad)
        if (new := passport_hash(country, number)) != old
    )
    humans.link_all()
    return changed


def encrypted_columns():
    """Return (model, field) for each encrypted column of the installed apps."""
    return [
        (model, field)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedMixin)
    ]
