"""What the soak's writer writes: every value follows from its run and its number, so that each read can be checked."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

FIELD = "detector_image"
SIZE = 64
PADDING = "x" * 300
"""Makes events as large as those of fifteen channels."""

KEYS = {
    "energy_position": {"dtype": "number", "units": "mm", "source": "motor"},
    "check": {"dtype": "number", "source": "ai"},
    FIELD: {"dtype": "int32", "source": "detector", "external": True, "shape": [SIZE, SIZE]},
}


def check(uid: str, number: int) -> int:
    """The number that belongs to an event, or a frame, of a run."""
    return zlib.crc32(f"{uid}:{number}".encode())


def event(uid: str, number: int) -> dict[str, Any]:
    """The data of event `number`, from 1."""
    return {"energy_position": 270.0 + 0.1 * number, "check": check(uid, number), "note": PADDING}


def frame(uid: str, index: int) -> np.ndarray:
    """Frame `index`, from 0; no pixel is zero, as what is not there reads."""
    base = 1 + check(uid, index) % 100_000
    return (base + np.arange(SIZE * SIZE, dtype=np.int32) % 997).reshape(SIZE, SIZE)
