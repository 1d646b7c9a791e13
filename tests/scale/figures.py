"""What is promised, and what was seen: seconds, processor seconds, queries, waits."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest import mock

from django.db import connection


@dataclass
class Span:
    """What a block took, in seconds; ``began`` and ``ended`` by the machine's clock."""

    began: float = 0
    ended: float = 0
    processor: float = 0
    queries: int = 0

    @property
    def seconds(self):
        """How long it took."""
        return self.ended - self.began


@contextmanager
def measured():
    """Yield a span that is filled when the block ends."""
    span = Span(began=time.time())

    def count(execute, sql, params, many, context):
        span.queries += 1
        return execute(sql, params, many, context)

    started = time.process_time()
    with connection.execute_wrapper(count):
        yield span
    span.processor = time.process_time() - started
    span.ended = time.time()


@contextmanager
def measured_calls(*places):
    """Yield {name: [span]} of each call of these functions while the block lasts.

    Parameters
    ----------
    places: (module, name of a function).
    """
    spans = {name: [] for _module, name in places}

    def measuring(function, name):
        def call(*args, **kwargs):
            with measured() as span:
                spans[name].append(span)
                return function(*args, **kwargs)

        return call

    with ExitStack() as stack:
        for module, name in places:
            call = measuring(getattr(module, name), name)
            stack.enter_context(mock.patch.object(module, name, call))
        yield spans


class Neighbour:
    """The process beside us, and how long its verbs took."""

    def __enter__(self):
        words = [sys.executable, "-m", "tests.scale", "--neighbour"]
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=self.said, text=True
        )
        while self.process.poll() is None and not self.has_begun():
            time.sleep(0.1)
        return self

    def has_begun(self):
        """Whether a first verb is done."""
        return os.fstat(self.said.fileno()).st_size > 0

    def __exit__(self, *_error):
        self.process.communicate(input="end")
        with self.said:
            self.said.seek(0)
            lines = [line.split() for line in self.said]
        if self.process.returncode:
            raise RuntimeError("The neighbour met an error; see above.")
        self.verbs = [(float(began), float(ended)) for began, ended, _name in lines]

    def longest(self, span):
        """Return the longest verb that was under way in a span, in seconds."""
        during = [
            ended - began
            for began, ended in self.verbs
            if began < span.ended and ended > span.began
        ]
        return max(during, default=0)


class Table:
    """Prints each figure beside its limit, and remembers what was over one."""

    def __init__(self):
        self.over = 0
        print(f"{'':52} {'seen':>10} {'limit':>8}", flush=True)

    def add(self, what, seen, limit=None, unit="s"):
        """Print a figure."""
        is_over = limit is not None and seen > limit
        self.over += is_over
        told = f"{limit:g} {unit}" if limit is not None else ""
        number = f"{seen:,.2f}" if unit == "s" else f"{seen:,}"
        print(
            f"{what:52} {number:>8} {unit:2}{told:>8}{'  OVER' * is_over}", flush=True
        )
