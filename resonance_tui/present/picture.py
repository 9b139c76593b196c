"""A detector frame as the picture of a pane: levels for half-block cells, and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import percentile_limits, to_levels
from ..analysis.reduce import area_mean, fit
from .colours import LEVELS
from .numbers import number

NOTHING = -2
"""Level of the half cell below a picture with an odd number of rows."""

Cell = tuple[int, int]
"""(level of the upper half, level of the lower half)."""


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A frame reduced to `cells` (columns, rows) of a terminal, two pixels in a cell.

    Attributes
    ----------
    levels : array, shape (pixel rows, pixel columns), int16
        0 … LEVELS − 1, or −1 where there is no finite value.
    limits : (float, float)
        Counts shown darkest and brightest.
    lowest, highest : float
        Of the full frame.
    """

    levels: NDArray[np.int16]
    limits: tuple[float, float]
    shape: tuple[int, int]
    dtype: str
    lowest: float
    highest: float
    stored: bool = True

    def runs(self, row: int) -> list[tuple[Cell, int]]:
        """One line of cells, equal neighbours taken together: ((upper, lower), how many)."""
        upper = self.levels[2 * row].tolist()
        below = 2 * row + 1
        lower = self.levels[below].tolist() if below < len(self.levels) else [NOTHING] * len(upper)
        return [(cell, sum(1 for _ in same)) for cell, same in groupby(zip(upper, lower, strict=True))]

    @property
    def cell_rows(self) -> int:
        """Lines of cells the picture takes."""
        return int(self.levels.shape[0] + 1) // 2

    @property
    def cell_columns(self) -> int:
        """Cells in a line."""
        return int(self.levels.shape[1])

    @property
    def scale_text(self) -> str:
        """What is dark and what is bright, in counts."""
        dark, bright = self.limits
        return f"{number(dark, 4)} – {number(bright, 4)}   max {number(self.highest, 6)}"


def make_picture(frame: NDArray[np.generic], width: int, height: int, *, stored: bool = True) -> FramePicture:
    """Reduce a frame to a pane of `width` × `height` cells, aspect kept, 1–99.5 % contrast."""
    rows, columns = fit((frame.shape[0], frame.shape[1]), width, 2 * height)
    reduced = area_mean(frame, rows, columns)
    limits = percentile_limits(frame)
    floating = frame.dtype.kind == "f"
    empty = frame.size == 0 or (floating and not np.isfinite(frame).any())
    return FramePicture(
        levels=to_levels(reduced, limits, LEVELS),
        limits=limits,
        shape=(frame.shape[0], frame.shape[1]),
        dtype=str(frame.dtype),
        lowest=float("nan") if empty else float(np.nanmin(frame)),
        highest=float("nan") if empty else float(np.nanmax(frame)),
        stored=stored,
    )
