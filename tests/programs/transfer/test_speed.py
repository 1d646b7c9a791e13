"""Twenty thousand people come in within two minutes, and 300,000 within ten.

IMPORT_PEOPLE=300000 brings as many as a file may have.
"""

import csv
import io
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict

import openpyxl
import pytest
from django.conf import settings

from programs import transfer
from programs.demo import make

FIXTURES = settings.BASE_DIR / "fixtures"
PEOPLE = int(os.environ.get("IMPORT_PEOPLE", "20000"))
SECONDS = max(120, PEOPLE // 500)
KILOBYTES = 600 * 2**10
COLUMNS = (
    "code", "given_name", "family_name", "birth_date", "sex", "citizenship",
    "home_institution", "kkni", "isced_f", "email", "nik", "skills", "languages",
)  # fmt: skip


def people():
    """Return rows of a participants file, with skills and certificates."""
    tables = make.make(FIXTURES, num_people=PEOPLE + 100)
    lists = defaultdict(list)
    for row in tables["skill_claims.csv"]:
        entry = f"{row['skill']}:{row['level']}:{row['evidence']}"
        lists[row["participant"], "skills"].append(entry)
    for row in tables["language_certificates.csv"]:
        entry = (row["test"], row["band"], row["taken_on"], row["scale_version"])
        lists[row["participant"], "languages"].append(":".join(entry))
    # The first rows are the crowds; those of the teaching cases come last.
    for row in tables["participants.csv"][:PEOPLE]:
        row |= {name: "|".join(lists[row["code"], name]) for name in COLUMNS[-2:]}
        yield [row["province"], *(row[name] for name in COLUMNS)]


def file_of(rows, file_format):
    """Return the bytes of a file with these rows."""
    header = ["province_kemendagri", *COLUMNS]
    if file_format == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        return text.getvalue().encode()
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in [header, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("file_format", transfer.FORMATS)
def test_many_people_come_in_quickly_and_in_little_memory(tmp_path, file_format):
    path = tmp_path / f"people.{file_format}"
    path.write_bytes(file_of(list(people()), file_format))
    small = tmp_path / "demo"
    make.write(make.make(FIXTURES, num_people=1), small)

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        }
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "-v0")
    manage("load_reference")
    manage("load_demo", "--directory", str(small))
    begun = time.monotonic()
    said = manage("import_rows", "participants", str(path), "--apply", "--park")
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{file_format}: {seconds:.0f} s, {peak / 1024:.0f} MB at most")
    assert f"{PEOPLE} rows: {PEOPLE} new" in said
    assert seconds < SECONDS
    assert peak < KILOBYTES
