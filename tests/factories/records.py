"""Imports, audit entries and events."""

from datetime import UTC, datetime
from itertools import count

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import ImportKind, LegalBasis, Purpose
from programs.models import (
    AuditEvent,
    Breach,
    ChainHead,
    Event,
    ImportBatch,
    ImportRow,
    ImportWrite,
    ProcessingPurpose,
    RememberedWord,
)

from .institutions import user
from .serial import serial

_NUMBERS = count(1)

processing_purpose = Recipe(
    ProcessingPurpose,
    purpose=Purpose.SELECTION,
    legal_basis=LegalBasis.PUBLIC_TASK,
    reference="UU 27/2022",
)
import_batch = Recipe(
    ImportBatch,
    kind=ImportKind.PARTICIPANTS,
    filename="participants.csv",
    digest="0" * 64,
    created_by=foreign_key(user),
    created_at=datetime(2027, 1, 5, 3, tzinfo=UTC),
)
import_row = Recipe(
    ImportRow,
    batch=foreign_key(import_batch),
    number=2,
    cells="[]",
    errors=lambda: [{"column": "nik", "code": "nik_digits"}],
)
import_write = Recipe(
    ImportWrite,
    batch=foreign_key(import_batch),
    kind=ImportKind.PARTICIPANTS,
    row_id="00000000-0000-4000-8000-000000000001",
)
remembered_word = Recipe(
    RememberedWord,
    user=foreign_key(user),
    what="institution",
    said="smk n 1 batam",
    means="smkn1-batam",
    chosen_at=datetime(2027, 1, 5, 3, tzinfo=UTC),
)
audit_event = Recipe(
    AuditEvent,
    sequence=lambda: next(_NUMBERS),
    at=datetime(2027, 1, 5, 3, tzinfo=UTC),
    actor="user:1",
    action="participants.register",
    object_type="participant",
    object_id="1",
    data=dict,
    previous_hash=serial("before"),
    hash=serial("hash"),
)
event = Recipe(
    Event,
    kind="placement.offered",
    object_type="placement",
    object_id="1",
    at=datetime(2027, 2, 26, 3, tzinfo=UTC),
)
chain_head = Recipe(ChainHead, id=1)
breach = Recipe(
    Breach,
    found_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
    due_at=datetime(2027, 2, 4, 3, tzinfo=UTC),
    what_happened="A laptop was lost.",
    data_concerned="names",
    num_people=3,
    recorded_by="user:1",
)
