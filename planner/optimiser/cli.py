"""The command line: solve, check and convert instances without any database.

Exit status: 0 with a plan (or a claim that holds), 1 for a claim that does not hold,
2 for bad input, 3 for infeasible, 4 for no plan within the limits.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

from planner.optimiser.certificate.check import Verdict, check
from planner.optimiser.certificate.sentence import (
    AGREED_IMPOSSIBLE,
    IMPOSSIBLE,
    in_english,
    proof_of,
)
from planner.optimiser.files.instance import read_instance, write_instance
from planner.optimiser.files.parameters import parameters_text, read_parameters
from planner.optimiser.files.published import OBJECTIVES, READERS
from planner.optimiser.files.result_reader import read_claim
from planner.optimiser.files.result_writer import result_text, write_result
from planner.optimiser.files.storage import FileError
from planner.optimiser.model.limits import Limits, LimitsError
from planner.optimiser.model.result import Relief, Result, Status, Termination
from planner.optimiser.model.validate import ProblemError

HOLDS, BROKEN, BAD_INPUT, INFEASIBLE, NO_PLAN = 0, 1, 2, 3, 4

INTERRUPTED = 130
"""What shells say of a program that Ctrl-C ended before there was anything to say."""


class OneLineParser(argparse.ArgumentParser):
    """A parser that says what is wrong with the arguments on one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    namespace = _parser().parse_args(arguments)
    try:
        status: int = namespace.run(namespace)
        sys.stdout.flush()
    except (FileError, LimitsError, ProblemError) as error:
        print(f"{namespace.prog}: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _abandon(sys.stdout)
        return HOLDS
    except OSError as error:
        _abandon(sys.stdout)
        print(f"{namespace.prog}: standard output: {error.strerror}", file=sys.stderr)
        return BAD_INPUT
    return status


def _abandon(stream: TextIO) -> None:
    """Close a stream that takes no more, or the interpreter tries again at its end."""
    with suppress(OSError):
        stream.close()


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="python -m planner.optimiser",
        description="Allocate options to agents under shared limits, with a proof.",
    )
    commands = parser.add_subparsers(
        required=True, metavar="solve | check | convert | parameters"
    )
    solving = commands.add_parser("solve", help="find a plan, and prove how good it is")
    solving.add_argument("instance", type=Path)
    defaults = Limits()
    solving.add_argument("--seconds", type=float, default=defaults.seconds)
    solving.add_argument("--gap", type=float, default=defaults.gap)
    solving.add_argument("--workers", type=int, default=defaults.workers)
    solving.add_argument("--seed", type=int, default=defaults.seed)
    solving.add_argument("--work", type=int, help="stop by work done, not by time")
    solving.add_argument("--output", type=Path, metavar="RESULT")
    solving.add_argument("--parameters", type=Path, metavar="FILE.toml")
    checking = commands.add_parser("check", help="verify every claim of a result")
    checking.add_argument("instance", type=Path)
    checking.add_argument("result", type=Path)
    converting = commands.add_parser("convert", help="read a published instance")
    converting.add_argument("file", type=Path)
    converting.add_argument(
        "--from", dest="reader", choices=[*READERS, "instance"], required=True
    )
    converting.add_argument("instance", type=Path)
    converting.add_argument("--objective", choices=OBJECTIVES, default=None)
    converting.add_argument("--number", type=int, default=None)
    converting.add_argument("--maximise", action="store_true", default=None)
    printing = commands.add_parser("parameters", help="print the search parameters")
    commands_to_run = (
        (solving, _solve),
        (checking, _check),
        (converting, _convert),
        (printing, _print_parameters),
    )
    for command, run in commands_to_run:
        command.set_defaults(run=run, prog=command.prog)
    return parser


