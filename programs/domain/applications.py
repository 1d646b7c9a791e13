"""Applications: sent with ranked wishes while the intake is open, and taken back.

One application or a file of them: the same checks, trail and events. An intake that
is decided takes no application by any road; one that is only late takes it from a
coordinator of its program who gives a reason, which the trail keeps.
"""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import (
    ApplicationState,
    IntakeState,
    PlacementState,
    SlotState,
)
from programs.days import day_of, is_open_on
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    Intake,
    Participant,
    Preference,
    Slot,
    Team,
)
from programs.refusals import Refusal, RefusalKind

from . import (
    audit,
    bulk,
    checks,
    claims,
    events,
    placements,
    sealing,
    states,
    transactions,
)
from .actors import require_sender, runs_program

SUBMIT = AuditAction.APPLICATIONS_SUBMIT, EventKind.APPLICATION_SUBMIT
UPDATE = AuditAction.APPLICATIONS_UPDATE, EventKind.APPLICATION_UPDATE
SET_PREFERENCES = (
    AuditAction.APPLICATIONS_SET_PREFERENCES,
    EventKind.APPLICATION_SET_PREFERENCES,
)
WITHDRAW = AuditAction.APPLICATIONS_WITHDRAW, EventKind.APPLICATION_WITHDRAW
"""What each verb tells: the action for the trail, the event for partners."""

UNDECIDED = (IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING)
"""States of an intake in which a late application can still be heard."""
WAITING = [
    left
    for left, ends in states.APPLICATION_MOVES.items()
    if ApplicationState.WITHDRAWN in ends and left != ApplicationState.PLACED
]
"""States of an application that may still lead to a place."""
FIXED = {"participant", "intake", "nominated_by"}
"""What never changes of an application: another person is another application."""


@dataclass
class Entry:
    """An application as it is to be.

    Parameters
    ----------
    application: a new row, or one that was read and changed in memory; with its
        intake and the intake's program.
    wishes: slots and pathways in the place of the wishes there are, the first first,
        ``None`` among them for a wish that does not exist; ``None`` leaves them alone.
    changed: names of the fields of a known application that change.
    """

    application: Application
    wishes: list | None = None
    changed: tuple = ()

    @property
    def is_new(self):
        """Whether the application is not sent yet."""
        return self.application._state.adding


@transactions.verb
def submit(
    *,
    participant,
    intake,
    by,
    now,
    preferences=(),
    note="",
    nominated_by=None,
    reason="",
    **fields,
):
    """Apply to an intake for a person, with slots or pathways, first wish first.

    Somebody who is not yet eligible is accepted: what is missing may still be reached
    by the start, and ``eligibility.verdicts`` says what it is.

    Parameters
    ----------
    reason: why it comes late; only the program's coordinators may give one.
    """
    application = Application(
        participant=participant,
        intake=intake,
        nominated_by_id=nominated_by.pk
        if nominated_by
        else participant.registered_by_id,
        note=note,
        **fields,
    )
    entries = [Entry(application, list(preferences))]
    submit_many(entries=entries, by=by, now=now, reason=reason)
    return application


def submit_many(*, entries, by, now, reason=""):
    """Send new applications, all or none; teams that are new are formed with them.

    Raises
    ------
    Refusal: the first that ``problems`` finds, or the intake was decided meanwhile.
    """
    checks.require(problems(entries, by=by, now=now, reason=reason))
    rows = [entry.application for entry in entries]
    for row in rows:
        row.state, row.submitted_at = ApplicationState.SUBMITTED, now
    with transactions.atomic():
        _claim_intakes(rows)
        teams = _form_teams(rows)
        bulk.insert(rows, by=by, now=now)
        _write_wishes(entries)
        _note_teams(teams, by, now)
        _note(SUBMIT, rows, by, now, reason)
    return rows


@transactions.verb
def set_preferences(*, application, preferences, by, now, reason=""):
    """Replace the ranked wishes while the intake is open."""
    entries = [Entry(application, list(preferences))]
    change_many(entries=entries, by=by, now=now, reason=reason)
    return application


@transactions.verb
def update(*, application, by, now, reason="", **changes):
    """Correct score, points, team or note while the intake is open."""
    for name, value in changes.items():
        setattr(application, name, value)
    entries = [Entry(application, changed=tuple(changes))]
    change_many(entries=entries, by=by, now=now, reason=reason)
    return application


def change_many(*, entries, by, now, reason=""):
    """Change wishes and fields of applications, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds, or somebody was overtaken: the intake
        was decided meanwhile, the application withdrawn.
    """
    checks.require(problems(entries, by=by, now=now, reason=reason))
    rows = [entry.application for entry in entries]
    changed = [entry for entry in entries if entry.changed]
    wished = [entry for entry in entries if entry.wishes is not None]
    with transactions.atomic():
        _claim_intakes(rows)
        _claim_alive(rows)
        teams = _form_teams(rows)
        changes = [(each.application, each.changed) for each in changed]
        bulk.overwrite(changes, by=by, now=now)
        _write_wishes(entries)
        _note_teams(teams, by, now)
        _note(UPDATE, [each.application for each in changed], by, now, reason)
        told = [each.application for each in wished]
        _note(SET_PREFERENCES, told, by, now, reason)
    return rows


