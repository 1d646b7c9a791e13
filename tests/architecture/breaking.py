"""A pytest plugin that breaks one function: ``BROKEN=planner.x.y:Class.method``.

The function's code is replaced in place, so that everybody who imported it earlier
has the broken one too.
"""

import functools
import importlib
import inspect
import os


def stand_in(body, code):
    """Return code of the same signature, with the same variables from outside.

    Parameters
    ----------
    body: one statement; ``PASSED_ON`` in it becomes the arguments, for a call.
    code: the code in whose place it goes. Frameworks look at signatures, and a frame
        that lacks a variable of its closure ends the process when it is shown.
    """
    free = code.co_freevars
    parameters, passed_on = signature(code)
    statement = body.replace("PASSED_ON", passed_on)
    source = (
        f"def outer():\n    {' = '.join([*free, '_none'])} = None\n"
        f"    def inner({parameters}):\n        {statement}\n"
        f"        {', '.join(free) or 'pass'}\n    return inner"
    )
    space = {}
    exec(source, space)
    return space["outer"]().__code__


def signature(code):
    """Return the parameters of a function as text, and what passes them all on."""
    names = iter(code.co_varnames)
    plain = [next(names) for _ in range(code.co_argcount)]
    named = [next(names) for _ in range(code.co_kwonlyargcount)]
    rest = f"*{next(names)}" if code.co_flags & inspect.CO_VARARGS else ""
    others = [f"**{next(names)}"] if code.co_flags & inspect.CO_VARKEYWORDS else []
    # Defaults stay with the function.
    listed = plain[:]
    if code.co_posonlyargcount:
        listed.insert(code.co_posonlyargcount, "/")
    star = [rest] if rest else ["*"] if named else []
    passed_on = [*plain, *([rest] if rest else []), *(f"{n}={n}" for n in named)]
    return ", ".join(listed + star + named + others), ", ".join(passed_on + others)


def pytest_collection_finish():
    """Break what the variable names, once all modules are imported."""
    module, _, qualified = os.environ["BROKEN"].partition(":")
    if qualified:
        for function in parts(find(importlib.import_module(module), qualified)):
            # Defaults and the like stay; only what it does is gone.
            function.__code__ = stand_in(
                "raise RuntimeError('broken on purpose')", function.__code__
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
