"""``manage.py confirm_clock``: believe this machine's clock after it has jumped."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner import ticks
from programs import clock, formats
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal


class Command(BaseCommand):
    """Confirms that the clock is right; what waited for that goes on."""

    help = _("Confirm that the clock is right after it has jumped.")

    def handle(self, **options):
        """Confirm, or say that there is nothing to confirm."""
        now = clock.now()
        try:
            ticks.confirm(by=SYSTEM, now=now)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("Confirmed: it is %s.") % formats.moment(now))
