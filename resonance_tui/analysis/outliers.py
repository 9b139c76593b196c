"""Readings that stand out from those around them, and what a column holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axes import Values

_SIDE = 3  # readings to each side
_FAR_SIGMA = 6.0  # standard deviations
_SIGMA = 1.4826  # a normal distribution's standard deviation over its median absolute deviation


def outliers(values: Values) -> NDArray[np.bool_]:
    """Find spikes, by Hampel's identifier over three neighbours to each side; shape (n,).

    A reading is one if it lies six standard deviations from the median of its neighbourhood, the deviation
    estimated as 1.4826 times the median absolute deviation (F. R. Hampel, J. Am. Stat. Assoc. 69, 383 (1974)),
    but not less than the noise of the whole column from one reading to the next.
    """
    found = np.zeros(values.size, dtype=np.bool_)
    places = np.flatnonzero(np.isfinite(values))
    if places.size <= 2 * _SIDE:
        return found
    y = values[places] / max(float(np.abs(values[places]).max()), 1e-300)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(y, _SIDE, mode="reflect"), 2 * _SIDE + 1)
    middle = np.median(windows, axis=1)
    deviation = _SIGMA * np.median(np.abs(windows - middle[:, None]), axis=1)
    noise = _SIGMA * float(np.median(np.abs(np.diff(y)))) / np.sqrt(2.0)
    limit = _FAR_SIGMA * np.maximum(deviation, max(noise, 1e-12))
    found[places] = np.abs(y - middle) > limit
    return found


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


def nearest_places(values: Values, wanted: float) -> NDArray[np.intp]:
    """Find the events where a column comes nearest to a value: one in each of its passes, rising, shape (k,).

    An event counts if its distance is the smallest of all, give or take half the usual step.
    """
    finite = np.flatnonzero(np.isfinite(values))
    if not finite.size:
        return finite
    distance = np.abs(values[finite] - wanted)
    steps = np.abs(np.diff(values[finite]))
    steps = steps[steps > 0]
    room = 0.5 * float(np.median(steps)) if steps.size else 0.0
    padded = np.concatenate(([np.inf], distance, [np.inf]))
    local = (distance < padded[:-2]) & (distance <= padded[2:])  # of equal neighbours the first
    best = float(distance.min())
    chosen = local & (distance <= best + room)
    return np.asarray(finite[chosen], dtype=np.intp)


def sort_order(values: Values, *, descending: bool) -> NDArray[np.intp]:
    """Sort the events by a column, shape (n,); equal ones as they were taken, those without a value last."""
    missing = np.isnan(values)
    keys = np.where(missing, 0.0, -values if descending else values)
    return np.asarray(np.lexsort((keys, missing)), dtype=np.intp)
