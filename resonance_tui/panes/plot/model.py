"""What a plot pane shows: curves, the values of all events on their scale, and the words around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...analysis.axes import MOST_CURVES, Values
from ...analysis.curves import Made, PlotSpec, RunColumns
from ...text.hidden import missing_text
from ...text.numbers import number
from ...text.printable import plural
from ..curve_shapes import Curve
from ..signals import Computed
from .overlay import Compare


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend."""

    label: str
    colour_index: int
    here: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A run that is drawn over the selected one, or with it: what it is called, and its colour."""

    run: RunColumns
    label: str
    colour_index: int


@dataclass(frozen=True, slots=True)
class Plot:
    """What a plot pane shows.

    Attributes
    ----------
    uid : str
        The run whose events are under the cursor.
    spec : PlotSpec
    x_name, y_name : str
        What is drawn, in words.
    curves : tuple of Curve
    x : array, shape (n,)
        All events of the stream, by position; NaN where missing.
    ys, shown : tuple of array, shape (n,)
        For each field that is drawn its values, and where they stand on the plot's scale.
    trace : array, shape (n,)
        The trace of each event; of `n_traces`.
    formulas : tuple of str
        For each field, what the spec makes of it.
    notes : tuple of str
        The scale, the offset, what is hidden and why.
    linear : float
        The size below which a symmetric logarithm is linear.
    compare : {"none", "difference", "ratio"}
        How the curves stand to the first of several runs.
    over, wanted : int
        How many runs are overlaid, and how many were to be; 0 for one run alone.
    scanned : str
        What was scanned, in words.
    whole : tuple of float or None
        The range of x that is drawn.
    made : tuple of Made
        For each field how its values were made; empty where they are compared with another run's.
    """

    uid: str
    spec: PlotSpec
    x_name: str
    y_name: str
    curves: tuple[Curve, ...]
    x: Values
    ys: tuple[Values, ...]
    shown: tuple[Values, ...]
    trace: NDArray[np.intp]
    n_traces: int
    x_unit: str = ""
    notes: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    linear: float = 1.0
    formulas: tuple[str, ...] = ()
    compare: Compare = "none"
    over: int = 0
    scanned: str = ""
    whole: tuple[float, float] | None = None
    wanted: int = 0
    made: tuple[Made, ...] = ()

    @property
    def title(self) -> str:
        """What is drawn over what."""
        unit = f" ({self.x_unit})" if self.x_unit else ""
        text = f"{self.y_name} over {self.x_name}{unit}"
        if self.over:
            text += f" · {plural(self.over, 'run')}"
        elif self.n_traces > 1:
            text += f" × {self.n_traces:,} {', '.join(self.by)}"
        return text

    @property
    def caption(self) -> str:
        """The title, on which scale it is drawn, and what is hidden."""
        return " · ".join([self.title, *self.notes])

    @property
    def is_empty(self) -> bool:
        """Whether no curve has a point."""
        return not any(bool((np.isfinite(c.x) & np.isfinite(c.y)).any()) for c in self.curves)

    def why_empty(self) -> str:
        """Why no curve has a point, for the pane."""
        hidden = [note for note in self.notes if " hidden (" in note or "not drawn" in note]
        return f"Nothing to draw of {self.y_name}: " + ("; ".join(hidden) or "it has no values")

    def describe(self, position: int) -> str:
        """Return the values under the cursor."""
        if not 0 <= position < self.x.size:
            return ""
        unit = f" {self.x_unit}" if self.x_unit else ""
        parts = [f"{self.x_name} {number(float(self.x[position]))}{unit}"]
        for place, (name, values) in enumerate(zip(self.formulas, self.ys, strict=True)):
            value = float(values[position])
            text = number(value, 5) if np.isfinite(value) else self._why_missing(place, position)
            parts.append(f"{name} {text}")
        return "  ".join(parts)

    def _why_missing(self, place: int, position: int) -> str:
        if not self.made:
            return missing_text(None)
        made = self.made[place]
        why = int(made.why[position])
        return missing_text(made.reasons[why] if why >= 0 else None)

    def trace_at(self, position: int) -> int:
        """Return the trace of an event; 0 where there is no such event."""
        return int(self.trace[position]) if 0 <= position < self.trace.size else 0

    def curve_at(self, position: int) -> Curve | None:
        """Return the curve under the cursor, of the first field."""
        trace = self.trace_at(position)
        own = (c for c in self.curves if c.positions.size and not c.y_index and c.trace == trace)
        return next(own, None)

    def in_sight(self, position: int) -> tuple[list[Curve], list[Curve]]:
        """Return the curves to draw, and behind them those to draw faintly.

        Of more traces than can be told apart it is the one under the cursor, and its neighbours.
        """
        if self.n_traces <= MOST_CURVES or self.over:
            return list(self.curves), []
        here = self.trace_at(position)
        near = [c for c in self.curves if abs(c.trace - here) == 1]
        return [c for c in self.curves if c.trace == here], near

    def legend(self, position: int) -> list[Entry]:
        """Return what the colours mean: an entry for each label, `here` for the curve under the cursor."""
        bright, faint = self.in_sight(position)
        under = self.trace_at(position)
        entries: dict[tuple[str, int], bool] = {}
        for curve in sorted((*bright, *faint), key=lambda curve: (curve.y_index, curve.trace)):
            here = bool(curve.positions.size) and curve.trace == under
            key = (curve.label, curve.colour_index)
            entries[key] = entries.get(key, False) or here
        return [Entry(label, colour_index, here) for (label, colour_index), here in entries.items()]

    def nearest(self, x: float, position: int) -> int | None:
        """Return the event nearest to an x, on the curve under the cursor; None where it has no point."""
        curve = self.curve_at(position)
        if curve is None:
            return None
        distance = np.abs(self.x[curve.positions] - x)
        if not np.isfinite(distance).any():
            return None
        ties = np.flatnonzero(distance == np.nanmin(distance))  # of several sweeps the one that is on
        here = curve.positions[ties]
        return int(here[np.abs(here - position).argmin()])

    def highest(self, position: int) -> int | None:
        """Return the event with the largest value, on the curve under the cursor."""
        curve = self.curve_at(position)
        if curve is None or not np.isfinite(curve.y).any():
            return None
        return int(curve.positions[np.nanargmax(curve.y)])

    def across(self, position: int, step: int) -> int:
        """Return the event at the same x on the next curve, or the one before."""
        here = self.trace_at(position)
        target = max(0, min(self.n_traces - 1, here + step))
        if target == here:
            return position
        places = np.flatnonzero(self.trace == target)
        distance = np.abs(self.x[places] - self.x[position])
        return int(places[np.nanargmin(distance)]) if np.isfinite(distance).any() else int(places[0])

    @property
    def computed_columns(self) -> tuple[Computed, ...]:
        """What is made of the fields, as columns of the table; none where they are drawn as measured."""
        if self.spec.normalisation == "none" and not self.spec.derivative:
            return ()
        return tuple(Computed(name, values) for name, values in zip(self.formulas, self.ys, strict=True))
