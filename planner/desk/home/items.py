"""One sentence of the worklist, and where its links lead."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One sentence of the worklist."""

    text: str
    link: str
    is_urgent: bool = False


def board_in(state, **asked):
    """Return the address of the board with placements of one state."""
    more = "".join(f"&{name}={value}" for name, value in asked.items())
    return f"{reverse('admin:desk_board')}?state={state}{more}"
