"""The strip of exposures below a frame: one cell for each frame of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..analysis.exposure import Exposure, FrameMark
from .cells import Cells, blank_cells, write
from .palettes import ALARM, FAINT, GOOD, INK, OUTSIDE

MARKS: dict[FrameMark, str] = {None: "·", "good": "▪", "over": "▲", "under": "▼", "zero": "○", "lost": "×"}
"""One cell for each frame of a run."""


def strip_of(
    verdicts: Mapping[int, Exposure], others: Mapping[int, FrameMark], frames: int, at: int | None, width: int
) -> tuple[int, list[FrameMark]]:
    """As many frames as there is room for, around the one under the cursor: the first of them, and their marks."""
    shown = max(0, min(width, frames))
    first = max(0, min(frames - shown, (at or 0) - shown // 2))
    return first, [
        verdicts[index].verdict if index in verdicts else others.get(index)
        for index in range(first, first + shown)
    ]


_INKS: dict[FrameMark, int] = {
    None: FAINT, "good": GOOD, "over": ALARM, "under": ALARM, "zero": ALARM, "lost": ALARM,
}  # fmt: skip


def line_cells(
    width: int, words: str, strong: bool, first: int, verdicts: Sequence[FrameMark], at: int | None
) -> Cells:
    """Return the line below a picture: words, and one cell for each frame; shape (width,).

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
