"""What a person is told of a published plan, in Indonesian and in English."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from planner.desk.parts.answers import decided
from programs.choices import PlacementState

MOST = 1_000
"""Letters of one page; a browser lays out no more at once."""
RULE = "\n\n----------------------------------------\n\n"
"""Between the languages."""


def letter_of(run, application, page=""):
    """Return (subject, body) of the message to one person, in both languages.

    Parameters
    ----------
    page: address of the person's own page, where the message names one.
    """
    subjects, bodies = [], []
    unplaced = run.unplaced.filter(application=application).first()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            subjects.append(_("Your application"))
            context = {
                "person": application.participant,
                "intake": application.intake,
                "decided": decided(run, application),
                "unplaced": unplaced,
                "page": page,
                "published_at": run.publication.published_at,
            }
            text = render_to_string("desk/outbox/message.txt", context)
            bodies.append(text.strip())
    return f"{' / '.join(subjects)}: {application.intake.code}", RULE.join(bodies)


def printed(run, applications):
    """Return letters on paper: from whom, number, to whom, due when, and words."""
    return [
        _printed(run, place, application)
        for place, application in enumerate(applications[:MOST], start=1)
    ]


def _printed(run, place, application):
    subject, body = letter_of(run, application)
    offers = application.placements.filter(state=PlacementState.OFFERED)
    due = offers.order_by("expires_at").values_list("expires_at", flat=True)
    return {
        "owner": application.intake.program.owner,
        "number": f"{place:03}/{application.intake.code}/{run.number}",
        "person": application.participant,
        "answer_by": due.first(),
        "subject": subject,
        "body": body,
    }
