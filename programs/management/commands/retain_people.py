"""``manage.py retain_people``: who will be erased when, and what stays."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _, ngettext

from programs import clock
from programs.days import day_of
from programs.domain import personal_data, retention_of_people


class Command(BaseCommand):
    """Tells beforehand what the dispatcher does by itself, day by day."""

    help = _("List the people whose time is over: who is erased when, and what stays.")

    def handle(self, **options):
        """Name each by its code: those announced, and those to be announced."""
        announced = retention_of_people.announced()
        due = retention_of_people.over(day_of(clock.now()))
        for person in announced:
            self.stdout.write(f"{person.erase_on.isoformat()} {person.code}")
            for sentence in personal_data.kept(person):
                self.stdout.write(f"    {sentence}")
        count = due.filter(erase_on__isnull=True).count()
        text = ngettext(
            "%(count)d more person will be announced at the next look.",
            "%(count)d more people will be announced at the next look.",
            count,
        )
        self.stdout.write(text % {"count": count})
