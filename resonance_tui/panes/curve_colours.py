"""The colours of curves and runs."""

from __future__ import annotations

from collections.abc import Collection

COLOURS = {
    True: ("#6cb6ff", "#f2a65a", "#7bd88f", "#e07a9b", "#b39df3", "#5fd3d0", "#e6d06c", "#c0c0c0", "#8aa0ff",
           "#d98cff", "#a0d468", "#ff8f70"),
    False: ("#1f6fb5", "#b85c00", "#2b8a3e", "#b0305c", "#6a45c9", "#0b7f84", "#8a7400", "#555555", "#3346c4",
            "#9a2fd0", "#4f7d1a", "#c2451e"),
}  # fmt: skip
"""By whether the theme is dark; a curve keeps its colour by its index."""

MAX_COLOURS = 12
"""Runs that are told apart by their colours."""

Rgb = tuple[int, int, int]


def free_colour(used: Collection[int | None], usual: int) -> int:
    """Return the first colour that is not used; `usual` where all are."""
    return next((index for index in range(MAX_COLOURS) if index not in used), usual)


def rgb_of(colour: str) -> Rgb:
    """Return red, green and blue of a colour that is written ``#rrggbb``."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return (red, green, blue)


def curve_colour(index: int, *, dark: bool) -> Rgb:
    """Return the colour of a curve by its index."""
    colours = COLOURS[dark]
    return rgb_of(colours[index % len(colours)])


def blended(behind: Rgb, colour: Rgb, share: float) -> Rgb:
    """Return a colour that is laid over another one, as far as `share` of it shows."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(behind, colour, strict=True))
    return (red, green, blue)
