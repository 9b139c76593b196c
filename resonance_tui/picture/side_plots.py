"""Curves beside a picture: cuts, radial profile, histogram, a region over the frames of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import Stretch, in_order, stretched
from ..text.numbers import number

Values = NDArray[np.float64]

_TICKS = 6

KINDS = ("cuts", "radial", "histogram", "region")


@dataclass(frozen=True, slots=True)
class Line:
    """One curve of a panel, ready to be drawn; `y` is the decadic logarithm where the panel says so."""

    label: str
    x: Values
    y: Values


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    title : str
        Says what the curves are.
    log : bool
        Whether `y` holds logarithms.
    ticks : tuple of (float, str), optional
        Places on the x axis and what is written there, where it is not the numbers themselves.
    marks : tuple of float
        Places on the x axis that are marked: the crosshair, the frame under the cursor.
    """

    kind: str
    title: str
    x_name: str
    lines: tuple[Line, ...]
    log: bool = False
    marks: tuple[float, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()


def cuts_panel(row: int, column: int, along_row: Values, along_column: Values) -> Panel:
    """Return the row and the column through the crosshair."""
    return Panel(
        "cuts",
        "cuts",
        "pixel",
        (
            Line(f"row {row}", np.arange(len(along_row), dtype=np.float64), along_row),
            Line(f"column {column}", np.arange(len(along_column), dtype=np.float64), along_column),
        ),
        marks=(float(column), float(row)),
    )


def radial_panel(centre: tuple[float, float], radius: Values, mean: Values, *, found: bool) -> Panel:
    """Return the azimuthal mean around a centre."""
    where = f"{number(round(centre[0], 1))}, {number(round(centre[1], 1))}"
    return Panel(
        "radial",
        f"radial mean · centre {where}{' (centroid)' if found else ''}",
        "radius (pixel)",
        (Line("azimuthal mean", radius, _log10(mean)),),
        log=True,
    )


def histogram_panel(value: Values, count: Values, limits: tuple[float, float], stretch: Stretch) -> Panel:
    """How often each value occurs, over an axis with the picture's stretch, whose limits are marked."""
    if not len(value):
        return Panel("histogram", "no pixel is a number", "counts", (), log=True)
    ends = in_order(float(value[0]), float(value[-1]))
    share = stretched(value, ends, stretch)
    marks = stretched(np.array(limits), ends, stretch)
    places = np.interp(np.linspace(0, 1, _TICKS), share, value)
    return Panel(
        "histogram",
        f"histogram · {stretch} axis, log counts",
        "value of a pixel",
        (Line("pixels", share, _log10(count)),),
        log=True,
        marks=(float(marks[0]), float(marks[1])),
        ticks=tuple(
            (float(at), number(float(place), 2))
            for at, place in zip(np.linspace(0, 1, _TICKS), places, strict=True)
        ),
    )


def region_panel(label: str, x: Values, total: Values, at: float | None, done: int, of: int) -> Panel:
    """Return the sum of a region over the frames of the run."""
    progress = "" if done >= of else f"  {done} of {of} frames, esc stops"
    return Panel(
        "region",
        f"sum of the region over the frames{progress}",
        label,
        (Line("sum", x, total),),
        marks=() if at is None else (at,),
    )


def _log10(values: Values) -> Values:
    """Decadic logarithms; NaN where there is none."""
    return np.log10(np.where(values > 0, values, np.nan))
