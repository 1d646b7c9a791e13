"""The promises one after the other; each part prints its figures."""

from django.utils import timezone

from planner.allocation.decisions import publish
from planner.allocation.problem import snapshot
from planner.allocation.review import invariants, judging
from planner.allocation.vacancies import reserves, suggestions
from planner.models import AllocationRun, MoveUp
from programs.domain import applications, audit, placements
from programs.domain.actors import SYSTEM
from programs.models import Placement, ReserveEntry
from programs.refusals import Refusal

from .figures import Neighbour, Table, measured, measured_calls
from .world import somebody

PROPOSALS, WAIT, TRANSACTION, PAIR = 5, 1, 5, 1
"""Seconds: judging every proposal once more, what others wait, SQLite's writing
transaction of a publication, a verb for one pair."""
PAIRS = 10
"""How often each verb for one pair is tried."""


def measure(run_id, only=None):
    """Measure every part, or some; return how many figures are over their limits."""
    table = Table()
    for name, part in PARTS.items():
        if not only or name in only:
            part(AllocationRun.objects.get(pk=run_id), table)
    return table.over


def reading(run, table):
    """Nobody who writes waits for a reading."""
    with Neighbour() as neighbour:
        snapshot.of_run(run)  # reads and compiles what later ones need not
        with measured_calls((snapshot.reading, "read")) as calls, measured() as span:
            snapshot.of_run(run)
    (reading,) = calls["read"]
    table.add("snapshot, clock", span.seconds)
    table.add("snapshot, processor", span.processor)
    table.add("snapshot, queries", span.queries, unit="")
    table.add("its one reading, clock", reading.seconds)
    table.add("longest verb of a writer meanwhile", neighbour.longest(reading), WAIT)


def judgement(run, table):
    """Every proposal is judged once more, alone."""
    with measured() as span:
        judged = judging.of_run(run)
    assert not judged.faults, judged.faults[:3]
    table.add("proposals", run.proposals.count(), unit="")
    table.add("judging each once more, processor", span.processor, PROPOSALS)
    table.add("judging each once more, clock", span.seconds)
    table.add("judging each once more, queries", span.queries, 40, unit="")


def publication(run, table):
    """Publishing, and whoever claims other things beside it."""
    inside = (publish, "prepare"), (publish, "decide"), (audit, "append")
    with (
        Neighbour() as neighbour,
        measured_calls(*inside) as calls,
        measured() as span,
    ):
        publish.publish(run, by=somebody("planner"), now=timezone.now())
    table.add("publishing, clock", span.seconds)
    table.add("publishing, processor", span.processor)
    table.add("publishing, queries", span.queries, unit="")
    table.add("looks at the whole plan", len(calls["prepare"]), unit="")
    last = calls["decide"][-1]
    alone = is_sqlite()  # nobody else writes meanwhile
    table.add(
        "its writing transaction, clock", last.seconds, TRANSACTION if alone else None
    )
    table.add("its writing transaction, processor", last.processor)
    limit = TRANSACTION if alone else WAIT
    table.add("longest verb of a writer meanwhile", neighbour.longest(last), limit)
    table.add(
        "longest while it was prepared", neighbour.longest(calls["prepare"][-1]), WAIT
    )
    broken = [
        each
        for each in invariants.check(now=timezone.now())
        if each.promise != "offers_are_answered"
    ]
    table.add("promises broken afterwards", len(broken), 0, unit="")


def is_sqlite():
    """Whether there is one writer at a time."""
    from django.db import connection

    return connection.vendor == "sqlite"


def pairs(run, table):
    """One person and one place at a time, in a plan of 20,000."""
    if run.state != "published":
        publish.publish(run, by=somebody("planner"), now=timezone.now())
    waited = ReserveEntry.objects.filter(
        is_open=True, slot__intake__in=run.intakes.all()
    )
    asked = waited.values("slot")
    live = Placement.objects.live().filter(slot__in=asked, pathway=None)
    rows = live.select_related("slot__intake__program", "application__intake__program")
    given, taken, left = (list(rows.order_by("pk")[at::3][:PAIRS]) for at in range(3))
    each(table, "giving a place back", placements.decline, "placement", given)
    slots = [row.slot for row in given]
    each(table, "moving up from a waiting list", reserves.move_up, None, slots)
    for row in taken:
        placements.decline(placement=row, by=SYSTEM, now=timezone.now())
    with measured() as span:
        made = suggestions.suggest(run, now=timezone.now())
    table.add(f"suggesting for free places: {made}, clock", span.seconds)
    open_now = list(MoveUp.objects.open().select_related("slot__intake__program"))
    each(table, "confirming a suggestion", suggestions.confirm, None, open_now[:PAIRS])
    people = [row.application for row in left]
    each(table, "withdrawing", applications.withdraw, "application", people)


def each(table, what, verb, name, rows):
    """Print the slowest of a verb's calls, one for each row."""
    spans, refused = [], 0
    for row in rows:
        with measured() as span:
            try:
                call(verb, name, row)
            except Refusal:
                refused += 1
        spans.append(span)
    table.add(f"{what}, slowest of {len(spans)}", max(s.seconds for s in spans), PAIR)
    table.add(f"{what}, most queries", max(s.queries for s in spans), unit="")
    if refused:
        table.add(f"{what}, refused", refused, unit="")


def call(verb, name, row):
    """Call a verb with its row by this name, or as the first argument."""
    now = timezone.now()
    if name:
        return verb(**{name: row}, by=SYSTEM, now=now)
    return verb(row, by=SYSTEM, now=now)


PARTS = {
    "reading": reading,
    "judging": judgement,
    "publication": publication,
    "pairs": pairs,
}
"""In an order in which each leaves what the next needs."""
