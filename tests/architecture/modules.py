"""Which tests hold a module: the file of its name, or those that import it.

``tests/a/b/test_c.py`` holds ``a/b/c.py``. Where one idea spans several modules, a test
file may hold them all; then those that import the module are named.

``python -m tests.architecture.modules planner/optimiser/solve.py`` prints where the
tests of a module are.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("planner", "programs", "api")


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


def holders_of(module):
    """Return the test files that hold a module: the one of its name, else importers."""
    own = mirror(module)
    if (ROOT / own).exists():
        return [own]
    dotted = dotted_name(module)
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(f.relative_to(ROOT)) for f in files if dotted in imports(f)]


def dotted_name(module):
    """Return the name under which a module is imported."""
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path):
    """Return what a file imports, by name: modules, and what is taken from them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(argument, *(f"\n  {name}" for name in holders_of(argument)), sep="")
