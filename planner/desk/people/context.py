"""Who somebody is, where the person could go, and what has happened so far."""

from datetime import date

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from planner.desk.charts.timeline import timeline
from planner.desk.parts.verdicts import told_verdict
from planner.models import AllocationRun, Proposal, Reserve, Unplaced
from programs import clock, eligibility
from programs.days import day_of
from programs.domain import actors, sealing
from programs.models import (
    FIRST_DAY,
    Application,
    AuditEvent,
    Pin,
    Placement,
    PlacementEvent,
    Slot,
)

READINGS = {
    "participants.read": gettext_lazy("The record was read"),
    "participants.reveal": gettext_lazy("Protected data were shown"),
    "participants.export": gettext_lazy("The person's data were exported"),
    "rights.restrict": gettext_lazy("The processing was restricted"),
    "rights.lift": gettext_lazy("The restriction was lifted"),
    "consents.give": gettext_lazy("A consent was recorded"),
    "consents.withdraw": gettext_lazy("A consent was withdrawn"),
}


def record_of(participant, user):
    """Return what the page of a person shows."""
    applications = list(
        Application.objects.visible_to(user)
        .filter(participant=participant)
        .select_related("intake__program", "nominated_by", "team")
        .order_by("-intake__starts_on")
    )
    certificates = list(participant.language_certificates.all())
    claims = list(participant.skill_claims.select_related("skill"))
    return {
        "applications": applications,
        "claims": claims,
        "certificates": certificates,
        "chart": timeline(
            _spans(participant, applications, certificates, claims),
            today=day_of(clock.now()),
        ),
        "verdicts": verdicts_of(applications),
        "events": events_of(participant, applications, user),
    }


def _spans(participant, applications, certificates, claims):
    """Yield what has a beginning or an end, for the time line."""
    for certificate in certificates:
        label = f"{certificate.test} {certificate.band} ({certificate.cefr})"
        yield label, "paper", certificate.taken_on, certificate.valid_to
    for claim in claims:
        if claim.valid_to:
            yield str(claim.skill.name), "paper", None, claim.valid_to
    for free in participant.availabilities.all():
        yield _("free"), "free", free.starts_on, free.ends_on
    for application in applications:
        intake = application.intake
        yield intake.code, "wish", intake.starts_on, intake.ends_on
    placements = Placement.objects.filter(application__in=applications)
    for placement in placements.select_related("slot").order_by(FIRST_DAY):
        slot = placement.slot
        yield slot.role_title, "stay", placement.starts_on, placement.ends_on


def verdicts_of(applications):
    """Return, for each application, its intake's open slots with verdict and reasons.

    Judged by each intake's decision day, in a constant number of queries.
    """
    pool = Application.objects.filter(pk__in=[row.pk for row in applications])
    slots = Slot.objects.open().filter(
        intake__in=[row.intake_id for row in applications]
    )
    places = {slot.pk: slot for slot in slots.select_related("host")}
    if not places:
        return []
    facts = eligibility.load(applications=pool, slots=slots)
    row_of = {pk: row for row, pk in enumerate(facts.people.application)}
    pairs = [
        (application, places[pk], row_of[application.pk], column)
        for application in applications
        for pk, column in facts.column_of.items()
        if pk in places and places[pk].intake_id == application.intake_id
    ]
    if not pairs:
        return []
    person = np.array([pair[2] for pair in pairs])
    column = np.array([pair[3] for pair in pairs])
    judged = eligibility.judge(facts, person, column)
    why = eligibility.explain(facts, person, column)
    ranks = {
        (row, slot): rank
        for row, wishes in facts.preferences.items()
        for rank, slot, _pathway in wishes
    }
    told = [
        {
            "application": application,
            "slot": slot,
            "rank": ranks.get((row, slot.pk)),
            **told_verdict(judged.status[at], judged.placeable[at], why[at]),
        }
        for at, (application, slot, row, _column) in enumerate(pairs)
    ]
    return sorted(
        told,
        key=lambda one: (
            one["application"].intake.code,
            one["rank"] or 99,
            one["slot"].code,
        ),
    )


def events_of(participant, applications, user):
    """Return what happened so far, newest first: (when, what, by whom or why, link)."""
    events = []
    for application in applications:
        if application.submitted_at:
            by = application.nominated_by or _("the person")
            text = _("Applied to %(intake)s") % {"intake": application.intake.code}
            events.append((application.submitted_at, text, str(by), ""))
    pins = Pin.objects.filter(application__in=applications)
    for pin in pins.select_related("slot", "pathway", "created_by"):
        text = f"{pin.get_kind_display()}: {pin.place}"
        events.append((pin.created_at, text, f"{pin.created_by}: {pin.reason}", ""))
    events += _outcomes(applications, user)
    steps = PlacementEvent.objects.filter(placement__application__in=applications)
    for step in steps.select_related("placement__slot"):
        text = f"{step.placement.slot}: {step.get_to_state_display()}"
        link = reverse("admin:programs_placement_change", args=[step.placement_id])
        events.append((step.at, text, step.reason, link))
    readings = AuditEvent.objects.visible_to(user).filter(
        object_type="participant", object_id=str(participant.pk), action__in=READINGS
    )
    entries = list(readings.order_by("-sequence")[:50])
    names = actors.names_of(entry.actor for entry in entries)
    unseal = sealing.opener(participant.pk)
    for entry in entries:
        why = unseal(entry.data.get("reason", "")) or names[entry.actor]
        events.append((entry.at, str(READINGS[entry.action]), why, ""))
    return sorted(events, key=lambda event: event[0], reverse=True)


def _outcomes(applications, user):
    """Yield what each run over the data as they are had for the person."""
    runs = {
        run.pk: run
        for run in AllocationRun.objects.visible_to(user)
        .filter(intakes__in=[row.intake_id for row in applications])
        .filter(scenario__isnull=True, finished_at__isnull=False)
        .exclude(result_digest="")
        .only("number", "finished_at", "state")
    }
    scope = {"run__in": runs, "application__in": applications}
    for row in Proposal.objects.filter(**scope).select_related("slot"):
        yield _outcome(runs, row, _("proposed %(slot)s") % {"slot": row.slot})
    for row in Reserve.objects.filter(**scope).select_related("slot"):
        told = {"position": row.position, "slot": row.slot}
        text = _("number %(position)s on the waiting list of %(slot)s") % told
        yield _outcome(runs, row, text)
    for row in Unplaced.objects.filter(**scope):
        text = _("no place: %(reason)s") % {"reason": row.main_reason_label}
        yield _outcome(runs, row, text)


def _outcome(runs, row, text):
    run = runs[row.run_id]
    link = reverse("admin:desk_run_person", args=[run.pk, row.application_id])
    name = _("Run %(number)s") % {"number": run.number}
    return run.finished_at, f"{name}: {text}", run.get_state_display(), link


def age_on(born, day: date):
    """Return somebody's age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
