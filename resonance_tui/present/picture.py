"""A detector frame as the picture of a pane: cells for the terminal, and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import full_limits, percentile_limits, stretched
from ..analysis.profiles import neighbourhood_mean
from ..analysis.reduce import area_max, area_mean
from .cells import Cells, blank_cells, mono_cells, pixel_cells, write
from .colours import (
    ALARM,
    CROSS,
    FAINT,
    INK,
    MISSING,
    NAN,
    NEGATIVE,
    OUTSIDE,
    REGION,
    SATURATED,
    Palette,
    mono_text,
    palette,
)
from .numbers import number
from .view import LIMITS, View, Window, window

Frame = NDArray[np.generic]
Codes = NDArray[np.int16]
Values = NDArray[np.float64]

TOLERANCE = 0.5
"""Part of a level by which a pixel may lie beyond it and still keep the colour it had, or skip back to that of its
neighbours: noise between two levels would cost a third more bytes. With 18 levels that is 2.8 % of the range."""

FOOT = 2
"""Lines below the picture: the colour bar, and what is to be said."""

_BAR = 24
_GAP = 3


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
    """

    view: View
    width: int
    height: int
    palette: Palette = field(default_factory=lambda: palette("viridis"))
    saturated: float = 2e5
    signed: bool = False
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Reading:
    """What the crosshair is on: row, column, value, mean of the 5×5 around it, and the cuts through it.

    `along_row` has the values of that row (shape (columns,)), `along_column` those of that column.
    """

    row: int
    column: int
    value: float
    around: float
    along_row: Values
    along_column: Values


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
    reading: Reading | None


def make_picture(
    frame: Frame, order: Order, previous: FramePicture | None = None, *, stored: bool = True
) -> FramePicture:
    """Draw a frame.

    Parameters
    ----------
    frame : array, shape (n, m)
    previous : FramePicture, optional
        What the pane shows now: pixels that hardly differ keep its colour, and need not be sent.
    stored : bool
        Whether the frame is on disk at all.
    """
    view = order.view
    shape = (int(frame.shape[0]), int(frame.shape[1]))
    room = (order.width, 2 * max(1, order.height - FOOT))
    seen = window(view, shape, *room)
    part = frame[seen.top : seen.bottom, seen.left : seen.right]
    values = _reduced(part, seen, view)
    limits = _limits(frame, view, signed=order.signed)
    share = stretched(values, limits, view.stretch)
    drawn = order.palette
    mono = drawn.depth == "mono"
    if mono:
        values, share = _halved(values, view), _halved(share, view)
    codes = _levels(share, order, _same_place(previous, seen, drawn))
    _mark_special(codes, values, order, stored=stored)
    cells = blank_cells(order.height, order.width)
    _place(cells, _with_lines(codes, view, seen), mono=mono)
    reading = _reading(frame, view)
    finite = values[np.isfinite(values)]
    picture = FramePicture(
        cells, codes, drawn, view, limits, seen, shape,
        float(finite.min()) if finite.size else float("nan"),
        float(finite.max()) if finite.size else float("nan"),
        stored, reading,
    )  # fmt: skip
    _write_foot(cells, picture, order)
    return picture


def _reduced(part: Frame, seen: Window, view: View) -> Values:
    if seen.rows > part.shape[0] or seen.columns > part.shape[1]:  # nearer than 1:1: whole pixels, sharp edges
        down = (np.arange(seen.rows) * part.shape[0]) // seen.rows
        right = (np.arange(seen.columns) * part.shape[1]) // seen.columns
        near: Values = part[np.ix_(down, right)].astype(np.float64)
        near[~np.isfinite(near)] = np.nan
        return near
    reduce = area_mean if view.reduction == "mean" else area_max
    return reduce(part, seen.rows, seen.columns)


def _limits(frame: Frame, view: View, *, signed: bool) -> tuple[float, float]:
    if view.fixed is not None:
        return view.fixed
    percentiles = LIMITS[view.limits]
    limits = full_limits(frame) if percentiles is None else percentile_limits(frame, *percentiles)
    if signed:
        most = max(abs(limits[0]), abs(limits[1]))
        return (-most, most)
    return limits


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


