"""What steers the order of the methods and their shares of the time."""

from dataclasses import dataclass

from planner.optimiser.model.parameters.base import Group, share, tuned


@dataclass(frozen=True, kw_only=True)
class PipelineParameters(Group):
    """The steps of a single-tier problem."""

    lp_first_options: int = tuned(
        4_000, "Options up to which the linear program starts without prices.", least=0
    )
    tiny_options: int = tuned(
        150, "Options up to which a proof is tried before any process starts.", least=0
    )
    tiny_seconds: float = tuned(0.3, "Seconds of that.", above=0)
    first_sweeps: int = tuned(40, "Sweeps before the first plan.", least=1)
    sweeps: int = tuned(260, "Sweeps after it.", least=1)
    plan_sweeps: int = tuned(120, "Sweeps once cohorts are decided.", least=1)
    tier_sweeps: int = tuned(
        200, "Sweeps for a tier that was solved together with others.", least=1
    )
    lp_agents: int = tuned(
        200_000, "Agents up to which the linear program is solved at all.", least=0
    )
    core_share: float = share(
        0.12, "Options a program starts with beyond the best, for each agent."
    )
    again_share: float = share(
        0.3, "Share of the time left to solve a program again, cohorts being decided."
    )
    corner_share: float = share(
        0.25,
        "How far prices for polishing go from the sweeps' to the program's where there "
        "are no cohorts.",
    )
    provable_options: int = tuned(
        6_000, "Open options from which time is kept for a proof.", least=0
    )
    polish_share: float = share(0.6, "Share of the time to polish before that.")
    polish_share_raced: float = share(
        0.3, "Share of the time to polish before branch and cut has all of it."
    )
    dry_share: float = share(
        0.08, "Share of the time left that is kept to make the plan dry."
    )
    check_seconds: float = tuned(
        2e-7, "Seconds kept for the check, for each use and tier ...", least=0
    )
    check_share: float = share(0.1, "... but no more than this share of the time.")
    exact_options: int = tuned(
        60_000, "Open options up to which branch and bound is asked.", least=0
    )


@dataclass(frozen=True, kw_only=True)
class DecompositionParameters(Group):
    """Blocks that have nothing scarce in common."""

    least_options: int = tuned(
        1_000, "Options of a block; smaller ones are put together.", least=1
    )
    first_share: float = share(
        0.2, "Share of the time in which all blocks get a first plan."
    )


@dataclass(frozen=True, kw_only=True)
class LexicographicParameters(Group):
    """Tiers: folding, and holding those before."""

    foldable: int = tuned(
        2**48,
        "Largest folded total whose plans doubles tell apart.",
        least=1,
        most=2**52,
    )
    branchable: int = tuned(
        2**24, "Largest one that branch and cut tells apart.", least=1, most=2**52
    )
    weight_parts: tuple[float, ...] = tuned(
        (1.0, 0.0, 0.03, 0.3, 0.003, 0.1, 0.01),
        "Parts of the weights tried for the bound of a later tier.",
        least=0,
        most=1,
    )
    many_options: int = tuned(
        200_000, "Options from which only the first two parts are tried.", least=0
    )
    first_share: float = share(
        0.6, "Share of the time left of each group of tiers before the last."
    )
    last_share: float = share(0.92, "Share of it for the last group.")
    tie_share: float = share(
        0.05, "What the next tier weighs where a plan is priced without ties."
    )
    start_parts: tuple[float, ...] = tuned(
        (0.5, 1.0, 2.0, 4.0, 8.0),
        "Weights of the first tier at which prices of the second may begin, in parts "
        "of that at which both are as large.",
        least=0,
        most=100,
    )
    tie_weight: int = tuned(
        200, "What a tier weighs against the next where both are polished.", least=1
    )
    bound_share: float = share(
        0.09, "Share of all time for the bound of each tier, where the plan is there."
    )
    bound_seconds_a_use: float = tuned(
        7e-6, "Seconds for that at most, for each use of an option.", least=0
    )


@dataclass(frozen=True, kw_only=True)
class ConflictParameters(Group):
    """Refuting a problem, and naming why."""

    refute_seconds: float = tuned(
        10.0, "Seconds to look for prices that prove there is no plan.", above=0
    )
    seconds: float = tuned(
        5.0, "Seconds to name a conflict once the time is up.", above=0
    )
    suspicion_seconds: float = tuned(
        0.5, "The same where it is not known that there is one.", above=0
    )
    first_ceilings: int = tuned(
        40, "Ceilings asked about first: those most options use.", least=0
    )
    exact_options: int = tuned(
        5_000, "Options up to which whole choices are searched.", least=0
    )
    most_duties: int = tuned(64, "Duties told one by one up to so many.", least=0)
    most_clashes: int = tuned(
        5, "Clashes told, where one change cannot mend all.", least=1
    )


@dataclass(frozen=True, kw_only=True)
class ProofParameters(Group):
    """Proof trees, for what prices leave open."""

    options: int = tuned(30_000, "Options up to which a tree is grown.", least=0)
    search_share: float = share(
        0.85, "Share of the time for the search before, where a tree may follow."
    )
    small_search_share: float = share(
        0.5, "The same for small problems, whose trees are quick."
    )
    at_once_share: float = share(
        0.1,
        "Share of the time for branch and cut and a tree before anything else, up to "
        "`longest`.",
    )
    small_at_once_share: float = share(0.5, "The same for small problems.")
    seconds: float = tuned(10.0, "Seconds that all trees may take ...", least=0)
    times: float = tuned(2.0, "... and so many times what the search took ...", least=0)
    longest: float = tuned(60.0, "... but no more seconds than this.", least=0)
    nodes: int = tuned(200, "Nodes of a tree where work decides.", least=1)
    here_options: int = tuned(
        60, "Options up to which it is first tried without a process.", least=0
    )
    here_seconds: float = tuned(0.5, "Seconds of that.", above=0)
