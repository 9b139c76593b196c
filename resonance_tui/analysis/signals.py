"""Which fields are signals, and which of them a scientist would draw first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .axes import Axes, Values

_MEASURED = ("signal", "monitor")
_FIRST = "tey_signal"
_EDGES = (5.0, 95.0)  # percentiles: one spike is no range


def signal_names(
    columns: Mapping[str, Values], roles: Mapping[str, str], monitors: Sequence[str] = ()
) -> list[str]:
    """Return the fields that are measured and have a finite value; monitors of the beam last.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,)
    roles : mapping of str to str
        Field → ``signal``, ``monitor``, ``motor``, …; a field that is not named is a signal.
    monitors : sequence of str
        Those that are divided by, the first choice first.
    """
    usable = [
        name
        for name, values in columns.items()
        if roles.get(name, "signal") in _MEASURED and bool(np.isfinite(values).any())
    ]
    order = {name: place for place, name in enumerate(monitors, 1)}
    return sorted(
        usable, key=lambda name: order.get(name, len(order) + 1) if roles.get(name) == "monitor" else 0
    )


def first_signal(columns: Mapping[str, Values], roles: Mapping[str, str], axes: Axes) -> str | None:
    """Choose the field to draw first; None where nothing was measured.

    Over the energy, and where nothing moves, it is the total electron yield. In a line-up it is the signal
    that follows the motor most clearly: the part of its range that is no noise.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,)
    roles : mapping of str to str
        As `signal_names` takes them.
    axes : Axes
    """
    usable = signal_names(columns, roles)
    signals = [name for name in usable if roles.get(name) != "monitor"] or usable
    if axes.kind in ("energy", "count") or len(signals) < 2:
        return _FIRST if _FIRST in signals else next(iter(signals), None)
    return max(signals, key=lambda name: _clarity(columns[name]))


def _clarity(values: Values) -> float:
    """Measure how much a signal varies, as a share of its size, times how smoothly: 0 for noise."""
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


def usable_monitor(columns: Mapping[str, Values], monitors: Sequence[str]) -> str | None:
    """Choose the first of several monitors that measured the beam; None where none did."""
    return next((name for name in monitors if has_beam(columns.get(name))), None)


def has_beam(values: Values | None) -> bool:
    """Tell whether a channel has a value that can be divided by."""
    return values is not None and bool((np.isfinite(values) & (values != 0)).any())
