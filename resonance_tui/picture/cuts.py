"""The cuts through a frame at the crosshair: its row and its column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..analysis.profiles import neighbourhood_mean
from .view import View

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cuts:
    """What the crosshair is on.

    Attributes
    ----------
    row, column : int
        The pixel.
    value, around : float
        Its value, and the mean of the 5×5 pixels around it, in counts.
    along_row : array, shape (columns,)
        The values of its row.
    along_column : array, shape (rows,)
        Those of its column.
    """

    row: int
    column: int
    value: float
    around: float
    along_row: Values
    along_column: Values


def cuts_at_crosshair(frame: NDArray[np.generic], view: View) -> Cuts | None:
    """Cut a frame at the crosshair of a view; None where there is none."""
    if view.crosshair is None:
        return None
    row, column = min(view.crosshair[0], frame.shape[0] - 1), min(view.crosshair[1], frame.shape[1] - 1)
    if row < 0 or column < 0:
        return None
    return Cuts(
        row, column, float(frame[row, column]), neighbourhood_mean(frame, row, column),
        frame[row].astype(np.float64), frame[:, column].astype(np.float64),
    )  # fmt: skip
