"""``manage.py rights``: requests, restriction and consents of one person."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programs import clock, formats
from programs.choices import CONSENT_PURPOSES, RightsKind, RightsOutcome
from programs.domain import consents, rights
from programs.models import Application, Consent, Country, RightsRequest, User
from programs.refusals import Refusal

from .export_person import find


class Command(BaseCommand):
    """Does for one person what the desk's page of rights does, by a named human."""

    help = _("Note and answer a person's requests, restrict, record consents.")

    def add_arguments(self, parser):
        """Take what to do, for whom, and who does it."""
        parser.add_argument("--by", required=True, help=_("user name of who acts"))
        acts = parser.add_subparsers(dest="act", required=True)
        receive = acts.add_parser("receive", help=_("note a request"))
        receive.add_argument("code")
        receive.add_argument("kind", choices=RightsKind.values)
        receive.add_argument("--words", default="")
        receive.add_argument("--intake", help=_("whose decision is objected to"))
        answer = acts.add_parser("answer", help=_("answer the oldest open request"))
        answer.add_argument("code")
        answer.add_argument("outcome", choices=RightsOutcome.values)
        answer.add_argument("--words", required=True)
        for name in ("restrict", "lift"):
            mark = acts.add_parser(name, help=_("keep the data only, or process again"))
            mark.add_argument("code")
            mark.add_argument("--reason", required=True)
        for name in ("consent", "withdraw"):
            given = acts.add_parser(name, help=_("record a consent, or its withdrawal"))
            given.add_argument("code")
            given.add_argument("purpose", choices=[str(p) for p in CONSENT_PURPOSES])
            given.add_argument("--country", help=_("of a transfer, as ISO code"))
            if name == "consent":
                given.add_argument("--given-on", type=date.fromisoformat, required=True)
                given.add_argument("--evidence", required=True)

    def handle(self, *, act, code, by, **options):
        """Do it, and say what follows; a refusal is one line."""
        user = User.objects.filter(username=by, is_active=True).first()
        if user is None:
            raise CommandError(_("There is no account named %s.") % by)
        person, now = find(code), clock.now()
        try:
            for line in ACTS[act](person, {"by": user, "now": now}, options):
                self.stdout.write(line)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal


def _receive(person, who, options):
    application = None
    if options["intake"]:
        own = Application.objects.filter(participant=person)
        application = own.filter(intake__code=options["intake"]).first()
    row = rights.receive(
        participant=person,
        kind=options["kind"],
        words=options["words"],
        application=application,
        **who,
    )
    yield _("Answer due at %s.") % formats.moment(row.due_at)


def _answer(person, who, options):
    waiting = RightsRequest.objects.filter(participant=person, answered_at=None)
    row = waiting.order_by("due_at").first()
    if row is None:
        raise CommandError(_("No request of this person waits for an answer."))
    given = {"words": options["words"], "outcome": options["outcome"]}
    rights.answer(request=row, **given, **who)
    yield _("The request is answered.")


def _restrict(person, who, options):
    rights.restrict(participant=person, reason=options["reason"], **who)
    yield _("The person's data are kept and not processed any more.")


def _lift(person, who, options):
    rights.lift(participant=person, reason=options["reason"], **who)
    yield _("The person's data are processed again.")


def _consent(person, who, options):
    consents.give(
        participant=person,
        purpose=options["purpose"],
        country=_country(options["country"]),
        given_on=options["given_on"],
        evidence=options["evidence"],
        **who,
    )
    yield _("The consent is recorded.")


def _withdraw(person, who, options):
    given = Consent.objects.in_force().filter(
        participant=person,
        purpose=options["purpose"],
        country=_country(options["country"]),
    )
    row = given.first()
    if row is None:
        raise CommandError(_("No such consent is in force."))
    yield _("The consent is withdrawn.")
    yield from consents.withdraw(consent=row, **who)


def _country(code):
    if not code:
        return None
    country = Country.objects.filter(pk=code).first()
    if country is None:
        raise CommandError(_("There is no country %s.") % code)
    return country


ACTS = {
    "receive": _receive,
    "answer": _answer,
    "restrict": _restrict,
    "lift": _lift,
    "consent": _consent,
    "withdraw": _withdraw,
}
"""What each word does; it yields the lines that tell what was done."""
