"""One place, a stay before it, and what a condition says of the one person there is."""

from datetime import date, timedelta

from programs.choices import PlacementState
from programs.conditions import read
from programs.conditions.case import Case
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.models import Application
from tests import factories

FIRST, LAST, DECIDED = date(2027, 4, 1), date(2028, 3, 31), date(2027, 2, 15)
CASE = Case(
    first=FIRST.toordinal(),
    last=LAST.toordinal(),
    decision=DECIDED.toordinal(),
    program="titp-2",
    kind="internship",
    country="JP",
    host="kyushu",
    province="33",
)


def answer(text, case=CASE):
    """Return "yes", "no" or "unknown" for the one application there is."""
    node = read(text).node
    outcome = Judge(Known(Application.objects.filter(placements=None), [node]))(
        node, case
    )
    (holds,), (fails,) = outcome.holds, outcome.fails
    assert not (holds and fails)
    return "yes" if holds else "no" if fails else "unknown"


def stay(person, *, ends, state=PlacementState.COMPLETED, program="titp-2", **slot):
    """Return a stay that ended on a day."""
    return factories.placement.make(
        application__participant=person,
        state=state,
        slot__starts_on=ends - timedelta(100),
        slot__ends_on=ends + timedelta(1),
        slot__intake__program__code=program,
        slot__intake__program__kind=slot.pop("kind", "internship"),
        **{f"slot__{name}": value for name, value in slot.items()},
    )
