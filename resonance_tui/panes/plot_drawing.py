"""A plot as lines of cells: drawn by plotext, off the event loop, and where in it an event is.

What is drawn here does not change as the cursor moves, which is laid over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.strip import Strip

from ..text.numbers import number
from .curve_colours import COLOURS
from .plot.series import Curve, Plot, log_ticks, strokes, thin_out, tick_labels, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

DOTS = {"hd": (2, 2), "braille": (2, 4)}
"""What curves are drawn with, and the dots of a cell across and down: quarter cells, which every terminal's font
has, or braille, which is finer where the font has it."""

_TICK_WIDTH, _TICK_HEIGHT = 10, 2
_FAINT = 0.68
_LARGEST_EXPONENT = 308.0
_AXIS = {True: (110, 122, 136), False: (110, 116, 124)}

Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot as it is drawn.

    Attributes
    ----------
    strips : tuple of Strip
        Its lines, each `width` cells.
    left, top, columns, rows : int
        Where in it the curves are.
    x, y : tuple of float
        What the middle of the first and the last dot there stand for, on the plot's scale.
    dots : tuple of int
        The dots of a cell, across and down.
    """

    strips: tuple[Strip, ...]
    width: int
    left: int
    top: int
    columns: int
    rows: int
    x: Limits
    y: Limits
    dots: tuple[int, int]

    def cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        """The column and line of the cell that holds a point; None where it is not in sight."""
        if not (math.isfinite(x) and math.isfinite(y)) or self.columns < 1 or self.rows < 1:
            return None
        across, down = self.dots
        column = _dot(x, self.x, self.columns * across) // across
        line = self.rows - 1 - _dot(y, self.y, self.rows * down) // down
        if not (0 <= column < self.columns and 0 <= line < self.rows):
            return None
        return self.left + column, self.top + line


def _dot(value: float, limits: Limits, dots: int) -> int:
    # as plotext finds the dot of a value, so that the cursor stands on its curve
    share = (value - limits[0]) / (limits[1] - limits[0])
    return math.floor(round(0.5 + (dots - 1) * min(max(share, -1.0), 2.0), 8))


