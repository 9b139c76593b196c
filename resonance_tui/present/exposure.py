"""Words and marks for a frame's exposure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..analysis.exposure import Exposure, Thresholds, Verdict
from .cells import Cells, blank_cells, write
from .colours import ALARM, FAINT, GOOD, INK, OUTSIDE
from .numbers import number

Mark = Verdict | Literal["lost"] | None
"""What is known of a frame: its exposure, that it cannot be read, or nothing yet."""

MARKS: dict[Mark, str] = {None: "·", "good": "▪", "over": "▲", "under": "▼", "zero": "○", "lost": "×"}
"""One cell for each frame of a run."""

_MOST = 100.0


def verdict_texts(exposure: Exposure, thresholds: Thresholds, seconds: float | None) -> tuple[str, ...]:
    """What is wrong with a frame's exposure, and which would be right: from the longest to the shortest text; none
    where nothing is wrong.

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
    """The smallest and the largest pixel of a frame, and how many are saturated: from the longest to the shortest."""
    saturated = f" · {exposure.saturated:,} saturated" if exposure.saturated else ""
    highest = f"max {number(exposure.highest, 6)}"
    longest = f"min {number(exposure.lowest, 5)} {highest}{saturated}"
    return (longest, f"{highest}{saturated}", highest)


def strip_of(
    verdicts: Mapping[int, Exposure], others: Mapping[int, Mark], frames: int, at: int | None, width: int
) -> tuple[int, list[Mark]]:
    """As many frames as there is room for, around the one under the cursor: the first of them, and their marks."""
    shown = max(0, min(width, frames))
    first = max(0, min(frames - shown, (at or 0) - shown // 2))
    return first, [
        verdicts[index].verdict if index in verdicts else others.get(index)
        for index in range(first, first + shown)
    ]


_INKS: dict[Mark, int] = {
    None: FAINT, "good": GOOD, "over": ALARM, "under": ALARM, "zero": ALARM, "lost": ALARM,
}  # fmt: skip


def line_cells(
    width: int, words: str, strong: bool, first: int, verdicts: Sequence[Mark], at: int | None
) -> Cells:
    """The line below a picture: words, and one cell for each frame; shape (width,).

    The mark of frame `at` stands out; `first` is the frame of the first mark.
    """
    cells = blank_cells(1, width)
    write(cells, 0, 0, words, INK if strong else FAINT)
    start = len(words) + 2 if words else 0
    for place, verdict in enumerate(verdicts):
        here = at == first + place
        ink = _INKS[verdict]
        write(cells, 0, start + place, MARKS[verdict], OUTSIDE if here else ink, ink if here else OUTSIDE)
    line: Cells = cells[0]
    return line
