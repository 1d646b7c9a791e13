"""Applications: sent with ranked wishes while the intake is open, and taken back.

One application or a file of them: the same checks, trail and events. An intake that
is decided takes no application by any road; one that is only late takes it from a
coordinator of its program who gives a reason, which the trail keeps.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, PlacementState
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    Intake,
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
from .actors import require_sender
from .application_checks import UNDECIDED, of_people, problems

SUBMIT = AuditAction.APPLICATIONS_SUBMIT, EventKind.APPLICATION_SUBMIT
UPDATE = AuditAction.APPLICATIONS_UPDATE, EventKind.APPLICATION_UPDATE
SET_PREFERENCES = (
    AuditAction.APPLICATIONS_SET_PREFERENCES,
    EventKind.APPLICATION_SET_PREFERENCES,
)
WITHDRAW = AuditAction.APPLICATIONS_WITHDRAW, EventKind.APPLICATION_WITHDRAW
"""What each verb tells: the action for the trail, the event for partners."""

WAITING = [
    left
    for left, ends in states.APPLICATION_MOVES.items()
    if ApplicationState.WITHDRAWN in ends and left != ApplicationState.PLACED
]
"""States of an application that may still lead to a place."""


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
    if nominated_by is not None:
        fields["nominated_by_id"] = nominated_by.pk
    entry = new_entry(
        participant=participant,
        intake=intake,
        preferences=preferences,
        note=note,
        **fields,
    )
    submit_many(entries=[entry], by=by, now=now, reason=reason)
    return entry.application


def new_entry(*, participant, intake, preferences=(), **fields):
    """Return the entry of a new application; its sender registered the person."""
    fields.setdefault("nominated_by_id", participant.registered_by_id)
    application = Application(participant=participant, intake=intake, **fields)
    return Entry(application, list(preferences))


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
        _claim(entries)
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
        _claim(entries)
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
    """Hold what an application rests on until the end, for a form that writes itself.

    Raises
    ------
    Refusal: the intake was decided meanwhile, or the person erased.
    """
    _claim([Entry(application)])


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
    take_back(participant.applications.filter(state__in=WAITING), by=by, now=now)


def take_back(waiting, *, by, now):
    """Withdraw applications that wait, within the transaction of the caller."""
    rows = list(waiting.order_by("pk"))
    states.move_many(rows, ApplicationState.WITHDRAWN)
    _note(WITHDRAW, rows, by, now)


def _claim(entries):
    """Keep intakes and new people until the end, and refuse what changed meanwhile.

    Publishing claims the same intakes, erasing the same people: whoever comes second
    sees what the first has done.
    """
    ids = {entry.application.intake_id for entry in entries}
    people = {entry.application.participant_id for entry in entries if entry.is_new}
    claims.keep(intakes=ids, people=people)
    kept = Intake.objects.filter(pk__in=ids).values_list("state", flat=True)
    if not set(kept) <= set(UNDECIDED):
        raise states.changed_meanwhile()
    checks.require(checks.gather(of_people(entries)))


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
    try:
        with transaction.atomic():
            Team.objects.bulk_create(new.values())
    except IntegrityError as error:  # somebody has formed it meanwhile
        raise checks.told(error) from error
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
