"""``manage.py reset_second_factor``: for somebody who lost phone and recovery codes."""

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.domain.actors import SYSTEM


class Command(BaseCommand):
    """Removes the authenticator of an account; the next sign-in sets up a new one.

    Make sure first who is asking, by another way than the one the request came by.
    """

    help = _("Remove a lost second factor; its owner sets up a new one.")

    def add_arguments(self, parser):
        """Take the account and why."""
        parser.add_argument("username")
        parser.add_argument(
            "--reason", required=True, help=_("for the trail, such as: phone lost")
        )

    def handle(self, *, username, reason, **options):
        """Remove, and leave an entry in the trail."""
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("No account is called %s.") % username)
        with transaction.atomic():
            _rows, gone = Authenticator.objects.filter(user=user).delete()
            if not gone:
                raise CommandError(_("%s has no second factor.") % username)
            audit.record(
                by=SYSTEM,
                action=AuditAction.ACCOUNTS_RESET_SECOND_FACTOR,
                obj=user,
                data={"reason": reason},
                now=clock.now(),
            )
        self.stdout.write(
            _("The second factor of %s is gone; the next sign-in sets up a new one.")
            % username
        )
