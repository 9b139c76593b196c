"""Frames to look at in tests, and what is written in and below the picture."""

from __future__ import annotations

import numpy as np

from tests.pilot.driving import Drive, FrameState

N = 12
SIDE = 128


def ring_frames(n: int = N, side: int = SIDE) -> np.ndarray:
    """A blob that becomes brighter from frame to frame, over a dark level of 70."""
    rows, columns = np.indices((side, side))
    blob = np.exp(-((rows - 0.4 * side) ** 2 + (columns - 0.6 * side) ** 2) / (2 * (side / 8) ** 2))
    frames = [70 + (index + 1) * 1000 * blob for index in range(n)]
    return np.stack(frames).astype(np.int32)


async def in_frame(drive: Drive) -> FrameState:
    await drive.press("4")
    await drive.until(lambda: drive.frame.picture is not None, "a picture")
    return drive.frame_state


def line(drive: Drive) -> str:
    """The line below the picture, as far as it is words."""
    cells = drive.frame.view.cells
    assert cells is not None
    return "".join(chr(int(cell) >> 13) if int(cell) & 1 << 12 else " " for cell in cells[-1]).strip()


def words(drive: Drive) -> str:
    """All that is written in and below the picture."""
    cells = drive.frame.view.cells
    assert cells is not None
    return "\n".join(
        "".join(chr(int(cell) >> 13) if int(cell) & 1 << 12 else " " for cell in row) for row in cells
    )
