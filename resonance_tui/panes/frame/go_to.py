"""What is typed to go somewhere in the frame pane: a frame, a pixel, a value of what was scanned."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VALUE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s,]*)\Z")


@dataclass(frozen=True, slots=True)
class FrameNumber:
    """A frame, from 1; from the end where it is negative."""

    number: int


@dataclass(frozen=True, slots=True)
class Pixel:
    """Row and column, from 0, as the crosshair says them."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class ScannedValue:
    """A value of the motor that was scanned."""

    value: float
    unit: str


Target = FrameNumber | Pixel | ScannedValue


def understood(text: str) -> Target | None:
    """Read ``8``, ``512,300`` or ``284.5 eV``; None where it is none of them."""
    text = text.strip()
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        return Pixel(int(parts[0][:9]), int(parts[1][:9]))
    digits = text.replace(",", "").removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return FrameNumber(int(text.replace(",", "")[:12]))
    match = _VALUE.match(text)
    if match is None or not math.isfinite(float(match[1])):
        return None
    return ScannedValue(float(match[1]), match[2])


def nearest_frame(values: NDArray[np.float64], positions: Sequence[int], wanted: float) -> int | None:
    """Return the frame whose event was taken nearest to a value; None where no event has one.

    Parameters
    ----------
    values : array, shape (n,)
        By position in the stream.
    positions : sequence of int
        The event of each frame.
    """
    import numpy as np

    known = np.array([values[at] if at < values.size else np.nan for at in positions], dtype=np.float64)
    distance = np.abs(known - wanted)
    return int(np.nanargmin(distance)) if np.isfinite(distance).any() else None
