"""Curves made ready to be drawn: gaps where there is nothing to draw, few enough points for the pane."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..analysis.axes import Axes, clusters, nearest_cluster, short_name
from .numbers import number
from .text import printable

Values = NDArray[np.float64]

_TOO_LARGE = 1e300  # plotext's own arithmetic overflows beyond it
_POINTS_PER_COLUMN = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot; `positions` are the places of its points within the stream."""

    label: str
    x: Values
    y: Values
    positions: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Plot:
    """What a plot pane shows.

    Attributes
    ----------
    x_name, y_name : str
        Printable names of the fields.
    curves : tuple of Curve
    x, y : array, shape (n,)
        All events of the stream, by position; NaN where missing.
    left_out : int
        Events without a finite x and y.
    slow : tuple of str
        Printable names of the motors that tell the curves apart.
    """

    x_name: str
    y_name: str
    curves: tuple[Curve, ...]
    x: Values
    y: Values
    left_out: int
    slow: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        """What is drawn over what, and what is left out."""
        text = f"{self.y_name} over {self.x_name}"
        if len(self.curves) > 1:
            text += f" × {len(self.curves)} {', '.join(self.slow)}"
        return text + (f" · {self.left_out:,} without a value" if self.left_out else "")

    def describe(self, position: int) -> str:
        """The values under the cursor."""
        if not 0 <= position < self.x.size:
            return ""
        return f"{self.x_name} {number(float(self.x[position]))}  {self.y_name} {number(float(self.y[position]))}"


def drawable(values: Values) -> Values:
    """The values with NaN for everything that cannot be drawn."""
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) < _TOO_LARGE, values, np.nan)


def make_plot(x_field: str, y_field: str, columns: dict[str, Values], axes: Axes) -> Plot:
    """Cut a signal into one curve per value of the slow motors."""
    x, y = drawable(columns[x_field]), drawable(columns[y_field])
    keys = np.zeros(x.size, dtype=np.intp)
    labels = [""]
    for name in axes.slow:
        places = clusters(columns[name])
        index = nearest_cluster(np.nan_to_num(columns[name], nan=float(places[0])), places)
        labels = [
            f"{head} {short_name(name)} {number(float(p), 4)}".strip() for head in labels for p in places
        ]
        keys = keys * places.size + index
    curves = []
    for key, label in enumerate(labels):
        positions = np.flatnonzero(keys == key)
        if positions.size:
            curves.append(Curve(printable(label, 40), x[positions], y[positions], positions))
    left_out = int(x.size - np.count_nonzero(np.isfinite(x) & np.isfinite(y)))
    slow = tuple(printable(short_name(name), 20) for name in axes.slow)
    return Plot(
        printable(short_name(x_field), 40),
        printable(short_name(y_field), 40),
        tuple(curves),
        x,
        y,
        left_out,
        slow,
    )


def thin_out(curve: Curve, columns: int) -> Curve:
    """At most about four points a column: of every stretch its ends, its lowest and its highest.

    A single spike among 100,000 points survives.
    """
    n = curve.x.size
    most = _POINTS_PER_COLUMN * max(columns, 10)
    if n <= most:
        return curve
    borders = np.linspace(0, n, most // _POINTS_PER_COLUMN + 1).astype(np.intp)
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
    index = np.array(kept, dtype=np.intp)
    return Curve(curve.label, curve.x[index], curve.y[index], curve.positions[index])


def strokes(curve: Curve) -> list[tuple[list[float], list[float]]]:
    """The connected parts of a curve: broken where a value is missing and where a sweep starts over."""
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
