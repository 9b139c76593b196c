"""Plots made ready to be drawn: their curves, in words and in few enough points for the pane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...analysis.axes import MOST_CURVES, Values, sweep_index
from ...analysis.curves import (
    TIME,
    Hidden,
    Made,
    PlotSpec,
    RunColumns,
    compared,
    drawable,
    linear_below,
    make_curve,
    scaled,
    traces_of,
)
from ...analysis.signals import has_beam
from ...text.fields import Labelled, field_name, unit_of
from ...text.formulas import formula
from ...text.hidden import hidden_notes, missing_text
from ...text.numbers import number
from ...text.printable import plural, printable
from ..events.table_page import Computed

Compare = Literal["none", "difference", "ratio"]

_POINTS_PER_COLUMN = 4
_MANY_SWEEPS = 3
_NAME = 40
_NAMED = 3
_SAME_PLACE = 2e-3
_STEP = 0.5  # of the middle curve's range: how far curves stand apart where they are offset


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot.

    Attributes
    ----------
    x, y : array, shape (n,)
        As they are drawn: on the plot's scale, with its offset.
    positions : array, shape (n,)
        The places of its points within the stream; empty for a curve of another run.
    colour_index : int
        Which of the colours.
    trace, y_index : int
        Which trace of the run, and which of the plot's fields.
    """

    label: str
    x: Values
    y: Values
    positions: NDArray[np.intp]
    colour_index: int = 0
    trace: int = 0
    y_index: int = 0


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
        """The values under the cursor."""
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
        """The trace of an event; 0 where there is no such event."""
        return int(self.trace[position]) if 0 <= position < self.trace.size else 0

    def curve_at(self, position: int) -> Curve | None:
        """The curve under the cursor, of the first field."""
        trace = self.trace_at(position)
        own = (c for c in self.curves if c.positions.size and not c.y_index and c.trace == trace)
        return next(own, None)

    def in_sight(self, position: int) -> tuple[list[Curve], list[Curve]]:
        """The curves to draw, and behind them those to draw faintly.

        Of more traces than can be told apart it is the one under the cursor, and its neighbours.
        """
        if self.n_traces <= MOST_CURVES or self.over:
            return list(self.curves), []
        here = self.trace_at(position)
        near = [c for c in self.curves if abs(c.trace - here) == 1]
        return [c for c in self.curves if c.trace == here], near

    def legend(self, position: int) -> list[Entry]:
        """What the colours mean: an entry for each label, `here` for the curve under the cursor."""
        bright, faint = self.in_sight(position)
        under = self.trace_at(position)
        entries: dict[tuple[str, int], bool] = {}
        for curve in sorted((*bright, *faint), key=lambda curve: (curve.y_index, curve.trace)):
            here = bool(curve.positions.size) and curve.trace == under
            key = (curve.label, curve.colour_index)
            entries[key] = entries.get(key, False) or here
        return [Entry(label, colour_index, here) for (label, colour_index), here in entries.items()]

    def nearest(self, x: float, position: int) -> int | None:
        """The event nearest to an x, on the curve under the cursor; None where it has no point."""
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
        """The event with the largest value, on the curve under the cursor."""
        curve = self.curve_at(position)
        if curve is None or not np.isfinite(curve.y).any():
            return None
        return int(curve.positions[np.nanargmax(curve.y)])

    def across(self, position: int, step: int) -> int:
        """The event at the same x on the next curve, or the one before."""
        here = self.trace_at(position)
        target = max(0, min(self.n_traces - 1, here + step))
        if target == here:
            return position
        places = np.flatnonzero(self.trace == target)
        distance = np.abs(self.x[places] - self.x[position])
        return int(places[np.nanargmin(distance)]) if np.isfinite(distance).any() else int(places[0])


def computed_columns(plot: Plot) -> tuple[Computed, ...]:
    """What a plot makes of its fields, as columns of the table; none where they are drawn as measured."""
    spec = plot.spec
    if spec.normalisation == "none" and not spec.derivative:
        return ()
    return tuple(Computed(name, values) for name, values in zip(plot.formulas, plot.ys, strict=True))


