"""Numbers as physicists read them: few significant digits, aligned, NaN as such."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .text import printable

MISSING = "·"
_DIGITS = 6
_LONGEST_INT = 12


def number(value: Any, digits: int = _DIGITS) -> str:
    """One value of an event, by itself.

    Floats have at most `digits` significant digits, in scientific notation from 1e7 and below 1e-3.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        text = str(value) if abs(value) < 10**30 else f"~1e{math.floor(math.log10(abs(value)))}"
        return (
            text
            if len(text) <= _LONGEST_INT
            else f"{float(value):.{digits - 1}e}"
            if abs(value) < 1e300
            else text
        )
    if not isinstance(value, float):
        return printable(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        return _scientific(value, digits - 1)
    return f"{value:.{digits}g}"


def _scientific(value: float, decimals: int) -> str:
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def column(values: Sequence[Any], digits: int = _DIGITS) -> list[str]:
    """The values of one field, formatted alike, so that right-aligned their decimal points stand in line."""
    floats = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    sizes = [abs(value) for value in floats if value != 0]
    if not sizes:
        return [number(value, digits) for value in values]
    largest, smallest = max(sizes), min(sizes)
    decimals = digits - 1 - math.floor(math.log10(largest))
    if largest >= 1e7 or largest < 1e-3 or (smallest < largest * 1e-5 and smallest < 1e-3):
        return [
            f"{value:.{digits - 2}e}"
            if isinstance(value, float) and math.isfinite(value)
            else number(value, digits)
            for value in values
        ]
    decimals = min(max(decimals, 0), 9)
    texts = {value: f"{value:.{decimals}f}" for value in floats}
    spare = min(len(text) - len(text.rstrip("0")) for text in texts.values()) if decimals else 0
    if spare:
        cut = spare + (spare == decimals)
        texts = {value: text[:-cut] for value, text in texts.items()}
    return [
        texts[value] if isinstance(value, float) and math.isfinite(value) else number(value, digits)
        for value in values
    ]


def in_span(low: float, high: float) -> str:
    """A range such as ``270→369.9``."""
    return f"{number(low, 5)}→{number(high, 5)}"
