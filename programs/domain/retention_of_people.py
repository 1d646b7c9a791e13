"""People whose data are kept no longer than they are needed: announced, then erased.

The register of purposes says for how many days. They count from the end of the last
stay where there was one, and from the last decision else; both have to be over. The
erasure is announced ``settings.RETAIN_NOTICE_DAYS`` before. Whoever asked for
something that is not answered yet, is restricted (kept at the own wish), or applied
anew stays. What a law obliges to keep stays without the person
(``personal_data.kept``).
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from programs.audit_actions import AuditAction
from programs.choices import (
    LIVE_PLACEMENT_STATES,
    ApplicationState,
    Disability,
    IntakeState,
    PlacementState,
    Purpose,
)
from programs.days import day_of
from programs.event_kinds import EventKind
from programs.models import (
    DAY_AFTER,
    Application,
    FundingLine,
    Participant,
    Placement,
    ProcessingPurpose,
    RightsRequest,
)
from programs.refusals import Refusal

from . import audit, consents, events, personal_data, purposes, transactions
from .actors import SYSTEM

log = structlog.get_logger(__name__)
AT_A_TIME = 20
"""People who are erased at one look, so that a dispatcher does its other work too."""
OVER = (IntakeState.COMPLETED, IntakeState.CANCELLED)
DECIDED = (
    ApplicationState.WITHDRAWN,
    ApplicationState.UNPLACED,
    ApplicationState.PLACED,
)
"""States of applications that wait for nothing any more."""
STAYED = (
    PlacementState.DEPARTED,
    PlacementState.ARRIVED,
    PlacementState.COMPLETED,
    PlacementState.ENDED_EARLY,
)
"""States of placements that became a stay."""


def run(*, now):
    """Announce and erase what is due; once a day is enough. Return how many went."""
    today = day_of(now)
    first = ProcessingPurpose.objects.filter(purpose=Purpose.SELECTION)
    if not first.exclude(looked_on=today).exists():
        return 0
    due = over(today)
    _call_off(due, now)
    _announce(due, today, now)
    _forget_disabilities(today, now)
    count, is_done = _erase(today, now)
    if is_done:
        first.update(looked_on=today)
    return count


def over(today):
    """Return the people whose time is over on a day, by every purpose of theirs.

    Empty while the register says no period for selecting people.
    """
    rows = purposes.register()
    days = {purpose: row.keep_days for purpose, row in rows.items()}
    if days.get(Purpose.SELECTION) is None:
        return Participant.objects.none()
    people = _of_old_decisions(today, days[Purpose.SELECTION])
    people = people.filter(~Exists(_stays(_before(today, days[Purpose.STAY]))))
    if days[Purpose.ACCOUNTING] is not None:
        since = today - timedelta(days=days[Purpose.ACCOUNTING])
        paid = FundingLine.objects.filter(
            placement__application__participant=OuterRef("pk"),
            fiscal_year__gte=since.year,
        )
        people = people.filter(~Exists(paid))
    return people


def announced():
    """Return the people whose erasure is announced, the first to go first."""
    return Participant.objects.filter(erase_on__isnull=False).order_by(
        "erase_on", "code"
    )


def _of_old_decisions(today, days):
    """Return people about whom nothing was decided for so long, and nothing is open."""
    before = today - timedelta(days=days)
    own = {"participant": OuterRef("pk")}
    applied = Application.objects.filter(**own)
    fresh = applied.filter(
        Q(submitted_at__date__gte=before)
        | Q(intake__decide_by__gte=before)
        | Q(placements__offered_at__date__gte=before)
    )
    pending = applied.exclude(state__in=DECIDED).filter(
        ~Q(intake__state__in=OVER), intake__ends_on__gte=today
    )
    held = Placement.objects.filter(
        application__participant=OuterRef("pk"), state__in=LIVE_PLACEMENT_STATES
    ).exclude(state=PlacementState.COMPLETED)
    asked = RightsRequest.objects.filter(**own, answered_at__isnull=True)
    edited = Participant.history.model.objects.filter(id=OuterRef("pk"))
    return Participant.objects.filter(
        ~Exists(fresh),
        ~Exists(pending),
        ~Exists(held),
        ~Exists(asked),
        ~Exists(edited.filter(history_date__date__gte=before)),
        Exists(applied) | Exists(edited),
        erased_at__isnull=True,
        restricted_at__isnull=True,
        merged_into__isnull=True,
    )


def _stays(before):
    """Return the stays of a person that ended since; all of them without a day."""
    stays = Placement.objects.filter(
        application__participant=OuterRef("pk"), state__in=STAYED
    )
    if before is None:
        return stays
    return stays.alias(after=DAY_AFTER).filter(after__gte=before)


def _before(today, days):
    return None if days is None else today - timedelta(days=days)


def _call_off(due, now):
    """Take announcements back for whom they are no longer true."""
    for person in announced().exclude(pk__in=due.values("pk")):
        with transactions.atomic():
            rows = Participant.objects.filter(pk=person.pk, erase_on__isnull=False)
            if rows.update(erase_on=None):
                _note(AuditAction.RETENTION_CALL_OFF, [(person, None)], now)
                _tell([person], now)


def _announce(due, today, now):
    """Say of everybody newly due when the erasure will be."""
    day = today + timedelta(days=settings.RETAIN_NOTICE_DAYS)
    people = list(due.filter(erase_on__isnull=True))
    with transactions.atomic():
        new = Participant.objects.filter(
            pk__in=[person.pk for person in people], erase_on__isnull=True
        )
        new.update(erase_on=day)
        told = [(person, {"on": day.isoformat()}) for person in people]
        if told:
            _note(AuditAction.RETENTION_ANNOUNCE, told, now)
            _tell(people, now)


def _erase(today, now):
    """Erase whose day has come; return (how many, whether nobody is left)."""
    ready = list(announced().filter(erase_on__lte=today)[: AT_A_TIME + 1])
    count = 0
    for person in ready[:AT_A_TIME]:
        try:
            personal_data.erase(participant=person, by=SYSTEM, now=now)
            count += 1
        except Refusal as refusal:
            log.warning("retention.refused", person=str(person.pk), why=refusal.code)
    return count, len(ready) <= AT_A_TIME or count == 0


def _forget_disabilities(today, now):
    """Delete declared disabilities whose own time is over, before the person's is."""
    row = ProcessingPurpose.objects.get(purpose=Purpose.DISABILITY)
    if row.keep_days is None:
        return
    old = _of_old_decisions(today, row.keep_days)
    for person in old.only("pk", "disability"):
        if person.disability != Disability.NONE:
            with transactions.atomic():
                consents.forget_disability(person)
                _note(AuditAction.RETENTION_FORGET, [(person, None)], now)


def _tell(people, now):
    """Let those who registered people know that the day of their erasure changed."""
    events.emit_many(
        kind=EventKind.PARTICIPANT_UPDATED,
        entries=[(person, [person.registered_by_id]) for person in people],
        now=now,
    )


def _note(action, entries, now):
    audit.record_many(by=SYSTEM, action=action, entries=entries, now=now)
