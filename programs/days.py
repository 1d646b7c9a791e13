"""Which day it is: a deadline is a day in the zone of its intake, not in UTC.

A moment becomes a day here and nowhere else, so that an intake that closes on the 15th
takes nominations until midnight where it is run.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TimeZone(models.TextChoices):
    """Zones in which an intake's days begin and end, by their IANA names."""

    JAKARTA = "Asia/Jakarta", _("Western Indonesia (WIB)")
    MAKASSAR = "Asia/Makassar", _("Central Indonesia (WITA)")
    JAYAPURA = "Asia/Jayapura", _("Eastern Indonesia (WIT)")
    KUALA_LUMPUR = "Asia/Kuala_Lumpur", _("Malaysia")
    SINGAPORE = "Asia/Singapore", _("Singapore")
    TAIPEI = "Asia/Taipei", _("Taiwan")
    SHANGHAI = "Asia/Shanghai", _("China")
    TOKYO = "Asia/Tokyo", _("Japan")
    SEOUL = "Asia/Seoul", _("Korea")
    BERLIN = "Europe/Berlin", _("Central Europe")
    LONDON = "Europe/London", _("United Kingdom")
    UTC = "UTC", _("Universal time (UTC)")


def zone_of(intake=None):
    """Return the zone of an intake, or the installation's where there is none."""
    return ZoneInfo(intake.time_zone if intake else settings.TIME_ZONE)


def day_of(now, intake=None):
    """Return the day a moment falls on.

    Parameters
    ----------
    now: an aware moment.
    intake: whose zone counts; the installation's (``TIME_ZONE``) if none is given.
    """
    return day_in(zone_of(intake).key, now)


def day_in(zone, moment):
    """Return the day a moment falls on in a zone, given by its name."""
    return moment.astimezone(ZoneInfo(zone)).date()


def is_open_on(intake, now):
    """Return whether nominations are taken at a moment, by the intake's days."""
    return intake.opens_on <= day_of(now, intake) <= intake.closes_on
