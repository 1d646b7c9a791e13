"""``python -m planner.catalogues FILE.po...`` compiles translations.

Written with Babel, because the machines that run this need not have gettext.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source):
    """Write the compiled catalogue beside its source, whole or not at all."""
    source = Path(source)
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    target = source.with_suffix(".mo")
    draft = target.with_suffix(".mo.draft")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    return target


def compile_stale(folder):
    """Compile each catalogue under the folder that is newer than its product."""
    for source in sorted(Path(folder).rglob("*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            compile_catalogue(source)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_catalogue(name)
