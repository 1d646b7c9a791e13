"""The problem: agents, their options, and the resources the options use.

maximise    sum value(o) x(o)  -  soft prices x shortfall or excess
subject to  sum of x(o) over the options of an agent  <= 1      (= 1 where must)
            lower(r) <= sum use(o, r) x(o) <= upper(r)          (or no use at all,
                                                                 where only_if_used)
            what opens uses other resources once, and has a value of its own
            use of a supplied resource <= what its supply lines let flow to it
            flows out of a line        <= upper(line)
            x in {0, 1}
"""

import hashlib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from planner.optimiser.model.validate import (
    ABSENT,
    UNLIMITED,
    gifts,
    normalise,
    validate,
)

__all__ = ["HARD", "UNLIMITED", "BoolArray", "FloatArray", "IntArray", "Problem"]

HARD = -1
"""The soft price of a limit that may not be broken at any price."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]
TextArray = npt.NDArray[np.str_]


def _absent() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_index() -> IndexArray:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """One allocation problem, as flat read-only arrays that fit together.

    With n agents, o options, u uses, r resources, f supplies and t tiers. Building a
    problem checks it: a `ProblemError` names the array, the index and the reason.

    Attributes
    ----------
    agent_must
        bool[n]; the agent must get exactly one option, not at most one.
    option_agent
        int32[o], non-decreasing; the agent each option belongs to.
    option_value
        int64[o], or int64[o, t] with the most important tier first.
    use_ptr, use_resource, use_amount
        int64[o + 1], int32[u], int64[u]; option i uses the resources in
        `use_ptr[i]:use_ptr[i + 1]`, each at most once.
    resource_upper, resource_lower
        int64[r]; the limits. `UNLIMITED` is no upper limit. A supplied resource has
        neither: its lines limit it.
    resource_only_if_used
        bool[r]; the limits hold only if the resource is used at all.
    resource_shortfall_price, resource_excess_price
        int64[r]; what each unit below `lower` or above `upper` costs, paid in the
        first tier. `HARD` is a wall.
    resource_step
        int64[r]; how many units a soft price buys: every started step of so many costs
        the whole price. Left out, a step is one unit.
    opening_ptr, opening_resource, opening_amount
        int64[r + 1], int32[], int64[]; what a resource that is `only_if_used` uses of
        others, once, if it is used at all; below 0, what it gives back of what every
        option that uses it uses. Left out: nothing.
    opening_value
        int64[r], or int64[r, t]; what it is worth that such a resource is used, most
        often a cost below 0. Left out: nothing.
    supply_upper
        int64[f]; what each budget line can give.
    supply_ptr, supply_index
        int64[r + 1], int32[]; the lines that may supply each resource.
    agent_id, option_id, resource_id, supply_id
        The names people use, or None: then the index, written as text, is the name.
    """

    agent_must: BoolArray
    option_agent: IndexArray
    option_value: IntArray
    use_ptr: IntArray
    use_resource: IndexArray
    use_amount: IntArray
    resource_upper: IntArray
    resource_lower: IntArray
    resource_only_if_used: BoolArray
    resource_shortfall_price: IntArray
    resource_excess_price: IntArray
    supply_upper: IntArray
    supply_ptr: IntArray
    supply_index: IndexArray
    resource_step: IntArray = field(default_factory=_absent)
    opening_ptr: IntArray = field(default_factory=_absent)
    opening_resource: IndexArray = field(default_factory=_no_index)
    opening_amount: IntArray = field(default_factory=_absent)
    opening_value: IntArray = field(default_factory=_absent)
    agent_id: TextArray | None = None
    option_id: TextArray | None = None
    resource_id: TextArray | None = None
    supply_id: TextArray | None = None
    name: str = ""

    def __post_init__(self) -> None:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, array in normalise(values).items():
            object.__setattr__(self, name, array)
        validate(self)

    def replace(self, **changes: Any) -> Self:
        """Return a changed and checked copy; unchanged arrays are shared."""
        return replace(self, **changes)

    @property
    def num_agents(self) -> int:
        return len(self.agent_must)

    @property
    def num_options(self) -> int:
        return len(self.option_agent)

    @property
    def num_uses(self) -> int:
        return len(self.use_resource)

    @property
    def num_resources(self) -> int:
        return len(self.resource_upper)

    @property
    def num_supplies(self) -> int:
        return len(self.supply_upper)

    @property
    def num_tiers(self) -> int:
        return 1 if self.option_value.ndim == 1 else int(self.option_value.shape[1])

    def value(self, tier: int = 0) -> IntArray:
        """Return the value of every option in one tier, int64[o]."""
        return self.option_value if self.num_tiers == 1 else self.option_value[:, tier]

    def value_of_opening(self, tier: int = 0) -> IntArray:
        """Return what it is worth in one tier that each resource is used, int64[r]."""
        values = self.opening_value
        return values if values.ndim == 1 else values[:, tier]

    def opening_uses(self, resource: int) -> list[tuple[int, int]]:
        """Return what a resource uses by opening: (resource, amount), each once."""
        start, stop = self.opening_ptr[resource : resource + 2].tolist()
        used = self.opening_resource[start:stop].tolist()
        return list(zip(used, self.opening_amount[start:stop].tolist(), strict=True))

    @cached_property
    def resource_opens(self) -> BoolArray:
        """bool[r]; using the resource at all uses others, or has a value."""
        worth = self.opening_value != 0
        worth = worth if worth.ndim == 1 else worth.any(axis=1)
        result: BoolArray = worth | (np.diff(self.opening_ptr) > 0)
        return result

    @cached_property
    def own_use(self) -> IntArray:
        """int64[u]; the least that each use adds, what its option opens given back."""
        option, resource, back = gifts(self)
        own = self.use_amount.copy()
        if len(option):
            owner = np.repeat(np.arange(self.num_options), np.diff(self.use_ptr))
            key = owner * self.num_resources + self.use_resource
            order = np.argsort(key)  # an option names its uses in any order
            wanted = option * self.num_resources + resource
            own[order[np.searchsorted(key, wanted, sorter=order)]] -= back
        return own

    @cached_property
    def agent_ptr(self) -> IntArray:
        """int64[n + 1]; agent a owns the options `agent_ptr[a]:agent_ptr[a + 1]`."""
        counts = np.bincount(self.option_agent, minlength=self.num_agents)
        return pointers(counts)

    @cached_property
    def resource_supplied(self) -> BoolArray:
        """bool[r]; the resource is limited by supply lines, not by its own upper."""
        return np.diff(self.supply_ptr) > 0

    @cached_property
    def resource_soft(self) -> BoolArray:
        """bool[r]; the resource has a limit that may be broken at a price."""
        short = (self.resource_shortfall_price >= 0) & (self.resource_lower > 0)
        over = (self.resource_excess_price >= 0) & (self.resource_upper < UNLIMITED)
        return short | over

    @cached_property
    def digest(self) -> str:
        """SHA-256 of every array in a fixed order; the name is not part of it."""
        digest = hashlib.sha256(b"allocation-instance/1")
        for each in fields(self):
            array = getattr(self, each.name)
            if each.name == "name" or array is None or self._absent(each.name):
                continue
            if array.dtype.kind == "U":
                array = np.frombuffer("\0".join(array.tolist()).encode(), dtype="u1")
            header = f"{each.name} {array.dtype.str} {array.shape}".encode()
            digest.update(header)
            digest.update(np.ascontiguousarray(array).view("u1").data)
        return digest.hexdigest()

    def _absent(self, name: str) -> bool:
        """Whether an array that may be left out says no more than its absence."""
        return name in ABSENT and bool((getattr(self, name) == ABSENT[name]).all())

    def agent_name(self, agent: int) -> str:
        return str(agent) if self.agent_id is None else str(self.agent_id[agent])

    def option_name(self, option: int) -> str:
        return str(option) if self.option_id is None else str(self.option_id[option])

    def resource_name(self, resource: int) -> str:
        ids = self.resource_id
        return str(resource) if ids is None else str(ids[resource])

    def supply_name(self, supply: int) -> str:
        """The line's id; without ids `supply:0` ..., so no resource shares it."""
        return (
            f"supply:{supply}"
            if self.supply_id is None
            else str(self.supply_id[supply])
        )


def pointers(counts: npt.NDArray[Any]) -> IntArray:
    """Return the CSR pointers of groups with these sizes.

    Parameters
    ----------
    counts
        int[k]; how many entries each group has.

    Returns
    -------
    int64[k + 1]
        Group i has the entries `ptr[i]` up to `ptr[i + 1]`.
    """
    result = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def spans(
    ptr: IntArray, wanted: npt.NDArray[np.integer[Any]]
) -> tuple[IntArray, IntArray]:
    """Return the entries of the wanted spans one after the other, and their counts.

    Span i has the entries `ptr[i]` up to `ptr[i + 1]`.

    Parameters
    ----------
    ptr
        int64[k + 1].
    wanted
        int[m]; the spans, in any order.

    Returns
    -------
    entries
        int64[sum of counts].
    counts
        int64[m].
    """
    counts = ptr[wanted + 1] - ptr[wanted]
    return runs(ptr[wanted], counts), counts


def runs(starts: IntArray, counts: IntArray) -> IntArray:
    """Return the numbers of runs that start here and are so long, one after the other.

    Parameters
    ----------
    starts
        int64[m].
    counts
        int64[m].
    """
    first = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return first + np.arange(len(first))
