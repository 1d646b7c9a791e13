"""``manage.py check_runs``: recompute what must hold of runs, plans and decisions."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.review import invariants
from programs import clock


class Command(BaseCommand):
    """Names every broken promise about runs, publications and the domain."""

    help = _("Recompute what must hold of runs and decisions, and name what does not.")

    def handle(self, **options):
        """Print the breaches; fail where there is one."""
        breaches = invariants.check(now=clock.now())
        for breach in breaches:
            self.stdout.write(f"{breach.promise}  {breach.row}  {breach.figures}")
        if breaches:
            raise CommandError(_("%d promises are broken.") % len(breaches))
        self.stdout.write(self.style.SUCCESS(_("Every promise is kept.")))
