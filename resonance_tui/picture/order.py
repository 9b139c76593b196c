"""What a picture is to be, and what it is: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..analysis.profiles import RegionNumbers
from .cells import Cells
from .cuts import Cuts
from .levels import TOLERANCE
from .palettes import Palette, palette
from .view import View, Window

Codes = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Order:
    """What a picture is to be: how the frame is looked at, the cells it may take, and its colours.

    Attributes
    ----------
    width, height : int
        Cells of the pane.
    saturated : float
        Counts from which a pixel is drawn as saturated; infinite where that makes no sense, as in a sum.
    signed : bool
        Negative values are ordinary ones, and the limits lie evenly around zero: a difference.
    tolerance : float
        See `TOLERANCE`; a slower link gets a larger one.
    may_come : bool
        A frame that is not on disk may be just being written.
    """

    view: View
    width: int
    height: int
    palette: Palette = field(default_factory=lambda: palette("viridis"))
    saturated: float = 2e5
    signed: bool = False
    tolerance: float = TOLERANCE
    may_come: bool = False


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A frame as the cells of a pane.

    Attributes
    ----------
    cells : array, shape (height, width)
        The whole pane; see `present.cells`.
    codes : array, shape (rows, columns)
        The picture alone, two rows to a line of cells: colour codes, before lines are drawn over it.
    limits : (float, float)
        Counts shown darkest and brightest.
    lowest, highest : float
        Of the part that is seen.
    """

    cells: Cells
    codes: Codes
    palette: Palette
    view: View
    limits: tuple[float, float]
    window: Window
    shape: tuple[int, int]
    lowest: float
    highest: float
    stored: bool
    reading: Cuts | None
    region: RegionNumbers | None
