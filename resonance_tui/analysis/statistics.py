"""What a column holds: extremes, mean, deviation, and how much is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .axes import Values


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a column holds, in its units; NaN where it has no finite value.

    Attributes
    ----------
    least, most, mean, deviation : float
        Of what is finite.
    missing, infinite, count : int
        How many are NaN (or no number), how many infinite, and how many there are.
    """

    least: float
    most: float
    mean: float
    deviation: float
    missing: int
    infinite: int
    count: int


def statistics(values: Values) -> Statistics:
    """Return least, largest, mean and standard deviation of what is finite, and how much is not."""
    finite = values[np.isfinite(values)]
    missing = int(np.count_nonzero(np.isnan(values)))
    infinite = values.size - finite.size - missing
    if not finite.size:
        return Statistics(*(float("nan"),) * 4, missing, infinite, values.size)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(finite.mean()), float(finite.std())
    return Statistics(
        float(finite.min()), float(finite.max()), mean, deviation, missing, infinite, values.size
    )
