"""A pytest plugin that breaks one function: ``BROKEN=planner.x.y:Class.method``.

The function's code is replaced in place, so that everybody who imported it earlier
has the broken one too.
"""

import functools
import importlib
import inspect
import os


def broken(*args, **kwargs):
    """Fail instead of working."""
    raise RuntimeError("broken on purpose")


def pytest_collection_finish():
    """Break what the variable names, once all modules are imported."""
    module, _, qualified = os.environ["BROKEN"].partition(":")
    if qualified:
        for function in parts(find(importlib.import_module(module), qualified)):
            # Defaults and the like stay; only what it does is gone.
            function.__code__ = broken.__code__.replace(
                co_freevars=function.__code__.co_freevars
            )


def find(module, qualified):
    """Return the class attribute or function as it is stored, not as it is bound."""
    *path, name = qualified.split(".")
    holder = module
    for part in path:
        holder = getattr(holder, part)
    return inspect.getattr_static(holder, name)


def parts(thing):
    """Return the plain functions behind a function, property or decorator."""
    if isinstance(thing, property):
        return [f for f in (thing.fget, thing.fset) if f is not None]
    if isinstance(thing, (staticmethod, classmethod)):
        return parts(thing.__func__)
    if isinstance(thing, functools.cached_property):
        return [thing.func]
    thing = getattr(thing, "func", thing)
    thing = getattr(thing, "run", thing) if not inspect.isfunction(thing) else thing
    return [inspect.unwrap(thing)]
