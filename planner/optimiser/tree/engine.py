"""Simplex methods for the relaxation: HiGHS, which goes on from a basis, and GLOP.

    minimise cost @ v,  low <= A v <= high,  0 <= v <= top

After a question only a few bounds have moved, and the basis before is still dual
feasible, from where the dual simplex method (Lemke 1954) goes on. HiGHS cannot be
loaded into a process that has OR-Tools, so it has one of its own; GLOP starts anew each
time, which for a small problem is quicker than a process.

Arrays: v, cost and top float64[columns]; dual, low and high float64[rows].
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from planner.optimiser.model.problem import FloatArray, IntArray


@dataclass
class Matrix:
    """minimise cost @ v, low <= A v <= high, 0 <= v <= top, column by column and row by
    row."""

    cost: list[float] = field(default_factory=list)
    top: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple[Any, Any]] = field(default_factory=list)

    def column(self, cost: float, top: float) -> int:
        self.cost.append(cost)
        self.top.append(top)
        return len(self.cost) - 1

    def row(self, columns: Any, terms: Any, low: float, high: float) -> int:
        self.rows.append((columns, terms))
        self.low.append(low)
        self.high.append(high)
        return len(self.rows) - 1


@dataclass(frozen=True)
class LpAnswer:
    """What a simplex method says; of an infeasible program `dual` is the ray, empty
    where it has none."""

    infeasible: bool
    objective: float
    value: FloatArray
    dual: FloatArray


class Engine(Protocol):
    """A linear program that is changed and solved again."""

    def load(self, matrix: Matrix) -> None: ...
    def columns(self, which: IntArray, low: FloatArray, top: FloatArray) -> None: ...
    def row(self, at: int, low: float, high: float) -> None: ...
    def add(self, columns: IntArray, terms: FloatArray, high: float) -> None: ...
    def run(self, steps: int | None) -> LpAnswer: ...
    def basis(self) -> Any: ...
    def restore(self, basis: Any) -> None: ...


class Failed(RuntimeError):
    """The simplex method came to no end."""
