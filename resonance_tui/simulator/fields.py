"""The fields of simulated events, and how a stream describes them."""

from __future__ import annotations

from typing import Any

CHANNELS = ("photodiode", "tey_signal", "i0", "ai_6_beamstop", "beam_current")
IMAGE = "detector_image"


def data_key(name: str, frame_size: int) -> dict[str, Any]:
    """Describe a field as a stream does, the wrong unit of every motor included; `frame_size` in pixels a side."""
    if name == IMAGE:
        return {"dtype": "int32", "source": "detector", "external": True, "shape": [frame_size, frame_size]}
    if name.endswith("_position"):
        return {"dtype": "number", "units": "mm", "source": "motor"}
    if name == "exposure":
        return {"dtype": "number", "units": "s", "source": "plan"}
    return {"dtype": "number", "units": "mA" if name == "beam_current" else "V", "source": "ai"}
