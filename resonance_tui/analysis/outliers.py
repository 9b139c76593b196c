"""Readings that stand out from those around them."""

from __future__ import annotations

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