def hold(application):
    """Hold an application's intake until the end, for a form that writes by itself.

    Raises
    ------
    Refusal: the intake was decided meanwhile.
    """
    _claim_intakes([application])


def tell(application, *, changed, by, now, reason=""):
    """Write trail and events of what a form of the desk has saved.

    Parameters
    ----------
    changed: names of the fields and lists that changed; ``None`` of a new application.
    """
    if changed is None:
        _note(SUBMIT, [application], by, now, reason)
        return
    if set(changed) - {"preferences"}:
        _note(UPDATE, [application], by, now, reason)
    if "preferences" in changed:
        _note(SET_PREFERENCES, [application], by, now, reason)


@transactions.verb
def withdraw(*, application, by, now, reason=""):
    """Take an application back; places that have not begun are given back with it."""
    require_sender(application, by)
    with transactions.atomic():
        claims.claim(people=[application.participant_id])
        held = application.placements.live().select_related("slot__intake__program")
        placement = held.first()
        if placement is None:
            states.move(application, ApplicationState.WITHDRAWN)
        else:
            # The other steps of a pathway, and the application itself, follow.
            _require_not_begun(held)
            placements.decline(placement=placement, by=by, now=now, reason=reason)
            application.refresh_from_db()
        _note(WITHDRAW, [application], by, now)
    return application


def leave(*, participant, by, now):
    """Take back all that a person waits for, within the transaction of the caller."""
    waiting = participant.applications.filter(state__in=WAITING)
    rows = list(waiting.order_by("pk"))
    states.move_many(rows, ApplicationState.WITHDRAWN)
    _note(WITHDRAW, rows, by, now)


def problems(entries, *, by, now, reason=""):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    return checks.gather(
        _of_senders(entries, by),
        _of_intakes(entries, by, now, reason),
        _of_twins(entries),
        _of_people(entries),
        _of_rows(entries),
    )


def of_intake(intake, *, by, now, reason=""):
    """Yield the refusal of an intake that takes no applications from the actor now."""
    if intake.state == IntakeState.OPEN and is_open_on(intake, now):
        return
    has_begun = intake.opens_on <= day_of(now, intake)
    may_be_late = has_begun and intake.state in UNDECIDED
    if may_be_late and reason.strip() and runs_program(by, intake.program):
        return
    yield Refusal(
        "intake-not-open",
        _("Applications are taken from %(first)s to %(last)s; it is %(state)s.")
        % {
            "first": intake.opens_on.isoformat(),
            "last": intake.closes_on.isoformat(),
            "state": intake.get_state_display(),
        },
        kind=RefusalKind.CONFLICT,
        field="intake",
        first=intake.opens_on.isoformat(),
        last=intake.closes_on.isoformat(),
        state=str(intake.state),
        may_be_late=may_be_late,
    )


def of_wishes(intake, wishes):
    """Yield refusals of too many wishes, of doubles, and of those of other intakes."""
    if len(wishes) > intake.max_choices:
        yield Refusal(
            "too-many-choices",
            _("At most %(most)d preferences are allowed here, not %(given)d.")
            % {"most": intake.max_choices, "given": len(wishes)},
            field="preferences",
            most=intake.max_choices,
        )
    known = [wish for wish in wishes if wish is not None]
    twice = [wish for wish, n in Counter(known).items() if n > 1]
    if twice:
        yield Refusal(
            "listed-twice",
            _("A preference is listed twice."),
            field="preferences",
            what=twice[0].code,
        )
    for rank, wish in enumerate(wishes, start=1):
        if wish is None or not _is_open(wish, intake):
            yield Refusal(
                "not-in-intake",
                _("“%(wish)s” is not open in this intake.")
                % {"wish": wish.code if wish else rank},
                field="preferences",
                rank=rank,
                intake=intake.code,
            )


def _is_open(wish, intake):
    is_closed = isinstance(wish, Slot) and wish.state != SlotState.OPEN
    return wish.intake_id == intake.pk and not is_closed


def _of_senders(entries, by):
    for place, entry in enumerate(entries):
        for refusal in checks.refused(require_sender, entry.application, by):
            yield place, refusal


def _of_intakes(entries, by, now, reason):
    for place, entry in enumerate(entries):
        for refusal in of_intake(
            entry.application.intake, by=by, now=now, reason=reason
        ):
            yield place, refusal


