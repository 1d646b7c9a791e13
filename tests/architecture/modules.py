"""Which tests hold a module: the file of its name, and those that the map names.

``tests/a/b/test_c.py`` holds ``a/b/c.py``. Where one idea spans several modules a test
file may hold them all; then ``modules.toml`` names it. It also names who calls what
the file of a module's own name does not. ``make map`` writes it from what tests call.

``python -m tests.architecture.modules planner/optimiser/solve.py`` prints where the
tests of a module are.
"""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("planner", "programs", "api")
MAP = Path(__file__).with_name("modules.toml")


def modules():
    """Return the paths of all modules that define a function or a class."""
    paths = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted(
        str(path.relative_to(ROOT))
        for path in paths
        if "migrations" not in path.parts and functions(path)
    )


def functions(path):
    """Return the qualified names of a module's functions and methods that do something.

    A property or method that only returns a constant or raises is left out, as are the
    functions inside functions.
    """
    names = []

    def walk(body, prefix):
        for node in body:
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef) and not _is_abstract(node):
                names.append(f"{prefix}{node.name}")

    walk(ast.parse(Path(path).read_text()).body, "")
    return names


def _is_abstract(function):
    """Return whether the body is nothing but a docstring, ``...`` or a raise."""
    rest = [
        node
        for node in function.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return not rest or (len(rest) == 1 and isinstance(rest[0], ast.Raise))


def mirror(module):
    """Return where the test file of a module's own name would be."""
    path = Path(module)
    if path.stem == "__init__":
        return str(Path("tests", path.parent.parent, f"test_{path.parent.name}.py"))
    return str(Path("tests", path.parent, f"test_{path.stem.lstrip('_')}.py"))


def mapped():
    """Return {module: test files} of the map."""
    return tomllib.loads(MAP.read_text())


def holders_of(module):
    """Return the test files that hold a module: of its name, then those of the map."""
    own = mirror(module)
    named = [own] if (ROOT / own).exists() else []
    return named + mapped().get(module, [])


def dotted_name(module):
    """Return the name under which a module is imported."""
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(argument, *(f"\n  {name}" for name in holders_of(argument)), sep="")
