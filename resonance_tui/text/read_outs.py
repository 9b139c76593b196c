"""What is read from a curve, in a line-up's own words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .numbers import number

if TYPE_CHECKING:
    from ..analysis.axes import Kind
    from ..analysis.readout import Readout

_DIGITS = 6
_SHARE_OF_STEP = 50
_MOST_DECIMALS = 12
_SAME = 0.02  # of the width: closer, the value with the baseline is no news
_FEW = 5
"""Points below which a curve has no shape."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read from a curve, in words, and as it is copied; of several the `main` one stands out at first."""

    text: str
    value: str
    main: bool = False


def readings(readout: Readout | None, kind: Kind = "scan") -> tuple[Reading, ...]:
    """The numbers of a curve; what matters most for the kind of scan first."""
    if readout is None:
        return ()
    if readout.shape == "flat":
        return (Reading(f"flat at {number(readout.extreme, 5)}", number(readout.extreme, _DIGITS), True),)
    highest = _extreme("max", readout.highest, readout.highest_at, readout)
    if kind == "count" or readout.points < _FEW:  # no shape to speak of
        return highest
    if readout.shape == "edge":
        edge = _edge(readout)
        return (*highest, *edge) if kind == "energy" else (*edge, *_no_main(highest))
    if readout.shape == "dip":
        dip = _extreme("min", readout.extreme, readout.at, readout)
        return (*highest, *_no_main(dip)) if kind == "energy" else (*dip, *_peak(readout), *_no_main(highest))
    return (*highest, *_peak(readout))


def _extreme(name: str, value: float, at: float, readout: Readout) -> tuple[Reading, ...]:
    place = _place(at, readout)
    return Reading(f"{name} {number(value, 4)}", number(value, _DIGITS)), Reading(f"at {place}", place, True)


def _no_main(found: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(Reading(one.text, one.value) for one in found)


def _edge(readout: Readout) -> tuple[Reading, ...]:
    way = "rising" if readout.rises else "falling"
    levels = f"{number(readout.levels[0], 3)} → {number(readout.levels[1], 3)}"
    if readout.half_cut is None:
        return (Reading(f"{way} {levels}", levels),)
    cut = _place(readout.half_cut, readout)
    return (Reading(f"half cut {cut}", cut, True), Reading(f"{way} {levels}", levels))


def _peak(readout: Readout) -> tuple[Reading, ...]:
    """Centroid and width, above the line through both ends; as the curve is, where that is another value."""
    found = []
    width, raw = readout.width, readout.width_raw
    fwhm = width.fwhm if width else None
    if readout.centroid is not None:
        text = _place(readout.centroid, readout)
        near = _SAME * (fwhm or abs(readout.centroid))
        found.append(Reading(f"centroid {text}{_raw(readout.centroid_raw, readout.centroid, near)}", text))
    if width is not None and fwhm is not None:
        text = number(fwhm, 4)
        found.append(Reading(f"FWHM {text}{_raw(raw.fwhm if raw else None, fwhm, _SAME * fwhm)}", text))
        sides = f"{_place(width.left, readout)}…{_place(width.right, readout)}"
        found.append(Reading(f"half max {sides}", sides))
        middle = _place(width.middle, readout)
        found.append(Reading(f"middle {middle}", middle))
    elif width is not None and (width.left is not None or width.right is not None):
        side = _place(width.left if width.left is not None else width.right, readout)
        found.append(Reading(f"half max at {side}, one side only", side))
    return tuple(found)


def _place(x: float | None, readout: Readout) -> str:
    """A position, with no more decimals than a fiftieth of the distance between two points."""
    if x is None or not readout.step > 0:
        return number(x, _DIGITS)
    decimals = max(0, math.ceil(-math.log10(readout.step / _SHARE_OF_STEP)))
    return number(round(x, min(decimals, _MOST_DECIMALS)), _MOST_DECIMALS)


def _raw(raw: float | None, value: float, near: float) -> str:
    """The value without the baseline taken off, where it is another."""
    return "" if raw is None or abs(raw - value) <= near else f" (raw {number(raw, 4)})"
