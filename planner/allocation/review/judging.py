"""Judging a plan once more from the data, pair by pair: is the *problem* right?

The plan was checked against its problem. Here nothing of that problem is used: each
proposal is judged alone, by the rules for this person and this place, by pins, by what
the place costs and who may pay for it. Whoever could be wrong about everybody at once
(an option, a price, a position) is not asked. The number of queries is constant.

How to call it, at approval and at publication::

    judged = judging.require_right(run)            # before the transaction: seconds
    with transaction.atomic():
        ...                                        # claims and locks
        judging.require_still_right(run, judged)   # what changed since: milliseconds

The second look reads the audit trail after the entry that the first one saw last. All
that changes what a plan depends on appends to the trail in its own transaction, so
nothing there means that nothing changed; an entry about something this module does not
know by name has everything judged again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from planner.models import AllocationRun, Proposal
from programs.models import AuditEvent, Placement
from programs.reading import at_one_moment
from programs.refusals import Refusal, RefusalKind

from . import pairs

MOST_TOLD = 5
"""Faults that a refusal puts into its sentence; the others go along as facts."""

HARMLESS = frozenset(
    {
        "allocationrun",
        "apikey",
        "auditevent",
        "moveup",
        "publication",
        "scenario",
        "transcript",
        "user",
        "webhookendpoint",
    }
)
"""Things a plan does not depend on, by the names the trail has for them."""


@dataclass(frozen=True)
class Judgement:
    """What is wrong with the proposals of a run, in sentences.

    ``seen`` is the newest entry of the audit trail at the moment of the judgement.
    """

    faults: tuple[str, ...]
    seen: int


def require_right(run: AllocationRun) -> Judgement:
    """Judge every proposal of a run, outside of any lock.

    Raises
    ------
    Refusal: somebody's proposed place is against the rules, the costs or the money as
    they are now.
    """
    judgement = of_run(run)
    _refuse(judgement.faults)
    return judgement


def require_still_right(run: AllocationRun, judgement: Judgement) -> None:
    """Judge again what changed since, inside the transaction that decides."""
    _refuse(since(run, judgement))


def _refuse(faults: Iterable[str]) -> None:
    faults = list(faults)
    if faults:
        raise Refusal(
            "plan-outdated",
            _("The data have changed and the plan no longer holds. Run it again. %s")
            % " ".join(faults[:MOST_TOLD]),
            kind=RefusalKind.CONFLICT,
            problems=faults,
        )


def of_run(run: AllocationRun) -> Judgement:
    """Judge every proposal of a run, as the data stand at one moment."""
    with at_one_moment():
        seen = AuditEvent.objects.aggregate(last=Max("sequence"))["last"] or 0
        return Judgement(tuple(_judge(run, run.proposals.all())), seen)


def since(run: AllocationRun, judgement: Judgement) -> list[str]:
    """Return the faults that changes after a judgement have brought."""
    entries = AuditEvent.objects.filter(sequence__gt=judgement.seen)
    touched = defaultdict(set)
    for kind, pk in entries.values_list("object_type", "object_id").distinct():
        touched[kind].add(pk)
    for kind in HARMLESS:
        touched.pop(kind, None)
    if not touched:
        return []
    with at_one_moment():
        return _judge(run, _with_companions(run, _concerning(touched)))


def _with_companions(run: AllocationRun, condition: Q) -> QuerySet[Proposal]:
    """Return proposals with all others of the same people and of their teams."""
    own = run.proposals.filter(condition)
    teams = own.filter(application__team__isnull=False).values("application__team")
    return run.proposals.filter(
        Q(application__participant__in=own.values("application__participant"))
        | Q(application__team__in=teams)
    )


def _concerning(touched: dict[str, set[str]]) -> Q:
    """Return which proposals changes of these things may concern; all, if unsure."""
    if touched.keys() - CONCERNING.keys():
        return Q()
    condition = Q(pk__in=())
    for kind, ids in touched.items():
        condition |= CONCERNING[kind](ids)
    return condition


def _of_placements(ids: set[str]) -> Q:
    people = Placement.objects.filter(pk__in=ids).values("application__participant")
    return Q(application__participant__in=people)


CONCERNING: dict[str, Callable[[set[str]], Q]] = {
    "agreement": lambda ids: Q(slot__agreement__in=ids),
    "application": lambda ids: Q(application__in=ids),
    "intake": lambda ids: Q(application__intake__in=ids) | Q(slot__intake__in=ids),
    "participant": lambda ids: Q(application__participant__in=ids),
    "slot": lambda ids: Q(slot__in=ids),
    "pin": lambda ids: Q(application__pins__in=ids),
    "hostrating": lambda ids: Q(application__host_ratings__in=ids),
    "placement": _of_placements,
}
"""Which proposals a change of these things, and of no others, concerns."""


def _judge(run: AllocationRun, proposals: QuerySet[Proposal]) -> list[str]:
    if not proposals.exists():
        return []
    data = pairs.Data.read(run, proposals)
    return [fault.sentence for fault in pairs.faults(data)]
