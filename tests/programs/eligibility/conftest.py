"""A person and a slot that fit, to break one rule at a time."""

from datetime import date

import pytest

from programs.eligibility import verdicts
from tests import factories

TODAY = date(2027, 1, 15)


class Pair:
    """An application and a slot of its intake, and the verdict on them."""

    def __init__(self):
        self.slot = factories.slot.make()
        self.program = self.slot.intake.program
        self.application = factories.application.make(intake=self.slot.intake)
        self.person = self.application.participant

    def set(self, row, **values):
        """Change fields of a row, a person, say, or the slot's program."""
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    def verdict(self, on=TODAY):
        """Return the verdict on the pair."""
        (verdict,) = verdicts(application=self.application, slots=[self.slot], on=on)
        return verdict


@pytest.fixture
def pair(db):
    """Return a pair that breaks no rule."""
    return Pair()
