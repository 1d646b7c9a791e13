"""Entry fees: what an option pays for being in a cohort at all.

Nobody can be in a closed cohort: x(o) <= open(r) for every option o that uses a cohort
r. The price of such a row is a fee. Those who would be there anyway pay it, and the
fees of a cohort pay for its last seats; a cohort that its fees do not cover is closed.
Almost all fees are 0, so only the others are written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray, Problem


@dataclass(frozen=True, eq=False, kw_only=True)
class Fees:
    """Fees of options for cohorts, one entry a pair; every other pair has none.

    Attributes
    ----------
    option, resource
        int64[k]; the pairs, each once: the option uses some of the resource, and the
        resource is `only_if_used`.
    fee
        float64[k]; what the option pays for the resource, in units of value.
    """

    option: IntArray
    resource: IntArray
    fee: FloatArray

    @classmethod
    def none(cls) -> "Fees":
        """Return that nobody pays a fee."""
        none = np.zeros(0, dtype=np.int64)
        return cls(option=none, resource=none, fee=np.zeros(0))

    def __len__(self) -> int:
        return len(self.fee)

    def only(self, kept: BoolArray) -> "Fees":
        """Return some of the fees."""
        return Fees(
            option=self.option[kept],
            resource=self.resource[kept],
            fee=self.fee[kept],
        )

    def whole(self, grain: float) -> "Fees":
        """Return the fees in whole grains, without those of less than one."""
        rounded = replace(self, fee=np.floor(self.fee / grain) * grain)
        return rounded.only(rounded.fee > 0)

    def times(self, weight: float) -> "Fees":
        """Return the same fees, each so many times as high."""
        return replace(self, fee=self.fee * weight)

    def less(self, value: IntArray | FloatArray) -> FloatArray:
        """Return values, of one number an option, less what the options pay."""
        rest: FloatArray = value.astype(np.float64)
        np.subtract.at(rest, self.option, self.fee)
        return rest

    def of_rows(self, rows: int) -> FloatArray:
        """Return float64[rows]; what all that pay for a resource pay together."""
        total = np.zeros(rows)
        np.add.at(total, self.resource, self.fee)
        return total


NO_FEES = Fees.none()
"""That nobody pays a fee."""


def joined(parts: Sequence[Fees]) -> Fees:
    """Return the fees of all parts, one after the other."""
    return Fees(
        option=np.concatenate([each.option for each in parts]),
        resource=np.concatenate([each.resource for each in parts]),
        fee=np.concatenate([each.fee for each in parts]),
    )


def fault(problem: Problem, fees: Fees) -> str | None:
    """Return what is wrong with the first wrong entry, in one sentence, or None."""
    sizes = [array.shape for array in (fees.option, fees.resource, fees.fee)]
    if len(set(sizes)) > 1 or len(sizes[0]) != 1:
        return f"fees: {sizes[0]} options, {sizes[1]} resources and {sizes[2]} fees"
    for name, array, count in (
        ("fee_option", fees.option, problem.num_options),
        ("fee_resource", fees.resource, problem.num_resources),
    ):
        outside = (array < 0) | (array >= count)
        if outside.any():
            at = int(np.argmax(outside))
            return f"{name}[{at}]: {array[at]} is not from 0 to {count - 1}"
    cohort = problem.resource_only_if_used & ~problem.resource_supplied
    checks = (
        (~np.isfinite(fees.fee), "is not a finite number"),
        (~cohort[fees.resource], "is for no cohort"),
        (~_uses(problem, fees), "is for a cohort that the option does not use"),
        (_repeated(fees), "is the second for its option and cohort"),
    )
    for broken, why in checks:
        if broken.any():
            at = int(np.argmax(broken))
            return f"fee[{at}]: {fees.fee[at]} {why}"
    return None


def _uses(problem: Problem, fees: Fees) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """bool[k]; the option of the pair uses more than nothing of its resource."""
    used = np.zeros(len(fees), dtype=bool)
    starts, stops = problem.use_ptr[fees.option], problem.use_ptr[fees.option + 1]
    spans = zip(starts.tolist(), stops.tolist(), fees.resource.tolist(), strict=True)
    for at, (start, stop, resource) in enumerate(spans):
        same = problem.use_resource[start:stop] == resource
        used[at] = bool((problem.use_amount[start:stop][same] > 0).any())
    return used


def _repeated(fees: Fees) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    pairs = np.stack([fees.option, fees.resource], axis=1)
    first = np.zeros(len(fees), dtype=bool)
    first[np.unique(pairs, axis=0, return_index=True)[1]] = True
    return ~first
