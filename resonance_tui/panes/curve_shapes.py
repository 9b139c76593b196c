"""The points of a curve as they are drawn: few enough for the pane, in connected strokes, between round ticks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..analysis.axes import Values, sweep_index
from ..text.numbers import number

_POINTS_PER_COLUMN = 4
_MANY_SWEEPS = 3


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot.

    Attributes
    ----------
    x, y : array, shape (n,)
        As they are drawn: on the plot's scale, with its offset.
    positions : array, shape (n,)
        The places of its points within the stream; empty for a curve of another run.
    colour_index : int
        Which of the colours.
    trace, y_index : int
        Which trace of the run, and which of the plot's fields.
    """

    label: str
    x: Values
    y: Values
    positions: NDArray[np.intp]
    colour_index: int = 0
    trace: int = 0
    y_index: int = 0


def thin_out(curve: Curve, columns: int) -> Curve:
    """At most about four points a column: of every stretch its ends, its lowest and its highest.

    A single spike among 100,000 points survives. Where many sweeps overlap, what is left is their
    outline: the lowest and the highest at each x.
    """
    n = curve.x.size
    most = _POINTS_PER_COLUMN * max(columns, 10)
    if n <= most:
        return curve
    sweeps = int(sweep_index(curve.x)[-1]) + 1
    index = _outline(curve, most // 2) if sweeps > _MANY_SWEEPS else _extremes(curve, most)
    positions = curve.positions[index] if curve.positions.size else curve.positions
    return replace(curve, x=curve.x[index], y=curve.y[index], positions=positions)


def _extremes(curve: Curve, most: int) -> NDArray[np.intp]:
    borders = np.linspace(0, curve.x.size, most // _POINTS_PER_COLUMN + 1).astype(np.intp)
    kept: list[int] = []
    for start, stop in pairwise(borders.tolist()):
        part = curve.y[start:stop]
        finite = np.flatnonzero(np.isfinite(part) & np.isfinite(curve.x[start:stop]))
        if finite.size == 0:
            kept.append(start)  # one NaN keeps the gap
            continue
        values = part[finite]
        picks = {finite[0], finite[-1], finite[values.argmin()], finite[values.argmax()]}
        kept.extend(sorted(start + int(pick) for pick in picks))
    return np.array(kept, dtype=np.intp)


def _outline(curve: Curve, bins: int) -> NDArray[np.intp]:
    finite = np.flatnonzero(np.isfinite(curve.x) & np.isfinite(curve.y))
    if not finite.size:
        return finite
    x = curve.x[finite]
    low, span = float(x.min()), float(np.ptp(x)) or 1.0
    place = np.minimum(((x - low) / span * bins).astype(np.intp), bins - 1)
    order = np.lexsort((curve.y[finite], place))
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    last = np.append(first[1:], order.size) - 1
    ends = np.stack([first, last], axis=1)
    ends[1::2] = ends[1::2, ::-1]  # up, along, down, along: no slanting line in between
    return np.asarray(finite[order[ends.ravel()]], dtype=np.intp)


def strokes(curve: Curve) -> list[tuple[list[float], list[float]]]:
    """Return the connected parts of a curve: broken where a value is missing and where a sweep starts over."""
    finite = np.isfinite(curve.x) & np.isfinite(curve.y)
    if not finite.any():
        return []
    steps = np.diff(curve.x)
    jump = np.zeros(steps.size, dtype=bool)
    if steps.size > 2 and np.isfinite(steps).any():
        moved = steps[np.isfinite(steps) & (steps != 0)]
        forward = float(np.sign(np.median(moved))) if moved.size else 0.0
        with np.errstate(invalid="ignore"):
            jump = -forward * steps > 0.5 * float(np.ptp(curve.x[finite]))
    cut = np.flatnonzero(~finite[1:] | ~finite[:-1] | jump) + 1
    parts = []
    for index in np.split(np.arange(curve.x.size), cut):
        index = index[finite[index]]
        if index.size:
            parts.append((curve.x[index].tolist(), curve.y[index].tolist()))
    return parts


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values between `low` and `high`: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not np.isfinite(span) or span < 1e-300 or most < 2:
        return [low] if np.isfinite(low) else []
    rough = span / (most - 1)
    power = 10.0 ** float(np.floor(np.log10(rough)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Like `ticks`, of decadic logarithms: whole decades, and their 2s and 5s where there is room."""
    for factors in ((1, 2, 5), (1, 3), (1,)):
        places = [
            power + float(np.log10(factor))
            for power in range(int(np.floor(low)), int(np.ceil(high)) + 1)
            for factor in factors
        ]
        places = [place for place in places if low - 1e-9 <= place <= high + 1e-9]
        if len(places) <= most:
            break
    return places[:: -(-len(places) // max(1, most))] if places else [low]


def tick_labels(values: list[float]) -> list[str]:
    """Ticks in words, with as many decimals as their step needs."""
    step = min((b - a for a, b in pairwise(values)), default=0.0)
    if step < 1e-4 or max(map(abs, values)) >= 1e6:
        return [number(value) for value in values]
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    return [f"{value + 0.0:.{decimals}f}" for value in values]
