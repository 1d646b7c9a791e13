"""What the processes of the random mix do, each deed on a row drawn at random.

Intakes come and go all the time (``rounds``), so that no deed runs out of rows: a mix
in which a deed was never done has shown nothing about it.
"""

import csv
import io
import uuid
from datetime import datetime, time, timedelta

from planner.allocation.decisions import replan
from planner.allocation.vacancies import reserves, searches, suggestions
from planner.models import AllocationRun, MoveUp, Search
from programs import transfer
from programs.choices import ApplicationState, ImportKind, SkillEvidence
from programs.domain import (
    applications,
    claims,
    host_ratings,
    intakes,
    money,
    participants,
    personal_data,
    pins,
    placements,
    slots,
    stay_changes,
    teams,
    transactions,
    transcripts,
)
from programs.domain.actors import SYSTEM
from programs.models import (
    Application,
    BudgetLine,
    Intake,
    Participant,
    Pin,
    Placement,
    ReserveEntry,
    Skill,
    Slot,
    Team,
)
from tests.planner.allocation.worlds import NOW

from . import rounds
from .rounds import IN_TIME, coordinator, one_of, planner

BRINGS = 5
"""Rows of a file that is brought."""
MOST_MONEY = 400_000_000


def seldom(choice, chance=0.1):
    """Return whether a deed that uses something up for good is done this time."""
    return choice.random() < chance


def nominate(choice):
    """Let somebody apply to an open intake."""
    person = one_of(choice, Participant.objects.filter(erased_at=None))
    intake = one_of(choice, Intake.objects.filter(state="open"))
    if intake is None:
        return None
    return applications.submit(
        participant=person,
        intake=intake,
        by=SYSTEM,
        now=IN_TIME,
        preferences=wishes(choice, intake),
        merit_score=choice.randrange(100),
    )


def rank(choice):
    """Change somebody's wishes while the intake is open."""
    row = one_of(choice, waiting("submitted", intake__state="open"))
    return row and applications.set_preferences(
        application=row, preferences=wishes(choice, row.intake), by=SYSTEM, now=IN_TIME
    )


def bring_a_file(choice):
    """Change scores and wishes of some people by a file."""
    rows = waiting("submitted", intake__state="open")
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return None
    some = choice.sample(ids, min(BRINGS, len(ids)))
    lines = [
        {
            "participant": row.participant.code,
            "intake": row.intake.code,
            "merit_score": choice.randrange(100),
            "choice_1": next((wish.code for wish in wishes(choice, row.intake)), ""),
        }
        for row in rows.filter(pk__in=some)
    ]
    if not lines:
        return None
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    facts = {"by": coordinator(), "now": IN_TIME}
    content = text.getvalue().encode()
    kind = ImportKind.APPLICATIONS
    report = transfer.check(kind, content, filename="a.csv", **facts)
    if not report.good:
        return transfer.discard(report.batch, **facts)
    return transfer.apply(report.batch, digest=report.digest, park=True, **facts)


def team_up(choice):
    """Bind two people to each other."""
    free = waiting("submitted", intake__state="open", team=None)
    one = one_of(choice, free)
    other = one and one_of(choice, free.filter(intake=one.intake).exclude(pk=one.pk))
    if other is None or not seldom(choice):
        return None
    return teams.form(
        intake=one.intake,
        code=uuid.uuid4().hex[:12],
        name="Two",
        applications=[one, other],
        by=SYSTEM,
        now=IN_TIME,
    )


def disband(choice):
    """Let a team go."""
    row = one_of(choice, Team.objects.all())
    if row is None:
        return None
    teams.disband(team=row, by=SYSTEM, now=NOW)
    return row


def score(choice):
    """Rate a candidate as the host, or keep the person out."""
    row = one_of(choice, waiting("submitted", "eligible", intake__state="closed"))
    slot = row and one_of(choice, row.intake.slots.open())
    if slot is None:
        return None
    veto = "Not there." if seldom(choice) else ""
    return host_ratings.rate(
        application=row,
        slot=slot,
        by=coordinator(),
        now=NOW,
        score=None if veto else choice.randrange(1, 5),
        veto_reason=veto,
    )


def decline(choice):
    """Give a place back."""
    row = one_of(choice, places("offered", "accepted", "confirmed"))
    return row and placements.decline(placement=row, by=SYSTEM, now=NOW)


