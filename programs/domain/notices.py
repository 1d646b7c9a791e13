"""What a move into a state tells: the event for partners, the action for the trail.

Tables, not words put together from the state: whoever renames a state changes neither
what partners wait for nor what old entries of the trail say.
"""

from programs.audit_actions import AuditAction
from programs.choices import (
    AgreementState as Agreement,
    ApplicationState as Application,
    IntakeState as Intake,
    PlacementState as Placement,
    SlotState as Slot,
)
from programs.event_kinds import EventKind

EVENTS = {
    "agreement": {
        Agreement.PROPOSED: EventKind.AGREEMENT_PROPOSED,
        Agreement.IN_FORCE: EventKind.AGREEMENT_IN_FORCE,
        Agreement.EXPIRED: EventKind.AGREEMENT_EXPIRED,
        Agreement.TERMINATED: EventKind.AGREEMENT_TERMINATED,
    },
    "intake": {
        Intake.OPEN: EventKind.INTAKE_OPEN,
        Intake.CLOSED: EventKind.INTAKE_CLOSED,
        Intake.ALLOCATING: EventKind.INTAKE_ALLOCATING,
        Intake.DECIDED: EventKind.INTAKE_DECIDED,
        Intake.RUNNING: EventKind.INTAKE_RUNNING,
        Intake.COMPLETED: EventKind.INTAKE_COMPLETED,
        Intake.CANCELLED: EventKind.INTAKE_CANCELLED,
    },
    "slot": {
        Slot.OPEN: EventKind.SLOT_OPEN,
        Slot.WITHDRAWN: EventKind.SLOT_WITHDRAWN,
    },
    "application": {
        Application.ELIGIBLE: EventKind.APPLICATION_ELIGIBLE,
        Application.INELIGIBLE: EventKind.APPLICATION_INELIGIBLE,
        Application.RESERVE: EventKind.APPLICATION_RESERVE,
        Application.UNPLACED: EventKind.APPLICATION_UNPLACED,
    },
    "placement": {
        Placement.OFFERED: EventKind.PLACEMENT_OFFERED,
        Placement.ACCEPTED: EventKind.PLACEMENT_ACCEPTED,
        Placement.DECLINED: EventKind.PLACEMENT_DECLINED,
        Placement.EXPIRED: EventKind.PLACEMENT_EXPIRED,
        Placement.CONFIRMED: EventKind.PLACEMENT_CONFIRMED,
        Placement.REJECTED: EventKind.PLACEMENT_REJECTED,
        Placement.DEPARTED: EventKind.PLACEMENT_DEPARTED,
        Placement.ARRIVED: EventKind.PLACEMENT_ARRIVED,
        Placement.COMPLETED: EventKind.PLACEMENT_COMPLETED,
        Placement.ENDED_EARLY: EventKind.PLACEMENT_ENDED_EARLY,
        Placement.NO_SHOW: EventKind.PLACEMENT_NO_SHOW,
        Placement.SUPERSEDED: EventKind.PLACEMENT_SUPERSEDED,
        Placement.LAPSED: EventKind.PLACEMENT_LAPSED,
    },
}
"""The event of each move, by the kind of thing and the state it moves to.

Applications are told of by the verbs of senders and by judging; who has no place in a
published plan, or waits for one, is told by it, and who has one with the placement.
"""

ACTIONS = {
    "agreement": {
        Agreement.PROPOSED: AuditAction.AGREEMENTS_PROPOSED,
        Agreement.IN_FORCE: AuditAction.AGREEMENTS_IN_FORCE,
        Agreement.EXPIRED: AuditAction.AGREEMENTS_EXPIRED,
        Agreement.TERMINATED: AuditAction.AGREEMENTS_TERMINATED,
    },
    "intake": {
        Intake.OPEN: AuditAction.INTAKES_OPEN,
        Intake.CLOSED: AuditAction.INTAKES_CLOSED,
        Intake.ALLOCATING: AuditAction.INTAKES_ALLOCATING,
        Intake.DECIDED: AuditAction.INTAKES_DECIDED,
        Intake.RUNNING: AuditAction.INTAKES_RUNNING,
        Intake.COMPLETED: AuditAction.INTAKES_COMPLETED,
        Intake.CANCELLED: AuditAction.INTAKES_CANCELLED,
    },
    "slot": {
        Slot.OPEN: AuditAction.SLOTS_OPEN,
        Slot.WITHDRAWN: AuditAction.SLOTS_WITHDRAWN,
    },
    "placement": {
        Placement.OFFERED: AuditAction.PLACEMENTS_OFFER,
        Placement.ACCEPTED: AuditAction.PLACEMENTS_ACCEPTED,
        Placement.DECLINED: AuditAction.PLACEMENTS_DECLINED,
        Placement.EXPIRED: AuditAction.PLACEMENTS_EXPIRED,
        Placement.CONFIRMED: AuditAction.PLACEMENTS_CONFIRMED,
        Placement.REJECTED: AuditAction.PLACEMENTS_REJECTED,
        Placement.DEPARTED: AuditAction.PLACEMENTS_DEPARTED,
        Placement.ARRIVED: AuditAction.PLACEMENTS_ARRIVED,
        Placement.COMPLETED: AuditAction.PLACEMENTS_COMPLETED,
        Placement.ENDED_EARLY: AuditAction.PLACEMENTS_ENDED_EARLY,
        Placement.NO_SHOW: AuditAction.PLACEMENTS_NO_SHOW,
        Placement.SUPERSEDED: AuditAction.PLACEMENTS_SUPERSEDED,
        Placement.LAPSED: AuditAction.PLACEMENTS_LAPSED,
    },
}
"""The action of each move, by the kind of thing and the state it moves to."""
