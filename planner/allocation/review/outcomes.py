"""How a published plan ended for one nominee, in words fit for the sender."""

from typing import Any

from planner.models import (
    PublishedIntake,
    Unplaced,
    difference_words,
    reason_words,
)
from programs.models import Application, ReserveEntry


def for_sender(application: Application) -> dict[str, Any]:
    """Return the outcome of a nomination: reasons, and places on waiting lists.

    Nothing in it is about anybody else. Before a plan is published there is nothing.
    """
    live = PublishedIntake.objects.filter(intake=application.intake_id, is_live=True)
    published = live.select_related("publication").first()
    if published is None:
        return {
            "published_at": None,
            "main_reason": None,
            "reasons": [],
            "different": None,
            "waiting": [],
        }
    publication = published.publication
    left_out = Unplaced.objects.filter(
        run=publication.run_id, application=application
    ).first()
    return {
        "published_at": publication.published_at,
        "main_reason": left_out.main_reason if left_out else None,
        "reasons": [told(reason) for reason in left_out.reasons] if left_out else [],
        "different": left_out
        and difference_words.for_reader(
            left_out, left_out.differently_for_participant()
        ),
        "waiting": list(
            ReserveEntry.objects.filter(
                publication=publication.pk, application=application
            )
            .order_by("position", "slot")
            .values("slot", "position", "is_open")
        ),
    }


def told(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a stored reason without other people's data, and where it is about."""
    return {
        "code": reason["code"],
        "text": reason_words.for_participant(reason),
        "slot": reason.get("slot"),
        "pathway": reason.get("pathway"),
    }
