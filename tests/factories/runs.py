"""Allocation runs and what they say."""

from datetime import UTC, date, datetime
from itertools import count

from model_bakery.recipe import Recipe, foreign_key

from planner.models import (
    AllocationRun,
    BulkJob,
    LimitPrice,
    Proposal,
    Scenario,
    Unplaced,
    WhatIf,
)

from .applications import application
from .institutions import institution
from .programs import slot
from .serial import serial

NUMBERS = count(1)
allocation_run = Recipe(
    AllocationRun,
    number=lambda: next(NUMBERS),
    on=date(2027, 2, 15),
    created_at=datetime(2027, 2, 15, 3, tzinfo=UTC),
)
scenario = Recipe(
    Scenario,
    name=serial("What if"),
    created_at=datetime(2027, 2, 15, 3, tzinfo=UTC),
)
proposal = Recipe(
    Proposal,
    run=foreign_key(allocation_run),
    application=foreign_key(application, one_to_one=True),
    slot=foreign_key(slot),
)
unplaced = Recipe(
    Unplaced,
    run=foreign_key(allocation_run),
    application=foreign_key(application, one_to_one=True),
    main_reason="seats_full",
)
what_if = Recipe(
    WhatIf,
    run=foreign_key(allocation_run),
    created_at=datetime(2027, 2, 15, 3, tzinfo=UTC),
)
limit_price = Recipe(
    LimitPrice,
    run=foreign_key(allocation_run),
    kind="seats",
    code="slot-1",
    label_en="Seats",
    label_id="Tempat",
    use=3,
)

bulk_job = Recipe(
    BulkJob,
    kind="nominations",
    institution=foreign_key(institution),
    language="en",
    num_rows=1,
    created_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
)
