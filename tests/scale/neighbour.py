"""Somebody who claims other things meanwhile, in a process and connection of their own.

Goes on until standard input says something: gives the place of a slot back and offers
it to whoever waits next. Prints when each verb began, when it ended, and its name.
"""

import select
import sys
import time
from contextlib import suppress
from itertools import cycle

from django.utils import timezone

from planner.allocation.vacancies import reserves
from programs.domain import placements
from programs.domain.actors import SYSTEM
from programs.models import Placement, Slot
from programs.refusals import Refusal

from .world import INTAKE

PAUSE = 0.05
"""Seconds between two verbs; the waits of others are not to be those for this one."""


def act():
    """Do one verb after the other, and print how long each took."""
    rows = Slot.objects.filter(intake__code=INTAKE)
    for slot in cycle(rows.select_related("intake__program").order_by("code")):
        for verb in (give_back, offer):
            if select.select([sys.stdin], [], [], PAUSE)[0]:
                return
            began = time.time()
            with suppress(Refusal):  # kept waiting for too long: the time says so
                verb(slot)
            print(began, time.time(), verb.__name__, flush=True)


def give_back(slot):
    """Give the place in a slot back: claims the person."""
    live = Placement.objects.live().filter(slot=slot).select_related("application")
    placement = live.first()
    if placement:
        placements.decline(placement=placement, by=SYSTEM, now=timezone.now())


def offer(slot):
    """Offer the place to who waits next: claims all that a place draws on."""
    if reserves.waiting(slot):
        reserves.move_up(slot, by=SYSTEM, now=timezone.now())
