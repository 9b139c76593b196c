"""Where curves are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from ..curve_colours import Rgb


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where curves are drawn: cells (none, where the pane is not in sight), and the theme's colours."""

    width: int
    height: int
    dark: bool
    background: Rgb
