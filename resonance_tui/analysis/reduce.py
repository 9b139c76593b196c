"""A detector frame reduced to the pixels of a pane, each the mean of exactly its share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.generic]
Means = NDArray[np.float64]


def fit(shape: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size with the aspect of a frame that fits into `width` × `height` square pixels.

    Parameters
    ----------
    shape : (rows, columns)

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


def area_mean(frame: Frame, rows: int, columns: int) -> Means:
    """Average a frame over a grid of equal areas; a pixel cut by a border counts with the part inside.

    Parameters
    ----------
    frame : array, shape (n, m)
        Pixels that are NaN or infinite are left out of the mean.
    rows, columns : int
        Size of the result; where it is larger than the frame, pixels repeat.

    Returns
    -------
    array, shape (rows, columns), float64
        NaN where a cell holds nothing finite.
    """
    cell = (frame.shape[0] / rows) * (frame.shape[1] / columns)
    if frame.size == 0:
        return np.full((rows, columns), np.nan)
    if frame.dtype.kind == "f":
        valid = np.isfinite(frame)
        if not valid.all():
            weight = _sums(_sums(valid.astype(np.float64), rows).T, columns).T
            total = _sums(_sums(np.where(valid, frame, 0).astype(np.float64), rows).T, columns).T
            # what is less than a billionth of a cell is left over from rounding
            return np.where(weight > 1e-9 * cell, total / np.maximum(weight, 1e-300), np.nan)
    total = _sums(_sums(frame, rows).T, columns).T
    return np.asarray(total / cell, dtype=np.float64)


def _sums(values: Frame, parts: int) -> Means:
    """Sum over `parts` equal lengths of the first axis; shape (parts, m)."""
    n = values.shape[0]
    edges = np.arange(parts + 1) * (n / parts)
    edges[-1] = n
    whole = np.minimum(edges.astype(np.intp), n - 1)
    share = edges - whole
    # the part of the border pixel that lies before each edge, and the whole pixels between two edges
    before = share[:, None] * values[whole]
    starts = whole[:-1]
    between = np.add.reduceat(values, starts, axis=0, dtype=np.float64)
    same = starts == whole[1:]
    between[same] = 0.0  # reduceat gives the pixel itself where a part begins and ends within it
    if not same[-1]:
        between[-1] -= values[n - 1]  # its last part runs to the end; the border pixel comes with `before`
    return np.asarray(between - before[:-1] + before[1:], dtype=np.float64)
