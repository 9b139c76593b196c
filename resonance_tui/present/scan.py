"""What a run scanned, in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..analysis.axes import clusters, motor_names, moves, short_name
from ..analysis.values import as_floats
from .numbers import in_span
from .text import printable

_PLAIN_PLAN = "scan"
_MOST_VALUES = 12


def scan_label(
    plan: str,
    data_keys: Mapping[str, Mapping[str, Any]],
    columns: Mapping[str, Sequence[Any]],
    consecutive: int,
) -> str:
    """``energy 270→369.9 × 5 sam_th``; the plan's name after it where it tells more than ``scan``.

    Parameters
    ----------
    columns : mapping of str to sequence
        A run's first `consecutive` events, and after them some spread over the rest.
    """
    name = "" if plan == _PLAIN_PLAN else printable(plan, 24)
    what = _moved(data_keys, columns, consecutive)
    if not what:
        return name or (_PLAIN_PLAN if not columns else "count")
    return f"{what} {name}" if name else what


def _moved(
    data_keys: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Sequence[Any]], consecutive: int
) -> str:
    values = {}
    for motor in motor_names(data_keys, list(columns)):
        array = as_floats(columns[motor])
        array[~np.isfinite(array)] = np.nan
        if moves(array):
            values[motor] = array
    if not values:
        return ""
    # the motor that moves from event to event is the one swept; what only moves in the long run steps slowly
    swept = [motor for motor, array in values.items() if moves(array[:consecutive])] or list(values)
    fast = max(swept, key=lambda motor: _places(values[motor]))
    finite = values[fast][np.isfinite(values[fast])]
    text = f"{printable(short_name(fast), 20)} {in_span(float(finite[0]), _far_end(finite))}"
    for motor, array in values.items():
        if motor != fast:
            count = clusters(array).size
            times = f"{count} " if 2 <= count <= _MOST_VALUES else ""
            text += f" × {times}{printable(short_name(motor), 20)}"
    return text


def _places(values: np.ndarray[Any, np.dtype[np.float64]]) -> int:
    finite = values[np.isfinite(values)]
    return int(np.unique(np.round((finite - finite.min()) / np.ptp(finite), 3)).size)


def _far_end(finite: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The end of the range that the sweep does not begin at."""
    low, high = float(finite.min()), float(finite.max())
    return high if abs(finite[0] - low) <= abs(finite[0] - high) else low
