"""The curves of a plot that are in sight, with their axes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...text.numbers import number
from ..curve_colours import Rgb, blended, curve_colour
from ..curve_renderer import TICK_COLUMNS, Drawing, Frame, Limits, Ticks, limits_of, render
from ..curve_shapes import Curve, log_ticks, tick_labels, ticks

if TYPE_CHECKING:
    from .model import Plot

_TICK_LINES = 2
_FAINT = 0.68
_LARGEST_EXPONENT = 308.0


def draw_plot(
    plot: Plot, position: int, width: int, height: int, *, dark: bool, background: Rgb,
    window: Limits | None = None, dots: str = "hd",
) -> Drawing:  # fmt: skip
    """Draw the curves of a plot that are in sight when the event at `position` is under the cursor.

    Parameters
    ----------
    width, height : int
        Cells.
    background : tuple of int
        The colour behind, into which faint curves fade.
    window : tuple of float, optional
        The part of the x axis to draw.
    dots : {"hd", "braille"}
    """
    bright, faint = plot.in_sight(position)
    curves = [
        (_within(curve, window), blended(background, curve_colour(curve.colour_index, dark=dark), 1 - _FAINT))
        for curve in faint
    ]
    curves += [(_within(curve, window), curve_colour(curve.colour_index, dark=dark)) for curve in bright]
    x_limits = window or limits_of([curve.x[np.isfinite(curve.y)] for curve, _ in curves])
    y_limits = limits_of([curve.y[_inside(curve.x, x_limits)] for curve in (*bright, *faint)])
    places = ticks(*x_limits, width // TICK_COLUMNS)
    y_ticks = _y_ticks(plot, y_limits, max(3, height // _TICK_LINES))
    frame = Frame(x_limits, y_limits, (places, tick_labels(places)), y_ticks)
    return render(curves, frame, width, height, dark=dark, dots=dots)


def _within(curve: Curve, window: Limits | None) -> Curve:
    """Return the part of a curve that is in sight, drawn on to the borders where it goes on beyond them."""
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


def _y_ticks(plot: Plot, limits: Limits, most: int) -> Ticks:
    if plot.spec.scale == "log":
        places = log_ticks(*limits, most)
        return places, [number(_power(place), 2) for place in places]
    if plot.spec.scale == "symlog":
        return _symlog_ticks(plot.linear, limits, most)
    places = ticks(*limits, most) or list(limits)
    return places, tick_labels(places)


def _symlog_ticks(linear: float, limits: Limits, most: int) -> tuple[list[float], list[str]]:
    """Return zero, and powers of ten to both sides, as many as have room."""
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
    """Return a power of ten; the largest there is where it would be more."""
    return float(10.0 ** min(exponent, _LARGEST_EXPONENT))
