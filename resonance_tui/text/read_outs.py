"""What is read from a curve, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis.peaks import ReadOut

_DIGITS = 6
_SHARE_OF_STEP = 50
_MAX_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read from a curve, in words, and as it is copied; of several the `main` one stands out at first."""

    text: str
    value: str
    main: bool = False


def readings(read_outs: Sequence[ReadOut], step: float = 0.0, unit: str = "") -> tuple[Reading, ...]:
    """Put the numbers of a curve in words; what is copied of one is the number alone.

    Parameters
    ----------
    read_outs : sequence of ReadOut
    step : float
        The usual distance between two points, in units of x; 0 where there is none.
    unit : str
        Of x, printable.
    """
    behind = f" {unit}" if unit else ""
    return tuple(reading for one in read_outs for reading in _readings(one, step, behind))


def _readings(one: ReadOut, step: float, unit: str) -> tuple[Reading, ...]:
    if one.name == "flat":
        return (Reading(f"flat at {number(one.value, 5)}", number(one.value, _DIGITS), one.main),)
    if one.name in ("max", "min"):
        at = _position(one.at, step)
        return (
            Reading(f"{one.name} {number(one.value, 4)}", number(one.value, _DIGITS)),
            Reading(f"at {at}{unit}", at, one.main),
        )
    if one.name == "levels":
        way = "rising" if one.second is not None and one.second > one.value else "falling"
        levels = f"{number(one.value, 3)} → {number(one.second, 3)}"
        return (Reading(f"{way} {levels}", levels),)
    if one.name == "fwhm":
        text = number(one.value, 4)
        return (Reading(f"FWHM {text}{unit}{_raw(one)}", text, one.main),)
    text = _position(one.value, step)
    if one.name == "half_max":
        if one.second is None:
            return (Reading(f"half max at {text}{unit}, one side only", text),)
        text = f"{text}…{_position(one.second, step)}"
    name = {"half_height": "half height at", "half_max": "half max"}.get(one.name, one.name)
    return (Reading(f"{name} {text}{unit}{_raw(one)}", text, one.main),)


def _position(x: float | None, step: float) -> str:
    """Return a position, with no more decimals than a fiftieth of the distance between two points."""
    if x is None or not step > 0:
        return number(x, _DIGITS)
    decimals = max(0, math.ceil(-math.log10(step / _SHARE_OF_STEP)))
    return number(round(x, min(decimals, _MAX_DECIMALS)), _MAX_DECIMALS)


def _raw(one: ReadOut) -> str:
    return "" if one.raw is None else f" (raw {number(one.raw, 4)})"
