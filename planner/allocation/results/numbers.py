"""Numbers as a result tells them; imports nothing that a solving child has not."""

import math


def finite(number: float | None) -> float | None:
    """Return a number as JSON can hold it; what is not finite says nothing."""
    return None if number is None or not math.isfinite(number) else float(number)
