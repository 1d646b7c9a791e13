"""What commands about runs read: the number of a run, a gap."""

from argparse import ArgumentTypeError

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from planner.models import AllocationRun
from programs import amounts


def gap(text):
    """Return the fraction that "0.01", "0,01" or "1%" means, for argparse."""
    try:
        share = amounts.share_of(text)
        return float(amounts.decimal_of(text) if share is None else share / 100)
    except ValueError as error:
        raise ArgumentTypeError(
            _("“%s” is no gap; write 0.01 or 1%%.") % text
        ) from error


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
