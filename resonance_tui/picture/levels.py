"""Levels of a picture, quantised with hysteresis: what hardly changes keeps its colour and need not be sent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int16]
Values = NDArray[np.float64]

TOLERANCE = 0.5
"""Part of a level by which a pixel may lie beyond it and still keep the colour it had, or skip back to that of its
neighbours: noise between two levels would cost a third more bytes. With 18 levels that is 2.8 % of the range."""

_ANYWAY = 0.25  # of the tolerance is allowed without the neighbours beyond agreeing


def quantised(scaled: Values, levels: int, tolerance: float, previous: Codes | None = None) -> Codes:
    """Quantise a picture to levels, where possible those a neighbour has or the pixel had before.

    A pixel takes the colours of the pixels before it only if those after it have them too (or if it lies very
    near): so noise goes, and borders stay where they are.

    Parameters
    ----------
    scaled : array, shape (rows, columns)
        0 … levels.
    tolerance : float
        No pixel gets a level further than this beyond the one it belongs to.
    previous : array, same shape, optional
        The levels that are shown now.
    """
    rows, columns = scaled.shape
    if rows % 2:
        scaled = np.vstack([scaled, scaled[-1:]])
        previous = None if previous is None else np.vstack([previous, previous[-1:]])

    def by_column(values: NDArray[np.generic]) -> NDArray[np.int32]:
        """(columns, 2 halves, lines of cells), as the loop goes from column to column."""
        return np.ascontiguousarray(values.reshape(-1, 2, columns).transpose(2, 1, 0).astype(np.int32))

    # sets of levels as bits of a number: what one pixel may be, and what it shares with another
    one = np.int32(1)

    def within(beyond: float) -> NDArray[np.int32]:
        low = by_column(np.maximum(scaled - beyond, 0.0))
        high = by_column(np.minimum(scaled + beyond, levels - 1.0))
        return (one << (high + one)) - (one << low)

    own = one << by_column(scaled)
    allowed, anyway = within(tolerance), within(tolerance * _ANYWAY)
    after = own.copy()
    after[:-1] = own[1:]
    after[:-2] |= own[2:]
    suits = anyway | allowed & after
    both = anyway[:, 0] & anyway[:, 1]
    common = both & -both  # one level for both halves, where one suits both
    kept = np.zeros_like(common) if previous is None else one << np.clip(by_column(previous), 0, 30)
    kept_both = None if previous is None else np.asarray((kept & allowed).all(axis=1))
    out = np.empty_like(own)
    front = np.zeros((2, own.shape[2]), dtype=np.int32)
    for column in range(columns):
        shared = suits[column][:, None] & front  # (half, colour in hand, line)
        first, second = shared[:, 0], shared[:, 1]
        new = np.where(first, first, np.where(second, second, own[column]))
        any_shared = first | second
        free = np.where(any_shared[0] | any_shared[1], 0, common[column])
        new = np.where(free, free, new)
        if kept_both is not None:
            new = np.where(kept_both[column], kept[column], new)
        out[column] = front = new
    bits = out.transpose(2, 1, 0).reshape(-1, columns)[:rows]
    return np.asarray(np.frexp(bits)[1] - 1, dtype=np.int16)
