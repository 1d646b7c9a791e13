"""What a person is told of a published plan, in Indonesian and in English."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from planner.mailing.answers import said, standing

RULE = "\n\n----------------------------------------\n\n"
"""Between the languages."""


def letter_of(run, application, page=""):
    """Return (subject, body) of the message to one person, in both languages.

    Parameters
    ----------
    page: address of the person's own page, where the message names one.
    """
    told = words_of(run, application, page)
    subjects = " / ".join(subject for _language, subject, _body in told)
    bodies = RULE.join(body for _language, _subject, body in told)
    return f"{subjects}: {application.intake.code}", bodies


def words_of(run, application, page=""):
    """Return (language, subject, body) for each language, as in ``letter_of``."""
    told = []
    unplaced = run.unplaced.filter(application=application).first()
    stands = standing(run, application)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            context = {
                "person": application.participant,
                "intake": application.intake,
                "decided": said(stands),
                "unplaced": unplaced,
                "page": page,
                "published_at": run.publication.published_at,
            }
            text = render_to_string("desk/outbox/message.txt", context)
            told.append((language, _("Your application"), text.strip()))
    return told
