"""Results as tables that fit a page of documentation."""

from planner.optimiser import read_instance
from tests.benchmarks.contender import OURS


def race_table(runs, instance):
    """Return the runs on one instance as a table, and ours in detail.

    The gap is to the best bound that was verified in this very race; `ratio` is a
    value relative to ours.
    """
    problem = read_instance(instance)
    bounds = [run.bound for run in runs if run.bound is not None]
    bounds += [float(run.value) for run in runs if run.feasible and run.proven]
    best = min(bounds, default=None)
    ours = next(run for run in runs if run.name == OURS)
    size = (
        f"{problem.num_agents} agents, {problem.num_options} options, "
        f"{problem.num_uses} uses; best verified bound {_number(best)}"
    )
    lines = [
        size,
        "",
        "| contender | value | gap | ratio | solve s | wall s | cpu s | MB | says |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(run, ours, best) for run in runs]
    lines += ["", *_detail(ours, problem)]
    return "\n".join(lines)


def _row(run, ours, best):
    gap = (best - run.value) / max(1, abs(run.value)) if run.feasible and best else None
    ratio = run.value / ours.value if run.feasible and ours.feasible else None
    says = "proven optimal" if run.proven else ""
    if run.violations:
        says = f"breaks {run.violations} limits"
    elif run.value is None:
        own = (
            "" if run.own_bound is None else f", its own bound {_number(run.own_bound)}"
        )
        says = f"no plan{own}"
    cells = [
        run.name,
        _number(run.value),
        "" if gap is None else f"{gap:.4%}",
        "" if ratio is None else f"{ratio:.5f}",
        "" if run.seconds is None else f"{run.seconds:.2f}",
        f"{run.wall:.1f}",
        f"{run.cpu:.1f}",
        f"{run.peak / 1e6:.0f}",
        says,
    ]
    return "| " + " | ".join(cells) + " |"


def _detail(ours, problem):
    if ours.seconds is None:
        return ["ours: ended without a result"]
    share = ", ".join(
        f"{name} {took:.2f} s ({took / ours.seconds:.0%})"
        for name, took in ours.phases.items()
    )
    per = max(1, problem.num_options)
    first, best = (
        "never" if at is None else f"{at:.2f} s" for at in (ours.first, ours.best)
    )
    cost = (
        f"{ours.seconds / per * 1e6:.2f} us and {ours.peak / per:.0f} bytes an option"
    )
    own = "" if ours.own_bound is None else f"; own bound {_number(ours.own_bound)}"
    return [f"ours: {share}; first plan after {first}, best after {best}; {cost}{own}"]


def _number(number):
    return "" if number is None else f"{number:,.10g}"
