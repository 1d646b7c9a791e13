"""``manage.py verify_reasons``: what a run told people without a place, carried out."""

import random

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _, ngettext

from planner.allocation.results.different import Asked
from planner.allocation.review.differences import Trial
from planner.allocation.review.what_ifs import Retrial
from planner.allocation.review.witnesses import CARRIED_OUT
from planner.management import runs
from planner.models import difference_words
from planner.models.reason_words import for_planner
from planner.models.what_if_words import answer


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
        asked = Asked.of(run) if run.has_plan else None
        trial = Trial(asked) if asked else None
        judge = trial.judge if trial else None
        held = told = 0
        possible = self.differences(run, rows, trial) if trial else 0
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
        self.stdout.write(_("  %d changes carried out, all possible") % possible)
        self.stdout.write(
            _("  %d people about whom it is not known what would be enough")
            % not_known(run, rows)
        )
        if asked:
            self.answers(run, asked)
        if trial and trial.open:
            self.stdout.write(
                _("  %d of them, that fewer changes would not do: not settled in time")
                % trial.open
            )

    def answers(self, run, asked):
        """Carry out what was answered to what-if questions."""
        trial, told = Retrial(asked), 0
        for row in run.what_ifs.filter(found__isnull=False):
            for fault in trial.faults(row):
                raise CommandError(
                    _("%(reason)s\nNot so: %(fault)s")
                    % {"reason": answer(row), "fault": fault}
                )
            told += 1
        self.stdout.write(
            _("  %(told)d answers to what-if questions hold, %(open)d not settled")
            % {"told": told, "open": trial.open}
        )

    def differences(self, run, rows, trial):
        """Carry out what is said to be possible; return how many sentences held."""
        held = 0
        for row in rows:
            if not difference_words.is_asked(row.reasons):
                continue
            option = row.reasons[0]["option"]
            for fault in trial.of_person(option, row.different):
                raise CommandError(
                    _("Application %(application)s: %(reason)s\nNot so: %(fault)s")
                    % {
                        "application": row.application_id,
                        "reason": row.differently(),
                        "fault": fault,
                    }
                )
            held += bool(row.different and row.different["enough"])
        for slot, facts in cohorts_of(run).items():
            for fault in trial.of_cohort(slot, facts):
                raise CommandError(
                    _("%(reason)s\nNot so: %(fault)s")
                    % {"reason": difference_words.cohort(slot, facts), "fault": fault}
                )
            held += facts["enough"] is not None
        return held


def cohorts_of(run):
    """Return {slot: facts} of what was found about cohorts that do not run."""
    found = run.inquiries.filter(part=0).values_list("found", flat=True).first()
    return (found or {}).get("cohorts", {})


def not_known(run, rows):
    """Return about how many of these people nobody knows yet what would be enough."""
    return sum(
        difference_words.is_asked(row.reasons)
        and not (row.different and row.different["enough"])
        for row in rows
    )
