"""Events in the order of a column, and those where it comes nearest to a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .axes import Values


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
