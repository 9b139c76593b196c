"""A detector frame as the picture of a pane: cells for the terminal, and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import stretched, stretched_signed
from ..analysis.profiles import region_numbers
from ..analysis.reduce import area_max, area_mean, highest
from .cells import Cells, blank_cells, mono_cells, pixel_cells, write
from .cuts import cuts_at_crosshair
from .legend import legend_lines, write_legend
from .levels import quantised
from .limits import frame_limits
from .order import Codes, FramePicture, Order
from .palettes import CROSS, DARK, MISSING, NAN, NEGATIVE, OUTSIDE, SATURATED, Palette
from .view import LIMITS, View, Window, window

Frame = NDArray[np.generic]
Values = NDArray[np.float64]

_BRIGHT = 0.6  # of the levels: above, lines are dark


@dataclass(frozen=True, slots=True)
class Reduced:
    """A frame reduced to the pixels of the screen: what takes longest, and is the same for all colours and stretches.

    Attributes
    ----------
    values : array, shape (rows, columns)
        One for each pixel of the screen; NaN where there is none.
    limits : (float, float)
        Of the whole frame, as the view wants them, were they not fixed.
    saturated : array of bool, shape (rows, columns), optional
        Where a detector pixel is saturated, if any is.
    """

    values: Values
    window: Window
    limits: tuple[float, float]
    saturated: NDArray[np.bool_] | None = None

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.values.nbytes


def what_is_seen(shape: tuple[int, int], order: Order) -> Window:
    """Return the part of a frame of this shape that an order shows."""
    return window(order.view, shape, order.width, 2 * max(1, order.height - legend_lines(order.view)))


def reduce_frame(frame: Frame, order: Order) -> Reduced:
    """Reduce a frame to the pixels of the screen."""
    seen = what_is_seen((int(frame.shape[0]), int(frame.shape[1])), order)
    part = frame[seen.top : seen.bottom, seen.left : seen.right]
    most, magnitude = highest(part)
    values = _reduced(part, seen, order.view, magnitude)
    largest = order.view.reduction == "max" and LIMITS[order.view.limits] is not None
    limits = frame_limits(values if largest else frame, order.view, signed=order.signed)
    saturated = None
    if np.isfinite(order.saturated) and most >= order.saturated:
        with np.errstate(invalid="ignore"):
            saturated = (
                _reduced(part, seen, replace(order.view, reduction="max"), magnitude) >= order.saturated
            )
    return Reduced(values, seen, limits, saturated)


def make_picture(
    frame: Frame,
    order: Order,
    previous: FramePicture | None = None,
    *,
    stored: bool = True,
    reduced: Reduced | None = None,
) -> FramePicture:
    """Draw a frame.

    Parameters
    ----------
    frame : array, shape (n, m)
    previous : FramePicture, optional
        What the pane shows now: pixels that hardly differ keep its colour, and need not be sent.
    stored : bool
        Whether the frame is on disk at all.
    reduced : Reduced, optional
        What `reduce_frame` made of the frame for this order.
    """
    view = order.view
    shape = (int(frame.shape[0]), int(frame.shape[1]))
    reduced = reduced or reduce_frame(frame, order)
    seen, values = reduced.window, reduced.values
    limits = reduced.limits if view.fixed is None or order.signed else view.fixed
    if order.signed:
        share = stretched_signed(values, max(abs(limits[0]), abs(limits[1])), view.stretch)
    else:
        share = stretched(values, limits, view.stretch)
    drawn = order.palette
    mono = drawn.depth == "mono"
    saturated = reduced.saturated
    if mono:
        values, share = _halved(values, view), _halved(share, view)
        if saturated is not None:
            odd = len(saturated) % 2
            saturated = (
                saturated[0::2] | np.vstack([saturated, saturated[-odd:]] if odd else [saturated])[1::2]
            )
    nearer = seen.rows > seen.bottom - seen.top
    codes = _levels(share, order, None if nearer else _same_place(previous, seen, drawn), exactly=nearer)
    _mark_special(codes, values, saturated, order, stored=stored)
    cells = blank_cells(order.height, order.width)
    place = _place(cells, codes, legend_lines(view), mono=mono)
    _draw_lines(cells, place, codes, view, seen, drawn)
    reading = cuts_at_crosshair(frame, view) if stored else None
    region = None
    if stored and view.region is not None:
        region = region_numbers(frame, view.region, order.saturated)
    finite = values[np.isfinite(values)]
    picture = FramePicture(
        cells, codes, drawn, view, limits, seen, shape,
        float(finite.min()) if finite.size else float("nan"),
        float(finite.max()) if finite.size else float("nan"),
        stored, reading, region,
    )  # fmt: skip
    write_legend(cells, picture, order)
    return picture


def _reduced(part: Frame, seen: Window, view: View, magnitude: float) -> Values:
    if part.size == 0:
        return np.full((seen.rows, seen.columns), np.nan)
    # nearer than 1:1: whole pixels, sharp edges
    if seen.rows > part.shape[0] or seen.columns > part.shape[1]:
        down = (np.arange(seen.rows) * part.shape[0]) // seen.rows
        right = (np.arange(seen.columns) * part.shape[1]) // seen.columns
        near: Values = part[np.ix_(down, right)].astype(np.float64)
        near[~np.isfinite(near)] = np.nan
        return near
    if view.reduction == "max":
        return area_max(part, seen.rows, seen.columns)
    return area_mean(part, seen.rows, seen.columns, magnitude=magnitude)


def _halved(values: Values, view: View) -> Values:
    """Two rows in one, for cells that cannot be halved; shape (rows / 2, columns)."""
    if len(values) % 2:
        values = np.vstack([values, values[-1:]])
    upper, lower = values[0::2], values[1::2]
    if view.reduction == "max":
        return np.asarray(np.fmax(upper, lower))
    mean = (upper + lower) / 2
    return np.where(np.isnan(mean), np.fmax(upper, lower), mean)


def _same_place(previous: FramePicture | None, seen: Window, drawn: Palette) -> Codes | None:
    if previous is None or previous.window != seen or previous.palette is not drawn:
        return None
    return previous.codes


_DITHER = np.array([[-0.375, 0.125], [0.375, -0.125]])


def _levels(share: Values, order: Order, previous: Codes | None, *, exactly: bool) -> Codes:
    drawn = order.palette
    missing = np.isnan(share)
    scaled = np.where(missing, 0.0, share) * drawn.levels
    if drawn.dithered:
        rows, columns = scaled.shape
        scaled += np.tile(_DITHER, (rows // 2 + 1, columns // 2 + 1))[:rows, :columns]
    np.clip(scaled, 0, drawn.levels - 1e-9, out=scaled)
    if drawn.depth in ("truecolor", "256") and order.tolerance > 0 and not exactly:
        codes = quantised(scaled, drawn.levels, order.tolerance, previous)
    else:
        codes = scaled.astype(np.int16)
    codes[missing] = NAN
    return codes


def _mark_special(
    codes: Codes, values: Values, saturated: NDArray[np.bool_] | None, order: Order, *, stored: bool
) -> None:
    if not stored:
        codes[:] = MISSING
        return
    if not order.signed:
        with np.errstate(invalid="ignore"):
            codes[values < 0] = NEGATIVE
    if saturated is not None:
        codes[saturated] = SATURATED  # one such pixel is enough, also where a mean is shown


def _place(cells: Cells, codes: Codes, below: int, *, mono: bool) -> tuple[int, int, int, int]:
    """Put the picture into the middle of its place; where that is: top, left, lines, columns of cells."""
    picture = mono_cells(codes) if mono else pixel_cells(codes)
    lines, columns = max(0, min(picture.shape[0], len(cells) - below)), min(picture.shape[1], cells.shape[1])
    top, left = max(0, (len(cells) - below - lines) // 2), (cells.shape[1] - columns) // 2
    cells[top : top + lines, left : left + columns] = picture[:lines, :columns]
    return top, left, lines, columns


def _draw_lines(
    cells: Cells, place: tuple[int, int, int, int], codes: Codes, view: View, seen: Window, drawn: Palette
) -> None:
    """Draw the crosshair and the border of the region: thin, on the colours that are there."""
    lines = _Lines(cells, place, codes, seen, drawn)
    if view.crosshair is not None:
        lines.cross(*view.crosshair)
    if view.region is not None:
        region = view.region
        lines.border(lines.at(region.top, region.left), lines.at(region.bottom - 1, region.right - 1))


class _Lines:
    """Thin lines over a picture in cells."""

    def __init__(
        self, cells: Cells, place: tuple[int, int, int, int], codes: Codes, seen: Window, drawn: Palette
    ) -> None:
        self._cells, self._codes, self._seen, self._drawn = cells, codes, seen, drawn
        self._top, self._left, lines, self._columns = place
        self._mono = drawn.depth == "mono"
        self._halves = 1 if self._mono else 2
        self._lines = min(lines, len(codes) // self._halves)  # nothing below an odd last row
        self._down = len(codes) / (seen.bottom - seen.top) / self._halves
        self._right = codes.shape[1] / (seen.right - seen.left)

    def at(self, row: int, column: int) -> tuple[int, int]:
        """Return the line and the column of cells of a detector pixel."""
        down = (row - self._seen.top + 0.5) * self._down // 1
        return int(down), int((column - self._seen.left + 0.5) * self._right // 1)

    def cross(self, row: int, column: int) -> None:
        """Draw the crosshair, whose own pixel stays free."""
        line, column = self.at(row, column)
        gap_down, gap_right = max(1, int(self._down / 2) + 1), max(2, int(self._right / 2) + 1)
        if not (0 <= line < self._lines and 0 <= column < self._columns):
            return
        for y in range(self._lines):
            if abs(y - line) >= gap_down:
                self._put(y, column, "│")
        for x in range(self._columns):
            if abs(x - column) >= gap_right:
                self._put(line, x, "─")

    def border(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Draw the border of a region between two corners."""
        for x in range(max(0, first[1]), min(self._columns, last[1] + 1)):
            self._put(first[0], x, "─")
            self._put(last[0], x, "─")
        for y in range(max(0, first[0]), min(self._lines, last[0] + 1)):
            self._put(y, first[1], "│")
            self._put(y, last[1], "│")
        corners = (first, (first[0], last[1]), (last[0], first[1]), last)
        for (y, x), corner in zip(corners, "┌┐└┘", strict=True):
            self._put(y, x, corner)

    def _put(self, line: int, column: int, character: str) -> None:
        if not (0 <= line < self._lines and 0 <= column < self._columns):
            return
        under = OUTSIDE if self._mono else int(self._codes[self._halves * line, column])
        levels = self._drawn.levels
        bright = under < levels and under > _BRIGHT * levels
        colour = DARK if bright else CROSS
        write(self._cells, self._top + line, self._left + column, character, colour, under)
