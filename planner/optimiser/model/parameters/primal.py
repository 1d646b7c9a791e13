"""What steers the heuristics that make and better plans."""

from dataclasses import dataclass

from planner.optimiser.model.parameters.base import Group, share, tuned


@dataclass(frozen=True, kw_only=True)
class CohortParameters(Group):
    """Which cohorts run where no linear program decides: bids."""

    rounds: int = tuned(16, "Rounds of closing at most.", least=1)
    sweeps: int = tuned(30, "Sweeps after each round.", least=1)
    narrow_from: int = tuned(
        50_000, "Options from which only some are looked at to decide.", least=0
    )
    narrow_share: float = tuned(
        0.35, "The share of them that is looked at.", above=0, most=0.999
    )
    close_share: float = share(
        0.3, "Share of the cohorts that gain which are closed together."
    )


@dataclass(frozen=True, kw_only=True)
class RepairParameters(Group):
    """Violation-driven local search with tabu, descent, ejection chains."""

    attempts: int = tuned(5, "Attempts to make a plan feasible.", least=1)
    tenure: int = tuned(12, "Moves for which a move is tabu.", least=0)
    moves: int = tuned(300, "Moves for any plan.", least=0)
    moves_a_row: int = tuned(30, "Moves more for each broken row.", least=0)
    first_batch: int = tuned(
        30, "Moves before machine code is worth its import.", least=1
    )
    batch: int = tuned(200, "Moves between two looks at the clock.", least=1)
    compared_options: int = tuned(
        200, "Options of a broken row compared for a move.", least=1
    )
    indexed_uses: int = tuned(
        8_000_000, "Uses of a model up to which all its rows are indexed.", least=0
    )
    climb_passes: int = tuned(3, "Passes of single switches that gain.", least=0)
    chain_rows: int = tuned(
        1_000, "Rows that chains fill between two looks at the clock.", least=1
    )
    chain_length: int = tuned(12, "Switches of an ejection chain at most.", least=1)


@dataclass(frozen=True, kw_only=True)
class NeighbourhoodParameters(Group):
    """Large neighbourhood search over sub-MIPs."""

    first_options: int = tuned(
        100, "Options beyond everyone's best in the first program.", least=1
    )
    widest_options: int = tuned(8_000, "The same in the largest program.", least=1)
    widest_share: float = tuned(
        0.12, "The same for each agent, where there are many.", least=0
    )
    program_seconds: float = tuned(2.0, "Seconds of one program.", above=0)
    program_nodes: int = tuned(
        200, "Nodes of one program, where work decides.", least=1
    )
    most_agents: int = tuned(2_000, "Agents who choose again together.", least=1)
    lanes: int = tuned(
        2,
        "Groups of them at once, where there are workers and no limit on work.",
        least=1,
    )
    least_share: float = tuned(
        0.05, "Smallest share of them that is let choose.", above=0, most=1
    )
    seed_share: float = share(
        0.3, "Share of losers and of dear rows with room to grow from."
    )
    island_agents: int = tuned(
        20, "Agents to go on from where nobody else shares a seat.", least=1
    )
    patience: int = tuned(
        20, "Groups of cohorts in vain before nothing more is expected.", least=0
    )
    limit_agents: int = tuned(
        200, "Agents who choose again together for a limit, at the end.", least=1
    )
    fair_share: float = tuned(
        0.15, "Share of the effort of each neighbourhood at least.", least=0, most=0.5
    )
    memory: float = share(0.8, "What still counts of an earlier gain, a turn later.")
    first_cohorts: int = tuned(
        6, "Cohorts decided again together in the first round.", least=1
    )
    more_cohorts: int = tuned(3, "How many more in each later round.", least=0)
    most_cohorts: int = tuned(18, "How many at most.", least=1)
    pulled_agents: int = tuned(
        3, "Agents who may join, for each that a floor asks for.", least=0
    )
    near_loss: float = tuned(
        0.5, "Loss up to which they may choose, in worths of a choice.", least=0
    )
