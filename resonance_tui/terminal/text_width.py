"""How many cells a text takes in the terminal, and how it is fitted into some."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def width_of(text: str) -> int:
    """Return the cells a text takes; a CJK character takes two."""
    return len(text) if text.isascii() else cell_len(text)


def shorten(text: str, width: int) -> str:
    """Cut to `width` cells, the last one an ellipsis."""
    if width_of(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def left(text: str, width: int) -> str:
    """Exactly `width` cells, the text at their left, cut where it is longer."""
    text = shorten(text, width)
    return text + " " * (width - width_of(text))


def right(text: str, width: int) -> str:
    """Exactly `width` cells, the text at their right, cut where it is longer."""
    text = shorten(text, width)
    return " " * (width - width_of(text)) + text
