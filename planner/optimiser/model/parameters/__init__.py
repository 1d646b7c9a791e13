"""Search parameters: everything that steers the search, in one validated object.

A parameter changes how a plan is found, never what a plan is: limits, values and the
certificate do not know them. The defaults are what the benchmarks were measured with.
They are read from TOML by `files.parameters`, handed to `solve`, and stored with
the result, so that a run can be done again as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, cast

from planner.optimiser.model.parameters.assignment import (
    AssignmentParameters as AssignmentParameters,
)
from planner.optimiser.model.parameters.base import (
    Group,
    ParametersError as ParametersError,
    refuse_unknown,
)
from planner.optimiser.model.parameters.mip import (
    AgreementParameters as AgreementParameters,
    PortfolioParameters as PortfolioParameters,
)
from planner.optimiser.model.parameters.primal import (
    CohortParameters as CohortParameters,
    NeighbourhoodParameters as NeighbourhoodParameters,
    RepairParameters as RepairParameters,
)
from planner.optimiser.model.parameters.relaxation import (
    ColumnGenerationParameters as ColumnGenerationParameters,
    RowParameters as RowParameters,
    SubgradientParameters as SubgradientParameters,
    VolumeParameters as VolumeParameters,
)
from planner.optimiser.model.parameters.search import (
    ConflictParameters as ConflictParameters,
    DecompositionParameters as DecompositionParameters,
    LexicographicParameters as LexicographicParameters,
    PipelineParameters as PipelineParameters,
    ProofParameters as ProofParameters,
)


@dataclass(frozen=True, kw_only=True)
class SearchParameters:
    """All groups, one for each method; see docs/optimiser/parameters.md.

    Raises
    ------
    ParametersError
        Where a value is of another type or out of its range: key, value, why.
    """

    pipeline: PipelineParameters = field(default_factory=PipelineParameters)
    rows: RowParameters = field(default_factory=RowParameters)
    subgradient: SubgradientParameters = field(default_factory=SubgradientParameters)
    volume: VolumeParameters = field(default_factory=VolumeParameters)
    column_generation: ColumnGenerationParameters = field(
        default_factory=ColumnGenerationParameters
    )
    cohorts: CohortParameters = field(default_factory=CohortParameters)
    repair: RepairParameters = field(default_factory=RepairParameters)
    neighbourhood: NeighbourhoodParameters = field(
        default_factory=NeighbourhoodParameters
    )
    portfolio: PortfolioParameters = field(default_factory=PortfolioParameters)
    agreement: AgreementParameters = field(default_factory=AgreementParameters)
    decomposition: DecompositionParameters = field(
        default_factory=DecompositionParameters
    )
    lexicographic: LexicographicParameters = field(
        default_factory=LexicographicParameters
    )
    conflicts: ConflictParameters = field(default_factory=ConflictParameters)
    proof: ProofParameters = field(default_factory=ProofParameters)
    assignment: AssignmentParameters = field(default_factory=AssignmentParameters)

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Self:
        """Return the defaults with these changes, {group: {parameter: value}}."""
        kinds = {each.name: cast(Any, each.type) for each in fields(cls)}
        groups: dict[str, Group] = {}
        for name, table in document.items():
            refuse_unknown(name, list(kinds), prefix="", value=table)
            groups[name] = kinds[name].of(name, table)
        return cls(**cast(Any, groups))

    @classmethod
    def known(cls, document: Mapping[str, Mapping[str, object]]) -> Self:
        """Return what another release has written down, as far as this one knows it."""
        sound = {
            name: {
                key: value
                for key, value in group.items()
                if cls._admits({name: {key: value}})
            }
            for name, group in document.items()
            if cls._admits({name: {}})
        }
        return cls.of(sound)

    @classmethod
    def _admits(cls, document: Mapping[str, object]) -> bool:
        try:
            cls.of(document)
        except ParametersError:
            return False
        return True

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return plain values, as `of` takes them and a file can hold them."""
        return {
            group.name: {
                each.name: _plain(getattr(getattr(self, group.name), each.name))
                for each in fields(getattr(self, group.name))
            }
            for group in fields(self)
        }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


DEFAULTS = SearchParameters()
