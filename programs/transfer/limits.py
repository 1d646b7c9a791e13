"""What a file may be before anybody opens it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on an uploaded file; the first one broken refuses it.

    ``ratio`` is how much bigger than on disk an entry of a workbook may unpack to;
    entries below ``small_entry`` bytes are never held against it.
    """

    file_bytes: int = 25 * 2**20
    unpacked_bytes: int = 300 * 2**20
    entries: int = 200
    ratio: int = 100
    small_entry: int = 2**20
    rows: int = 100_000
    columns: int = 80
    cell_characters: int = 32_767
    child_memory: int = 2**30
    child_seconds: int = 60
    head: int = 0
    """Rows after which reading ends; 0 reads all."""


LIMITS = Limits()
