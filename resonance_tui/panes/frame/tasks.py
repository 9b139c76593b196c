"""What is read, drawn and worked out for the frame pane."""

from __future__ import annotations

from enum import StrEnum


class FrameTask(StrEnum):
    """Kinds of tasks."""

    FRAMES = "frames"
    PICTURE = "frame"
    AHEAD = "ahead"
    VERDICT = "verdict"
    STRIP = "strip"
    SIDE_CURVES = "panel"
    REGION_CURVE = "curve"
    SHEET = "sheet"