def _levels(share: Values, order: Order, previous: Codes | None) -> Codes:
    drawn = order.palette
    missing = np.isnan(share)
    scaled = np.where(missing, 0.0, share) * drawn.levels
    if drawn.dithered:
        rows, columns = scaled.shape
        scaled += np.tile(_DITHER, (rows // 2 + 1, columns // 2 + 1))[:rows, :columns]
    np.clip(scaled, 0, drawn.levels - 1e-9, out=scaled)
    if drawn.depth in ("truecolor", "256") and order.tolerance > 0:
        codes = settled(scaled, drawn.levels, order.tolerance, previous)
    else:
        codes = scaled.astype(np.int16)
    codes[missing] = NAN
    return codes


_ANYWAY = 0.25  # of the tolerance is allowed without the neighbours beyond agreeing


def settled(scaled: Values, levels: int, tolerance: float, previous: Codes | None = None) -> Codes:
    """Levels of a picture, where possible those a neighbour has or the pixel had: what changes nothing is not sent.

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
    kept_both = (kept & allowed).all(axis=1) if previous is not None else None
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


def _mark_special(codes: Codes, values: Values, order: Order, *, stored: bool) -> None:
    if not stored:
        codes[:] = MISSING
        return
    with np.errstate(invalid="ignore"):
        codes[values >= order.saturated] = SATURATED
        if not order.signed:
            codes[values < 0] = NEGATIVE


def _with_lines(codes: Codes, view: View, seen: Window) -> Codes:
    """The crosshair and the region drawn over the picture."""
    rows, columns = codes.shape
    down, right = rows / (seen.bottom - seen.top), columns / (seen.right - seen.left)
    if view.region is None and view.cross is None and view.corner is None:
        return codes
    codes = codes.copy()
    region = view.region
    if region is not None:
        top, bottom = int((region.top - seen.top) * down), int((region.bottom - seen.top) * down)
        left, right_edge = int((region.left - seen.left) * right), int((region.right - seen.left) * right)
        bottom, right_edge = max(bottom - 1, top), max(right_edge - 1, left)
        inside = slice(max(top, 0), max(bottom + 1, 0)), slice(max(left, 0), max(right_edge + 1, 0))
        for row in (top, bottom):
            if 0 <= row < rows:
                codes[row, inside[1]] = REGION
        for column in (left, right_edge):
            if 0 <= column < columns:
                codes[inside[0], column] = REGION
    if view.cross is not None:
        row, column = (
            int((view.cross[0] - seen.top + 0.5) * down),
            int((view.cross[1] - seen.left + 0.5) * right),
        )
        gap_down, gap_right = max(_GAP, int(down)), max(_GAP, int(right))
        if 0 <= row < rows:
            codes[row, : max(0, column - gap_right)] = CROSS
            codes[row, column + gap_right + 1 :] = CROSS
        if 0 <= column < columns:
            codes[: max(0, row - gap_down), column] = CROSS
            codes[row + gap_down + 1 :, column] = CROSS
    return codes


def _place(cells: Cells, codes: Codes, *, mono: bool) -> None:
    picture = mono_cells(codes) if mono else pixel_cells(codes)
    lines, columns = min(picture.shape[0], len(cells) - FOOT), min(picture.shape[1], cells.shape[1])
    if lines <= 0:
        return
    top, left = (len(cells) - FOOT - lines) // 2, (cells.shape[1] - columns) // 2
    cells[top : top + lines, left : left + columns] = picture[:lines, :columns]


def _reading(frame: Frame, view: View) -> Reading | None:
    if view.cross is None:
        return None
    row, column = min(view.cross[0], frame.shape[0] - 1), min(view.cross[1], frame.shape[1] - 1)
    if row < 0 or column < 0:
        return None
    return Reading(
        row, column, float(frame[row, column]), neighbourhood_mean(frame, row, column),
        frame[row].astype(np.float64), frame[:, column].astype(np.float64),
    )  # fmt: skip


# -- the lines below ----------------------------------------------------------------------------------------


def _write_foot(cells: Cells, picture: FramePicture, order: Order) -> None:
    height, width = cells.shape
    if height <= FOOT:
        return
    line = height - FOOT
    if picture.stored:
        _write_bar(cells, line, picture)
    say = _facts(picture) or _legend(picture, order)
    left = max(0, (width - sum(len(text) + 2 for text, _, _ in say)) // 2)
    for text, ink, swatch in say:
        if swatch is not None:
            block = mono_text(swatch) if picture.palette.depth == "mono" else "█"
            write(cells, line + 1, left, block, swatch)
            left += 2
        write(cells, line + 1, left, text, ink)
        left += len(text) + 2


def _write_bar(cells: Cells, line: int, picture: FramePicture) -> None:
    """Counts that are dark, the map, counts that are bright, and how they are stretched."""
    width = cells.shape[1]
    dark, bright = (number(limit, 4) for limit in picture.limits)
    words = f"{picture.view.contrast_text} · {picture.view.reduction}"
    if picture.palette.name != "viridis":
        words += f" · {picture.palette.name}"
    room = width - len(dark) - len(bright) - 4
    bar = max(0, min(_BAR, room))
    if room - bar < len(words) + 2:
        bar = max(8, min(bar, room - len(words) - 2))
    total = len(dark) + len(bright) + bar + 2 + (len(words) + 2 if room - bar >= len(words) + 2 else 0)
    left = max(0, (width - total) // 2)
    write(cells, line, left, dark, FAINT)
    left += len(dark) + 1
    levels = (np.arange(bar) * picture.palette.levels // max(1, bar)).astype(np.int16)
    drawn = mono_cells(levels) if picture.palette.depth == "mono" else levels.astype(np.int64) * 65
    fits = max(0, min(bar, width - left))
    cells[line, left : left + fits] = drawn[:fits]
    left += bar + 1
    write(cells, line, left, bright, FAINT)
    left += len(bright) + 2
    if left + len(words) <= width:
        write(cells, line, left, words, FAINT)


def _facts(picture: FramePicture) -> list[tuple[str, int, int | None]]:
    if not picture.stored:
        return [("no chunk on disk: all zero, or missing", ALARM, MISSING)]
    reading = picture.reading
    if reading is None:
        return []
    parts: list[tuple[str, int, int | None]] = [
        (f"row {reading.row}  col {reading.column}", FAINT, None),
        (number(reading.value, 6), INK, None),
        (f"5×5 {number(reading.around, 5)}", FAINT, None),
    ]
    if not picture.window.whole(picture.shape):
        parts.append((where_text(picture), FAINT, None))
    return parts


def _legend(picture: FramePicture, order: Order) -> list[tuple[str, int, int | None]]:
    """The special colours that are seen, and which part of the frame that is."""
    parts: list[tuple[str, int, int | None]] = []
    if not picture.window.whole(picture.shape):
        parts.append((where_text(picture), FAINT, None))
    seen = set(np.unique(picture.codes).tolist())
    names = {
        SATURATED: f"≥ {number(order.saturated, 3)}", NEGATIVE: "negative", NAN: "not a number", MISSING: "missing",
    }  # fmt: skip
    parts += [(name, FAINT, code) for code, name in names.items() if code in seen]
    return parts


def where_text(picture: FramePicture) -> str:
    """Which part of the frame is seen."""
    seen = picture.window
    rows = f"rows {seen.top}–{seen.bottom - 1}"
    columns = f"cols {seen.left}–{seen.right - 1}"
    zoom = seen.rows / max(1, seen.bottom - seen.top)
    times = f"{zoom:.0f}:1" if zoom >= 1 else f"1:{1 / zoom:.3g}"
    return f"{rows} {columns} {times}"


__all__ = ["FOOT", "OUTSIDE", "TOLERANCE", "FramePicture", "Order", "Reading", "make_picture", "settled"]
