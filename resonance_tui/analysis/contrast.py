"""Which counts are dark and which bright: limits of the picture, and its levels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SAMPLE = 256 * 256


def percentile_limits(
    frame: NDArray[np.generic], low: float = 1.0, high: float = 99.5
) -> tuple[float, float]:
    """The `low` and `high` percentiles of a frame's finite pixels, from a sample of them.

    Returns
    -------
    (float, float)
        In the frame's unit, low < high; (0, 1) where no pixel is finite.
    """
    flat = frame.reshape(-1)
    sample = (flat if flat.size <= _SAMPLE else flat[_places(flat.size)]).astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return (0.0, 1.0)
    dark, bright = (float(value) for value in np.percentile(sample, (low, high)))
    return (dark, bright) if bright > dark else (dark, dark + max(1.0, 1e-9 * abs(dark)))


@lru_cache(maxsize=4)
def _places(size: int) -> NDArray[np.intp]:
    """Pixels to look at: by chance, as every n-th one would meet the seams of a sensor too often; shape (n,)."""
    return np.sort(np.random.default_rng(0).integers(0, size, _SAMPLE))


def to_levels(values: NDArray[np.float64], limits: tuple[float, float], levels: int) -> NDArray[np.int16]:
    """Map values linearly between `limits` onto 0 … levels − 1; −1 where NaN."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        scaled = np.clip((values - low) * (levels / (high - low)), 0, levels - 1)
    return np.where(np.isnan(scaled), -1, np.nan_to_num(scaled)).astype(np.int16)
