"""The colours of curves and runs."""

from __future__ import annotations

COLOURS = {
    True: ("#6cb6ff", "#f2a65a", "#7bd88f", "#e07a9b", "#b39df3", "#5fd3d0", "#e6d06c", "#c0c0c0", "#8aa0ff",
           "#d98cff", "#a0d468", "#ff8f70"),
    False: ("#1f6fb5", "#b85c00", "#2b8a3e", "#b0305c", "#6a45c9", "#0b7f84", "#8a7400", "#555555", "#3346c4",
            "#9a2fd0", "#4f7d1a", "#c2451e"),
}  # fmt: skip
"""By whether the theme is dark; a curve keeps its colour by its index."""
