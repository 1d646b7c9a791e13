"""``manage.py create_key``: a new API key for an institution, shown once."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from api import keys
from api.models import Scope
from programs import clock
from programs.domain.actors import SYSTEM
from programs.models import Institution
from programs.refusals import Refusal


class Command(BaseCommand):
    """Creates a key and prints it; only its hash is kept."""

    help = "Create an API key for an institution and print it once."

    def add_arguments(self, parser):
        parser.add_argument("institution", help="code of the institution")
        parser.add_argument(
            "--scope", action="append", required=True, choices=Scope.values
        )
        parser.add_argument("--name", default="created on the command line")
        parser.add_argument("--days", type=int, default=90, help="valid for (90)")
        parser.add_argument(
            "--test", action="store_true", help="a key that opens the sandbox only"
        )

    def handle(self, *, institution, scope, name, days, test, **options):
        owner = Institution.objects.filter(code=institution).first()
        if owner is None:
            raise CommandError(
                f"No institution has the code {institution!r}; see the list with "
                "`manage.py shell -c 'from programs.models import Institution; "
                'print(*Institution.objects.values_list("code", flat=True))\'`.'
            )
        now = clock.now()
        issue = keys.issue_test if test else keys.issue
        try:
            _key, secret = issue(
                institution=owner,
                scopes=scope,
                name=name[:50],
                expires_at=now + timedelta(days=days),
                by=SYSTEM,
                now=now,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(secret)
