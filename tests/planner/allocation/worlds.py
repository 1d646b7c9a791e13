"""Small worlds whose best plan can be seen with the naked eye."""

from datetime import UTC, datetime

from planner.allocation.decisions import replan, request
from planner.allocation.solving import execute
from planner.allocation.vacancies import searches
from planner.models import AllocationRun, Search
from programs.choices import IntakeState
from tests import factories

NOW = datetime(2027, 2, 20, 3, tzinfo=UTC)


class World:
    """An intake with its people, and hands to change everything about it."""

    def __init__(self, **program):
        self.planner = factories.planner()
        self.approver = factories.approver()
        self.program = factories.program.make(**program)
        self.intake = self.add_intake()

    def add_intake(self, **columns):
        """Add an intake of the same program."""
        columns = {"program": self.program, "state": IntakeState.CLOSED} | columns
        return factories.intake.make(**columns)

    def slot(self, seats=1, fewest=1, **columns):
        """Add a slot."""
        columns = {"intake": self.intake} | columns
        return factories.slot.make(capacity_max=seats, capacity_min=fewest, **columns)

    def person(self, *wishes, merit=70, intake=None, **columns):
        """Add somebody who asks for these slots or pathways, best first."""
        participant = columns.pop("participant", None) or factories.participant.make(
            **columns.pop("who", {})
        )
        application = factories.application.make(
            participant=participant,
            intake=intake or self.intake,
            merit_score=merit,
            **columns,
        )
        for rank, wish in enumerate(wishes, start=1):
            kind = type(wish)._meta.model_name
            factories.preference.make(
                application=application, rank=rank, **{"slot": None, kind: wish}
            )
        return application

    def source(self, code, amount, *, year=2027, category=None, **columns):
        """Add a source of money with a budget line."""
        source = factories.funding_source.make(code=code, name=code.upper(), **columns)
        factories.budget_line.make(
            source=source, fiscal_year=year, amount=amount, category=category
        )
        return source

    def cost(self, amount, *sources, category=None, percent=100, **columns):
        """Let a place of the program cost so much once, paid by these sources."""
        category = category or factories.cost_category.make()
        factories.cost_rule.make(
            program=self.program, category=category, formula="one_off", amount=amount
        )
        rule = factories.funding_rule.make(
            program=self.program, category=category, percent=percent, **columns
        )
        rule.sources.set(sources)
        return category

    def run(self, *, intakes=None, **limits):
        """Ask for a run; nobody has served it yet."""
        limits = {"seconds": 10} | limits
        return request.allocate(
            intakes=intakes or [self.intake],
            by=self.planner,
            now=NOW,
            rings=False,
            **limits,
        )


def suggest(*, now):
    """Let a dispatcher ask and a worker look for who is next; return how many."""
    searches.ask(now=now)
    asked = Search.objects.filter(attempt__lt=3).values_list("pk", flat=True)
    return sum(searches.search(pk, now=now) for pk in list(asked))


def replanned(world, **limits):
    """Return a replan of the world's published plan, served."""
    limits = {"seconds": 10, "rings": False} | limits
    run = replan.replan(fresh(world.base), by=world.planner, now=NOW, **limits)
    execute.execute(run.pk)
    return fresh(run)


def fresh(run):
    """Return the run as the database has it."""
    return AllocationRun.objects.get(pk=run.pk)


def places(run):
    """Return {application: slot code} of a run's proposals, steps joined by +."""
    found = {}
    for row in run.proposals.select_related("slot").order_by("step"):
        found.setdefault(row.application_id, []).append(row.slot.code)
    return {application: "+".join(codes) for application, codes in found.items()}


def reasons(run):
    """Return {application: main reason} of a run's unplaced people."""
    return dict(run.unplaced.values_list("application_id", "main_reason"))


def short(run):
    """Return {application: kinds of limits without room} by the main reasons."""
    return {
        row.application_id: [each["kind"] for each in row.reasons[0].get("short", [])]
        for row in run.unplaced.all()
    }
