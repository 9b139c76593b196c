"""What a column of the event table holds, and which of its values stand out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...text.numbers import number
from .state import SEQ_NUM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.curves import RunColumns

_NOTHING = 1e-12  # of the largest value: what rounding leaves of a mean of zero


def totals_text(name: str, values: NDArray[np.float64], digits: int, n_outliers: int) -> str:
    """Return least, largest and mean value of a column, its spread, and how many are missing or stand out."""
    from ...analysis.statistics import statistics

    found = statistics(values)
    size = max(abs(found.least), abs(found.most))
    mean = 0.0 if abs(found.mean) < _NOTHING * size else found.mean
    text = (
        f"{name}  min {number(found.least, digits)}  max {number(found.most, digits)}"
        f"  mean {number(mean, digits)}  σ {number(found.deviation, 3)}  NaN {found.missing:,}"
    )
    text += f"  ∞ {found.infinite:,}" if found.infinite else ""
    return text + (f"  outliers (!) {n_outliers:,}" if n_outliers else "")


def outstanding(columns: RunColumns, check: Callable[[], object]) -> dict[str, NDArray[np.bool_]]:
    """Return for each signal which events stand out, and under `SEQ_NUM` those that were taken without beam.

    Parameters
    ----------
    check : callable
        Called between two columns; may raise to give up.
    """
    from ...analysis.axes import ENERGY
    from ...analysis.beam import beam_lost
    from ...analysis.outliers import outliers
    from ...analysis.signals import signal_names

    found: dict[str, NDArray[np.bool_]] = {}
    known = columns.columns
    lost = beam_lost(known.get("beam_current"), known.get(columns.monitor or ""), known.get(ENERGY))
    if lost is not None and lost.any():
        found[SEQ_NUM] = lost
    for name in signal_names(columns.fields, columns.roles, columns.monitors):
        check()
        found[name] = outliers(known[name])
    return found
