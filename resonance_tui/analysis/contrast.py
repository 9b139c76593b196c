"""Which counts are dark and which bright: the limits of a picture, and the stretch between them."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Stretch = Literal["linear", "sqrt", "log"]
STRETCHES: tuple[Stretch, ...] = ("linear", "sqrt", "log")

_SAMPLE = 128 * 128
_LOG_RANGE = 100.0
_HUGE = 8e307  # float64 overflows at twice this


def sample(frame: NDArray[np.generic], most: int = _SAMPLE) -> NDArray[np.float64]:
    """Take finite pixels of a frame, shape (n,): all of a small one, at most `most` at random of a larger one."""
    # of a part of a frame, only the rows and columns are drawn: to make it one piece would copy it
    if frame.size <= most:
        values = frame.reshape(-1)
    elif frame.flags.c_contiguous:
        values = frame.reshape(-1)[_places(frame.size, most)]
    else:
        places = _places(frame.size, most)
        values = frame[places // frame.shape[1], places % frame.shape[1]]
    floats = values.astype(np.float64)
    return floats if frame.dtype.kind in "iub" else floats[np.isfinite(floats)]


@lru_cache(maxsize=4)
def _places(size: int, most: int) -> NDArray[np.intp]:
    """Choose pixels at random, shape (most,): every n-th one would meet the seams of a sensor too often."""
    return np.sort(np.random.default_rng(0).integers(0, size, most))


def percentile_limits(
    frame: NDArray[np.generic], low: float = 1.0, high: float = 99.5
) -> tuple[float, float]:
    """Return the `low` and `high` percentiles of a frame's finite pixels, from a sample of them.

    Returns
    -------
    (float, float)
        In the frame's unit, low < high; (0, 1) where no pixel is finite.
    """
    values = sample(frame)
    if values.size == 0:
        return (0.0, 1.0)
    dark, bright = (float(value) for value in np.percentile(values, (low, high)))
    return in_order(dark, bright)


def full_limits(frame: NDArray[np.generic]) -> tuple[float, float]:
    """Return the smallest and the largest finite pixel; low < high, (0, 1) where no pixel is finite."""
    if frame.size == 0:
        return (0.0, 1.0)
    if frame.dtype.kind == "f":
        finite = frame[np.isfinite(frame)]
        if finite.size == 0:
            return (0.0, 1.0)
        return in_order(float(finite.min()), float(finite.max()))
    return in_order(float(frame.min()), float(frame.max()))


def in_order(dark: float, bright: float) -> tuple[float, float]:
    """Return limits that differ: those of a constant frame are set a little apart."""
    dark, bright = max(dark, -_HUGE), min(bright, _HUGE)
    return (dark, bright) if bright > dark else (dark, dark + max(1.0, 1e-9 * abs(dark)))


def stretched(
    values: NDArray[np.float64], limits: tuple[float, float], stretch: Stretch = "linear"
) -> NDArray[np.float64]:
    """Map values onto 0 … 1 between `limits`.

    Parameters
    ----------
    values : array, any shape
    limits : (float, float)
        Mapped onto 0 and 1; what lies beyond is drawn at that end.
    stretch : {"linear", "sqrt", "log"}
        ``log`` counts from the lower limit, ``log(1 + (v − low))`` for ranges of 100 counts and more, so
        that a dark level and negative values do no harm.

    Returns
    -------
    array, same shape
        NaN where the value is.
    """
    low, high = limits
    # halves: of float64's whole range, the difference itself would be infinite
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.clip((values / 2 - low / 2) / (high / 2 - low / 2), 0.0, 1.0)
    if stretch == "sqrt":
        return np.asarray(np.sqrt(share))
    if stretch == "log":
        span = max(high - low, _LOG_RANGE) if np.isfinite(high - low) else 1e308
        return np.asarray(np.log1p(span * share) / np.log1p(span))
    return np.asarray(share)


def stretched_signed(
    values: NDArray[np.float64], most: float, stretch: Stretch = "linear"
) -> NDArray[np.float64]:
    """Map −`most` … `most` onto 0 … 1, zero onto the middle, both sides stretched alike; NaN where the value is."""
    side = stretched(np.abs(values), (0.0, most), stretch)
    return np.asarray(0.5 + np.copysign(0.5 * side, values))


def to_levels(share: NDArray[np.float64], levels: int) -> NDArray[np.int16]:
    """Map 0 … 1 onto one of `levels` equally wide steps, from 0; −1 where NaN. Same shape."""
    missing = np.isnan(share)
    scaled = np.clip(np.where(missing, 0.0, share) * levels, 0, levels - 1).astype(np.int16)
    scaled[missing] = -1
    return np.asarray(scaled)
