"""A run on the terminal: what it is doing, and what came of it."""

import io

from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from planner.models import (
    LimitKind,
    RunState,
    arrival_words,
    expected_words,
    fairness_words,
    loss_words,
    small_counts,
)
from planner.models.quality import quality, told_tier
from planner.models.reason_words import reason_label
from planner.models.small_counts import FEWEST
from planner.models.words import conflict, rupiah
from programs import formats
from programs.costing import units_to_rupiah
from programs.eligibility.labels import rule_label

WIDTH = 100


def as_text(run):
    """Return the printed plan of a run as text, for the decision pack."""
    text = io.StringIO()
    Report(run, text).print()
    return text.getvalue()


class Progress:
    """One line that follows a run."""

    def __init__(self, stream):
        self.console = Console(file=stream, width=WIDTH)
        self.status = self.console.status(_("Waiting"))

    def __enter__(self):
        self.status.start()
        return self

    def __exit__(self, *error):
        self.status.stop()

    def show(self, progress):
        """Show phase, plan and bound."""
        parts = [str(progress.get("phase", ""))]
        if progress.get("incumbent") is not None:
            parts.append(_("plan %s") % formats.number(progress["incumbent"]))
        if progress.get("bound") is not None:
            parts.append(_("at most %s") % formats.number(progress["bound"]))
        self.status.update(" · ".join(parts))


