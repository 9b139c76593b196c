"""Values of events as arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_number(value: Any) -> bool:
    """Tell whether a value of an event is a number; a truth value is none."""
    return isinstance(value, float | int) and not isinstance(value, bool)


def as_floats(values: Iterable[Any]) -> NDArray[np.float64]:
    """Return the values as float64, shape (n,): NaN for what is no number, infinite for what is too large."""
    return np.array([_as_float(value) for value in values], dtype=np.float64)


def _as_float(value: Any) -> float:
    if not is_number(value):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
