"""What steers the dual and the linear program."""

from dataclasses import dataclass

from planner.optimiser.model.parameters.base import Group, share, tuned


@dataclass(frozen=True, kw_only=True)
class RowParameters(Group):
    """The rows of the model: Hall's inequalities, and what counts as seats."""

    line_set_cells: int = tuned(
        50_000_000,
        "Options times sets of budget lines up to which all sets are rows.",
        least=0,
    )
    few_line_sets: int = tuned(64, "So many sets are always rows.", least=0)
    seat_options: int = tuned(
        1_000, "Options that use a row of seats at most; budgets have more.", least=0
    )
    seat_share: float = share(0.02, "The same as a share of all options.")


@dataclass(frozen=True, kw_only=True)
class SubgradientParameters(Group):
    """The descent of the Lagrangian dual."""

    first_pace: float = tuned(
        0.1, "Pace of a row at first, in worths of a choice.", above=0
    )
    largest_pace: float = tuned(1.0, "Pace of a row at most.", above=0)
    faster: float = tuned(1.2, "Factor while the excess keeps its sign.", least=1)
    slower: float = tuned(
        0.7, "Factor where the excess changes its sign.", above=0, most=1
    )
    inertia: float = share(0.5, "Share of the last direction in the next one.")
    look_every: int = tuned(40, "Sweeps between two looks at the progress.", least=1)
    least_progress: float = tuned(
        1e-6, "The descent ends where the bound falls by no more, relatively.", least=0
    )
    restart_every: int = tuned(
        100, "Sweeps after which every row starts again from the best prices.", least=1
    )


@dataclass(frozen=True, kw_only=True)
class VolumeParameters(Group):
    """The volume method, for prices where values tie."""

    sweeps: int = tuned(2_000, "Sweeps at most.", least=1)
    few_sweeps: int = tuned(
        300,
        "The same for a later tier of a problem too small for machine code.",
        least=1,
    )
    true_share: float = share(
        0.15, "Share of the time left for the bound, after the plan without ties."
    )
    time_share: float = share(0.5, "Share of the time left that it may take.")
    first_length: float = tuned(0.3, "Length of a step at first.", above=0)
    most_length: float = tuned(2.0, "Length of a step at most.", above=0)
    least_length: float = tuned(1e-4, "The method ends below this length.", above=0)
    longer: float = tuned(1.1, "Factor after a step that gained.", least=1)
    shorter: float = tuned(0.8, "Factor after so many in vain.", above=0, most=1)
    patience: int = tuned(5, "Steps in vain before that.", least=1)
    first_mixing: float = tuned(
        0.3, "Largest share of a new direction, at first.", above=0, most=1
    )
    near_mixing: float = tuned(
        0.1,
        "The same where it begins at prices that are nearly right.",
        above=0,
        most=1,
    )
    mixing_factor: float = tuned(
        0.9, "Factor of that share every so many sweeps.", above=0, most=1
    )
    mixing_every: int = tuned(50, "How many.", least=1)
    least_mixing: float = tuned(0.001, "That share at least.", above=0, most=1)
    aim: float = share(
        0.01, "How far below the bound the target is; at half of it, it moves down."
    )
    near_aim: float = share(
        0.005, "The same where it begins at prices that are nearly right."
    )
    tied_share: float = share(
        0.5, "Options that lose nothing from which values count as tied."
    )


@dataclass(frozen=True, kw_only=True)
class ColumnGenerationParameters(Group):
    """The restricted linear program and its pricing rounds."""

    rounds: int = tuned(40, "Programs to solve at most.", least=1)
    patience: int = tuned(
        2, "Programs in vain, with rows of cohorts more, before the last.", least=0
    )
    start_share: float = share(
        0.2, "Share of the time left after which no other program is begun ..."
    )
    whole_share: float = share(0.4, "... the same once one passes no hard limit.")
    program_share: float = share(
        0.5, "Share of the time left that one program may take."
    )
    exact_distance: float = tuned(
        1e-6,
        "Relative distance of bound and program at which prices are exact.",
        above=0,
    )
    all_from_share: float = share(
        0.5, "Share of the options from which the program takes all of them."
    )
    least_options: int = tuned(3_000, "Options of a program at least.", least=0)
    artificial_price: float = tuned(
        50.0, "Price of a hard limit passed, in worths of a choice.", above=0
    )