def _solve(arguments: argparse.Namespace) -> int:
    from planner.optimiser.solve import solve  # the other commands need no solver

    limits = Limits(
        seconds=arguments.seconds,
        gap=arguments.gap,
        workers=arguments.workers,
        seed=arguments.seed,
        work=arguments.work,
    )
    parameters = None
    if arguments.parameters is not None:
        parameters = read_parameters(arguments.parameters)
    if arguments.output is not None:
        _writable(arguments.output)
    problem = read_instance(arguments.instance)
    with _interruptible() as interrupted:
        result = solve(
            problem,
            limits=limits,
            parameters=parameters,
            on_progress=lambda *_: bool(interrupted),
        )
    if arguments.output is None:
        print(result_text(problem, result), end="")
    else:
        write_result(problem, result, arguments.output)
        print(summary(result))
    if result.plan is not None:
        return HOLDS
    for relief in result.conflict:
        print(told(relief), file=sys.stderr)
    return INFEASIBLE if result.status == Status.INFEASIBLE else NO_PLAN


def _check(arguments: argparse.Namespace) -> int:
    problem = read_instance(arguments.instance)
    verdict = check(problem, read_claim(problem, arguments.result))
    for violation in verdict.violations:
        print(violation)
    if not verdict.holds:
        return BROKEN
    for note in verdict.notes:
        print(note)
    print(verified(verdict))
    return HOLDS


def _print_parameters(_given: argparse.Namespace) -> int:
    print(parameters_text(), end="")
    return HOLDS


def _convert(arguments: argparse.Namespace) -> int:
    _writable(arguments.instance)
    options = {
        "preflib-spa": {"objective": arguments.objective},
        "gap": {"number": arguments.number, "maximise": arguments.maximise},
    }
    options["orlib"] = options["gap"]
    allowed = options.get(arguments.reader, {})
    chosen = {name: value for name, value in allowed.items() if value is not None}
    for name in ("objective", "number", "maximise"):
        if getattr(arguments, name) is not None and name not in chosen:
            raise FileError(
                arguments.file, f"--{name} means nothing for {arguments.reader}"
            )
    if arguments.reader == "instance":
        write_instance(read_instance(arguments.file), arguments.instance)
        return HOLDS
    try:
        problem = READERS[arguments.reader](arguments.file, **chosen)
    except ProblemError as error:
        raise FileError(arguments.file, str(error)) from error
    write_instance(problem, arguments.instance)
    return HOLDS


def _writable(path: Path) -> None:
    """Refuse an output that cannot be written before any work is done for it."""
    folder = path.absolute().parent
    if path.is_dir():
        raise FileError(path, "is a directory")
    if not folder.is_dir():
        raise FileError(path, "there is no such directory to write to")
    if not os.access(folder if path.is_file() or not path.exists() else path, os.W_OK):
        raise FileError(path, "cannot be written to")


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Collect signals that ask to stop; the run then ends with its best plan."""
    received: list[int] = []

    def receive(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {s: signal.signal(s, receive) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def told(relief: Relief) -> str:
    """Return one limit of a conflict as a sentence."""
    if relief.kind == "must":
        return f"{relief.limit!r} must be placed"
    kind = "lower" if relief.kind == "lower" else "upper"
    if relief.by is None:
        return f"{relief.limit!r}: its {kind} limit cannot hold with the others"
    way = "lower" if relief.kind == "lower" else "higher"
    return f"{relief.limit!r}: its {kind} limit would have to be {relief.by} {way}"


def summary(result: Result) -> str:
    """Return what was found in one line."""
    if result.plan is None:
        said = f"{result.status}: no plan ({result.termination}) {result.detail}"
        return f"{said.strip()}{_impossible(result)}"
    placed = f"{result.plan.num_placed} of {len(result.plan.choice)} placed"
    proof = proof_of(
        [(tier.value, tier.bound) for tier in result.tiers],
        agreed=result.termination == Termination.AGREED,
    )
    tiers = " / ".join(str(tier.value) for tier in result.tiers)
    return (
        f"value {tiers}, {placed}; {in_english(proof)}; "
        f"ended by {result.termination} after {result.seconds:.1f} s"
    )


def _impossible(result: Result) -> str:
    if result.status != Status.INFEASIBLE:
        return ""
    agreed = result.termination == Termination.AGREED
    return f"; {AGREED_IMPOSSIBLE if agreed else IMPOSSIBLE}"


def verified(verdict: Verdict) -> str:
    """Return what was verified in one line."""
    if verdict.objective is None:
        return "holds: no plan is claimed"
    tiers = " / ".join(str(value) for value, _bound in verdict.tiers)
    return f"holds: value {tiers}; {in_english(proof_of(verdict.tiers))}"