def draw_plot(
    plot: Plot, position: int, width: int, height: int, *, dark: bool, background: str,
    window: Limits | None = None, dots: str = "hd",
) -> Drawing:  # fmt: skip
    """Draw the curves of a plot that are in sight when the event at `position` is under the cursor.

    Parameters
    ----------
    width, height : int
        Cells.
    background : str
        The colour behind, into which faint curves fade.
    window : tuple of float, optional
        The part of the x axis to draw.
    dots : {"hd", "braille"}
    """
    from textual_plotext import Plot as Figure

    colours = [Color.parse(colour) for colour in COLOURS[dark]]
    behind = Color.parse(background)
    bright, faint = plot.in_sight(position)

    def colour_of(curve: Curve) -> Color:
        return colours[curve.colour_index % len(colours)]

    curves = [(_within(curve, window), behind.blend(colour_of(curve), 1 - _FAINT)) for curve in faint]
    curves += [(_within(curve, window), colour_of(curve)) for curve in bright]
    x_limits = window or _limits([curve.x[np.isfinite(curve.y)] for curve, _ in curves])
    y_limits = _limits([curve.y[_inside(curve.x, x_limits)] for curve in (*bright, *faint)])
    figure = Figure()
    figure.plotsize(width, height)
    figure._set_size(width, height)
    figure.canvas_color("default")
    figure.axes_color("default")
    figure.ticks_color(_AXIS[dark])
    figure.grid(False, False)
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    figure.xlim(*x_limits)
    figure.ylim(*y_limits)
    for curve, colour in curves:
        for xs, ys in strokes(thin_out(curve, max(width - _TICK_WIDTH, 10))):
            draw = figure.plot if len(xs) > 1 else figure.scatter
            draw(xs, ys, color=colour.rgb, marker=dots)
    if not curves or all(not np.isfinite(curve.y).any() for curve, _ in curves):
        figure.scatter([x_limits[0]], [y_limits[0]], color="default", marker=" ")
    places = ticks(*x_limits, width // 9)
    figure.xticks(places, tick_labels(places))
    places, labels = _y_ticks(plot, y_limits, max(3, height // _TICK_HEIGHT))
    figure.yticks(places, labels)
    lines = Text.from_ansi(figure.build()).split()[:height]
    return _drawing(lines, width, x_limits, y_limits, DOTS[dots])


def _within(curve: Curve, window: Limits | None) -> Curve:
    """The part of a curve that is in sight, drawn on to the borders where it goes on beyond them."""
    if window is None:
        return curve
    inside = _inside(curve.x, window)
    x, y = np.where(inside, curve.x, np.nan), np.where(inside, curve.y, np.nan)
    for outer, inner in ((slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1))):
        leaves = ~inside[outer] & inside[inner] & np.isfinite(curve.x[outer]) & np.isnan(x[outer])
        far_x, far_y, near_x, near_y = curve.x[outer], curve.y[outer], curve.x[inner], curve.y[inner]
        with np.errstate(all="ignore"):
            border = np.clip(far_x, *window)
            share = (border - near_x) / (far_x - near_x)
            x[outer] = np.where(leaves, border, x[outer])
            y[outer] = np.where(leaves, near_y + share * (far_y - near_y), y[outer])
    seen = np.isfinite(x)
    if not seen.any():
        return replace(curve, x=x[:0], y=y[:0], positions=curve.positions[:0])
    part = slice(int(seen.argmax()), seen.size - int(seen[::-1].argmax()))
    return replace(curve, x=x[part], y=y[part], positions=curve.positions[:0])


def _inside(x: np.ndarray, window: Limits) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (x >= window[0]) & (x <= window[1])


def _limits(values: Sequence[np.ndarray]) -> Limits:
    every = np.concatenate(values) if values else np.zeros(0)
    every = every[np.isfinite(every)]
    if not every.size:
        return (0.0, 1.0)
    low, high = float(every.min()), float(every.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        room = 0.05 * abs(high) or 1.0
        return (low - room, high + room)
    return (low, high)


def _y_ticks(plot: Plot, limits: Limits, most: int) -> tuple[list[float], list[str]]:
    if plot.spec.scale == "log":
        places = log_ticks(*limits, most)
        return places, [number(_power(place), 2) for place in places]
    if plot.spec.scale == "symlog":
        return _symlog_ticks(plot.linear, limits, most)
    places = ticks(*limits, most) or list(limits)
    return places, tick_labels(places)


def _symlog_ticks(linear: float, limits: Limits, most: int) -> tuple[list[float], list[str]]:
    """Zero, and powers of ten to both sides, as many as have room."""
    largest = math.ceil(max(abs(limits[0]), abs(limits[1]))) + 1
    places = {0.0: "0"}
    for power in range(min(largest, 640)):
        value = linear * _power(power)
        place = math.log10(1.0 + _power(power))
        places |= {place: number(value, 2), -place: number(-value, 2)}
    seen = sorted(place for place in places if limits[0] <= place <= limits[1])
    step = max(1, -(-len(seen) // max(1, most)))
    kept = seen[::step] or [limits[0]]
    lowest = number(math.copysign(linear * (_power(abs(limits[0])) - 1), limits[0]), 2)
    return kept, [places.get(place, lowest) for place in kept]


def _power(exponent: float) -> float:
    """A power of ten; the largest there is where it would be more."""
    return float(10.0 ** min(exponent, _LARGEST_EXPONENT))


def _drawing(lines: Sequence[Text], width: int, x: Limits, y: Limits, dots: tuple[int, int]) -> Drawing:
    texts = [line.plain for line in lines]
    strips = tuple(Strip(_segments(line)).adjust_cell_length(width) for line in lines)
    bottom = next((row for row, text in enumerate(texts) if "└" in text), 0)
    left = texts[bottom].find("└") + 1 if texts else 0
    return Drawing(strips, width, left, 0, max(0, width - left), bottom, x, y, dots)


def _segments(line: Text) -> list[Segment]:
    segments: list[Segment] = []
    plain = line.plain
    at = 0
    for span in sorted(line.spans, key=lambda span: span.start):
        if span.start > at:
            segments.append(Segment(plain[at : span.start]))
        style = span.style if isinstance(span.style, Style) else Style.parse(str(span.style))
        # the background is the pane's
        segments.append(Segment(plain[span.start : span.end], Style(color=style.color)))
        at = max(at, span.end)
    if at < len(plain):
        segments.append(Segment(plain[at:]))
    return segments
