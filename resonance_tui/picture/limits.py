"""Which values are drawn darkest and brightest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import full_limits, percentile_limits
from .view import LIMITS, View


def frame_limits(values: NDArray[np.generic], view: View, *, signed: bool) -> tuple[float, float]:
    """Find the limits of the colours, in counts.

    Parameters
    ----------
    values : array, shape (rows, columns)
        The whole frame, or what is drawn of it.
    view : View
        Says which percentiles.
    signed : bool
        Whether the limits lie evenly around zero, as those of a difference.
    """
    percentiles = LIMITS[view.limits]
    limits = full_limits(values) if percentiles is None else percentile_limits(values, *percentiles)
    if signed:
        most = max(abs(limits[0]), abs(limits[1]))
        return (-most, most)
    return limits
