"""What a run scanned: which motor is swept, which ones step slowly, and which signal to draw first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MOST_CURVES = 12
"""More values of a slow motor than this are no curves to tell apart."""

_MONITORS = ("i0", "beam_current")
_NOT_SIGNALS = ("plan", "motor", "detector")
_GAP = 0.02
_TRIED = 8
_ENCODER_STEP = 6e-5  # of the position: less than this is no motion


@dataclass(frozen=True, slots=True)
class Axes:
    """The fast motor of a scan (None where nothing moves) and the slow ones, one curve per value of each."""

    fast: str | None
    slow: tuple[str, ...] = ()


def motor_names(data_keys: Mapping[str, Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """The fields that are motor positions: by their data key, or by how they are named."""
    return [
        name
        for name in columns
        if data_keys.get(name, {}).get("source") == "motor"
        or (name.endswith("_position") and "source" not in data_keys.get(name, {}))
    ]


def short_name(field: str) -> str:
    """``energy_position`` → ``energy``."""
    return field.removesuffix("_position") or field


def moves(values: Values) -> bool:
    """Whether a motor was moved, as opposed to a readback that jitters."""
    finite = values[np.isfinite(values)]
    if finite.size < 2:
        return False
    span = float(np.ptp(finite))
    scale = float(np.max(np.abs(finite)))
    if span <= _ENCODER_STEP * scale:
        return False
    steps = np.diff(finite)
    if not (np.all(steps >= 0) or np.all(steps <= 0)):
        # von Neumann's ratio: about 2 for noise, near 0 for a sweep (J. von Neumann, 1941)
        variance = float(np.var(finite))
        noisy = variance == 0 or float(np.mean(steps**2)) / variance > 1.2
        if noisy and (span < 0.01 * scale or span < 0.05):
            return False
    return True


def clusters(values: Values) -> Values:
    """The distinct positions of a motor, jitter taken together; sorted, shape (k,)."""
    finite = np.sort(values[np.isfinite(values)])
    if finite.size == 0:
        return finite
    span = float(finite[-1] - finite[0])
    if span == 0.0:
        return finite[:1]
    parts = np.split(finite, np.flatnonzero(np.diff(finite) > _GAP * span) + 1)
    return np.array([float(np.median(part)) for part in parts])


def find_axes(columns: Mapping[str, Values], motors: Sequence[str]) -> Axes:
    """Find the fast and the slow motors of a scan.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,)
        Field → values in the order of the events; NaN where missing.
    motors : sequence of str
        The fields that are motors.

    Returns
    -------
    Axes
        Fast is the motor that covers its own span most often (its path length over its span), unless the
        others then make more curves than can be told apart.
    """
    moved = [name for name in motors if name in columns and moves(columns[name])]
    if not moved:
        return Axes(None)
    ranked = sorted(
        moved, key=lambda name: (_distinct(columns[name]) >= 3, _sweeps(columns[name])), reverse=True
    )
    counts = {name: int(clusters(columns[name]).size) for name in moved}
    choices = [Axes(fast, _slow(counts, columns[fast].size, fast)) for fast in ranked[:_TRIED]]
    return next((choice for choice in choices if len(choice.slow) == len(moved) - 1), choices[0])


def _sweeps(values: Values) -> float:
    finite = values[np.isfinite(values)]
    return round(float(np.sum(np.abs(np.diff(finite)))) / float(np.ptp(finite)), 3)


def _distinct(values: Values) -> int:
    finite = values[np.isfinite(values)]
    return int(np.unique(np.round((finite - finite.min()) / np.ptp(finite), 4)).size)


def _slow(counts: Mapping[str, int], n: int, fast: str) -> tuple[str, ...]:
    """The motors whose positions, `counts` each, tell a dozen curves apart at most; `n` events in all."""
    slow: list[str] = []
    curves = 1
    for name, count in counts.items():
        if name != fast and count >= 2 and curves * count <= MOST_CURVES and n >= 2 * count:
            slow.append(name)
            curves *= count
    return tuple(slow)


def first_signal(columns: Mapping[str, Values], data_keys: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The field to draw first: the first that is measured, is no monitor, and has a finite value."""
    motors = set(motor_names(data_keys, list(columns)))
    usable = [
        name
        for name, values in columns.items()
        if name not in motors
        and data_keys.get(name, {}).get("source") not in _NOT_SIGNALS
        and name != "exposure"
        and bool(np.isfinite(values).any())
    ]
    signals = [name for name in usable if name not in _MONITORS]
    return next(iter(signals or usable), None)


def nearest_cluster(values: Values, positions: Values) -> NDArray[np.intp]:
    """For each value the index of the nearest of `positions`; shape (n,)."""
    return np.asarray(np.argmin(np.abs(values[:, None] - positions[None, :]), axis=1))
