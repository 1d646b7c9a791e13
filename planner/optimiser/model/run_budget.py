"""Time, work, progress and the wish to stop, in one object passed through a run."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.optimiser.model.limits import Limits, Progress
from planner.optimiser.model.parameters import DEFAULTS, SearchParameters
from planner.optimiser.model.result import Phase, Termination

POLL = 0.1
"""Seconds between two looks at the caller while a solver runs."""


class Watch:
    """Knows how much of the limits is left, and tells the caller how far the run is.

    It also carries the parameters of the run to whoever searches.

    `on_progress` is always called from the thread that called `solve`. `clocked` says
    that a part of the search was cut short by time, so that the plan may depend on the
    speed of the machine even where the run ends by itself; `cut` that the clock ended a
    part of the run that had more to do. `claims` are the bounds that solvers have
    named: what one of them says is recorded and not believed.
    """

    def __init__(
        self,
        limits: Limits,
        on_progress: Progress | None = None,
        phases: list[Phase] | None = None,
        parameters: SearchParameters | None = None,
    ) -> None:
        self.limits = limits
        self.parameters = parameters or DEFAULTS
        self.phases: list[Phase] = [] if phases is None else phases
        self.phase = "start"
        self.incumbent: int | None = None
        self.bound: float | None = None
        self.work = 0
        self.stopped = False
        self.timed_out = False
        self.clocked = False
        self.claims: dict[str, float] = {}
        self._began = time.monotonic()
        self._deadline = limits.seconds
        self._work_limit = limits.work
        self._worked_out = False
        self.cut = False
        self._on_progress = on_progress
        self._overtaken: Callable[[], bool] | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def seconds_left(self) -> float:
        return 0.0 if self.overtaken() else max(0.0, self._deadline - self.seconds)

    def overtaken(self) -> bool:
        """Tell whether what is being done has become needless."""
        return self._overtaken is not None and self._overtaken()

    @contextmanager
    def unless(self, needless: Callable[[], bool]) -> Iterator[None]:
        """Let what is done inside end early where something else makes it needless."""
        self._overtaken = needless
        try:
            yield
        finally:
            self.clocked |= needless()
            self._overtaken = None

    def give(self, seconds: float) -> None:
        """Let what comes now take so many seconds, whatever there was before."""
        self._deadline = self.seconds + seconds
        self.timed_out = False

    def part(self, share: float) -> float:
        """Return this share of the seconds left; all of them where work decides."""
        return self.seconds_left() * (share if self.limits.work is None else 1.0)

    def work_left(self) -> int | None:
        limit = self._work_limit
        return None if limit is None else max(0, limit - self.work)

    def __call__(self) -> bool:
        """Tell whether the search must stop now: asked to, out of time or work."""
        if self.overtaken():
            return True
        if not self.stopped and self.seconds_left() <= 0:
            self.timed_out = True
        self._worked_out |= self.work_left() == 0
        return self.stopped or self.timed_out or self.work_left() == 0

    def report(self, incumbent: int | None = None, bound: float | None = None) -> bool:
        """Tell the caller what is known; return whether the search must stop."""
        if incumbent is not None:
            self.incumbent = max(incumbent, self.incumbent or incumbent)
        if bound is not None and math.isfinite(bound):
            self.bound = bound if self.bound is None else min(bound, self.bound)
        if self._on_progress is not None and not self.stopped:
            answer = self._on_progress(
                self.phase, self.seconds, self.incumbent, self.bound
            )
            self.stopped = bool(answer)
        return self()

    @contextmanager
    def share(self, part: float) -> Iterator[None]:
        """Let what is done inside take only this part of the time that is left."""
        whole = self._deadline
        self._deadline = self.seconds + part * self.seconds_left()
        try:
            yield
        finally:
            self.cut |= self.timed_out
            self._deadline = whole
            self.timed_out = self.seconds_left() <= 0

    @contextmanager
    def work_share(self, part: float) -> Iterator[None]:
        """Let what is done inside take only this part of the work that is left."""
        whole, left = self._work_limit, self.work_left()
        if left is not None:
            self._work_limit = self.work + int(part * left)
        try:
            yield
        finally:
            self._work_limit = whole

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Let what is done inside take all the time of the run, not a part's alone."""
        part, self._deadline = self._deadline, self.limits.seconds
        self.timed_out = False
        try:
            yield
        finally:
            self._deadline = part
            self.timed_out = self.seconds_left() <= 0

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        """Time a phase of the run."""
        self.phase = phase
        began = self.seconds
        try:
            self.report()
            yield
        finally:
            self.phases.append(Phase(name=phase, seconds=self.seconds - began))

    def run(self, solve: Callable[[], None], interrupt: Callable[[], object]) -> None:
        """Run a solver that can be interrupted, in a thread, until it is done.

        The caller of `solve` keeps being told and asked while the solver computes.
        """
        failure: list[BaseException] = []

        def body() -> None:
            try:
                solve()
            except BaseException as error:  # noqa: BLE001 -- raised by the caller
                failure.append(error)

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        thread.join(POLL)
        while thread.is_alive():
            if self.report():
                interrupt()
            thread.join(POLL)
        if failure:
            raise failure[0]

    def detail(self) -> str:
        """Return what the caller should know about how the run ended."""
        if self.timed_out or self.stopped or self.clocked:
            return "Not reproducible: the clock cut a part of the search short."
        return ""

    def termination(self) -> Termination:
        """Return why the search stopped, if it was made to stop."""
        if self.stopped:
            return Termination.STOPPED
        if self.timed_out:
            return Termination.TIME
        out = self._worked_out or self.work_left() == 0
        return Termination.WORK if out else Termination.EXHAUSTED
