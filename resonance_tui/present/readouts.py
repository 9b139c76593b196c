"""What is read from a curve, in a line-up's own words."""

from __future__ import annotations

from dataclasses import dataclass

from ..analysis.readout import Readout
from .numbers import number

_DIGITS = 6
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
    at = number(readout.at, _DIGITS)
    name = "min" if readout.shape == "dip" else "max"
    extreme = Reading(f"{name} {number(readout.extreme, 4)} at {at}", at)
    if readout.shape == "edge":
        way = "rising" if readout.rises else "falling"
        levels = f"{number(readout.levels[0], 3)} → {number(readout.levels[1], 3)}"
        if readout.half_cut is None:
            return (extreme, Reading(f"{way} {levels}", levels))
        cut = number(readout.half_cut, _DIGITS)
        return (Reading(f"half cut {cut} {way} ({levels})", cut), extreme)
    found = [extreme]
    width, raw = readout.width, readout.width_raw
    fwhm = width.fwhm if width else None
    if readout.centroid is not None:
        text = number(readout.centroid, _DIGITS)
        near = _SAME * (fwhm or abs(readout.centroid))
        found.append(Reading(f"centroid {text}{_raw(readout.centroid_raw, readout.centroid, near)}", text))
    if width is not None and fwhm is not None:
        text = number(fwhm, 4)
        found.append(Reading(f"FWHM {text}{_raw(raw.fwhm if raw else None, fwhm, _SAME * fwhm)}", text))
        middle = number(width.middle, _DIGITS)
        sides = f"{number(width.left, _DIGITS)}…{number(width.right, _DIGITS)}"
        found.append(Reading(f"half max {sides}, middle {middle}", middle))
    elif width is not None and (width.left is not None or width.right is not None):
        side = number(width.left if width.left is not None else width.right, _DIGITS)
        found.append(Reading(f"half max at {side}, one side only", side))
    return tuple(found)


def _raw(raw: float | None, value: float, near: float) -> str:
    """The value without the baseline taken off, where it is another."""
    return "" if raw is None or abs(raw - value) <= near else f" (with baseline {number(raw, 4)})"
