"""The blocks of docs/operations that a shell runs, in the order of the pages."""

import re
from typing import NamedTuple

from tests.paths import ROOT

PAGES = ("install", "watch", "backup", "keys", "upgrade")
SIZES = ("embedded", "scaled")
FENCE = re.compile(r"^```sh(?: (\w+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOLDER = ROOT / "docs" / "operations"


class Block(NamedTuple):
    """A block of a page: for one size of installation, or for both."""

    page: str
    line: int
    size: str | None
    script: str


def blocks(size):
    """Return the blocks of one size, page after page."""
    return [
        block for page in PAGES for block in read(page) if block.size in (None, size)
    ]


def read(page):
    """Yield the blocks of a page."""
    text = (FOLDER / f"{page}.md").read_text()
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[1], found[2])
