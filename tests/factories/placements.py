"""Decisions and what became of them."""

from datetime import UTC, date, datetime
from uuid import uuid4

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import PlacementState
from programs.models import (
    FundingLine,
    PlaceCondition,
    Placement,
    PlacementChange,
    PlacementEvent,
    ReserveEntry,
    SkillAchieved,
)

from .applications import application
from .money import budget_line, cost_category, funding_source
from .programs import slot
from .skills import skill

placement = Recipe(
    Placement,
    application=foreign_key(application, one_to_one=True),
    slot=foreign_key(slot),
    state=PlacementState.OFFERED,
    offered_at=datetime(2027, 2, 26, 3, tzinfo=UTC),
    expires_at=datetime(2027, 3, 5, 3, tzinfo=UTC),
)


class FundingLineRecipe(Recipe):
    """Lines whose source has no limit, unless the test gave it budget lines."""

    def make(self, _quantity=None, **columns):
        """Make lines, and the budget line that the database asks for."""
        year = columns.get("fiscal_year", self.attr_mapping["fiscal_year"])
        source = columns.get("source") or funding_source.make()
        columns["source"] = source
        if not source.budget_lines.filter(fiscal_year=year).exists():
            budget_line.make(source=source, fiscal_year=year, amount=None)
        return super().make(_quantity=_quantity, **columns)


funding_line = FundingLineRecipe(
    FundingLine,
    placement=foreign_key(placement),
    category=foreign_key(cost_category),
    fiscal_year=2027,
    amount=10_000_000,
)
placement_event = Recipe(
    PlacementEvent,
    placement=foreign_key(placement),
    to_state=PlacementState.OFFERED,
    at=datetime(2027, 2, 26, 3, tzinfo=UTC),
    by="planner",
)


def _of_placement(**columns):
    """Return the columns of a change as its stay is now, unless they are given."""
    stay = columns.get("placement") or placement.make()
    now = {"slot": stay.slot, "starts_on": stay.starts_on, "ends_on": stay.ends_on}
    old = {f"old_{name}": value for name, value in now.items()}
    return {"placement": stay, **now, **old, **columns}


class PlacementChangeRecipe(Recipe):
    """Changes whose days and slots are those of the stay, unless a test says others."""

    def make(self, _quantity=None, **columns):
        """Make changes of a stay."""
        return super().make(_quantity=_quantity, **_of_placement(**columns))


placement_change = PlacementChangeRecipe(
    PlacementChange,
    reason="Harvest at home",
    side="sender",
    proposed_by="key",
    proposed_at=datetime(2027, 3, 1, 3, tzinfo=UTC),
    answer_by=datetime(2027, 3, 15, 3, tzinfo=UTC),
    sender_agreed_at=datetime(2027, 3, 1, 3, tzinfo=UTC),
)
place_condition = Recipe(
    PlaceCondition,
    placement=foreign_key(placement),
    condition="language(ja) >= A2",
    due_on=date(2027, 3, 15),
)
reserve_entry = Recipe(
    ReserveEntry,
    slot=foreign_key(slot),
    application=foreign_key(application, one_to_one=True),
    position=1,
    publication=uuid4,
)
skill_achieved = Recipe(
    SkillAchieved,
    placement=foreign_key(placement),
    skill=foreign_key(skill),
    level=3,
    evidence="Practical exam, 12 March 2028",
)
