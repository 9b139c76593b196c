"""What is read from a curve, in a line-up's own words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..analysis.readout import Readout
from .numbers import number

_DIGITS = 6
_SHARE_OF_STEP = 50
_MOST_DECIMALS = 12
_SAME = 0.02  # of the width: closer, the value with the baseline is no news


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read from a curve, in words, and as it is copied."""

    text: str
    value: str


def readings(readout: Readout | None) -> tuple[Reading, ...]:
    """The numbers of a curve; what matters most first."""
    if readout is None:
        return ()
    if readout.shape == "flat":
        return (Reading(f"flat at {number(readout.extreme, 5)}", number(readout.extreme, _DIGITS)),)
    at = _place(readout.at, readout)
    name = "min" if readout.shape == "dip" else "max"
    extreme = Reading(f"{name} {number(readout.extreme, 4)} at {at}", at)
    if readout.shape == "edge":
        way = "rising" if readout.rises else "falling"
        levels = f"{number(readout.levels[0], 3)} → {number(readout.levels[1], 3)}"
        if readout.half_cut is None:
            return (extreme, Reading(f"{way} {levels}", levels))
        cut = _place(readout.half_cut, readout)
        return (Reading(f"half cut {cut} {way} ({levels})", cut), extreme)
    found = [extreme]
    width, raw = readout.width, readout.width_raw
    fwhm = width.fwhm if width else None
    if readout.centroid is not None:
        text = _place(readout.centroid, readout)
        near = _SAME * (fwhm or abs(readout.centroid))
        found.append(Reading(f"centroid {text}{_raw(readout.centroid_raw, readout.centroid, near)}", text))
    if width is not None and fwhm is not None:
        text = number(fwhm, 4)
        found.append(Reading(f"FWHM {text}{_raw(raw.fwhm if raw else None, fwhm, _SAME * fwhm)}", text))
        middle = _place(width.middle, readout)
        sides = f"{_place(width.left, readout)}…{_place(width.right, readout)}"
        found.append(Reading(f"half max {sides}, middle {middle}", middle))
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
    return "" if raw is None or abs(raw - value) <= near else f" (with baseline {number(raw, 4)})"