def _of_twins(entries):
    """Yield a refusal for each new application of a person who has one there."""
    new = [
        (place, (entry.application.participant_id, entry.application.intake_id))
        for place, entry in enumerate(entries)
        if entry.is_new
    ]
    seen = _nominated(pair for _place, pair in new)
    for place, pair in new:
        if pair in seen:
            yield (
                place,
                Refusal(
                    "already-nominated",
                    _("This person has an application to this intake."),
                    kind=RefusalKind.CONFLICT,
                    field="participant",
                ),
            )
        seen.add(pair)


def _of_people(entries):
    """Yield a refusal for each new application of somebody erased, or only kept."""
    people = {entry.application.participant_id for entry in entries if entry.is_new}
    refusals = {}
    for some in states.batches(people, bulk.BATCH):
        rows = Participant.objects.filter(pk__in=some).exclude(
            erased_at__isnull=True, restricted_at__isnull=True
        )
        for pk, erased_at in rows.values_list("pk", "erased_at"):
            refuse = checks.erased if erased_at else checks.restricted
            refusals[pk] = refuse("participant")
    for place, entry in enumerate(entries):
        if entry.is_new and entry.application.participant_id in refusals:
            yield place, refusals[entry.application.participant_id]


def _nominated(pairs):
    pairs, nominations = set(pairs), set()
    for some in states.batches(pairs, bulk.BATCH):
        rows = Application.objects.filter(
            participant__in={person for person, _intake in some},
            intake__in={intake for _person, intake in some},
        )
        nominations.update(rows.values_list("participant", "intake"))
    return nominations & pairs


def _of_rows(entries):
    for place, entry in enumerate(entries):
        application = entry.application
        if application.state == ApplicationState.WITHDRAWN:
            yield (
                place,
                Refusal(
                    "withdrawn",
                    _("The application was withdrawn."),
                    kind=RefusalKind.CONFLICT,
                ),
            )
        for name in sorted(FIXED & set(entry.changed)):
            yield place, Refusal("fixed", _("This never changes."), field=name)
        team = application.team
        if team is not None and team.intake_id != application.intake_id:
            yield (
                place,
                Refusal(
                    "other-intake",
                    _("Everyone in a team applies to the same intake."),
                    field="team",
                ),
            )
        if entry.is_new or entry.changed:
            for refusal in checks.of_fields(application):
                yield place, refusal
        if entry.wishes is not None:
            for refusal in of_wishes(application.intake, entry.wishes):
                yield place, refusal


def _claim_intakes(rows):
    """Keep the intakes until the end, and refuse where a plan was decided meanwhile.

    Publishing claims the same rows: whoever comes second sees what the first has done.
    """
    ids = {row.intake_id for row in rows}
    claims.keep(intakes=ids)
    kept = Intake.objects.filter(pk__in=ids).values_list("state", flat=True)
    if not set(kept) <= set(UNDECIDED):
        raise states.changed_meanwhile()


def _claim_alive(rows):
    """Hold the applications, and refuse where one was withdrawn meanwhile."""
    for some in states.batches(sorted(row.pk for row in rows), bulk.BATCH):
        held = Application.objects.select_for_update(of=("self",), no_key=True)
        held = held.filter(pk__in=some).order_by("pk")
        if ApplicationState.WITHDRAWN in set(held.values_list("state", flat=True)):
            raise states.changed_meanwhile()


def _require_not_begun(held):
    for placement in held:
        if not states.may_move("placement", placement.state, PlacementState.DECLINED):
            raise Refusal(
                "stay-begun",
                _("The stay has begun; the host can end it early."),
                kind=RefusalKind.CONFLICT,
            )


def _form_teams(rows):
    """Insert the teams that are new; return them."""
    new = {row.team.pk: row.team for row in rows if row.team and row.team._state.adding}
    Team.objects.bulk_create(new.values())
    return list(new.values())


def _write_wishes(entries):
    lists = [
        (
            entry.application,
            None
            if entry.wishes is None
            else [
                _wish(entry.application, rank, wish)
                for rank, wish in enumerate(entry.wishes, start=1)
            ],
        )
        for entry in entries
    ]
    bulk.replace(Preference, "application", lists)


def _wish(application, rank, wish):
    kind = "slot" if isinstance(wish, Slot) else "pathway"
    return Preference(application=application, rank=rank, **{kind: wish})


def _note_teams(teams, by, now):
    if teams:
        audit.record_many(
            by=by,
            action=AuditAction.TEAMS_FORM,
            entries=[(team, None) for team in teams],
            now=now,
        )


def _note(told, rows, by, now, reason=""):
    if not rows:
        return
    action, kind = told
    entries = [(row, {"intake": str(row.intake_id)}) for row in rows]
    if reason.strip():
        people = {row.participant_id for row in rows}
        sealed = sealing.seal_each(people, reason.strip())
        for row, data in entries:
            data["reason"] = sealed[row.participant_id]
    audit.record_many(by=by, action=action, entries=entries, now=now)
    events.emit_many(
        kind=kind,
        entries=[(row, [row.nominated_by_id]) for row in rows],
        now=now,
    )
