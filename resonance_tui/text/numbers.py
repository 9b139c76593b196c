"""Numbers as physicists read them: few significant digits, aligned, NaN as such."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .printable import printable

MISSING = "·"
USUAL_DIGITS = 6
"""Significant digits of a number, unless somebody wants more or less."""

_LONGEST_INT = 12
_MOST_DIGITS = 10


def number(value: Any, digits: int = USUAL_DIGITS) -> str:
    """One value of an event, by itself.

    Floats have at most `digits` significant digits, in scientific notation from 1e7 and below 1e-3.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value, digits)
    if not isinstance(value, float):
        return printable(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    value += 0.0  # no negative zero
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        return _scientific(value, digits - 1)
    if abs(value) >= 10.0 ** (digits - 1):
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def _integer(value: int, digits: int) -> str:
    if abs(value) < 10**_LONGEST_INT:
        return str(value)
    if abs(value) < 10**300:
        return _scientific(float(value), digits - 1)
    return f"{'-' if value < 0 else ''}~1e{math.floor(math.log10(abs(value)))}"


def _scientific(value: float, decimals: int) -> str:
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def column(values: Sequence[Any], digits: int = USUAL_DIGITS) -> list[str]:
    """Return the values of one field, formatted alike, so that right-aligned their decimal points stand in line."""
    numeric = [float(value) for value in values if _aligns(value)]
    sizes = [abs(value) for value in numeric if value != 0]
    if not sizes or not any(isinstance(value, float) and math.isfinite(value) for value in values):
        return [number(value, digits) for value in values]
    largest, smallest = max(sizes), min(sizes)
    whole = math.floor(math.log10(largest))
    decimals = max(digits - 1 - whole, 0)
    if smallest < 10.0**-decimals:  # not one of the last digit: some more, or else powers of ten
        decimals = 1 - math.floor(math.log10(smallest))
    if not 1e-3 <= largest < 1e7 or max(whole, 0) + decimals > _MOST_DIGITS:
        return [
            f"{float(value) + 0.0:.{digits - 2}e}" if _aligns(value) else number(value, digits)
            for value in values
        ]
    texts = {value: f"{value:.{decimals}f}" for value in numeric}
    spare = min(len(text) - len(text.rstrip("0")) for text in texts.values()) if decimals else 0
    if spare:
        cut = spare + (spare == decimals)
        texts = {value: text[:-cut] for value, text in texts.items()}
    return [
        _no_minus_zero(texts[float(value)]) if _aligns(value) else number(value, digits) for value in values
    ]


def _aligns(value: Any) -> bool:
    """Whether a value is written with decimals like the others of its column."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_LONGEST_INT


def _no_minus_zero(text: str) -> str:
    return text if text.strip("-0.") else text.lstrip("-")


def in_span(low: float, high: float) -> str:
    """Return a range such as ``270→369.9``."""
    return f"{number(low, 5)}→{number(high, 5)}"
