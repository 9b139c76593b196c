"""The plot of a run, or of overlaid ones: curves by their spec, title and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...analysis.axes import Values
from ...analysis.curves import (
    TIME,
    Hidden,
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
from ...text.hidden import hidden_notes
from ...text.numbers import number
from ...text.printable import plural, printable
from ..curve_shapes import Curve
from .model import Other, Plot
from .overlay import Compare

_MAX_NAME = 40
_NAMED = 3
_SAME_PLACE = 2e-3
_STEP = 0.5  # of the middle curve's range: how far curves stand apart where they are offset


def make_plot(
    run: RunColumns,
    spec: PlotSpec,
    others: Sequence[Other] = (),
    compare: Compare = "none",
    scanned: str = "",
) -> Plot:
    """Make the curves of a run, one per value of the slow motors and field; or those of overlaid runs.

    Parameters
    ----------
    others : sequence of Other
        The runs to overlay, instead of the run alone; it may be among them.
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
                    Curve(
                        printable(label, _MAX_NAME), x[here], values[here], here, colour_index, trace, y_index
                    )
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
        """Return the short name of a field."""
        return self._first(name).label(name)

    def unit(self, name: str) -> str:
        """Return the unit of a field; empty where none is known."""
        return self._first(name).unit(name)

    def _first(self, name: str) -> RunColumns:
        return next((run for run in self._runs if name in run.described), self._runs[0])


def _has_monitor(run: RunColumns, spec: PlotSpec) -> bool:
    return spec.monitor is not None and has_beam(run.columns.get(spec.monitor))


def _with(values: Values, curve: Curve) -> Values:
    """Return the values of all events, those of a curve instead of its own."""
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
    """Return the motors that tell the curves of a run of an overlay apart: its own, where the first run has none."""
    if spec.group_by:
        return spec.group_by
    axes = run.find_axes()
    return axes.slow if axes.fast == spec.x else ()


def _over_one_another(
    run: RunColumns, spec: PlotSpec, others: Sequence[Other], compare: Compare
) -> tuple[list[Curve], list[Hidden]]:
    """Return the curves of several runs, the selected one's with its events; each run in its colour.

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
    """Return the curve of the first run at the same places, a little jitter allowed for."""
    if len(first) == 1 and n_curves == 1:
        return next(iter(first.values()))
    for known, curve in first.items():
        if len(known) == len(place) and np.allclose(known, place, rtol=_SAME_PLACE, atol=_SAME_PLACE):
            return curve
    return None


def _on_scale(raw: Sequence[Curve], spec: PlotSpec, linear: float) -> tuple[list[Curve], float, int]:
    """Return the curves on the plot's scale and offset; by how much each stands above the last, and what has no log."""
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
