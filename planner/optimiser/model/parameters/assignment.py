"""What steers generalised assignment, off the main path."""

from dataclasses import dataclass

from planner.optimiser.model.parameters.base import Group, share, tuned


@dataclass(frozen=True, kw_only=True)
class AssignmentParameters(Group):
    """Problems that are nothing but bins: when, and how long each method."""

    least_options: int = tuned(
        400, "Options from which such a problem has its own search.", least=0
    )
    most_cells: int = tuned(
        50_000_000, "Cells of knapsack tables up to which it has.", least=0
    )
    glance_share: float = share(
        0.02, "Share of the time in which a solver may settle it straight away."
    )
    glance_work: int = tuned(1, "Units of work instead.", least=0)
    slice_seconds: float = tuned(
        4.0, "Seconds of a solver while kernels are made ready.", above=0
    )
    leg_work: int = tuned(
        50_000_000, "Work of an island between two looks at the others.", least=1
    )
    dive_work: int = tuned(150_000_000, "Work on a dive between them.", least=1)
    climb_work: int = tuned(
        800_000_000, "Work on the question at the bound between them.", least=1
    )
    long_work: int = tuned(
        4_000_000_000, "Work at the bound after which dives get more.", least=0
    )
    first_aim: float = share(0.3, "How far from bound to plan the first dive asks.")
    dive_patience: int = tuned(
        1_000_000_000, "Work of a dive before it asks higher.", least=1
    )
    islands: int = tuned(2, "Walks that take turns.", least=1)
    heats: tuple[float, ...] = tuned(
        (0.0, 1.0, 1.0, 0.8, 0.6, 0.5, 0.4, 0.3),
        "How readily each leg of a cycle takes dearer packings.",
        least=0,
    )
    fewest_bins: int = tuned(3, "Bins packed again at once, at least.", least=2)
    most_bins: int = tuned(12, "The same at most.", least=2)
    packed_steps: int = tuned(
        12, "Subgradient steps for the jobs of those bins.", least=0
    )
    packed_sets: int = tuned(500, "Sets of a bin that are listed for it.", least=1)
    packed_looks: int = tuned(150_000, "Looks at sets before it is enough.", least=1)
    bound_steps: int = tuned(
        1_500, "Subgradient steps for the prices on jobs, at most.", least=1
    )
    bound_cells: int = tuned(3_000_000_000, "Cells that these steps may fill.", least=1)
    node_steps: int = tuned(30, "Subgradient steps at a node.", least=0)
    node_patience: int = tuned(8, "Steps in vain before they become smaller.", least=1)
    node_again: float = share(
        0.9, "A node is looked at again while no more of its ways are left."
    )
    node_sets: int = tuned(3_000, "Sets up to which exact cover settles it.", least=1)
    node_looks: int = tuned(300_000, "Looks at sets for that.", least=1)
    branch_noise: float = tuned(
        0.5, "How much dearer a job may look where the order is another.", least=0
    )