def accept(choice):
    """Accept an offer."""
    row = one_of(choice, places("offered"))
    return row and placements.accept(placement=row, by=SYSTEM, now=NOW)


def confirm_place(choice):
    """Confirm as the host."""
    row = one_of(choice, places("accepted"))
    return row and placements.confirm(placement=row, by=SYSTEM, now=NOW)


def reject(choice):
    """Reject as the host."""
    row = one_of(choice, places("accepted", "confirmed"))
    if row is None or not seldom(choice, 0.3):
        return None
    return placements.reject(placement=row, by=SYSTEM, now=NOW, reason="No bed.")


def travel(choice):
    """Take the next step of a stay: leave, arrive, or not be there."""
    row = one_of(choice, places("confirmed", "departed"))
    if row is None:
        return None
    facts = {"placement": row, "by": SYSTEM, "now": in_the_stay(row, days=1)}
    if seldom(choice):
        return placements.mark_no_show(**facts)
    step = placements.depart if row.state == "confirmed" else placements.arrive
    return step(**facts)


def change_stay(choice):
    """Agree on other days of a stay, or on another slot, for both sides at once."""
    row = one_of(choice, places("accepted", "confirmed"))
    if row is None:
        return None
    others = row.slot.host.slots.open().filter(intake=row.slot.intake_id)
    slot = one_of(choice, others) if seldom(choice, 0.5) else None
    shorter = row.slot.ends_on - timedelta(days=choice.randrange(30))
    wanted = {"slot": slot} if slot else {"ends_on": shorter}
    facts = {"by": coordinator(), "now": NOW}
    change = stay_changes.propose(placement=row, reason="Work.", **wanted, **facts)
    stay_changes.agree(change=change, side="sender", **facts)
    return stay_changes.agree(change=change, side="host", **facts)


def end_stay(choice):
    """End a stay, as it was agreed or early."""
    row = one_of(choice, places("arrived"))
    if row is None:
        return None
    facts = {"by": SYSTEM, "now": in_the_stay(row, days=40)}
    if choice.random() < 0.5:
        return placements.complete(placement=row, **facts)
    return placements.end_early(placement=row, reason="Ill.", **facts)


def write_transcript(choice):
    """Say what a stay has taught."""
    row = one_of(choice, places("arrived", "completed", "ended_early"))
    if row is None:
        return None
    level = choice.randrange(5)
    line = {"skill": Skill.objects.get(), "level": level}
    line["evidence"] = SkillEvidence.HOST
    return transcripts.record(placement=row, lines=[line], by=coordinator(), now=NOW)


def expire(choice):
    """Let every offer run out that nobody has answered."""
    if not seldom(choice, 0.05):
        return None
    return placements.expire_due(now=NOW + timedelta(days=100)) or None


def withdraw(choice):
    """Take an application back."""
    row = one_of(choice, waiting("submitted", "reserve", "placed"))
    if row is None or not seldom(choice):
        return None
    return applications.withdraw(application=row, by=SYSTEM, now=NOW)


def move_up(choice):
    """Let the next person of a slot move up."""
    queued = ReserveEntry.objects.filter(is_open=True).values("slot")
    slot = one_of(choice, Slot.objects.filter(state="open", pk__in=queued))
    return slot and reserves.move_up(slot, by=planner(), now=NOW)


def look_for_people(choice):
    """Let a dispatcher ask and a worker look who could take free places."""
    searches.ask(now=NOW)
    asked = Search.objects.filter(attempt__lt=3).values_list("pk", flat=True)
    return sum(searches.search(pk, now=NOW) or 0 for pk in list(asked)) or None


def confirm(choice):
    """Confirm somebody who was suggested."""
    row = one_of(choice, MoveUp.objects.open())
    return row and suggestions.confirm(row, by=planner(), now=NOW)


def dismiss(choice):
    """Pass somebody over."""
    row = one_of(choice, MoveUp.objects.open())
    if row is None or not seldom(choice, 0.5):
        return None
    return suggestions.dismiss(row, reason="Ill.", by=planner(), now=NOW)


