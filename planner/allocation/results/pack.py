"""The decision pack: everything an auditor needs, in one file, without the database."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from planner.models import AllocationRun, small_counts
from planner.models.fairness_words import with_indexes
from planner.models.quality import in_every_language
from programs.models import Slot

from . import files, record

FIXED = (2020, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same pack has the same bytes."""


def write(
    run: AllocationRun, path: Path, *, summarise: Callable[[AllocationRun], str]
) -> str:
    """Write the decision pack of a run with a plan.

    Parameters
    ----------
    run: the run. path: the zip file to write.
    summarise: returns the plan as text for people, in the active language.
    """
    entries = {files.NAMES[kind]: files.content(run, kind) for kind in files.NAMES}
    entries["run.json"] = as_json(about(run))
    entries["decisions.json"] = as_json(decisions(run))
    for language in ("en", "id"):
        with translation.override(language):
            entries[f"summary.{language}.txt"] = summarise(run).encode()
            entries[f"README.{language}.txt"] = read_me().encode()
    sums = "".join(
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(entries.items())
    )
    entries["SHA256SUMS"] = sums.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(entries.items()):
            archive.writestr(zipfile.ZipInfo(name, FIXED), content)
    path.write_bytes(buffer.getvalue())
    return sha256(buffer.getvalue()).hexdigest()


def as_json(data: object) -> bytes:
    """Return data as readable JSON bytes."""
    return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True).encode()


def about(run: AllocationRun) -> dict[str, Any]:
    """Return the circumstances and the digests of a run."""
    return {
        "number": run.number,
        "id": str(run.pk),
        "intakes": [intake.code for intake in run.intakes.order_by("code")],
        "scenario": run.scenario.name if run.scenario else None,
        "state": run.state,
        "limits": {
            "seconds": run.seconds,
            "gap": run.gap,
            "workers": run.workers,
            "seed": run.seed,
            "work": run.work,
        },
        "replans": run.base
        and {
            "number": run.base.number,
            "change_price": run.change_price,
            "most_changes": run.most_changes,
        },
        "input_digest": run.input_digest,
        "result_digest": run.result_digest,
        "approved_digest": run.approved_digest,
        "status": run.status,
        "termination": run.termination,
        "proof": in_every_language(run),
        "tiers": run.tiers,
        "arrivals": run.summary.get("arrivals"),
        "expected": small_counts.conditional(run.summary.get("expected")),
        "fairness": with_indexes(run.summary.get("fairness")),
        "last_safe_days": last_safe_days(run),
        "phases": run.phases,
        "versions": run.versions,
        "parameters": run.parameters,
        "people": {
            "author": number_of(run.created_by_id),
            "submitted_by": number_of(run.submitted_by_id),
            "approved_by": number_of(run.approved_by_id),
            "approvals": [
                {"by": number_of(each.approver_id), "digest": each.digest}
                for each in run.approvals.all()
            ],
        },
        "times": {
            name: moment(getattr(run, name))
            for name in (
                "created_at",
                "started_at",
                "finished_at",
                "submitted_at",
                "decided_at",
                "published_at",
            )
        },
    }


def last_safe_days(run: AllocationRun) -> dict[str, str]:
    """Return until when each slot with proposed places is decided in time."""
    chosen = Slot.objects.filter(pk__in=run.proposals.values("slot"))
    rows = chosen.select_related("route").order_by("code", "pk")
    return {slot.name: slot.last_safe_day.isoformat() for slot in rows}


def number_of(pk: UUID | None) -> str | None:
    """Return how the audit trail names a user."""
    return None if pk is None else f"user:{pk}"


def moment(value: datetime | None) -> str | None:
    """Return a time as text in UTC."""
    return value.astimezone(UTC).isoformat() if value else None


def decisions(run: AllocationRun) -> dict[str, Any]:
    """Return exactly what the result digest is computed from."""
    return record.digested(run.input_digest, run.proposals.all(), run.reserves.all())


def read_me() -> str:
    """Return what is in the pack and how to check it, in the active language."""
    return _(
        "Decision pack of an allocation run.\n\n"
        "problem.npz     the problem, without any personal data\n"
        "result.npz      the plan and the prices that prove it\n"
        "check.json      what the independent check said\n"
        "decisions.json  every decision; its SHA-256 (compact, sorted keys) is the "
        "result digest\n"
        "run.json        limits, versions, digests, fairness, arrivals, who decided "
        "when\n"
        "summary         the plan for people\n"
        "SHA256SUMS      check with: sha256sum -c SHA256SUMS\n\n"
        "To check the plan without the database:\n"
        "  python -m planner.optimiser check problem.npz result.npz\n"
        "To solve it again:\n"
        "  python manage.py replay PACK.zip\n"
    )