def make_plot(
    run: RunColumns,
    spec: PlotSpec,
    others: Sequence[Other] = (),
    compare: Compare = "none",
    scanned: str = "",
) -> Plot:
    """Make the curves of a run, one per value of the slow motors and field; or several runs over one another.

    Parameters
    ----------
    others : sequence of Other
        The runs to draw over one another, instead of the run alone; it may be among them.
    compare : {"none", "difference", "ratio"}
        Draw them minus, or over, the first.
    scanned : str
        What was scanned, in words.
    """
    wanted = others
    named = _FieldsOf((run, *(other.run for other in wanted)))
    others = [other for other in wanted if not _why_not_drawn(other.run, spec, named)]
    traces = traces_of(run, _group_by(run, spec) if wanted else spec.group_by)
    groups = traces.groups()
    x = _axis(run, spec.x)
    labels = [_place_label(spec.group_by, place, named) for place in traces.setpoints]
    divided = all(_has_monitor(one, spec) for one in ([other.run for other in others] or [run]))
    names = tuple(formula(field, spec, named, divided=divided) for field in spec.ys)
    made = [make_curve(run, field, spec, traces) for field in spec.ys]
    ys = [one.values for one in made]
    hidden = [one for each in made for one in each.hidden]
    raw: list[Curve] = []
    if wanted:
        raw, hidden = _over_one_another(run, spec, others, compare)
        for curve in raw:
            if curve.positions.size and compare != "none":  # what is drawn is what is read and said
                ys[curve.y_index] = _with(ys[curve.y_index], curve)
        if compare != "none":
            sign = "−" if compare == "difference" else "÷"
            names = tuple(f"{name} {sign} first run" for name in names)
    else:
        for y_index, values in enumerate(ys):
            for trace, here in enumerate(groups):
                label = labels[trace] if len(ys) == 1 else f"{names[y_index]} {labels[trace]}".strip()
                colour_index = y_index * len(groups) + trace
                raw.append(
                    Curve(printable(label, _NAME), x[here], values[here], here, colour_index, trace, y_index)
                )
    linear = linear_below([curve.y for curve in raw]) if spec.scale == "symlog" else 1.0
    curves, step, no_log = _on_scale(raw, spec, linear)
    shown = [scaled(values, spec.scale, linear)[0].copy() for values in ys]
    for curve in curves:
        if curve.positions.size:  # the cursor stands where its curve does
            shown[curve.y_index][curve.positions] = curve.y
    y_name = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} fields"
    notes = _notes(spec, linear, step, [*hidden, Hidden(no_log, "no_logarithm")])
    notes = (*notes, *_not_drawn(wanted, spec, named))
    without = [
        other.label for other in others if spec.normalisation != "none" and not _has_monitor(other.run, spec)
    ]
    if without and not divided:
        notes = (
            *notes,
            f"no {field_name(spec.monitor or 'monitor', named)} in {plural(len(without), 'run')}",
        )
    return Plot(
        run.uid, spec, field_name(spec.x, named), y_name, tuple(curves), x, tuple(ys), tuple(shown),
        traces.index, len(traces), unit_of(spec.x, named), notes,
        tuple(field_name(name, named) for name in spec.group_by), linear, names, compare, len(others), scanned,
        _range_of([curve.x[np.isfinite(curve.y)] for curve in curves]), len(wanted),
        tuple(made) if compare == "none" else (),
    )  # fmt: skip


class _FieldsOf:
    """What the fields of several runs are called: as the first says that has one."""

    def __init__(self, runs: Sequence[RunColumns]) -> None:
        self._runs = runs

    def label(self, name: str) -> str:
        """The short name of a field."""
        return self._first(name).label(name)

    def unit(self, name: str) -> str:
        """The unit of a field; empty where none is known."""
        return self._first(name).unit(name)

    def _first(self, name: str) -> RunColumns:
        return next((run for run in self._runs if name in run.described), self._runs[0])


def _has_monitor(run: RunColumns, spec: PlotSpec) -> bool:
    return spec.monitor is not None and has_beam(run.columns.get(spec.monitor))


def _with(values: Values, curve: Curve) -> Values:
    """The values of all events, those of a curve instead of its own."""
    changed = values.copy()
    changed[curve.positions] = curve.y
    return changed


def _range_of(parts: Sequence[Values]) -> tuple[float, float] | None:
    every = np.concatenate(parts) if parts else np.zeros(0)
    every = every[np.isfinite(every)]
    return (float(every.min()), float(every.max())) if every.size else None


def _axis(run: RunColumns, field: str) -> Values:
    """x, as it is drawn: the time counts from the first event."""
    x = drawable(run.columns.get(field, np.full(len(run), np.nan)))
    if field == TIME and np.isfinite(x).any():
        return x - float(x[np.isfinite(x)][0])
    return x


def _place_label(by: Sequence[str], place: Sequence[float], named: Labelled) -> str:
    if len(by) != len(place):  # the run lacks a motor that tells the curves of another apart
        return ""
    if len(by) == 1:
        return number(place[0], 4)
    return " ".join(f"{field_name(name, named)} {number(at, 4)}" for name, at in zip(by, place, strict=True))


