"""Curves beside a frame, drawn for their place: cuts, radial profile, histogram, a region over the frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...analysis.curves import drawable
from ...text.numbers import number
from ..curve_colours import curve_colour
from ..curve_renderer import TICK_COLUMNS, Drawing, Frame, limits_of, render
from ..curve_shapes import Curve, log_ticks, tick_labels, ticks

if TYPE_CHECKING:
    from ...picture.side_plots import Panel

_TICK_LINES = 2


def draw_side_curves(panel: Panel, width: int, height: int, *, dark: bool) -> Drawing | None:
    """Draw a panel; None where it has no point, or no room.

    Parameters
    ----------
    width, height : int
        Cells.
    """
    if width < 1 or height < 1 or not any(len(line.x) for line in panel.lines):
        return None
    curves = []
    for place, line in enumerate(panel.lines):
        curve = Curve(line.label, line.x, drawable(line.y), np.arange(len(line.x)))
        curves.append((curve, curve_colour(place, dark=dark)))
    finite = [np.isfinite(curve.x) & np.isfinite(curve.y) for curve, _ in curves]
    x = limits_of([curve.x[seen] for (curve, _), seen in zip(curves, finite, strict=True)])
    y = limits_of([curve.y[seen] for (curve, _), seen in zip(curves, finite, strict=True)])
    places = ticks(*x, width // TICK_COLUMNS)
    x_ticks = (places, tick_labels(places))
    if panel.ticks:
        x_ticks = ([at for at, _ in panel.ticks], [text for _, text in panel.ticks])
    most = max(3, (height - 3) // _TICK_LINES)
    y_places = log_ticks(*y, most) if panel.log else ticks(*y, most) or list(y)
    y_labels = [number(10.0**place, 2) for place in y_places] if panel.log else tick_labels(y_places)
    frame = Frame(x, y, x_ticks, (y_places, y_labels), panel.x_name, tuple(panel.marks))
    return render(curves, frame, width, height, dark=dark)
