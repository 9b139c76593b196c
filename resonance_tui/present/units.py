"""Units of fields: what the file says, corrected where it is known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..text.printable import printable

_KNOWN = {
    "energy_position": "eV",
    "polarization_position": "°",
    "sam_th_position": "°",
    "det_th_position": "°",
    "exposure": "s",
    "time": "s",
}
"""The acquisition says ``mm`` of every motor."""


def unit_of(field: str, data_keys: Mapping[str, Mapping[str, Any]]) -> str:
    """The unit of a field; empty where none is known."""
    if field in _KNOWN:
        return _KNOWN[field]
    said = data_keys.get(field, {}).get("units")
    return printable(said, 12) if isinstance(said, str) else ""