def _why_not_drawn(run: RunColumns, spec: PlotSpec, named: Labelled) -> str:
    """Why a run has no curve in an overlay; empty where it has one."""
    if spec.x not in run.columns:
        return f"no {field_name(spec.x, named)}"
    if spec.x in run.motors and len(run) > 1:  # of a single event nobody can tell
        axes = run.find_axes()
        if spec.x not in (axes.fast, *axes.slow, *axes.comoving, *axes.other):
            return f"{field_name(spec.x, named)} was not scanned"
    if not any(field in run.columns for field in spec.ys):
        return f"no {', '.join(field_name(field, named) for field in spec.ys[:_NAMED])}"
    return ""


def _not_drawn(wanted: Sequence[Other], spec: PlotSpec, named: Labelled) -> list[str]:
    """Which runs of an overlay are not drawn, by the reason."""
    reasons: dict[str, list[str]] = {}
    for other in wanted:
        if why := _why_not_drawn(other.run, spec, named):
            reasons.setdefault(why, []).append(other.label)
    return [f"not drawn, as {why}: {', '.join(labels)}" for why, labels in reasons.items()]


def _group_by(run: RunColumns, spec: PlotSpec) -> tuple[str, ...]:
    """The motors that tell the curves of a run of an overlay apart: its own, where the first run has none."""
    if spec.group_by:
        return spec.group_by
    axes = run.find_axes()
    return axes.slow if axes.fast == spec.x else ()


def _over_one_another(
    run: RunColumns, spec: PlotSpec, others: Sequence[Other], compare: Compare
) -> tuple[list[Curve], list[Hidden]]:
    """The curves of several runs, the selected one's with its events; each run in its colour.

    A curve is compared with that of the first run that was taken at the same places of the slow motors; where
    each run has one curve, with that.
    """
    curves: list[Curve] = []
    hidden: list[Hidden] = []
    first: list[dict[tuple[float, ...], tuple[Values, Values]]] = [{} for _ in spec.ys]
    lonely = 0
    for number_of_run, other in enumerate(others):
        traces = traces_of(other.run, _group_by(other.run, spec))
        groups = traces.groups()
        x = _axis(other.run, spec.x)
        for y_index, field in enumerate(spec.ys):
            made = make_curve(other.run, field, spec, traces)
            hidden += made.hidden
            for trace, (here, place) in enumerate(zip(groups, traces.setpoints, strict=True)):
                y = made.values[here]
                if number_of_run == 0:
                    first[y_index][place] = (x[here], y)
                if compare != "none":
                    base = _partner(first[y_index], place, len(groups))
                    lonely += 0 if base else int(np.count_nonzero(np.isfinite(y)))
                    y = compared(x[here], y, *base, compare) if base else np.full(y.size, np.nan)
                own = here if other.run.uid == run.uid else np.zeros(0, dtype=np.intp)
                curves.append(Curve(other.label, x[here], y, own, other.colour_index, trace, y_index))
    return curves, [*hidden, Hidden(lonely, "no_partner")]


def _partner(
    first: dict[tuple[float, ...], tuple[Values, Values]], place: tuple[float, ...], n_curves: int
) -> tuple[Values, Values] | None:
    """The curve of the first run at the same places, a little jitter allowed for."""
    if len(first) == 1 and n_curves == 1:
        return next(iter(first.values()))
    for known, curve in first.items():
        if len(known) == len(place) and np.allclose(known, place, rtol=_SAME_PLACE, atol=_SAME_PLACE):
            return curve
    return None


def _on_scale(raw: Sequence[Curve], spec: PlotSpec, linear: float) -> tuple[list[Curve], float, int]:
    """The curves on the plot's scale and offset; by how much each stands above the last, and what has no log."""
    curves: list[Curve] = []
    no_log = 0
    for curve in raw:
        y, bad = scaled(curve.y, spec.scale, linear)
        no_log += bad
        curves.append(replace(curve, y=y))
    step = 0.0
    if spec.offset and len(curves) > 1:
        spans = [float(np.ptp(c.y[np.isfinite(c.y)])) for c in curves if np.isfinite(c.y).any()]
        step = _STEP * float(np.median(spans)) if spans else 0.0
        curves = [replace(curve, y=curve.y + place * step) for place, curve in enumerate(curves)]
    return curves, step, no_log


