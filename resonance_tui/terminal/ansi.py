"""Cells of a picture → the ANSI text that draws them: as few bytes as the terminal's own state allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..picture.cells import CHARACTER, TEXT
from ..picture.palettes import OUTSIDE, UNSET

if TYPE_CHECKING:
    from ..picture.palettes import Palette

RESET = "\x1b[0m"

_MAX_KNOWN = 50_000  # some 12 MB
_UNKNOWN = UNSET | UNSET << 6


class Pen:
    """Turns lines of cells into the text that draws them in one kind of terminal.

    For each cell only the colour that changes is set, and of ``▀ ▄ █`` and the space that one is taken which
    uses the colours already set. What a cell costs depends on nothing but the cell and those two colours, so
    each such step is worked out once.
    """

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self._known: dict[int, tuple[str, int]] = {}

    def draw(self, line: Sequence[int]) -> str:
        """Draw a whole line of cells, from wherever the terminal's cursor is; the colours are reset at its end."""
        return self.redraw(line, [True] * len(line))

    def redraw(self, line: Sequence[int], changed: Sequence[bool]) -> str:
        """Draw the cells that changed and jump over the others, which the terminal shows already."""
        known, state, out, gap = self._known, _UNKNOWN, [], 0
        for cell, new in zip(line, changed, strict=True):
            if not new:
                gap += 1
                continue
            if gap:
                out.append("\x1b[C" if gap == 1 else f"\x1b[{gap}C")
                gap = 0
            step = known.get(cell << 12 | state)
            if step is None:
                step = self._step(cell, state)
            text, state = step
            out.append(text)
        if state != _UNKNOWN:
            out.append(RESET)
        return "".join(out)

    def _step(self, cell: int, state: int) -> tuple[str, int]:
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        front, back = state & 63, state >> 6
        upper, lower = cell & 63, cell >> 6 & 63
        if cell & TEXT:
            character = chr(cell >> CHARACTER)
            front_wanted = front if character == " " else upper
            step = self._set(character, front_wanted, lower, front, back)
        elif upper == lower:
            use_front = front == upper and back != upper
            step = ("█", state) if use_front else self._set(" ", front, upper, front, back)
        elif front == upper or back == lower or not (front == lower or back == upper):
            step = self._set("▀", upper, lower, front, back)
        else:
            step = self._set("▄", lower, upper, front, back)
        self._known[cell << 12 | state] = step
        return step

    def _set(self, character: str, front: int, back: int, front_now: int, back_now: int) -> tuple[str, int]:
        codes = []
        if front != front_now:
            codes.append(self.palette.foreground[front])
        if back != back_now:
            codes.append(self.palette.background[back])
        wanted = ";".join(filter(None, codes))
        if not self.palette.foreground[OUTSIDE]:  # nothing is ever set: there is nothing to reset
            return character, _UNKNOWN
        return (f"\x1b[{wanted}m{character}" if wanted else character), front | back << 6
