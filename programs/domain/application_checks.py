"""What stands in the way of an application, one or a file of them.

Each check yields its refusals with the place of the entry; none writes anything.
"""

from collections import Counter, defaultdict

from django.utils.translation import gettext as _

from programs import formats
from programs.choices import ApplicationState, IntakeState, SlotState
from programs.days import day_of, is_open_on
from programs.models import Application, Participant, Slot, Team
from programs.refusals import Refusal, RefusalKind
from programs.roles import Role

from . import bulk, checks, states, teams
from .actors import SYSTEM, forbidden, require_sender, runs_program

UNDECIDED = (IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING)
"""States of an intake in which a late application can still be heard."""
POINTS = {"merit_score", "carry_over_points"}
"""What decides between people, and is not for those who send them."""
FIXED = {"participant", "intake", "nominated_by"}
"""What never changes of an application: another person is another application."""


def problems(entries, *, by, now, reason=""):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    return checks.gather(
        _of_senders(entries, by),
        _of_registrars(entries, by),
        _of_merit(entries, by),
        _of_intakes(entries, by, now, reason),
        _of_twins(entries),
        of_people(entries),
        _of_rows(entries),
        _of_teams(entries),
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
            "first": formats.day(intake.opens_on),
            "last": formats.day(intake.closes_on),
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


def _of_registrars(entries, by):
    """Yield a refusal for each person whom a partner nominates and did not register."""
    new = {
        place: entry.application.participant_id
        for place, entry in enumerate(entries)
        if entry.is_new and not _runs(entry, by)
    }
    own, foreign = by.institution_ids(Role.PARTNER), set()
    for some in states.batches(set(new.values()), bulk.BATCH):
        rows = Participant.objects.filter(pk__in=some).exclude(registered_by__in=own)
        foreign.update(rows.values_list("pk", flat=True))
    for place, pk in new.items():
        if pk in foreign:
            told = _("This person was registered by another institution.")
            yield place, forbidden(told)


def _runs(entry, by):
    """Return whether the actor may do what is not for those who send people."""
    return by is SYSTEM or runs_program(by, entry.application.intake.program)


def _of_merit(entries, by):
    """Yield a refusal of points that anybody but the program's coordinators gives."""
    for place, entry in enumerate(entries):
        application = entry.application
        given = {name for name in POINTS if getattr(application, name)}
        changed = given if entry.is_new else POINTS & set(entry.changed)
        is_sender = not any(checks.refused(require_sender, application, by))
        if changed and is_sender and not _runs(entry, by):
            for name in sorted(changed):
                yield (
                    place,
                    Refusal(
                        "not-for-senders",
                        _("Only the program's coordinators give points."),
                        kind=RefusalKind.FORBIDDEN,
                        field=name,
                    ),
                )


def _of_teams(entries):
    """Yield refusals of people whose pins cannot be kept in the team they join."""
    joining = {
        place: entry.application
        for place, entry in enumerate(entries)
        if "team" in entry.changed and entry.application.team_id
    }
    if not joining:
        return
    members = defaultdict(set)
    for application in joining.values():
        members[application.team_id].add(application.pk)
    known = Application.objects.filter(team__in=list(members))
    for pk, team in known.values_list("pk", "team"):
        members[team].add(pk)
    refusals = dict(teams.of_pins(members))
    for place, application in joining.items():
        if application.team_id in refusals:
            yield place, refusals[application.team_id]


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


def of_people(entries):
    """Yield a refusal for each new application of somebody erased, or only kept."""
    people = {entry.application.participant_id for entry in entries if entry.is_new}
    refusals = {}
    for some in states.batches(people, bulk.BATCH):
        rows = Participant.objects.filter(pk__in=some).exclude(
            erased_at__isnull=True,
            restricted_at__isnull=True,
            merged_into__isnull=True,
        )
        for pk, erased, merged in rows.values_list("pk", "erased_at", "merged_into"):
            refuse = checks.restricted
            refuse = checks.erased if erased else checks.merged if merged else refuse
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
        try:
            team = application.team
        except Team.DoesNotExist:  # disbanded since the application was read
            yield place, states.changed_meanwhile()
            continue
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
