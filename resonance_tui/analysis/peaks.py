"""Numbers read from a curve: its maximum, centroid and width, or the cut of a knife edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .axes import Values

_ENDS = 0.1  # of the points: each end, whose mean is the level there
_EDGE = 0.5  # of the range: ends that differ by more are those of an edge


@dataclass(frozen=True, slots=True)
class Width:
    """Where a peak crosses half of its height; None where it does not within the range.

    Attributes
    ----------
    left, right : float or None
        In units of x.
    """

    left: float | None
    right: float | None

    @property
    def fwhm(self) -> float | None:
        """The full width at half maximum, in units of x."""
        return None if self.left is None or self.right is None else self.right - self.left

    @property
    def middle(self) -> float | None:
        """Midway between the crossings, in units of x."""
        return None if self.left is None or self.right is None else (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Readout:
    """What is read from one curve; positions in units of x, heights in units of y.

    Attributes
    ----------
    shape : {"peak", "dip", "edge", "flat"}
    extreme, at : float
        The largest value and where it is; of a dip, the smallest.
    highest, highest_at : float
        The largest value and where it is, whatever the shape.
    points : int
    centroid, centroid_raw : float or None
        With the baseline taken off, and as it is.
    width, width_raw : Width or None
        The same of a peak's or a dip's width.
    half_cut : float or None
        Of an edge: where it is midway between its two levels.
    levels : tuple of float
        The means of both ends.
    step : float
        The usual distance between two points, in units of x; 0 where there is none.
    """

    shape: Literal["peak", "dip", "edge", "flat"]
    extreme: float
    at: float
    highest: float
    highest_at: float
    points: int
    centroid: float | None
    centroid_raw: float | None
    width: Width | None
    width_raw: Width | None
    half_cut: float | None
    levels: tuple[float, float]
    step: float

    @property
    def rises(self) -> bool:
        """Whether an edge goes up with x."""
        return self.levels[1] > self.levels[0]


def read_out(x: Values, y: Values) -> Readout | None:
    """Read the numbers of a curve; None where it has no point.

    Points are taken in the order of x. An edge is a curve whose ends differ by more than half of its range;
    of anything else the local baseline, a straight line through the means of its ends, is taken off.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return None
    x, y = x[finite], y[finite]
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    ends = max(1, round(_ENDS * x.size)) if x.size > 2 else 1
    levels = (float(y[:ends].mean()), float(y[-ends:].mean()))
    span = float(np.ptp(y))
    steps = np.diff(x)
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    top = int(y.argmax())
    high = (float(y[top]), float(x[top]), int(x.size))
    if span == 0 or x.size < 3 or float(np.ptp(x)) == 0:
        return Readout(
            "flat", float(y[top]), float(x[top]), *high, None, None, None, None, None, levels, step
        )
    centres = float(x[:ends].mean()), float(x[-ends:].mean())
    if abs(levels[1] - levels[0]) > _EDGE * span:
        cut = half_cut(x, y, levels)
        return Readout("edge", float(y[top]), float(x[top]), *high, None, None, None, None, cut, levels, step)
    base = levels[0] + (levels[1] - levels[0]) * (x - centres[0]) / (centres[1] - centres[0])
    above = y - base
    if -float(above.min()) > float(above.max()):
        low = int(y.argmin())
        return Readout(
            "dip", float(y[low]), float(x[low]), *high, centroid(x, -above), None, half_width(x, -above),
            None, None, levels, step,
        )  # fmt: skip
    return Readout(
        "peak", float(y[top]), float(x[top]), *high, centroid(x, above), centroid(x, y), half_width(x, above),
        half_width(x, y), None, levels, step,
    )  # fmt: skip


def centroid(x: Values, y: Values) -> float | None:
    """Return the centre of mass above zero, ``∫ x·y dx / ∫ y dx`` by the trapezoidal rule; None without any.

    Parameters
    ----------
    x : array, shape (n,)
        Rising.
    y : array, shape (n,)
        What is below zero counts as zero.
    """
    weight = np.maximum(y, 0.0)
    total = float(np.sum(np.diff(x) * (weight[1:] + weight[:-1])) / 2)
    if not total > 0:
        return None
    moment = float(np.sum(np.diff(x) * (weight[1:] * x[1:] + weight[:-1] * x[:-1])) / 2)
    return moment / total


def half_width(x: Values, y: Values) -> Width:
    """Find where a peak falls through half of its maximum, to both sides, interpolated linearly; in units of x.

    The full width at half maximum of a Gaussian is 2·√(2·ln 2)·σ.
    """
    top = int(y.argmax())
    half = float(y[top]) / 2
    if not half > 0:
        return Width(None, None)
    below_left = np.flatnonzero(y[: top + 1] < half)
    below_right = np.flatnonzero(y[top:] < half)
    left = _crossing(x, y, int(below_left[-1]), half) if below_left.size else None
    right = _crossing(x, y, top + int(below_right[0]) - 1, half) if below_right.size else None
    return Width(left, right)


