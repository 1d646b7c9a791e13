"""Which form of a kernel runs: plain Python for small models, machine code for large.

A kernel is a function over arrays that is marked by `@kernel`. `dispatch(sweep, uses)`
returns it, or what Numba makes of it with all kernels it calls; either has the type of
the function itself. Importing Numba takes over a second, so nothing here does it before
a model is large enough.
"""

import functools
import types
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

COMPILE_FROM = 12_000
"""Uses from which compiled kernels win back what the import of Numba costs ..."""

ONCE_FROM = 200_000
"""... and from which those do that are called once, before there is any plan."""

KERNELS: set[Callable[..., Any]] = set()
"""Every function that may be compiled, alone or as a part of another."""


def kernel(plain: Callable[P, R]) -> Callable[P, R]:
    """Mark a function as a kernel; it stays what it is."""
    KERNELS.add(plain)
    return plain


def dispatch(
    plain: Callable[P, R], uses: int, least: int = COMPILE_FROM
) -> Callable[P, R]:
    """Return a kernel in the form that suits a model with so many uses."""
    return compiled(plain) if uses >= least else plain


def compiles(uses: int) -> bool:
    """Tell whether kernels are machine code for a model with so many uses."""
    return uses >= COMPILE_FROM


def compiled(plain: Callable[P, R]) -> Callable[P, R]:
    """Return a kernel compiled to machine code, kept on disk where possible."""
    return cast("Callable[P, R]", _machine_code(plain))


@functools.cache
def _machine_code(plain: Callable[..., Any]) -> Callable[..., Any]:
    import numba  # a slow import

    assert isinstance(plain, types.FunctionType)
    code, names = plain.__code__, plain.__globals__
    calls = {name: names[name] for name in code.co_names if _is_kernel(names.get(name))}
    parts = {name: _machine_code(each) for name, each in calls.items()}
    linked = types.FunctionType(code, {**names, **parts}, plain.__name__)
    linked.__module__, linked.__qualname__ = plain.__module__, plain.__qualname__
    try:
        machine: Callable[..., Any] = numba.njit(linked, cache=True, nogil=True)
    except RuntimeError:  # no folder to keep the machine code in
        machine = numba.njit(linked, nogil=True)
    return machine


def _is_kernel(value: object) -> bool:
    return isinstance(value, types.FunctionType) and value in KERNELS
