"""Verbs in any order, by anybody: they refuse, or they make a move of the table."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from programs.domain import (
    applications,
    audit,
    intakes,
    judging,
    pins,
    placements,
    slots,
    states,
    transcripts,
)
from programs.models import Application, Event, Intake, Pin, Placement, Slot
from programs.refusals import Refusal
from tests import factories

WATCHED = (Intake, Slot, Application, Placement)
ACTORS = st.sampled_from(
    # Mostly who may do everything here, so that rows get far enough to go wrong.
    ["coordinator"] * 4 + ["planner", "sender", "host", "stranger"]
)
INTAKE_VERBS = st.sampled_from(
    ["open_", "close", "start_allocating", "decide", "start"]
)
PLACEMENT_VERBS = st.sampled_from(
    [
        "accept",
        "decline",
        "confirm",
        "reject",
        "depart",
        "arrive",
        "complete",
        "end_early",
        "mark_no_show",
    ]
)
USUAL = {
    "offered": "accept",
    "accepted": "confirm",
    "confirmed": "depart",
    "departed": "arrive",
    "arrived": "complete",
}
VERSIONS = st.sampled_from([None, None, None, 1])
PICK = st.integers(0, 3)


class AnyOrder(RuleBasedStateMachine):
    """One intake with two slots and three people, and everybody pressing buttons."""

    def __init__(self):
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()

    def teardown(self):
        assert audit.verify_chain().ok
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.now = datetime(2027, 1, 10, 3, tzinfo=UTC)
        self.intake = factories.intake.make(state="draft")
        # The stays are near, so that people depart and arrive within the walk.
        stay = {"starts_on": date(2027, 1, 15), "ends_on": date(2027, 7, 1)}
        self.slots = factories.slot.make(_quantity=2, intake=self.intake, **stay)
        self.people = factories.participant.make(
            _quantity=3, registered_by=factories.institution.make()
        )
        self.actors = {
            "coordinator": factories.coordinator(of=self.intake.program.owner),
            "planner": factories.planner(),
            "sender": factories.partner(of=self.people[0].registered_by),
            "host": factories.partner(of=self.slots[0].host),
            "stranger": factories.partner(),
        }
        self.before = self.look()
        self.move_intake("open_", "coordinator")
        self.submit(0, 0, "sender")
        self.submit(1, 1, "sender")
        self.offer(0, 0)

    def look(self):
        """Return the state of every row that has one."""
        return {
            (model, pk): state
            for model in WATCHED
            for pk, state in model.objects.values_list("pk", "state")
        }

    def attempt(self, verb, **given):
        """Call a verb; a refusal is an answer, and then nothing has changed."""
        events = Event.objects.count()
        refused = False
        try:
            with transaction.atomic():
                verb(now=self.now, **given)
        except Refusal:
            refused = True
        if refused:
            assert self.look() == self.before
            assert Event.objects.count() == events
        after = self.look()
        for row, state in after.items():
            if (left := self.before.get(row, state)) != state:
                assert states.may_move(row[0]._meta.model_name, left, state)
        self.before = after

    def one(self, queryset, pick):
        """Return some row, or None where there is none."""
        rows = list(queryset.order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    @rule(verb=INTAKE_VERBS, by=ACTORS)
    def move_intake(self, verb, by):
        intake = Intake.objects.get(pk=self.intake.pk)
        self.attempt(getattr(intakes, verb), intake=intake, by=self.actors[by])

    @rule(pick=PICK, wish=PICK, by=ACTORS)
    def submit(self, pick, wish, by):
        self.attempt(
            applications.submit,
            participant=self.people[pick % 3],
            intake=Intake.objects.get(pk=self.intake.pk),
            preferences=[self.one(Slot.objects, wish)][: wish % 2],
            by=self.actors[by],
        )

    @rule(pick=PICK, by=st.sampled_from(["sender", "host", "stranger", "planner"]))
    def withdraw(self, pick, by):
        if application := self.one(Application.objects, pick):
            self.attempt(
                applications.withdraw, application=application, by=self.actors[by]
            )

    @rule(by=ACTORS)
    def judge(self, by):
        intake = Intake.objects.get(pk=self.intake.pk)
        self.attempt(judging.judge, intake=intake, by=self.actors[by])

    @rule(pick=PICK, slot=PICK, by=ACTORS)
    def pin(self, pick, slot, by):
        if application := self.one(Application.objects, pick):
            self.attempt(
                pins.pin,
                application=application,
                slot=self.slots[slot % 2],
                by=self.actors[by],
                reason="Agreed.",
            )

    @rule(pick=PICK, slot=PICK)
    def offer(self, pick, slot):
        waiting = Application.objects.filter(
            state__in=["submitted", "eligible", "unplaced", "reserve"]
        ).exclude(pk__in=Placement.objects.live().values("application"))
        if application := self.one(waiting, pick):
            place = factories.placement.prepare(
                application=application,
                slot=self.slots[slot % 2],
                offered_at=self.now,
                expires_at=self.now + timedelta(days=7),
            )
            self.attempt(
                placements.offer_many, placements=[place], by=self.actors["planner"]
            )

    @rule(verb=PLACEMENT_VERBS, pick=PICK, by=ACTORS, version=VERSIONS)
    def move_placement(self, verb, pick, by, version):
        if placement := self.one(Placement.objects, pick):
            self.attempt(
                getattr(placements, verb),
                placement=placement,
                by=self.actors[by],
                expected_version=version,
                reason="Said on the phone.",
            )

    @rule(pick=PICK)
    def advance(self, pick):
        """Take the usual next step of a stay, so that some get to its end."""
        if placement := self.one(Placement.objects.filter(state__in=USUAL), pick):
            self.attempt(
                getattr(placements, USUAL[placement.state]),
                placement=placement,
                by=self.actors["coordinator"],
            )

    @rule(pick=PICK, by=ACTORS)
    def write_transcript(self, pick, by):
        if placement := self.one(Placement.objects, pick):
            self.attempt(
                transcripts.record, placement=placement, lines=[], by=self.actors[by]
            )

    @rule(by=ACTORS)
    def withdraw_slot(self, by):
        slot = Slot.objects.get(pk=self.slots[0].pk)
        self.attempt(slots.withdraw, slot=slot, by=self.actors[by])

    @rule(days=st.integers(1, 4))
    def wait(self, days):
        self.now += timedelta(days=days)
        self.attempt(placements.expire_due)

    @invariant()
    def rows_agree(self):
        """One live place a person, told of step by step, and no pin above the seats."""
        for placement in Placement.objects.prefetch_related("events"):
            steps = {step.from_state: step.to_state for step in placement.events.all()}
            told = ""
            while told in steps:
                told = steps[told]
            assert told == placement.state
            assert placement.version == len(steps)
        live = Placement.objects.live().values_list("application", flat=True)
        assert len(set(live)) == len(live)
        for slot in Slot.objects.all():
            pinned = Pin.objects.filter(slot=slot, kind="pin").count()
            assert pinned <= slot.capacity_max


@pytest.mark.django_db
def test_verbs_in_any_order_keep_the_table():
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