def half_cut(x: Values, y: Values, levels: tuple[float, float]) -> float | None:
    """Find where an edge is midway between its `levels`, in units of x; of several places the middle one.

    Interpolated linearly. For the integral of a Gaussian beam over a blade (an error function) that is the centre of
    the beam.
    """
    middle = (levels[0] + levels[1]) / 2
    side = y > middle
    places = np.flatnonzero(side[1:] != side[:-1])
    if not places.size:
        return None
    crossings = sorted(_crossing(x, y, int(place), middle) for place in places)
    return crossings[len(crossings) // 2]


def _crossing(x: Values, y: Values, place: int, level: float) -> float:
    """Return the x at which the line between the points `place` and `place + 1` meets a level."""
    x0, x1, y0, y1 = float(x[place]), float(x[place + 1]), float(y[place]), float(y[place + 1])
    return x0 if y1 == y0 else x0 + (x1 - x0) * (level - y0) / (y1 - y0)


# -- which numbers are told of a curve --------------------------------------------------------------------

_SAME = 0.02  # of the width: closer, the value with the baseline is no news
_FEWEST_POINTS = 5
"""Points below which a curve has no shape."""

ReadOutName = Literal["max", "min", "flat", "half_height", "levels", "centroid", "fwhm", "half_max", "middle"]


@dataclass(frozen=True, slots=True)
class ReadOut:
    """One number read from a curve.

    Attributes
    ----------
    name : ReadOutName
    value : float
        Of ``max``, ``min``, ``flat`` and ``levels`` in units of y, else of x. Of ``levels`` that before an edge, of
        ``half_max`` the left side.
    at : float or None
        Of ``max`` and ``min``: where, in units of x.
    second : float or None
        Of ``levels`` that behind the edge; of ``half_max`` the right side, None where there is one side only.
    raw : float or None
        The value without the baseline taken off, where it is another.
    main : bool
        Whether it is what such a scan is made for.
    """

    name: ReadOutName
    value: float
    at: float | None = None
    second: float | None = None
    raw: float | None = None
    main: bool = False


def read_outs(readout: Readout | None, kind: str = "scan") -> tuple[ReadOut, ...]:
    """Choose the numbers to be told of a curve; what matters most for the kind of scan first.

    Parameters
    ----------
    readout : Readout or None
    kind : str
        As `analysis.axes.Kind`.
    """
    if readout is None:
        return ()
    if readout.shape == "flat":
        return (ReadOut("flat", readout.extreme, main=True),)
    highest = ReadOut("max", readout.highest, readout.highest_at, main=True)
    if kind == "count" or readout.points < _FEWEST_POINTS:  # no shape to speak of
        return (highest,)
    if readout.shape == "edge":
        edge = _edge(readout)
        return (highest, *edge) if kind == "energy" else (*edge, replace(highest, main=False))
    if readout.shape == "dip":
        dip = ReadOut("min", readout.extreme, readout.at, main=True)
        if kind == "energy":
            return highest, replace(dip, main=False)
        return (dip, *_peak(readout), replace(highest, main=False))
    return (highest, *_peak(readout))


def _edge(readout: Readout) -> tuple[ReadOut, ...]:
    levels = ReadOut("levels", readout.levels[0], second=readout.levels[1])
    return (
        (levels,)
        if readout.half_cut is None
        else (ReadOut("half_height", readout.half_cut, main=True), levels)
    )


def _peak(readout: Readout) -> tuple[ReadOut, ...]:
    """Tell centroid and width above the line through both ends; as the curve is, too, where that differs."""
    found = []
    width, raw = readout.width, readout.width_raw
    fwhm = width.fwhm if width else None
    if readout.centroid is not None:
        near = _SAME * (fwhm or abs(readout.centroid))
        found.append(
            ReadOut("centroid", readout.centroid, raw=_other(readout.centroid_raw, readout.centroid, near))
        )
    if width is not None and width.left is not None and width.right is not None and fwhm is not None:
        other = _other(raw.fwhm if raw else None, fwhm, _SAME * fwhm)
        found.append(ReadOut("fwhm", fwhm, raw=other))
        found.append(ReadOut("half_max", width.left, second=width.right))
        found.append(ReadOut("middle", (width.left + width.right) / 2))
    elif width is not None and (side := width.left if width.left is not None else width.right) is not None:
        found.append(ReadOut("half_max", side))
    return tuple(found)


def _other(raw: float | None, value: float, near: float) -> float | None:
    return None if raw is None or abs(raw - value) <= near else raw