def _notes(spec: PlotSpec, linear: float, step: float, hidden: Sequence[Hidden]) -> tuple[str, ...]:
    notes = []
    if spec.scale == "log":
        notes.append("log")
    elif spec.scale == "symlog":
        notes.append(f"symmetric log, linear below {number(linear, 1)}")
    if step:
        notes.append(f"each {number(step, 2)}{'' if spec.scale == 'linear' else ' decades'} above the last")
    return (*notes, *hidden_notes(hidden))


def thin_out(curve: Curve, columns: int) -> Curve:
    """At most about four points a column: of every stretch its ends, its lowest and its highest.

    A single spike among 100,000 points survives. Where many sweeps lie over one another, what is left is their
    outline: the lowest and the highest at each x.
    """
    n = curve.x.size
    most = _POINTS_PER_COLUMN * max(columns, 10)
    if n <= most:
        return curve
    sweeps = int(sweep_index(curve.x)[-1]) + 1
    index = _outline(curve, most // 2) if sweeps > _MANY_SWEEPS else _extremes(curve, most)
    positions = curve.positions[index] if curve.positions.size else curve.positions
    return replace(curve, x=curve.x[index], y=curve.y[index], positions=positions)


def _extremes(curve: Curve, most: int) -> NDArray[np.intp]:
    borders = np.linspace(0, curve.x.size, most // _POINTS_PER_COLUMN + 1).astype(np.intp)
    kept: list[int] = []
    for start, stop in pairwise(borders.tolist()):
        part = curve.y[start:stop]
        finite = np.flatnonzero(np.isfinite(part) & np.isfinite(curve.x[start:stop]))
        if finite.size == 0:
            kept.append(start)  # one NaN keeps the gap
            continue
        values = part[finite]
        picks = {finite[0], finite[-1], finite[values.argmin()], finite[values.argmax()]}
        kept.extend(sorted(start + int(pick) for pick in picks))
    return np.array(kept, dtype=np.intp)


def _outline(curve: Curve, bins: int) -> NDArray[np.intp]:
    finite = np.flatnonzero(np.isfinite(curve.x) & np.isfinite(curve.y))
    if not finite.size:
        return finite
    x = curve.x[finite]
    low, span = float(x.min()), float(np.ptp(x)) or 1.0
    place = np.minimum(((x - low) / span * bins).astype(np.intp), bins - 1)
    order = np.lexsort((curve.y[finite], place))
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    last = np.append(first[1:], order.size) - 1
    ends = np.stack([first, last], axis=1)
    ends[1::2] = ends[1::2, ::-1]  # up, along, down, along: no slanting line in between
    return np.asarray(finite[order[ends.ravel()]], dtype=np.intp)


def strokes(curve: Curve) -> list[tuple[list[float], list[float]]]:
    """The connected parts of a curve: broken where a value is missing and where a sweep starts over."""
    finite = np.isfinite(curve.x) & np.isfinite(curve.y)
    if not finite.any():
        return []
    steps = np.diff(curve.x)
    jump = np.zeros(steps.size, dtype=bool)
    if steps.size > 2 and np.isfinite(steps).any():
        moved = steps[np.isfinite(steps) & (steps != 0)]
        forward = float(np.sign(np.median(moved))) if moved.size else 0.0
        with np.errstate(invalid="ignore"):
            jump = -forward * steps > 0.5 * float(np.ptp(curve.x[finite]))
    cut = np.flatnonzero(~finite[1:] | ~finite[:-1] | jump) + 1
    parts = []
    for index in np.split(np.arange(curve.x.size), cut):
        index = index[finite[index]]
        if index.size:
            parts.append((curve.x[index].tolist(), curve.y[index].tolist()))
    return parts


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values between `low` and `high`: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not np.isfinite(span) or span < 1e-300 or most < 2:
        return [low] if np.isfinite(low) else []
    rough = span / (most - 1)
    power = 10.0 ** float(np.floor(np.log10(rough)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Like `ticks`, of decadic logarithms: whole decades, and their 2s and 5s where there is room."""
    for factors in ((1, 2, 5), (1, 3), (1,)):
        places = [
            power + float(np.log10(factor))
            for power in range(int(np.floor(low)), int(np.ceil(high)) + 1)
            for factor in factors
        ]
        places = [place for place in places if low - 1e-9 <= place <= high + 1e-9]
        if len(places) <= most:
            break
    return places[:: -(-len(places) // max(1, most))] if places else [low]


def tick_labels(values: list[float]) -> list[str]:
    """Ticks in words, with as many decimals as their step needs."""
    step = min((b - a for a, b in pairwise(values)), default=0.0)
    if step < 1e-4 or max(map(abs, values)) >= 1e6:
        return [number(value) for value in values]
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    return [f"{value + 0.0:.{decimals}f}" for value in values]
