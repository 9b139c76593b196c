"""Which fields are signals, and which of them a scientist would draw first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .axes import Axes, Values, motor_names

MONITOR = "i0"
"""The beam's own intensity, by which signals are divided."""

_MONITORS = (MONITOR, "beam_current")
_NOT_SIGNALS = ("plan", "motor", "detector")
_FIRST = "tey_signal"
_EDGES = (5.0, 95.0)  # percentiles: one spike is no range


def signal_names(columns: Mapping[str, Values], data_keys: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The fields that are measured and have a finite value; monitors of the beam last."""
    motors = set(motor_names(data_keys, list(columns)))
    usable = [
        name
        for name, values in columns.items()
        if name not in motors
        and data_keys.get(name, {}).get("source") not in _NOT_SIGNALS
        and name != "exposure"
        and bool(np.isfinite(values).any())
    ]
    return sorted(usable, key=lambda name: _MONITORS.index(name) if name in _MONITORS else -1)


def first_signal(
    columns: Mapping[str, Values], data_keys: Mapping[str, Mapping[str, Any]], axes: Axes
) -> str | None:
    """The field to draw first; None where nothing was measured.

    Over the energy, and where nothing moves, it is the total electron yield. In a line-up it is the signal
    that follows the motor most clearly: the part of its range that is no noise.
    """
    usable = signal_names(columns, data_keys)
    signals = [name for name in usable if name not in _MONITORS] or usable
    if axes.kind in ("energy", "count") or len(signals) < 2:
        return _FIRST if _FIRST in signals else next(iter(signals), None)
    return max(signals, key=lambda name: _clarity(columns[name]))


def _clarity(values: Values) -> float:
    """How much a signal varies, as a share of its size, times how smoothly: 0 for noise."""
    finite = values[np.isfinite(values)]
    if finite.size < 3:
        return 0.0
    finite = finite / max(float(np.abs(finite).max()), 1e-300)
    low, high = np.percentile(finite, _EDGES)
    variance = float(np.var(finite))
    if variance <= 0 or high <= low:
        return 0.0
    # von Neumann's ratio: about 2 for noise, near 0 for a curve (J. von Neumann, 1941)
    smooth = max(0.0, 1.0 - float(np.mean(np.diff(finite) ** 2)) / variance / 2.0)
    return smooth * float((high - low) / max(abs(low), abs(high)))


def has_monitor(columns: Mapping[str, Values]) -> bool:
    """Whether the beam's intensity was measured, so that signals can be divided by it."""
    values = columns.get(MONITOR)
    return values is not None and bool((np.isfinite(values) & (values != 0)).any())