class Report:
    """A finished run in tables: seats, money, quotas, people and the proof."""

    def __init__(self, run, stream):
        self.run = run
        self.console = Console(file=stream, width=WIDTH)

    def print(self):
        """Print everything; return whether there is a checked plan."""
        run = self.run
        heading = f"{run}: {run.get_state_display()}"
        if run.detail:
            heading += f". {run.told}"
        self.console.print(heading, style="bold", highlight=False)
        if not run.has_plan:
            if run.state == RunState.INFEASIBLE:
                self.say(f"  {self.proven()}")
            for relief in run.summary.get("conflict", []):
                self.say(f"  {conflict(relief)}")
            return False
        self.print_losses()
        self.print_seats()
        self.print_money()
        self.print_quotas()
        self.print_people()
        self.print_expected()
        self.print_arrivals()
        self.print_fairness()
        self.print_proof()
        return True

    def print_sentence(self):
        """Print what the plan is, in one sentence; return whether there is one."""
        if not self.run.has_plan:
            return self.print()
        summary = self.run.summary
        quotas = summary["quotas"]
        met = [q for q in quotas if not q["shortfall"] and not is_over(q)]
        self.say(
            _(
                "The plan: %(placed)d of %(people)d people placed, %(met)d of "
                "%(quotas)d quotas met, %(cost)s spent; checked: %(proven)s."
            )
            % {
                "placed": summary["placed"],
                "people": summary["people"],
                "met": len(met),
                "quotas": len(quotas),
                "cost": rupiah(summary["cost"]),
                "proven": self.proven(),
            }
        )
        return True

    def print_losses(self):
        """Print whom the plan hurts, as things stood when it was written down."""
        losses = self.run.summary.get("losses")
        for line in loss_words.lines(small_counts.losses(losses)) if losses else ():
            self.say(line)

    def limits(self, kind):
        """Return the limits of a kind with their use, by key."""
        return self.run.prices.filter(kind=kind).order_by("code", "part")

    def print_seats(self):
        """Print how full every slot is, program by program."""
        slots = {
            slot.name: slot
            for intake in self.run.intakes.select_related("program")
            for slot in intake.slots.select_related("intake__program", "route")
        }
        table = self.table(
            _("Seats"),
            _("program"),
            _("slot"),
            _("last safe decision day"),
            (_("filled"),),
            (_("min"),),
            (_("max"),),
        )
        for row in self.limits(LimitKind.SEATS):
            slot = slots.get(row.code)
            program = slot.intake.program.title if slot else ""
            safe = formats.day(slot.last_safe_day if slot else None)
            limits = str(row.use), str(row.lower), str(row.upper)
            table.add_row(program, row.label, safe, *limits)
        self.console.print(table)

    def print_money(self):
        """Print what each budget line pays, and what it has."""
        table = self.table(
            _("Money"), _("source and year"), (_("used"),), (_("budget"),)
        )
        for row in self.limits(LimitKind.BUDGET):
            table.add_row(
                row.label,
                formats.rupiah(units_to_rupiah(row.use)),
                _("no limit")
                if row.upper is None
                else formats.rupiah(units_to_rupiah(row.upper)),
            )
        self.console.print(table)

    def print_quotas(self):
        """Print which quotas are met."""
        rows = small_counts.tell(list(self.limits(LimitKind.QUOTA)))
        if not rows:
            return
        table = self.table(
            _("Quotas"), _("quota"), (_("people"),), (_("limit"),), _("state")
        )
        for row in rows:
            missed = _("short") if row.is_short else _("over")
            state = missed if row.is_missed else _("met")
            reached = f"< {FEWEST}" if row.reached is None else str(row.reached)
            table.add_row(row.label, reached, limits_of(row), state)
        self.console.print(table)

    def print_people(self):
        """Print how many are placed, how far from the best, and why not the others."""
        summary = self.run.summary
        self.say(
            _(
                "People: %(placed)d of %(people)d placed, %(unplaced)d without a "
                "place, %(reserve)d of them on a waiting list."
            )
            % summary
        )
        for code, count in summary["reasons"][:5]:
            self.say(f"  {count:>5}  {reason_label(code)}")
        if summary.get("short"):
            self.say(
                _(
                    "Short for the place worth most to the plan, by nominations; one "
                    "may lack several things:"
                )
            )
        for kind, count in summary.get("short", ()):
            self.say(f"  {count:>5}  {LimitKind(kind).label}")
        if summary["rules"]:
            self.say(_("Rules most often not met by people without a place:"))
        for code, count in summary["rules"][:3]:
            self.say(f"  {count:>5}  {rule_label(code)}")

    def print_expected(self):
        """Print how many places are conditional, and how many are expected to hold."""
        for line in expected_words.lines(self.run.summary.get("expected")):
            self.say(line)

    def print_arrivals(self):
        """Print who is expected to arrive by pathways, and what stops the next."""
        for line in arrival_words.lines(self.run.summary.get("arrivals")):
            self.say(line)

    def print_fairness(self):
        """Print how fair the plan is; runs of earlier releases have not counted it."""
        facts = self.run.summary.get("fairness")
        for line in fairness_words.sentences(facts) if facts else ():
            self.say(line)

    def print_proof(self):
        """Print what was proved, tier by tier."""
        table = self.table(
            _("Proof"), _("tier"), (_("value"),), (_("proven"),), (_("gap"),)
        )
        for goal in map(told_tier, self.run.tiers):
            bound = goal["bound"]
            table.add_row(
                str(goal["label"]),
                formats.number(goal["value"]),
                _("not proven")
                if bound is None
                else f"{goal['sign']} {formats.number(bound)}",
                formats.percent(goal["gap"]) if bound is not None else "–",
            )
        self.console.print(table)
        self.say(
            _("The independent check accepts the plan: %(status)s, %(seconds).1f s.")
            % {"status": self.proven(), "seconds": self.run.solve_seconds or 0}
        )
        self.say(_("Result %s") % self.run.result_digest)

    def proven(self):
        """Return in words how good the plan is at least."""
        return quality(self.run)

    def say(self, text):
        """Print a line as it is."""
        self.console.print(text, highlight=False, markup=False)

    def table(self, title, *columns):
        """Return an empty table; a column in a tuple holds numbers."""
        table = Table(title=title, title_justify="left", width=WIDTH)
        for column in columns:
            if isinstance(column, tuple):
                table.add_column(column[0], justify="right")
            else:
                table.add_column(column)
        return table


def is_over(quota):
    """Return whether more people count than a quota allows."""
    return quota["upper"] is not None and quota["used"] > quota["upper"]


def limits_of(row):
    """Return the limits of a quota as text."""
    if row.lower is not None and row.upper is not None:
        return f"{row.lower}–{row.upper}"
    return f"≥ {row.lower}" if row.lower is not None else f"≤ {row.upper}"
