"""The kinds of events partners may subscribe to: a public contract, and closed.

A value is written here by hand and never derived from a state: renaming a state of the
domain must not rename what partners' systems wait for. Which move tells of what is the
table of ``programs.domain.notices``.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What happened, as partners read it in ``type``; the label says it in words."""

    AGREEMENT_PROPOSED = "agreement.proposed", _("An agreement was sent to its parties")
    AGREEMENT_IN_FORCE = "agreement.in_force", _("An agreement is in force")
    AGREEMENT_EXPIRED = "agreement.expired", _("An agreement's last day is over")
    AGREEMENT_TERMINATED = "agreement.terminated", _("An agreement was ended early")

    INTAKE_OPEN = "intake.open", _("An intake takes applications")
    INTAKE_CLOSED = "intake.closed", _("An intake takes no more applications")
    INTAKE_ALLOCATING = "intake.allocating", _("A plan is being prepared")
    INTAKE_DECIDED = "intake.decided", _("A plan was decided for an intake")
    INTAKE_PUBLISHED = "intake.published", _("The plan of an intake was published")
    INTAKE_RUNNING = "intake.running", _("The stays of an intake have begun")
    INTAKE_COMPLETED = "intake.completed", _("The stays of an intake are over")
    INTAKE_CANCELLED = "intake.cancelled", _("An intake was called off")

    SLOT_PROPOSE = "slot.propose", _("A host proposed a slot")
    SLOT_OPEN = "slot.open", _("A slot was opened")
    SLOT_UPDATE = "slot.update", _("A slot was changed")
    SLOT_WITHDRAWN = "slot.withdrawn", _("A slot was taken back")

    PARTICIPANT_REGISTERED = "participant.registered", _("A person was registered")
    PARTICIPANT_UPDATED = "participant.updated", _("A person's record was changed")
    PARTICIPANT_MERGED = (
        "participant.merged",
        _("Two registrations of a person became one, or two again"),
    )
    PARTICIPANT_ERASED = "participant.erased", _("A person's data were erased")

    APPLICATION_SUBMIT = "application.submit", _("A person was nominated")
    APPLICATION_UPDATE = "application.update", _("A nomination was changed")
    APPLICATION_SET_PREFERENCES = (
        "application.set_preferences",
        _("The preferences of a nomination were changed"),
    )
    APPLICATION_ELIGIBLE = "application.eligible", _("A nomination was found eligible")
    APPLICATION_INELIGIBLE = (
        "application.ineligible",
        _("A nomination was found ineligible"),
    )
    APPLICATION_RESERVE = "application.reserve", _("A nominee is on a waiting list")
    APPLICATION_UNPLACED = "application.unplaced", _("A nominee has no place")
    APPLICATION_WITHDRAW = "application.withdraw", _("A nomination was taken back")

    PLACEMENT_OFFERED = "placement.offered", _("A person was offered a place")
    PLACEMENT_ACCEPTED = "placement.accepted", _("An offer was accepted")
    PLACEMENT_DECLINED = "placement.declined", _("A place was given back")
    PLACEMENT_EXPIRED = "placement.expired", _("An offer was not answered in time")
    PLACEMENT_CONFIRMED = "placement.confirmed", _("The host confirmed a person")
    PLACEMENT_REJECTED = "placement.rejected", _("The host rejected a person")
    PLACEMENT_DEPARTED = "placement.departed", _("A person has left for a stay")
    PLACEMENT_ARRIVED = "placement.arrived", _("A person has arrived at the host")
    PLACEMENT_COMPLETED = "placement.completed", _("A stay was completed")
    PLACEMENT_ENDED_EARLY = "placement.ended_early", _("A stay ended early")
    PLACEMENT_NO_SHOW = "placement.no_show", _("A person did not come")
    PLACEMENT_SUPERSEDED = (
        "placement.superseded",
        _("A place was replaced by a later plan"),
    )
    PLACEMENT_LAPSED = (
        "placement.lapsed",
        _("A conditional place was lost: something was not met by its day"),
    )
    PLACEMENT_CONDITION_CHANGED = (
        "placement.condition_changed",
        _("Something that a place waits for was met, waived, extended or reopened"),
    )

    PLACEMENT_CHANGE_PROPOSED = (
        "placement.change_proposed",
        _("Other days or another slot were proposed for a stay"),
    )
    PLACEMENT_CHANGE_AGREED = (
        "placement.change_agreed",
        _("A stay was changed by consent of both sides"),
    )
    PLACEMENT_CHANGE_REFUSED = (
        "placement.change_refused",
        _("A proposed change of a stay was refused"),
    )
    PLACEMENT_CHANGE_WITHDRAWN = (
        "placement.change_withdrawn",
        _("A proposed change of a stay was taken back"),
    )
    PLACEMENT_CHANGE_LAPSED = (
        "placement.change_lapsed",
        _("A proposed change of a stay was not answered in time"),
    )

    TRANSCRIPT_WRITTEN = "transcript.written", _("The transcript of a stay was written")


def object_type_of(kind: str) -> str:
    """Return what kind of thing an event of a kind names by its id."""
    thing = str(kind).partition(".")[0]
    return {"transcript": "placement"}.get(thing, thing)


OBJECT_TYPES = sorted({object_type_of(kind) for kind in EventKind.values})
"""Every kind of thing that events name."""
