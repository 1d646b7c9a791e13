"""What a person's own page shows about one application: state, reason, what to do."""

from django.utils.translation import gettext as _

from planner.mailing.answers import held, said
from planner.models import AllocationRun, RunState
from programs import formats
from programs.choices import (
    ApplicationState,
    PlacementState,
    RightsKind,
)
from programs.days import day_of
from programs.domain.placements import BEFORE_DEPARTURE
from programs.models import FIRST_DAY, RightsRequest


def page_of(link, now):
    """Return what the page shows; nothing about anybody else.

    Parameters
    ----------
    link: a live one, with its application. now: when it is looked at.
    """
    application = link.application
    run, unplaced = plan_of(application)
    placements = list(
        application.placements.select_related("slot__host").order_by(
            FIRST_DAY, "offered_at"
        )
    )
    # A place may have come without a plan, and is no less decided.
    outcome = said(held(application)) if run or placements else None
    lead, *more = sentences(application, run, outcome)
    is_told = unplaced is not None and outcome["is_asked_why"]
    is_going = any(row.state in BEFORE_DEPARTURE for row in placements)
    return {
        "application": application,
        "person": application.participant,
        "intake": application.intake,
        "lead": lead,
        "more": more,
        "reasons": _why(unplaced) if is_told else [],
        "differently": _differently(unplaced) if is_told else "",
        "offers": [
            row
            for row in placements
            if row.state == PlacementState.OFFERED and row.expires_at >= now
        ],
        "places": [
            row
            for row in placements
            if row.state in BEFORE_DEPARTURE and row.state != PlacementState.OFFERED
        ],
        "papers": papers_of(application.participant) if is_going else [],
        "requests": RightsRequest.objects.filter(
            participant=application.participant_id
        ).order_by("-received_at"),
        "kinds": RightsKind.choices,
    }


def _why(unplaced):
    """Return the plan's reasons, and how a plan with the person there compares."""
    told = [*unplaced.for_participant(), unplaced.compared_for_participant()]
    return [sentence for sentence in told if sentence]


def papers_of(person):
    """Return the papers that the person's record rests on, each in a few words."""
    certificates = [
        f"{paper.test} {paper.band}, {formats.day(paper.taken_on)}"
        for paper in person.language_certificates.order_by("pk")
    ]
    studies = [
        ", ".join(filter(None, (study.get_level_display(), study.institution)))
        for study in person.education.order_by("pk")
    ]
    facts = person.facts.exclude(evidence="").select_related("definition")
    shown = [f"{fact.definition}: {fact.evidence}" for fact in facts.order_by("pk")]
    passport = [_("passport")] if person.passport else []
    return [*passport, *certificates, *studies, *shown]


def _differently(unplaced):
    """Return what would change it, where that was found."""
    known = unplaced.different is not None
    return unplaced.differently_for_participant() if known else ""


def plan_of(application):
    """Return (the plan in force that decided about an application, why no place).

    Both are None before a plan is published, or where it did not look at the person.
    """
    runs = AllocationRun.objects.filter(
        state=RunState.PUBLISHED, intakes=application.intake_id
    ).select_related("publication")
    for run in runs.order_by("-publication__published_at")[:1]:
        unplaced = run.unplaced.filter(application=application).first()
        rows = (run.proposals, run.reserves)
        if unplaced or any(r.filter(application=application).exists() for r in rows):
            return run, unplaced
    return None, None


def sentences(application, run, outcome):
    """Return the person's state in sentences, the most important first."""
    told = outcome["sentences"] if outcome else []
    num_live = outcome["num_live"] if outcome else 0
    waiting = [
        _("You are number %(position)s on the waiting list for %(slot)s.")
        % {"position": position, "slot": slot.role_title}
        for position, slot in (outcome["waiting"] if outcome else [])
    ]
    found = [*told[:num_live], *waiting, *told[num_live:]]
    if found:
        return found
    if application.state == ApplicationState.WITHDRAWN:
        return [_("Your application was withdrawn.")]
    if run:
        day = formats.day(day_of(run.publication.published_at))
        return [_("There is no place for you in the plan of %(day)s.") % {"day": day}]
    return [_("Your application is received; nothing is decided about it yet.")]