def plan_again(choice):
    """Replan what is in force, and publish it."""
    base = one_of(choice, AllocationRun.objects.filter(state="published"))
    if base is None or not seldom(choice, 0.3):
        return None
    run = replan.replan(base, by=planner(), now=NOW, seconds=2, rings=False)
    return rounds.publish(run)


def withdraw_slot(choice):
    """Take a slot back, or find that people hold places in it."""
    slot = one_of(choice, Slot.objects.filter(state="open"))
    if slot is None or not seldom(choice):
        return None
    return slots.withdraw(slot=slot, by=coordinator(), now=NOW)


def resize_slot(choice):
    """Give a slot a seat more or less, or find that people hold them."""
    slot = one_of(choice, Slot.objects.filter(state="open"))
    if slot is None:
        return None
    seats = max(1, slot.capacity_max + choice.choice((-1, 1)))
    return slots.update(
        slot=slot, by=coordinator(), now=NOW, capacity_max=min(seats, 3)
    )


def cancel_intake(choice):
    """Call an intake off, or find that people hold places in it."""
    intake = one_of(choice, Intake.objects.exclude(state__in=["cancelled", "draft"]))
    if intake is None or not seldom(choice):
        return None
    return intakes.cancel(intake=intake, by=SYSTEM, now=NOW, reason="No host.")


def speak(choice):
    """Keep somebody who waits out of a slot, or keep the slot for the person."""
    person = one_of(choice, waiting("submitted", "eligible", "reserve"))
    slot = person and one_of(choice, person.intake.slots.open())
    if slot is None or not seldom(choice, 0.3):
        return None
    verb = choice.choice((pins.pin, pins.forbid))
    facts = {"by": coordinator(), "now": NOW, "reason": "Agreed."}
    return verb(application=person, slot=slot, **facts)


def unsay(choice):
    """Take such a word back."""
    pin = one_of(choice, Pin.objects.all())
    if pin is None or not seldom(choice, 0.3):
        return None
    pins.remove(pin=pin, by=coordinator(), now=NOW)
    return pin


def correct(choice):
    """Correct somebody's record."""
    row = one_of(choice, Participant.objects.all())
    name = choice.choice(("Sari", "Rini", "Dewi"))
    return participants.update(
        participant=row, by=coordinator(), now=NOW, given_name=name
    )


def erase(choice):
    """Erase what identifies somebody, or find that the person has a place."""
    row = one_of(choice, Participant.objects.filter(erased_at=None))
    if not seldom(choice, 0.2):
        return None
    return personal_data.erase(participant=row, by=coordinator(), now=NOW)


def give_money(choice):
    """Raise a budget, up to a limit."""
    line = one_of(choice, BudgetLine.objects.filter(amount__lt=MOST_MONEY))
    if line is None or not seldom(choice):
        return None
    with transactions.atomic():
        claims.claim(sources=[line.source_id])
        line.refresh_from_db()
        line.amount += 10_000_000
        entries = [money.Entry(line, ("amount",))]
        return money.change_many(entries=entries, by=planner(), now=NOW)


DEEDS = (
    *rounds.DEEDS,
    nominate, nominate, nominate, nominate, rank, bring_a_file, team_up, disband,
    score, speak, unsay, decline, accept, accept, confirm_place, reject, travel,
    change_stay, end_stay, write_transcript, expire, withdraw, move_up, move_up,
    look_for_people, confirm, confirm, dismiss, plan_again, withdraw_slot, resize_slot,
    cancel_intake, correct, erase, give_money,
)  # fmt: skip


def wishes(choice, intake):
    """Return one or two open slots of an intake."""
    found = list(intake.slots.open().order_by("pk"))
    return choice.sample(found, min(len(found), choice.randint(1, 2)))


def waiting(*states, **where):
    """Return applications in these states."""
    rows = Application.objects.filter(
        state__in=[ApplicationState(state) for state in states], **where
    )
    return rows.select_related("participant", "intake__program")


def in_the_stay(placement, *, days):
    """Return a moment so many days after a stay has begun."""
    day = placement.slot.starts_on + timedelta(days=days)
    return datetime.combine(day, time(3), tzinfo=NOW.tzinfo)


def places(*states):
    """Return placements in these states, with what a verb asks of them."""
    rows = Placement.objects.filter(state__in=states)
    return rows.select_related(
        "application__participant", "application__intake", "slot__intake__program"
    )
