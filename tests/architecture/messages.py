"""``python -m tests.architecture.messages`` (``make messages``) collects strings.

Two catalogues: ours, and one for the libraries whose words people see but which
bring no Indonesian, or only part of it. What Django or the library itself already
translates is left to them. Needs gettext, which only translators have to install.
"""

import gettext
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "locale"
LANGUAGE = "id"
OURS = ("planner", "programs", "api")
LIBRARIES = (
    "unfold",
    "django_filters",
    "rest_framework",
    "drf_standardized_errors",
)
WIDTH = 88
HEADER = {
    "Project-Id-Version": "Talent exchange planner",
    "Language": LANGUAGE,
    "Language-Team": "Bahasa Indonesia",
    "Last-Translator": "The maintainers",
    "Plural-Forms": "nplurals=1; plural=0;",
}
CONTRIB = ("admin", "auth", "contenttypes", "humanize", "sessions")
#: Parts of libraries that nobody sees here.
UNSEEN = ("tests", "locale", "node_modules", "openapi", "browsable", "constance")


def home(package):
    """Return the folder of an installed package."""
    return Path(importlib.util.find_spec(package).origin).parent


def collect(folder):
    """Write both catalogues, brought up to date, under the folder; return the files.

    Runs on copies, so that looking never changes the work tree.
    """
    ours = update(folder / "ours", [ROOT / name for name in OURS], LOCALE)
    theirs = update(
        folder / "libraries", [home(name) for name in LIBRARIES], LOCALE / "libraries"
    )
    leave_to_others(theirs)
    return [ours, theirs]


def update(folder, packages, locale):
    """Copy packages and their catalogue, and let makemessages do its work there."""
    for package in packages:
        shutil.copytree(
            package,
            folder / package.name,
            ignore=shutil.ignore_patterns("*.pyc", "*.mo", "*.min.js", *UNSEEN),
        )
    catalogue = Path(LANGUAGE) / "LC_MESSAGES" / "django.po"
    (folder / "locale" / catalogue).parent.mkdir(parents=True)
    if (locale / catalogue).exists():
        shutil.copy(locale / catalogue, folder / "locale" / catalogue)
    options = ["--no-obsolete", "--no-wrap", "--no-location", "--ignore=static/*"]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", LANGUAGE, *options],
        cwd=folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        check=True,
        capture_output=True,
    )
    tidy(folder / "locale" / catalogue)
    return folder / "locale" / catalogue


def tidy(path):
    """Keep one plural form, no guesses, and no dates that change each time."""
    catalogue = polib.pofile(str(path), wrapwidth=WIDTH)
    catalogue.metadata |= HEADER
    for name in ("Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"):
        catalogue.metadata.pop(name, None)
    catalogue.metadata_is_fuzzy = False
    catalogue.header = "Bahasa Indonesia for the talent exchange planner."
    for entry in catalogue:
        if entry.fuzzy:  # a guess from a similar sentence helps nobody
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", {}
            entry.previous_msgid = entry.previous_msgid_plural = None
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "")}
    catalogue.save()


def leave_to_others(path):
    """Drop the entries that Django or a library translates by itself."""
    known = set()
    for package in (
        "django.conf",
        *(f"django.contrib.{n}" for n in CONTRIB),
        *LIBRARIES,
    ):
        compiled = home(package) / "locale" / LANGUAGE / "LC_MESSAGES" / "django.mo"
        if compiled.exists():
            with compiled.open("rb") as file:
                known |= set(gettext.GNUTranslations(file)._catalog)
    catalogue = polib.pofile(str(path), wrapwidth=WIDTH)
    catalogue[:] = [entry for entry in catalogue if key(entry) not in known]
    catalogue.save()


def key(entry):
    """Return the key under which a compiled catalogue knows the entry."""
    text = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
    return (text, 0) if entry.msgid_plural else text


def main(folder):
    """Replace the catalogues of the work tree; report what is left to translate."""
    for source, target in zip(
        collect(folder), (LOCALE, LOCALE / "libraries"), strict=True
    ):
        place = target / LANGUAGE / "LC_MESSAGES" / "django.po"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
        catalogue = polib.pofile(str(place))
        left = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
        print(f"{place.relative_to(ROOT)}: {len(catalogue)} strings, {left} to do")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        main(Path(scratch))
