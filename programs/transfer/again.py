"""Parked rows, judged once more: mended, or with a reason why they are late."""

from django.utils.translation import gettext as _

from programs.refusals import Refusal, RefusalKind

from .batches import check, mapping_of, parked_rows
from .exports import parked_file
from .mapping import Mapping


def bring_again(batch, *, by, now, reason=""):
    """Judge the parked rows of an import as a file of their own; return the report.

    They stay parked where they are until the new file is written. What the words of the
    sheet were taken for is taken again.

    Parameters
    ----------
    reason: why rows come late; the one given before unless there is a new one.

    Raises
    ------
    Refusal: no rows are parked.
    """
    first = next(parked_rows(batch, 1), None)
    if first is None:
        raise Refusal(
            "nothing-parked",
            _("No rows of this import are parked."),
            kind=RefusalKind.CONFLICT,
        )
    _number, cells, _problems = first
    before = mapping_of(batch) or Mapping()
    return check(
        batch.kind,
        parked_file(batch, "csv", by=by),
        filename=batch.filename,
        by=by,
        now=now,
        reason=reason or batch.reason,
        mapping=Mapping(columns={name: name for name in cells}, values=before.values),
        parked_from=batch,
    )
