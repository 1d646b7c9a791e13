"""What a person is told of a published plan, in Indonesian and in English."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from planner.desk.parts.answers import decided

RULE = "\n\n----------------------------------------\n\n"
"""Between the languages."""


def letter_of(run, application):
    """Return (subject, body) of the message to one person, in both languages."""
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
                "published_at": run.publication.published_at,
            }
            text = render_to_string("desk/outbox/message.txt", context)
            bodies.append(text.strip())
    return f"{' / '.join(subjects)}: {application.intake.code}", RULE.join(bodies)
