"""``manage.py verify_reasons``: what a run told people without a place, carried out."""

import random

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _, ngettext

from planner.allocation.results import files
from planner.allocation.review.witnesses import CARRIED_OUT, Judge
from planner.management import runs
from planner.models.reason_words import for_planner
from planner.optimiser.files.instance import read_instance


class Command(BaseCommand):
    """Proves that the recorded reasons hold, with the judge of the certificate."""

    help = _("Carry out the reasons a run has recorded, and say whether they hold.")

    def add_arguments(self, parser):
        """Say which run, and how many people of it."""
        parser.add_argument("run", help=_("the number of a run"))
        parser.add_argument(
            "--sample",
            type=int,
            help=_("so many people, drawn at random; all unless given"),
        )
        parser.add_argument(
            "--seed", type=int, default=1, help=_("draws the same people again")
        )

    def handle(self, *, run, sample, seed, **options):
        """Carry out reason by reason, and stop at the first that does not hold."""
        if sample is not None and sample < 1:
            raise CommandError(_("--sample has to be at least 1."))
        run = runs.get(run)
        rows = list(run.unplaced.order_by("application_id"))
        if sample is not None and sample < len(rows):
            rows = random.Random(seed).sample(rows, sample)
        judge = judge_of(run) if rows else None
        held = told = 0
        for row in rows:
            for reason in row.reasons:
                if reason["code"] not in CARRIED_OUT:
                    told += 1
                    continue
                for fault in judge.faults(reason):
                    raise CommandError(
                        _("Application %(application)s: %(reason)s\nNot so: %(fault)s")
                        % {
                            "application": row.application_id,
                            "reason": for_planner(reason),
                            "fault": fault,
                        }
                    )
                held += 1
        self.stdout.write(
            ngettext(
                "%(people)d person without a place:",
                "%(people)d people without a place:",
                len(rows),
            )
            % {"people": len(rows)}
        )
        self.stdout.write(_("  %d reasons carried out, all hold") % held)
        self.stdout.write(_("  %d reasons of rules, or of an earlier release") % told)


def judge_of(run):
    """Return the judge of a run's recorded plan."""
    with files.unpacked(run) as folder:
        problem = read_instance(folder / "problem.npz")
        choice = files.claim(folder, problem).choice
    return Judge.of(problem, choice)
