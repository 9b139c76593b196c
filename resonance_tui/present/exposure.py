"""Words and marks for a frame's exposure."""

from __future__ import annotations

from collections.abc import Mapping

from ..analysis.exposure import Exposure, Thresholds, Verdict
from .numbers import number

MARKS: dict[Verdict | None, str] = {None: "·", "good": "▪", "over": "▲", "under": "▼", "zero": "○"}
"""One cell for each frame of a run; None stands for a frame nobody has looked at yet."""

_LEAST, _MOST = 1e-4, 1e4


def verdict_text(exposure: Exposure, thresholds: Thresholds, seconds: float | None) -> str:
    """What is wrong with a frame's exposure, and which would be right; empty where nothing is.

    Parameters
    ----------
    seconds : float, optional
        The exposure the event tells.
    """
    if exposure.verdict == "zero":
        return "ALL ZERO"
    if exposure.verdict == "good":
        return ""
    if exposure.verdict == "over":
        text = f"OVEREXPOSED {exposure.saturated:,} px ≥ {number(thresholds.saturated, 3)}"
    else:
        text = f"UNDEREXPOSED {100 * exposure.dim / max(1, exposure.pixels):.0f}% < {number(thresholds.dim, 3)}"
    better = None if seconds is None else exposure.suggested(seconds, thresholds)
    if seconds and better is not None and better > 0 and _LEAST < better / seconds < _MOST:
        sign = "≤ " if exposure.bright >= thresholds.saturated else ""
        text += f" · try {sign}{better:.2g} s"
    return text


def strip_of(
    verdicts: Mapping[int, Exposure], frames: int, at: int | None, width: int
) -> tuple[int, list[Verdict | None]]:
    """As many frames as there is room for, around the one under the cursor: the first of them, and their verdicts."""
    shown = max(0, min(width, frames))
    first = max(0, min(frames - shown, (at or 0) - shown // 2))
    return first, [
        verdicts[index].verdict if index in verdicts else None for index in range(first, first + shown)
    ]
