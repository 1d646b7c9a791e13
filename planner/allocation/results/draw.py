"""Ties by a public draw: who of people exactly alike gets what.

The seed of an intake is the hash of the entry of the audit trail by which it was first
closed. It is chained to all before, stands before any plan, and nobody can choose or
change it afterwards. The lot of an agent is SHA-256 of ``SEED:NAME``, in hexadecimal,
with the name that the problem file has; the lowest gets what is worth most. Only what
alike agents have is dealt out again (``planner.optimiser.model.alike``), so that no
use, value or proof changes.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.allocation.problem.snapshot import Snapshot
from planner.optimiser.model.alike import drawn
from programs.audit_actions import AuditAction
from programs.models import AuditEvent, Intake

from .reasons import Reasons
from .solved import Solved

Seeds = Mapping[str, str | None]
"""Code of an intake -> its seed, None where the trail has no entry of its closing."""


def seeds_of(intakes: Iterable[Intake]) -> Seeds:
    """Return the seed of each intake, in one query."""
    codes = {str(intake.pk): intake.code for intake in intakes}
    closed = AuditEvent.objects.filter(
        action=AuditAction.INTAKES_CLOSED, object_id__in=codes
    )
    found: dict[str, str | None] = dict.fromkeys(codes.values())
    rows = closed.order_by("-sequence").values_list("object_id", "hash")
    return found | {codes[pk]: entry for pk, entry in rows}


def lots(names: Sequence[str], codes: Sequence[str], seeds: Seeds) -> list[str | None]:
    """Return the lot of each agent, None where its intake has no seed.

    Parameters
    ----------
    names: of the agents, as in the problem file. codes: of their intakes.
    """
    return [
        seed and hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
        for name, code in zip(names, codes, strict=True)
        for seed in [seeds[code]]
    ]


def settle(snapshot: Snapshot, solved: Solved) -> Solved:
    """Return what was solved with ties drawn, and in ``about`` among whom."""
    if solved.claim.choice is None or snapshot.problem.agent_id is None:
        return solved
    rows = snapshot.rows
    seeds = seeds_of(rows.intakes)
    codes = [rows.applications[g[0]].intake.code for g in snapshot.offers.agents]
    keys = lots(snapshot.problem.agent_id.tolist(), codes, seeds)
    choice, groups = drawn(snapshot.problem, solved.claim.choice, keys)
    told = {"seeds": dict(seeds), "groups": groups}
    return replace(
        solved,
        claim=replace(solved.claim, choice=choice),
        content=with_choice(solved.content, choice),
        about=solved.about | {"draw": told},
    )


def with_choice(content: bytes, choice: "np.ndarray[Any, Any]") -> bytes:
    """Return a result file with another choice of the same worth."""
    with np.load(io.BytesIO(content)) as arrays:
        if (arrays["choice"] == choice).all():
            return content
        changed = {name: arrays[name] for name in arrays.files} | {"choice": choice}
    written = io.BytesIO()
    np.savez(written, **changed)
    return written.getvalue()


def as_data(about: dict[str, Any]) -> dict[str, Any] | None:
    """Return the draw of a plan as plain data; None where nothing was drawn about."""
    told = about.get("draw")
    return told and {
        "seeds": [
            {"intake": code, "hash": seed}
            for code, seed in sorted(told["seeds"].items())
        ],
        "groups": len(told["groups"]),
        "people": sum(map(len, told["groups"])),
    }


def note(
    why: Reasons, agents: Sequence[Sequence[int]], placed: set[int], about: Any
) -> None:
    """Note in the main reason of whoever lost by the draw, among how many.

    Parameters
    ----------
    agents: the applicants of each agent. placed: agents with a place.
    """
    for group in about.get("draw", {}).get("groups", ()):
        lucky = placed.intersection(group)
        for agent in set(group) - lucky:
            for member in agents[agent]:
                why[member][0]["drawn"] = {"alike": len(group), "placed": len(lucky)}
