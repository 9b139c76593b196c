"""Cells of a picture and the text that draws them: as few bytes as the terminal's own state allows.

A cell is one number: two codes of colours, upper half and lower half, or a character with its colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .palettes import FAINT, INK, OUTSIDE, UNSET, Palette, mono_text

Cells = NDArray[np.int64]
"""Shape (lines, columns)."""

_TEXT = 1 << 12
_CHARACTER = 13
_KNOWN_MOST = 50_000  # some 12 MB
_UNKNOWN = UNSET | UNSET << 6

RESET = "\x1b[0m"


def pixel_cells(pixels: NDArray[np.integer]) -> Cells:
    """Cells of two pixels each; below an odd last row lies what is outside.

    Parameters
    ----------
    pixels : array, shape (rows, columns)
        Codes of colours.
    """
    if len(pixels) % 2:
        pixels = np.vstack([pixels, np.full((1, pixels.shape[1]), OUTSIDE, dtype=pixels.dtype)])
    wide = pixels.astype(np.int64)
    return np.asarray(wide[0::2] | wide[1::2] << 6)


def text_cells(text: str, ink: int = INK, ground: int = OUTSIDE) -> Cells:
    """One line of characters, each one cell wide; shape (len(text),)."""
    return np.array([ord(c) << _CHARACTER | _TEXT | ground << 6 | ink for c in text], dtype=np.int64)


def blank_cells(lines: int, columns: int) -> Cells:
    """Nothing but the ground of the pane."""
    return np.full((lines, columns), OUTSIDE | OUTSIDE << 6, dtype=np.int64)


def mono_cells(pixels: NDArray[np.integer]) -> Cells:
    """Cells of a monochrome picture: a character for each pixel, its density rising with the level."""
    look = np.array([ord(mono_text(code)) for code in range(64)], dtype=np.int64)
    return np.asarray(look[pixels] << _CHARACTER | _TEXT | OUTSIDE << 6 | INK)


def under(cells: Cells, line: Cells) -> Cells:
    """Cells with one more line below."""
    return np.vstack([cells, line[None, :]])


def write(cells: Cells, line: int, column: int, text: str, ink: int = FAINT, ground: int = OUTSIDE) -> None:
    """Put a text over cells, as far as there is room."""
    if 0 <= line < cells.shape[0] and column < cells.shape[1]:
        text = text[max(0, -column) :][: cells.shape[1] - max(column, 0)]
        column = max(column, 0)
        cells[line, column : column + len(text)] = text_cells(text, ink, ground)


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
        if len(self._known) > _KNOWN_MOST:
            self._known.clear()
        front, back = state & 63, state >> 6
        upper, lower = cell & 63, cell >> 6 & 63
        if cell & _TEXT:
            character = chr(cell >> _CHARACTER)
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


def pieces(line: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """A line of cells as plain pieces of text of one look each: (text, code in front, code behind)."""
    text, front, back = "", UNSET, UNSET
    for cell in line:
        upper, lower = cell & 63, cell >> 6 & 63
        character = chr(cell >> _CHARACTER) if cell & _TEXT else " " if upper == lower else "▀"
        if (upper, lower) != (front, back) and text:
            yield text, front, back
            text = ""
        front, back = upper, lower
        text += character
    if text:
        yield text, front, back
