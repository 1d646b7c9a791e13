"""A pytest plugin that writes down which functions each test file calls.

``SEEN=FILE pytest -p tests.architecture.seen`` adds a line of JSON for each test file:
its path, and for each module the functions that were called while it ran.

Every function that can be broken gets a hook in place of its code. The first call puts
the code back and goes on, so what comes after costs nothing. What other processes call
is not seen.
"""

import importlib
import json
import os
import warnings
from collections import defaultdict

from tests.architecture.breaking import find, parts, stand_in
from tests.architecture.modules import ROOT, dotted_name, functions, modules

LEFT_OUT = (
    "planner/optimiser/kernels/",  # Numba compiles what it finds, the hook as well
    "planner/optimiser/tree/highs",  # HiGHS of its makers is never beside OR-Tools
    "planner/optimiser/tree/worker",
)


def give(function, code):
    """Let a function run a code, a plain one where its own is a generator's.

    Python 3.13 warns of that; here the first call puts its own back.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        function.__code__ = code


class Seen:
    """Which functions were called since the test file began."""

    def __init__(self):
        self.hooked = []
        self.file = None
        self.called = defaultdict(set)

    def watch(self, module, name):
        """Hook one function, whatever decorates it."""
        for function in parts(find(importlib.import_module(dotted_name(module)), name)):
            hooked = self._hook(function, module, name)
            self.hooked.append((function, hooked))
            give(function, hooked)

    def _hook(self, function, module, name):
        own = function.__code__

        def note(*args, **kwargs):
            give(function, own)
            self.called[module].add(name)
            return function(*args, **kwargs)

        code = stand_in("_note = 'note'; return _note(PASSED_ON)", own)
        constants = (note if each == "note" else each for each in code.co_consts)
        return code.replace(co_consts=tuple(constants))

    def begin(self, file):
        """Write down what the file before has called, and hook everything anew."""
        if file == self.file:
            return
        if self.file:
            called = {module: sorted(names) for module, names in self.called.items()}
            with open(os.environ["SEEN"], "a") as lines:
                lines.write(json.dumps([self.file, called]) + "\n")
        self.file = file
        self.called.clear()
        for function, hooked in self.hooked:
            give(function, hooked)


seen = Seen()


def pytest_collection_finish():
    """Hook every function, once all modules are imported."""
    for module in modules():
        if not module.startswith(LEFT_OUT):
            for name in functions(ROOT / module):
                seen.watch(module, name)


def pytest_runtest_logstart(nodeid):
    """Begin a file with its first test."""
    seen.begin(nodeid.partition("::")[0])


def pytest_sessionfinish():
    """Write down the last file."""
    seen.begin(None)
