"""What partners subscribe to is written down once, and no state can rename it."""

import ast
from pathlib import Path

import pytest

from programs import event_kinds
from programs.audit_actions import AuditAction
from programs.domain import notices, states
from programs.event_kinds import EventKind
from programs.models import Event

ROOT = Path(__file__).parents[2]
CONTRACT = """
agreement.expired agreement.in_force agreement.proposed agreement.terminated
application.eligible application.ineligible application.reserve
application.set_preferences application.submit application.unplaced application.update
application.withdraw
intake.allocating intake.cancelled intake.closed intake.completed intake.decided
intake.open intake.published intake.running
participant.erased participant.merged participant.registered participant.updated
placement.accepted placement.arrived
placement.change_agreed placement.change_lapsed placement.change_proposed
placement.change_refused placement.change_withdrawn
placement.completed placement.condition_changed placement.confirmed
placement.declined placement.departed placement.ended_early placement.expired
placement.lapsed placement.no_show placement.offered placement.rejected
placement.superseded
slot.open slot.propose slot.update slot.withdrawn
transcript.written
""".split()
"""As partners have it since version 1; a kind may be added here, never changed."""
UNTOLD = {
    "agreement": {"draft"},
    "application": set(states.APPLICATION_MOVES) | {"withdrawn"},
}
"""States no verb of this kind of thing tells of by the table."""


def test_the_contract_is_kept():
    assert sorted(EventKind.values) == CONTRACT


def test_a_kind_fits_its_column():
    longest = Event._meta.get_field("kind").max_length
    assert max(map(len, EventKind.values)) <= longest


def test_kinds_are_written_by_hand_and_take_nothing_from_a_state():
    tree = ast.parse(Path(event_kinds.__file__).read_text())
    (members,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    values = [
        line.value.elts[0] for line in members.body if isinstance(line, ast.Assign)
    ]
    assert len(values) == len(EventKind)
    assert all(isinstance(value, ast.Constant) for value in values)


@pytest.mark.parametrize("thing", sorted(states.MOVES))
def test_every_move_tells_of_its_own_kind_and_action(thing):
    ends = {to for ends in states.MOVES[thing].values() for to in ends}
    told = notices.EVENTS[thing]
    assert {str(to) for to in ends - set(told)} <= UNTOLD.get(thing, set())
    assert len(set(told.values())) == len(told)
    assert all(kind.startswith(f"{thing}.") for kind in told.values())
    assert set(notices.ACTIONS.get(thing, told)) == set(told)


def told_of():
    """Yield (place, node) of what each call names as its kind or action."""
    for package in ("api", "planner", "programs"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _tells(node.func):
                    for word in node.keywords:
                        if word.arg in {"kind", "action"}:
                            place = f"{path.relative_to(ROOT)}:{node.lineno}"
                            yield place, word.value


def _tells(func):
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in {"emit", "emit_many", "record", "record_many"}


def test_nobody_puts_a_kind_or_an_action_together_from_words():
    places = list(told_of())
    assert len(places) > 30
    spelt = [
        place
        for place, value in places
        if isinstance(value, ast.JoinedStr | ast.Constant | ast.BinOp)
    ]
    assert spelt == []


def test_the_trail_has_an_action_for_each_event_of_a_move():
    for thing, actions in notices.ACTIONS.items():
        assert set(actions.values()) <= set(AuditAction)
        assert thing in notices.EVENTS
