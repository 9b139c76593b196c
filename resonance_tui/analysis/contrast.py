"""Which counts are dark and which bright: limits of the picture, and its levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SAMPLE_SIDE = 256


def percentile_limits(
    frame: NDArray[np.generic], low: float = 1.0, high: float = 99.5
) -> tuple[float, float]:
    """The `low` and `high` percentiles of a frame's finite pixels, from a regular subsample.

    Returns
    -------
    (float, float)
        In the frame's unit, low < high; (0, 1) where no pixel is finite.
    """
    step_down = max(1, frame.shape[0] // _SAMPLE_SIDE)
    step_right = max(1, frame.shape[1] // _SAMPLE_SIDE)
    sample = frame[::step_down, ::step_right].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return (0.0, 1.0)
    dark, bright = (float(value) for value in np.percentile(sample, (low, high)))
    return (dark, bright) if bright > dark else (dark, dark + 1.0)


def to_levels(values: NDArray[np.float64], limits: tuple[float, float], levels: int) -> NDArray[np.int16]:
    """Map values linearly between `limits` onto 0 … levels − 1; −1 where NaN."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        scaled = np.clip((values - low) * (levels / (high - low)), 0, levels - 1)
    return np.where(np.isnan(scaled), -1, np.nan_to_num(scaled)).astype(np.int16)
