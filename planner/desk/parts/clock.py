"""The note that the clock has jumped, for whoever may confirm it."""

from planner import ticks


def clock_of(user):
    """Return the jump that waits for a person, and whether this reader may confirm."""
    return {
        "jump": ticks.pending(),
        "may_confirm": any(user.allows(each) for each in ticks.CONFIRMERS),
    }
