"""E-mails in files and letters in PDF go with the person they were written to.

Django's mail files hold one message after the other, between lines of hyphens; each of
ours names its row in ``Message-ID``, which may go on in a second line.
"""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from planner.models import (
    AllocationRun,
    LetterJob,
    Message,
    Proposal,
    Reserve,
    Unplaced,
)

BETWEEN = b"\n" + b"-" * 79 + b"\n"
IDENTIFIER = re.compile(rb"(?mi)^Message-ID:\s*<([0-9a-f-]{36})\.")


def forget(*, ids, words):
    """Take away what was written to the person, and is kept outside of the messages.

    Parameters
    ----------
    ids: of the person's rows. words: texts that name the person.
    """
    mine = Message.objects.filter(application__in=ids).values_list("pk", flat=True)
    gone = {str(pk).encode() for pk in mine}
    if gone:
        for path in sorted(_folder().glob("*.log")):
            _without(path, gone)
    decided = Q(pk__in=Proposal.objects.filter(application__in=ids).values("run"))
    decided |= Q(pk__in=Reserve.objects.filter(application__in=ids).values("run"))
    decided |= Q(pk__in=Unplaced.objects.filter(application__in=ids).values("run"))
    runs = AllocationRun.objects.filter(decided)
    files = LetterJob.objects.filter(publication__run__in=runs.values("pk"))
    files.filter(content__isnull=False).update(content=None, expires_at=None)


def _folder():
    """Return where e-mails are kept in files, whether they still are or once were."""
    return Path(settings.EMAIL_FILE_PATH or settings.DATA_DIR / "mail")


def _without(path, gone):
    """Write a file anew without some messages; one with no message left goes."""
    messages = path.read_bytes().split(BETWEEN)
    kept = [each for each in messages if _row_of(each) not in gone]
    if len(kept) == len(messages):
        return
    if not any(each.strip() for each in kept):
        path.unlink()
        return
    new = path.with_suffix(".new")
    new.write_bytes(BETWEEN.join(kept))
    new.replace(path)


def _row_of(message):
    found = IDENTIFIER.search(message)
    return found[1].lower() if found else b""
