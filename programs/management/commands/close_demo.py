"""``manage.py close_demo``: nobody signs in as one of the demo's people any more."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from programs import clock
from programs.demo import logins
from programs.domain.actors import SYSTEM


class Command(BaseCommand):
    """Closes the demo's accounts; what they did stays in the records."""

    help = _("Close the accounts of the demonstration for good.")

    def handle(self, **options):
        """Close, and say how many there were."""
        closed = logins.close(by=SYSTEM, now=clock.now())
        self.stdout.write(
            _("%(count)d accounts of the demonstration closed.") % {"count": closed}
        )
