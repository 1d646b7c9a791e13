"""Small counts of what is confidential: they would tell who, so nobody is told them."""

from programs.choices import QuotaAttribute
from programs.domain import conditions
from programs.models import Quota

from .states import LimitKind

FEWEST = 5
"""Fewer people than this are not counted where it is confidential who they are."""


def is_few(count):
    """Whether so many are few enough to tell who; nobody is nobody in particular."""
    return 0 < count < FEWEST


def confidential(quotas):
    """Return the codes of quotas that count by what is confidential."""
    private = conditions.confidential(quota.condition for quota in quotas)
    return {
        quota.code
        for quota in quotas
        if quota.attribute == QuotaAttribute.DISABILITY or quota.condition in private
    }


def hidden(counts):
    """Return the counts of quotas that are told to nobody; asks the database once.

    Parameters
    ----------
    counts: (code of a quota, how many it counts).
    """
    few = {(code, count) for code, count in counts if is_few(count)}
    codes = {code for code, _count in few}
    secret = confidential(list(Quota.objects.filter(code__in=codes))) if few else ()
    return {(code, count) for code, count in few if code in secret}


def tell(limits):
    """Set on limits what may be told of them: ``reached``, and ``missing`` to it.

    Both are None of a quota that counts so few by what is confidential.
    """
    kept = hidden((row.code, row.use) for row in limits if row.kind == LimitKind.QUOTA)
    for row in limits:
        is_kept = row.kind == LimitKind.QUOTA and (row.code, row.use) in kept
        row.reached = None if is_kept else row.use
        row.missing = None if is_kept else row.shortfall
    return limits


WHEN = ("before", "after")
"""When losses tell how a quota stands."""


def of_summary(facts):
    """Yield (code of a quota, how many it counts) of everything a run's figures tell.

    Parameters
    ----------
    facts: the summary of a run; of an earlier release, or without a plan, it has less.
    """
    for quota in facts.get("quotas", ()):
        yield quota["quota"], quota["used"]
    yield from _of_losses(facts.get("losses") or {})


def _of_losses(losses):
    for worse in losses.get("quotas", ()):
        for when in WHEN:
            yield worse["quota"], worse[when]["having"]


def standing(told, *, is_kept):
    """Return how a quota stands as it may be told.

    Parameters
    ----------
    told: as ``results.losses.figures`` returns it. is_kept: whether the quota counts
    so few by what is confidential.
    """
    return told | {"having": None, "missed": None} if is_kept else told


def losses(told, kept=None):
    """Return losses of a plan as they may be told.

    Parameters
    ----------
    told: as ``results.losses.as_data`` returns them. kept: from ``hidden``, where it
    was asked for several plans at once.
    """
    kept = hidden(_of_losses(told)) if kept is None else kept
    quotas = [worse | _both(worse, kept) for worse in told["quotas"]]
    return told | {"quotas": quotas}


def _both(worse, kept):
    return {
        when: standing(
            worse[when], is_kept=(worse["quota"], worse[when]["having"]) in kept
        )
        for when in WHEN
    }


def conditional(told):
    """Return the conditional places of a plan as they may be told.

    Of what is confidential neither few people are counted nor what was measured on few,
    and so not the chance that follows from it.

    Parameters
    ----------
    told: as ``results.expected.of`` returns it; None of runs of earlier releases.
    """
    if not told:
        return told
    return told | {"conditions": list(map(_awaited, told["conditions"]))}


def _awaited(entry):
    if entry["condition"] is not None:
        return entry
    passed, ended = entry["passed"], entry["ended"]
    hides = {"people": None} if is_few(entry["people"]) else {}
    if any(map(is_few, (passed, ended, ended - passed))):
        hides |= dict.fromkeys(("passed", "ended", "chance"))
    return entry | hides
