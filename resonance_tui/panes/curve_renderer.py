"""Curves as lines of cells: drawn by plotext, off the event loop, for the plot and for curves beside a frame alike.

What is drawn here does not change as the cursor moves, which is laid over it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from .curve_colours import Rgb
from .curve_shapes import Curve, strokes, thin_out

DOTS = {"hd": (2, 2), "braille": (2, 4)}
"""What curves are drawn with, and the dots of a cell across and down: quarter cells, which every terminal's font
has, or braille, which is finer where the font has it."""

TICK_COLUMNS = 9
"""Cells that a label below the x axis takes, with its gap."""

_LABEL_CELLS = 10  # cells that the labels of the y axis take, about
_AXIS = {True: (110, 122, 136), False: (110, 116, 124)}

Limits = tuple[float, float]
Ticks = tuple[list[float], list[str]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Curves as they are drawn.

    Attributes
    ----------
    lines : tuple of tuple of Segment
        Each `width` cells.
    left, top, columns, rows : int
        Where in it the curves are.
    x, y : tuple of float
        What the middle of the first and the last dot there stand for, on the plot's scale.
    dots : tuple of int
        The dots of a cell, across and down.
    """

    lines: tuple[tuple[Segment, ...], ...]
    width: int
    left: int
    top: int
    columns: int
    rows: int
    x: Limits
    y: Limits
    dots: tuple[int, int]

    def cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the column and line of the cell that holds a point; None where it is not in sight."""
        if not (math.isfinite(x) and math.isfinite(y)) or self.columns < 1 or self.rows < 1:
            return None
        across, down = self.dots
        column = _dot(x, self.x, self.columns * across) // across
        line = self.rows - 1 - _dot(y, self.y, self.rows * down) // down
        if not (0 <= column < self.columns and 0 <= line < self.rows):
            return None
        return self.left + column, self.top + line


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around curves.

    Attributes
    ----------
    x, y : tuple of float
        What is in sight.
    x_ticks, y_ticks : tuple
        Places and labels.
    x_label : str
    marks : tuple of float
        The x of vertical lines.
    """

    x: Limits
    y: Limits
    x_ticks: Ticks
    y_ticks: Ticks
    x_label: str = ""
    marks: tuple[float, ...] = ()


def render(
    curves: Sequence[tuple[Curve, Rgb]],
    frame: Frame,
    width: int,
    height: int,
    *,
    dark: bool,
    dots: str = "hd",
) -> Drawing:
    """Draw curves, each in its colour, the last one on top.

    Parameters
    ----------
    width, height : int
        Cells.
    dots : {"hd", "braille"}
    """
    from textual_plotext import Plot as Figure

    figure = Figure()
    figure.plotsize(width, height)
    figure._set_size(width, height)
    figure.canvas_color("default")
    figure.axes_color("default")
    figure.ticks_color(_AXIS[dark])
    figure.grid(False, False)
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    figure.xlim(*frame.x)
    figure.ylim(*frame.y)
    for mark in frame.marks:
        if frame.x[0] <= mark <= frame.x[1]:
            figure.vline(mark, _AXIS[dark])
    for curve, rgb in curves:
        for xs, ys in strokes(thin_out(curve, max(width - _LABEL_CELLS, 10))):
            draw = figure.plot if len(xs) > 1 else figure.scatter
            draw(xs, ys, color=rgb, marker=dots)
    if not any(np.isfinite(curve.y).any() for curve, _ in curves):
        figure.scatter([frame.x[0]], [frame.y[0]], color="default", marker=" ")
    figure.xticks(*frame.x_ticks)
    figure.yticks(*frame.y_ticks)
    if frame.x_label:
        figure.xlabel(frame.x_label)
    lines = Text.from_ansi(figure.build()).split()[:height]
    return _drawing(lines, width, frame.x, frame.y, DOTS[dots])


def limits_of(values: Sequence[np.ndarray]) -> Limits:
    """Return the least and the largest of values, or some room around one value."""
    every = np.concatenate(values) if values else np.zeros(0)
    every = every[np.isfinite(every)]
    if not every.size:
        return (0.0, 1.0)
    low, high = float(every.min()), float(every.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        room = 0.05 * abs(high) or 1.0
        return (low - room, high + room)
    return (low, high)


def _dot(value: float, limits: Limits, dots: int) -> int:
    # as plotext finds the dot of a value, so that the cursor stands on its curve
    share = (value - limits[0]) / (limits[1] - limits[0])
    return math.floor(round(0.5 + (dots - 1) * min(max(share, -1.0), 2.0), 8))


def _drawing(lines: Sequence[Text], width: int, x: Limits, y: Limits, dots: tuple[int, int]) -> Drawing:
    texts = [line.plain for line in lines]
    drawn = tuple(tuple(Segment.adjust_line_length(_segments(line), width)) for line in lines)
    bottom = next((row for row, text in enumerate(texts) if "└" in text), 0)
    left = texts[bottom].find("└") + 1 if texts else 0
    return Drawing(drawn, width, left, 0, max(0, width - left), bottom, x, y, dots)


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
