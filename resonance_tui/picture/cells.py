"""Cells of a picture: what a terminal shows in each, as one number.

A cell is one number: two codes of colours, upper half and lower half, or a character with its colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .palettes import FAINT, INK, OUTSIDE, UNSET, mono_text

Cells = NDArray[np.int64]
"""Shape (lines, columns)."""

TEXT = 1 << 12
"""Marks a cell that is a character."""

CHARACTER = 13
"""Bits below the code of that character."""


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


def text_cells(text: str, ink: int = INK, background: int = OUTSIDE) -> Cells:
    """One line of characters, each one cell wide; shape (len(text),)."""
    return np.array([ord(c) << CHARACTER | TEXT | background << 6 | ink for c in text], dtype=np.int64)


def blank_cells(lines: int, columns: int) -> Cells:
    """Return nothing but the background of the pane."""
    return np.full((lines, columns), OUTSIDE | OUTSIDE << 6, dtype=np.int64)


def mono_cells(pixels: NDArray[np.integer]) -> Cells:
    """Cells of a monochrome picture: a character for each pixel, its density rising with the level."""
    look = np.array([ord(mono_text(code)) for code in range(64)], dtype=np.int64)
    return np.asarray(look[pixels] << CHARACTER | TEXT | OUTSIDE << 6 | INK)


def under(cells: Cells, line: Cells) -> Cells:
    """Cells with one more line below."""
    return np.vstack([cells, line[None, :]])


def write(
    cells: Cells, line: int, column: int, text: str, ink: int = FAINT, background: int = OUTSIDE
) -> None:
    """Put a text over cells, as far as there is room."""
    if 0 <= line < cells.shape[0] and column < cells.shape[1]:
        text = text[max(0, -column) :][: cells.shape[1] - max(column, 0)]
        column = max(column, 0)
        cells[line, column : column + len(text)] = text_cells(text, ink, background)


def pieces(line: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """Return a line of cells as plain pieces of text of one look each: (text, code in front, code behind)."""
    text, front, back = "", UNSET, UNSET
    for cell in line:
        upper, lower = cell & 63, cell >> 6 & 63
        character = chr(cell >> CHARACTER) if cell & TEXT else " " if upper == lower else "▀"
        if (upper, lower) != (front, back) and text:
            yield text, front, back
            text = ""
        front, back = upper, lower
        text += character
    if text:
        yield text, front, back
