"""Recompute what must hold: trail, moves, seats, stays, budgets, caps, waived fees."""

import sys

from django.core.management.base import BaseCommand

from programs import clock
from programs.domain import invariants

SHOWN = 20
"""Breaches of a promise that are printed; the count tells the rest."""


class Command(BaseCommand):
    """Print each promise and whether it holds; leave with 1 where one does not."""

    help = "Recompute from the rows what must hold, and name what does not."

    def handle(self, **options):
        breaches = invariants.check(now=clock.now())
        for name, count in invariants.count_by_promise(breaches).items():
            verdict = f"broken {count} times" if count else "kept"
            self.stdout.write(f"{name:28} {verdict}")
            for breach in [b for b in breaches if b.promise == name][:SHOWN]:
                self.stdout.write(f"  {breach.row}  {breach.figures}")
        if breaches:
            sys.exit(1)
