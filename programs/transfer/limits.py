"""What a file may be before anybody opens it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on an uploaded file; the first one broken refuses it.

    ``ratio`` is how much bigger than on disk an entry of a workbook may unpack to;
    entries below ``small_entry`` bytes are never held against it.
    """

    file_bytes: int = 100 * 2**20
    unpacked_bytes: int = 600 * 2**20
    entries: int = 200
    ratio: int = 100
    small_entry: int = 2**20
    rows: int = 300_000
    rows_at_once: int = 100_000
    """Of kinds whose files are judged whole: slots, costs and budgets."""
    columns: int = 80
    cell_characters: int = 32_767
    child_memory: int = 600 * 2**20
    child_seconds: int = 240
    head: int = 0
    """Rows after which reading ends; 0 reads all."""


LIMITS = Limits()
