"""Print who is registered more than once, by codes alone."""

from django.core.management.base import BaseCommand

from programs.domain import twins
from programs.domain.actors import SYSTEM


class Command(BaseCommand):
    """Print registrations that are one human, and those that seem to be."""

    help = (
        "List registrations of one human (same NIK, passport or an officer's word), "
        "and likely ones (same name and birth date); nothing is changed."
    )

    def handle(self, **options):
        for title, groups in (
            ("one human", twins.doubles(SYSTEM)),
            ("likely", twins.likely(SYSTEM)),
        ):
            self.stdout.write(f"{title}: {len(groups)}")
            for group in groups:
                rows = (f"{row.registered_by.code} {row.code}" for row in group)
                self.stdout.write("  " + "; ".join(rows))
