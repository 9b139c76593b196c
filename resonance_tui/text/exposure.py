"""Words for a frame's exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbers import number

if TYPE_CHECKING:
    from ..analysis.exposure import Exposure, Thresholds

_MOST = 100.0


def verdict_texts(exposure: Exposure, thresholds: Thresholds, seconds: float | None) -> tuple[str, ...]:
    """Say what is wrong with a frame's exposure, and which would be right.

    From the longest to the shortest text; none where nothing is wrong.

    Parameters
    ----------
    seconds : float, optional
        The exposure the event tells.
    """
    if exposure.verdict == "good":
        return ()
    if exposure.verdict == "zero":
        return ("ALL ZERO",)
    if exposure.verdict == "over":
        text, more = "OVEREXPOSED", f" {exposure.saturated:,} px"
    else:
        seen = max(1, exposure.pixels - exposure.missing)
        text, more = "UNDEREXPOSED", f" {100 * exposure.dim / seen:.0f}% dim"
    if seconds is None or not seconds > 0:
        return (text + more, text)
    better = exposure.suggested(seconds, thresholds)
    advice = ""
    if better is not None and better > _MOST * seconds:  # so far off, noise is all there is to reckon from
        advice = ", try far longer"
    elif better is not None and better > 0:
        advice = f", try {'≤ ' if exposure.verdict == 'over' else ''}{number(better, 2)} s"
    return (f"{text}{more} in {number(seconds, 3)} s{advice}", f"{text}{advice}", text)


def extremes_texts(exposure: Exposure) -> tuple[str, ...]:
    """Say the smallest and the largest pixel of a frame, and how many are saturated; the longest text first."""
    saturated = f" · {exposure.saturated:,} saturated" if exposure.saturated else ""
    highest = f"max {number(exposure.highest, 6)}"
    longest = f"min {number(exposure.lowest, 5)} {highest}{saturated}"
    return (longest, f"{highest}{saturated}", highest)
