"""What the processes of the random mix do, each deed on a row drawn at random."""

import random
import time
from collections import Counter
from types import SimpleNamespace

from django.core.management import call_command

from planner.allocation.decisions import publish, replan
from planner.allocation.review import invariants
from planner.allocation.solving import supervision
from planner.allocation.vacancies import reserves, searches, suggestions
from planner.models import AllocationRun, MoveUp, Search
from programs.domain import applications, pins, placements, slots
from programs.domain.actors import SYSTEM
from programs.models import Application, Placement, Slot, User
from programs.refusals import Refusal
from tests.planner.allocation.conftest import solve_here
from tests.planner.allocation.worlds import NOW, World

from .worlds import approved, published

SELDOM = 0.1
"""How often a deed that uses something up for good is done when it is drawn."""


def prepare():
    """Make a published plan with people who wait, and little money left."""
    call_command("migrate", verbosity=0)
    supervision.solve = solve_here
    world = World()
    money = world.source("apbn", 300_000_000)
    world.cost(10_000_000, money)
    intakes = [world.intake, world.add_intake()]
    for intake in intakes:
        seats = [world.slot(seats=3, intake=intake) for _ in range(4)]
        for merit in range(30):
            world.person(*random.sample(seats, 2), merit=merit, intake=intake)
    published(world, intakes=intakes)
    money.budget_lines.update(amount=220_000_000)


def act(seconds, seed):
    """Do deeds at random until the time is over; return how many went wrong."""
    supervision.solve = solve_here
    choice, ends = random.Random(seed), time.monotonic() + seconds
    done, wrong = Counter(), []
    while time.monotonic() < ends:
        deed = choice.choice(DEEDS)
        try:
            how = "done" if deed(choice) else "nothing to do"
        except Refusal as refusal:
            how = refusal.code
        except Exception as error:
            wrong.append(f"WRONG {deed.__name__}: {type(error).__name__}: {error}")
            continue
        done[deed.__name__, how] += 1
    lines = [f"{name:14} {how:30} {n:6}" for (name, how), n in sorted(done.items())]
    print("\n".join([*lines, *wrong]), flush=True)
    return len(wrong)


def recount():
    """Recount every promise from the rows; return how many are broken."""
    breaches = invariants.check(now=NOW)
    for breach in breaches:
        print("BROKEN", *breach)
    print(f"{len(breaches)} promises are broken." if breaches else "All are kept.")
    return len(breaches)


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


def withdraw(choice):
    """Take an application back."""
    row = one_of(choice, Application.objects.filter(state="reserve"))
    if row is None or choice.random() > SELDOM:
        return None
    return applications.withdraw(application=row, by=SYSTEM, now=NOW)


def move_up(choice):
    """Let the next person of a slot move up."""
    slot = one_of(choice, Slot.objects.filter(state="open"))
    return slot and reserves.move_up(slot, by=planner(), now=NOW)


def confirm(choice):
    """Look who could take free places, or confirm somebody who was suggested."""
    row = one_of(choice, MoveUp.objects.open())
    if row is None:
        searches.ask(now=NOW)
        asked = Search.objects.filter(attempt__lt=3).values_list("pk", flat=True)
        return sum(searches.search(pk, now=NOW) or 0 for pk in list(asked))
    return suggestions.confirm(row, by=planner(), now=NOW)


def plan_again(choice):
    """Replan what is in force, and publish it."""
    if choice.random() > SELDOM:
        return None
    base = AllocationRun.objects.filter(state="published").latest("number")
    run = replan.replan(base, by=planner(), now=NOW, seconds=2, rings=False)
    return publish.publish(approved(us(), run=run), by=planner(), now=NOW)


def withdraw_slot(choice):
    """Take a slot back, or find that people hold places in it."""
    slot = one_of(choice, Slot.objects.filter(state="open"))
    if slot is None or choice.random() > SELDOM:
        return None
    return slots.withdraw(slot=slot, by=SYSTEM, now=NOW)


def forbid(choice):
    """Keep somebody who waits out of a slot."""
    person = one_of(choice, Application.objects.filter(state="reserve"))
    slot = one_of(choice, Slot.objects.filter(state="open"))
    if person is None or choice.random() > SELDOM:
        return None
    facts = {"by": planner(), "now": NOW, "reason": "Not there."}
    return pins.forbid(application=person, slot=slot, **facts)


DEEDS = (
    decline,
    accept,
    confirm_place,
    withdraw,
    move_up,
    move_up,
    confirm,
    plan_again,
    withdraw_slot,
    forbid,
)


def us():
    """Return those who submit and approve here, as another process reads them."""
    approver = User.objects.filter(memberships__role="approver").first()
    return SimpleNamespace(planner=planner(), approver=approver)


def planner():
    """Return the planner, as another process would read them."""
    return User.objects.filter(memberships__role="planner").first()


def places(*states):
    """Return placements in these states, with what a verb asks of them."""
    rows = Placement.objects.filter(state__in=states)
    return rows.select_related(
        "application__participant", "application__intake", "slot__intake__program"
    )


def one_of(choice, rows):
    """Return one of the rows, or None."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return rows.filter(pk=choice.choice(ids)).first() if ids else None
