"""What a folder says: its tables as rows of text, as ``programs.tables`` reads them."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from programs.models.base import localised
from programs.refusals import Refusal

DIRECTORY = settings.BASE_DIR / "fixtures" / "programs"
PROGRAM, PEOPLE = "program.toml", "people.toml"


@dataclass(frozen=True)
class Folder:
    """A folder by its path and what ``program.toml`` holds."""

    path: Path
    content: dict

    @property
    def name(self):
        """What the command calls it."""
        return self.path.name

    @property
    def title(self):
        """The program's title in the reader's language."""
        program = self.rows("programs")[0]
        return localised(program["title_en"], program["title_id"])

    def rows(self, table):
        """Return the entries of a table as rows of text."""
        entries = self.content.get(table, [])
        return [{name: text(value) for name, value in row.items()} for row in entries]

    @cached_property
    def people(self):
        """Return what ``people.toml`` holds, nothing where there is none."""
        file = self.path / PEOPLE
        return _parsed(file) if file.exists() else {}


def text(value):
    """Return a value of TOML as a cell of a file."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "|".join(map(text, value))
    return str(value)


def found(directory=DIRECTORY):
    """Return the folders of a directory, by name."""
    return [read(file.parent) for file in sorted(directory.glob(f"*/{PROGRAM}"))]


def find(name, directory=DIRECTORY):
    """Return a folder by its name.

    Raises
    ------
    Refusal: there is none, with the names there are.
    """
    names = [file.parent.name for file in sorted(directory.glob(f"*/{PROGRAM}"))]
    if name not in names:
        raise Refusal(
            "regulation-unknown",
            _("There is no program “%(name)s”. There are: %(names)s.")
            % {"name": name, "names": ", ".join(names)},
            field="name",
        )
    return read(directory / name)


def read(path):
    """Read a folder.

    Raises
    ------
    Refusal: it is no TOML, or names not exactly one program.
    """
    content = _parsed(path / PROGRAM)
    if len(content.get("programs", [])) != 1:
        raise Refusal(
            "regulation-unreadable",
            _("%(file)s has to hold exactly one [[programs]].")
            % {"file": path / PROGRAM},
        )
    return Folder(path, content)


def _parsed(file):
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal(
            "regulation-unreadable",
            _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error},
        ) from error
