"""A detector frame reduced to the pixels of a pane: the mean of exactly its share, or the largest in it.

Both walk over the frame once, in blocks of rows small enough to stay in the processor's cache, and add
integers as integers: of a 4096² frame this leaves little more than the time it takes to read its memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]
Means = NDArray[np.float64]

_BLOCK = 2**19


def fit(shape: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Return the largest size with the aspect of a frame that fits into `width` × `height` square pixels.

    Parameters
    ----------
    shape : (rows, columns)
    width, height : int

    Returns
    -------
    (rows, columns)
        At least 1 × 1.
    """
    rows, columns = shape
    if rows <= 0 or columns <= 0 or width <= 0 or height <= 0:
        return (1, 1)
    scale = min(width / columns, height / rows)
    return (max(1, min(height, round(rows * scale))), max(1, min(width, round(columns * scale))))


def highest(frame: Frame) -> tuple[float, float]:
    """Return the largest finite pixel and the largest magnitude, in one pass where possible; −inf, 0 without any.

    Of floating-point frames the magnitude is infinite: it matters for integers only.
    """
    if frame.size == 0:
        return -np.inf, 0.0
    if frame.dtype == np.int32 and frame.dtype.isnative:
        most = int(frame.view(np.uint32).max())  # a negative value counts as a huge one: then look closer
        if most < 2**31:
            return float(most), float(most)
    if frame.dtype.kind != "f":
        most, least = int(frame.max()), int(frame.min())
        return float(most), float(max(most, -least))
    largest = float(np.fmax.reduce(frame, axis=None))
    if not np.isfinite(largest):
        largest = float(np.max(frame, where=np.isfinite(frame), initial=-np.inf))
    return largest, np.inf


def area_mean(frame: Frame, rows: int, columns: int, *, magnitude: float | None = None) -> Means:
    """Average a frame over a grid of equal areas; a pixel cut by a border counts with the part inside.

    Parameters
    ----------
    frame : array, shape (n, m)
        Pixels that are NaN or infinite are left out of the mean.
    rows, columns : int
        Size of the result; where it is larger than the frame, pixels repeat.
    magnitude : float, optional
        What `highest` found, if it was asked already.

    Returns
    -------
    array, shape (rows, columns), float64
        NaN where a cell holds nothing finite.
    """
    if frame.size == 0:
        return np.full((rows, columns), np.nan)
    cell = (frame.shape[0] / rows) * (frame.shape[1] / columns)
    if frame.dtype.kind == "f" and not _all_finite(frame):
        valid = np.isfinite(frame)
        weight = _area_sums(valid, rows, columns)
        total = _area_sums(np.where(valid, frame, 0), rows, columns)
        # what is less than a billionth of a cell is left over from rounding
        return np.where(weight > 1e-9 * cell, total / np.maximum(weight, 1e-300), np.nan)
    return np.asarray(_area_sums(frame, rows, columns, magnitude) / cell, dtype=np.float64)


def area_max(frame: Frame, rows: int, columns: int) -> Means:
    """Reduce a frame to the largest pixel that each area of an equal grid touches: no hot pixel is lost.

    Parameters
    ----------
    frame : array, shape (n, m)
        Pixels that are NaN or infinite are left out.
    rows, columns : int
        Size of the result.

    Returns
    -------
    array, shape (rows, columns), float64
        NaN where an area holds nothing finite.
    """
    if frame.size == 0:
        return np.full((rows, columns), np.nan)
    if frame.dtype.kind == "f" and not _all_finite(frame):
        kept = np.where(np.isfinite(frame), frame, -np.inf)
        most = _largest(_largest(kept, rows).T, columns).T.astype(np.float64)
        return np.where(np.isneginf(most), np.nan, most)
    return _largest(_largest(frame, rows).T, columns).T.astype(np.float64)


def _all_finite(frame: Frame) -> bool:
    step = max(1, _BLOCK // max(1, frame.shape[1] * frame.itemsize))
    return all(bool(np.isfinite(frame[start : start + step]).all()) for start in range(0, len(frame), step))


def _borders(n: int, parts: int) -> tuple[NDArray[np.intp], Means]:
    """Divide n pixels into equal lengths: the pixel at each border, and its share before it; shapes (parts + 1,)."""
    edges = np.arange(parts + 1) * n
    return edges // parts, (edges % parts) / parts


def _area_sums(frame: Frame, rows: int, columns: int, magnitude: float | None = None) -> Means:
    """Sum over equal areas; shape (rows, columns)."""
    n = len(frame)
    pixel, share = _borders(n, rows)
    # the rows of each length added up, and the rows its borders cut: both narrow before they are weighed
    sums = _row_sums(frame, pixel, magnitude)
    rows_cut = frame[np.minimum(pixel, n - 1)].astype(sums.dtype)
    whole = _sums_across(sums, columns)
    cut = _sums_across(rows_cut, columns) * share[:, None]
    return np.asarray(whole - cut[:-1] + cut[1:], dtype=np.float64)


def _row_sums(frame: Frame, pixel: NDArray[np.intp], magnitude: float | None) -> Frame:
    """Add up the rows from each border up to the next; shape (parts, m)."""
    kind: type[np.generic] = np.float64
    if frame.dtype.kind in "iub" and frame.itemsize <= 4:
        kind = np.int32 if _fits_int32(frame, int(np.diff(pixel).max()), magnitude) else np.int64
    sums = np.zeros((len(pixel) - 1, frame.shape[1]), dtype=kind)
    for part in range(len(sums)):
        block = frame[pixel[part] : pixel[part + 1]]
        if len(block):
            np.add.reduce(block.astype(kind, copy=False), axis=0, dtype=kind, out=sums[part])
    return sums


def _fits_int32(frame: Frame, terms: int, magnitude: float | None) -> bool:
    """Tell whether `terms` values may be added as int32, which is several times faster than as int64."""
    if frame.itemsize <= 2:
        return terms < 2**15
    return (highest(frame)[1] if magnitude is None else magnitude) * terms < 2**31


def _sums_across(values: Frame, parts: int) -> Means:
    """Sum over `parts` equal lengths of the second axis; shape (k, parts)."""
    m = values.shape[1]
    pixel, share = _borders(m, parts)
    kind = np.float64 if values.dtype.kind == "f" else np.int64
    starts = pixel[:-1]
    between = np.add.reduceat(values, starts, axis=1, dtype=kind)
    between[:, starts == pixel[1:]] = 0  # reduceat gives the pixel itself where a length lies within it
    cut = values[:, np.minimum(pixel, m - 1)] * share
    return np.asarray(between - cut[:, :-1] + cut[:, 1:], dtype=np.float64)


def _largest(frame: Frame, parts: int) -> Frame:
    """Take the largest value in each of `parts` equal lengths of the first axis, cut pixels included."""
    n = len(frame)
    edges = np.arange(parts + 1) * n
    starts, stops = edges[:-1] // parts, -(-edges[1:] // parts)
    most = np.empty((parts, frame.shape[1]), dtype=frame.dtype)
    for part in range(parts):
        np.maximum.reduce(frame[starts[part] : stops[part]], axis=0, out=most[part])
    return most
