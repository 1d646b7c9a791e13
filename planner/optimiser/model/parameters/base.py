"""Groups of search parameters: typed, within their range, or refused in one line."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self, TypeVar, cast, get_args

T = TypeVar("T")


class ParametersError(ValueError):
    """A parameter that makes no sense: its key, its value, and why."""

    def __init__(self, key: str, value: object, why: str) -> None:
        super().__init__(f"{key} = {shown(value)}: {why}")
        self.key, self.value, self.why = key, value, why


@dataclass(frozen=True)
class Range:
    """The numbers a parameter may be: from `least`, or beyond `above`, to `most`."""

    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf

    def holds(self, number: float) -> bool:
        """Tell whether a number is in the range; NaN and infinity never are."""
        inside = self.least <= number <= self.most and number > self.above
        return inside and math.isfinite(number)

    def __str__(self) -> str:
        low = f"above {self.above:g}" if self.above > -math.inf else ""
        low = f"{self.least:g} or more" if self.least > -math.inf else low
        high = "" if self.most == math.inf else f"at most {self.most:.16g}"
        return " and ".join(part for part in (low, high) if part)


def tuned(
    default: T,
    meaning: str,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    above: float = -math.inf,
) -> T:
    """Return the field of a parameter: its default, what it means, and its range."""
    facts = {"meaning": meaning, "range": Range(least, most, above)}
    made: T = field(default=default, metadata=facts)
    return made


def share(default: float, meaning: str) -> float:
    """Return the field of a share, from 0 to 1."""
    return tuned(default, meaning, least=0, most=1)


class Group:
    """What all groups of parameters have in common: nothing wrong ever gets in."""

    def __post_init__(self) -> None:
        for parameter in fields(cast(Any, self)):
            value = _checked(parameter, getattr(self, parameter.name))
            object.__setattr__(self, parameter.name, value)

    @classmethod
    def of(cls, name: str, table: object) -> Self:
        """Return the group with these values, and its defaults for all others."""
        if not isinstance(table, Mapping):
            raise ParametersError(name, table, "not a table of parameters")
        known = [parameter.name for parameter in fields(cast(Any, cls))]
        for key, value in table.items():
            refuse_unknown(key, known, prefix=f"{name}.", value=value)
        try:
            return cls(**table)
        except ParametersError as error:
            key = f"{name}.{error.key}"
            raise ParametersError(key, error.value, error.why) from None


def refuse_unknown(key: str, known: list[str], *, prefix: str, value: object) -> None:
    """Refuse a key that no parameter has, with the nearest that one has."""
    if key in known:
        return
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean {prefix}{near[0]}?" if near else ""
    raise ParametersError(f"{prefix}{key}", value, f"there is no such parameter{hint}")


def shown(value: object) -> str:
    """Return a value as a file would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:_}"
    return repr(value) if not isinstance(value, str) else f'"{value}"'


def _checked(parameter: "Field[Any]", value: object) -> object:
    """Return a value in the type of its parameter, or refuse it."""
    kind: Any = parameter.type
    if kind in {int, float}:
        return _number(parameter, kind, value)
    element = get_args(kind)[0]
    if not isinstance(value, tuple | list) or not value:
        raise ParametersError(parameter.name, value, "not a list of numbers")
    return tuple(_number(parameter, element, each) for each in value)


def _number(parameter: "Field[Any]", kind: type, value: object) -> int | float:
    number: int | float
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParametersError(parameter.name, value, "not a number")
    if kind is int and not isinstance(value, int):
        raise ParametersError(parameter.name, value, "not a whole number")
    number = value if kind is int else float(value)
    allowed: Range = parameter.metadata["range"]
    if not allowed.holds(number):
        raise ParametersError(parameter.name, value, f"not {allowed}")
    return number
