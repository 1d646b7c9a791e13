"""Finding a run by the number people use."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from planner.models import AllocationRun


def get(number):
    """Return the run with this number, or say that there is none."""
    if not str(number).isdecimal():
        raise CommandError(
            _("“%s” is no number of a run; the desk's list of runs shows them.")
            % number
        )
    try:
        return AllocationRun.objects.get(number=number)
    except AllocationRun.DoesNotExist:
        raise CommandError(_("There is no run %s.") % number) from None
