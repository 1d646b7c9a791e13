"""``make map``: write down which test files hold the modules without one of their name.

``python -m tests.architecture.mapping SEEN`` reads what ``seen.py`` has noted. Of all
files that call a module's functions those are taken that call most of them and little
else. It prints the functions that no test calls in its own process.
"""

import json
import sys
from collections import defaultdict

from tests.architecture.modules import MAP, ROOT, functions, mapped, mirror, modules

WIDE = 100
"""A test file that calls so many modules counts half for each function."""

HEAD = """\
# Which test files hold a module, beside the file of its own name; see modules.py.
# `make map` writes this from what the tests call. For a new module a line by hand does.
"""


def choose(needed, callers):
    """Return few test files that call all functions anybody calls, and who is left.

    Parameters
    ----------
    needed: names of functions.
    callers: {test file: (functions of the module it calls, modules it calls in all)}.
    """
    left, chosen = set(needed), []
    while left:
        worth = {
            file: len(called & left) / (1 + width / WIDE)
            for file, (called, width) in callers.items()
        }
        best = max(worth, key=lambda file: (worth[file], file), default=None)
        if best is None or not worth[best]:
            break
        chosen.append(best)
        left -= callers[best][0]
    return chosen, left


def read(lines):
    """Return {module: {test file: (functions it calls, modules it calls in all)}}."""
    callers = defaultdict(dict)
    for file, called in map(json.loads, lines):
        for module, names in called.items():
            before = callers[module].get(file, (set(), 0))[0]
            callers[module][file] = (before | set(names), len(called))
    return callers


def build(callers):
    """Return the map, and {module: functions that nobody calls}."""
    files, silent, before = {}, {}, mapped()
    for module in modules():
        own = mirror(module)
        known = callers.get(module, {})
        needed = set(functions(ROOT / module)) - known.get(own, (set(), 0))[0]
        chosen, left = choose(needed, known)
        # What other processes and compiled code call is named by hand.
        files[module] = chosen or before.get(module, [])
        if left:
            silent[module] = sorted(left)
    return {module: chosen for module, chosen in files.items() if chosen}, silent


def as_toml(files):
    """Return the map as a file, a module a line or a file a line."""
    lines = [HEAD]
    for module, chosen in sorted(files.items()):
        if len(chosen) == 1:
            lines.append(f'"{module}" = ["{chosen[0]}"]')
        else:
            inner = "".join(f'  "{file}",\n' for file in chosen)
            lines.append(f'"{module}" = [\n{inner}]')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1]) as noted:
        files, nobody = build(read(noted))
    MAP.write_text(as_toml(files))
    for module, names in nobody.items():
        print("nobody calls", module, *names)
