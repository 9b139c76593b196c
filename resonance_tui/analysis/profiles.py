"""Curves and numbers of a frame: neighbourhood, region, radial profile, histogram, centroid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .contrast import Stretch, stretched
from .reduce import area_mean, fit

Frame = NDArray[np.generic]
Curve = NDArray[np.float64]
Check = Callable[[], object]

_BLOCK = 2**17
_BINS = 128
_CENTROID_SIDE = 512


def _no_check() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a frame in detector pixels: rows `top` … `bottom` − 1, columns `left` … `right` − 1."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def between(cls, one: tuple[int, int], other: tuple[int, int]) -> Region:
        """Return the region with two pixels (row, column) as its corners, both inside."""
        (r1, c1), (r2, c2) = one, other
        return cls(min(r1, r2), min(c1, c2), max(r1, r2) + 1, max(c1, c2) + 1)

    def of(self, frame: Frame) -> Frame:
        """Return the part of a frame inside, a view; empty where it has none."""
        return frame[max(0, self.top) : max(0, self.bottom), max(0, self.left) : max(0, self.right)]


@dataclass(frozen=True, slots=True)
class RegionNumbers:
    """Numbers of the finite pixels of a region.

    Attributes
    ----------
    pixels : int
        How many are finite.
    total, mean : float
        In counts.
    std : float
        The standard deviation of the pixels, not of their mean, in counts.
    lowest, highest : float
        In counts.
    saturated : int
        How many are saturated.
    """

    pixels: int
    total: float
    mean: float
    std: float
    lowest: float
    highest: float
    saturated: int


def region_numbers(frame: Frame, region: Region, saturated: float) -> RegionNumbers:
    """Return the numbers of a region; a pixel is saturated from `saturated` counts on."""
    values = region.of(frame).astype(np.float64)
    values = values[np.isfinite(values)]
    if values.size == 0:
        nan = float("nan")
        return RegionNumbers(0, 0.0, nan, nan, nan, nan, 0)
    return RegionNumbers(
        int(values.size), float(values.sum()), float(values.mean()), float(values.std()),
        float(values.min()), float(values.max()), int(np.count_nonzero(values >= saturated)),
    )  # fmt: skip


def neighbourhood_mean(frame: Frame, row: int, column: int, reach: int = 2) -> float:
    """Average the finite pixels at most `reach` rows and columns away; NaN where there is none."""
    part = Region(row - reach, column - reach, row + reach + 1, column + reach + 1).of(frame)
    values = part.astype(np.float64)
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else float("nan")


def radial_profile(
    frame: Frame, centre: tuple[float, float], check: Check = _no_check
) -> tuple[Curve, Curve]:
    """Average a frame azimuthally around a centre.

    Parameters
    ----------
    frame : array, shape (n, m)
        Pixels that are not finite are left out.
    centre : (float, float)
        Row and column, in pixels; it may lie outside.
    check : callable
        Called between blocks; may raise to give up.

    Returns
    -------
    radius : array, shape (k,)
        0, 1, 2, … pixels, as far as the furthest corner.
    mean : array, shape (k,)
        Mean of the pixels whose distance rounds to that radius; NaN where there is none.
    """
    rows, columns = frame.shape
    row, column = centre
    across = (np.arange(columns) - column) ** 2
    furthest = np.hypot(max(row, rows - 1 - row), max(column, columns - 1 - column))
    size = int(np.rint(furthest)) + 2
    total, count = np.zeros(size), np.zeros(size)
    step = max(1, _BLOCK // max(1, columns))
    for start in range(0, rows, step):
        check()
        block = frame[start : start + step].astype(np.float64)
        down = (np.arange(start, start + len(block)) - row) ** 2
        ring = np.sqrt(down[:, None] + across[None, :])
        place = np.minimum(np.rint(ring, out=ring), size - 1).astype(np.intp).ravel()
        values = block.ravel()
        if frame.dtype.kind == "f":
            finite = np.isfinite(values)
            if not finite.all():
                values, place = values[finite], place[finite]
        total += np.bincount(place, weights=values, minlength=size)
        count += np.bincount(place, minlength=size)
    last = int(np.flatnonzero(count)[-1]) + 1 if count.any() else 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.arange(last, dtype=np.float64), (total / count)[:last]


def histogram(
    frame: Frame, stretch: Stretch = "linear", bins: int = _BINS, check: Check = _no_check
) -> tuple[Curve, Curve]:
    """Count how often each value occurs, over the whole frame.

    Parameters
    ----------
    frame : array, shape (n, m)
    stretch : {"linear", "sqrt", "log"}
        How the bins lie between the smallest and the largest value: a few saturated pixels would otherwise
        push all others into one bin.
    bins : int
    check : callable
        Called between blocks; may raise to give up.

    Returns
    -------
    value : array, shape (k,)
        Lower border of each bin that holds a pixel at all.
    count : array, shape (k,)
        Finite pixels in it.
    """
    low, high, counts = np.inf, -np.inf, np.zeros(bins)
    step = max(1, _BLOCK // max(1, frame.shape[1]))
    blocks = range(0, len(frame), step)
    for start in blocks:
        check()
        block = frame[start : start + step]
        finite = block if block.dtype.kind != "f" else block[np.isfinite(block)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low > high:
        return np.zeros(0), np.zeros(0)
    if low == high:
        return np.array([low]), np.array([float(np.count_nonzero(np.isfinite(frame.astype(np.float64))))])
    for start in blocks:
        check()
        values = frame[start : start + step].astype(np.float64).ravel()
        values = values[np.isfinite(values)]
        place = (stretched(values, (low, high), stretch) * bins).astype(np.intp)
        counts += np.bincount(np.minimum(place, bins - 1), minlength=bins)
    borders = low + (high - low) * _unstretched(np.arange(bins) / bins, high - low, stretch)
    held = counts > 0
    return borders[held], counts[held]


def _unstretched(share: Curve, span: float, stretch: Stretch) -> Curve:
    if stretch == "sqrt":
        return np.asarray(share**2)
    if stretch == "log":
        span = max(span, 100.0)
        return np.asarray(np.expm1(share * np.log1p(span)) / span)
    return share


def centroid(frame: Frame) -> tuple[float, float]:
    """Find the centre of what rises above the frame's median, (row, column) in pixels; the middle without any.

    Found on the frame reduced to at most 512 pixels a side: a centroid needs no more.
    """
    rows, columns = frame.shape
    small = fit((rows, columns), min(columns, _CENTROID_SIDE), min(rows, _CENTROID_SIDE))
    means = area_mean(frame, *small)
    finite = np.isfinite(means)
    if not finite.any():
        return ((rows - 1) / 2, (columns - 1) / 2)
    weight = np.where(finite, np.clip(means - np.median(means[finite]), 0, None), 0.0)
    total = float(weight.sum())
    if total <= 0:
        return ((rows - 1) / 2, (columns - 1) / 2)
    down = float((weight.sum(axis=1) * (np.arange(small[0]) + 0.5)).sum() / total)
    across = float((weight.sum(axis=0) * (np.arange(small[1]) + 0.5)).sum() / total)
    return (down * rows / small[0] - 0.5, across * columns / small[1] - 0.5)
