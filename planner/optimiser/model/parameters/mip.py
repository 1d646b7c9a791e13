"""What steers the solvers of whole problems."""

from dataclasses import dataclass

from planner.optimiser.model.parameters.base import Group, share, tuned


@dataclass(frozen=True, kw_only=True)
class PortfolioParameters(Group):
    """Two solvers at work on the whole problem, beside the search."""

    options: int = tuned(
        30_000, "Options up to which branch and cut gets the whole; 0: never.", least=0
    )
    time_share: float = share(0.9, "Share of the time left that they get.")
    glance_seconds: float = tuned(
        0.6, "Seconds in which SCIP may settle a small problem by itself.", above=0
    )
    polish_seconds: float = tuned(
        2.0, "Seconds of polishing between two looks at them.", above=0
    )
    polish_in_vain: int = tuned(
        4, "How often in vain before both of them get a core.", least=0
    )


@dataclass(frozen=True, kw_only=True)
class AgreementParameters(Group):
    """Two methods that have to come to the same end."""

    rounds: int = tuned(
        4, "How often the second may overturn the first before both give up.", least=1
    )
    slice_seconds: float = tuned(
        4.0, "Seconds at a time for a solver that cannot be stopped.", above=0
    )
