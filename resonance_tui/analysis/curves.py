"""Curves from the columns of a run: divided by the beam, as absorbance, between the edges; derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .axes import Axes, Traces, Values, find_axes, find_traces, sweep_index
from .signals import first_signal, has_beam, usable_monitor

Normalisation = Literal["none", "ratio", "absorbance", "edge"]
Scale = Literal["linear", "log", "symlog"]

NORMALISATIONS: tuple[Normalisation, ...] = ("none", "ratio", "absorbance", "edge")
SCALES: tuple[Scale, ...] = ("linear", "log", "symlog")

SEQ_NUM, TIME = "seq_num", "time"

NO_BEAM = (0.07, 1e-3, 0.0)
"""Shares of the strong beam below which there is none, the usual one first: what is divided by less explodes."""

_STRONG = 95.0
_ENDS = 0.1  # of the range of x: before the edge, and behind it
_LARGEST = 1e300  # beyond it a plot's own arithmetic overflows


class FieldLike(Protocol):
    """What is known of a field, as `catalog.field_names` has it."""

    @property
    def label(self) -> str:
        """Its short name."""

    @property
    def unit(self) -> str:
        """Its unit; empty where none is known."""

    @property
    def role(self) -> str:
        """As the values of `RunColumns.roles`."""


@dataclass(frozen=True, slots=True)
class RunColumns:
    """All events of a run, field by field.

    Attributes
    ----------
    uid : str
    columns : mapping of str to array, shape (n,)
        The fields that hold numbers, NaN where missing; ``seq_num`` and ``time`` (Unix seconds) among them.
    words : mapping of str to list
        The other fields, as they are.
    described : mapping of str to FieldLike
        What each field is.
    monitors : tuple of str
        The fields that signals are divided by unasked, the first choice first.
    """

    uid: str
    columns: Mapping[str, Values]
    words: Mapping[str, list[Any]] = field(default_factory=dict)
    described: Mapping[str, FieldLike] = field(default_factory=dict)
    monitors: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.columns[SEQ_NUM].size)

    @property
    def fields(self) -> dict[str, Values]:
        """The columns that are data, without the event's own number and time."""
        return {name: values for name, values in self.columns.items() if name not in (SEQ_NUM, TIME)}

    @property
    def motors(self) -> list[str]:
        """The fields that are motors."""
        return [name for name in self.fields if self.roles.get(name) == "motor"]

    @property
    def roles(self) -> dict[str, str]:
        """What each field is: ``motor``, ``monitor``, ``signal``, ``setting``, ``time``, ``image``."""
        return {name: field.role for name, field in self.described.items()}

    def label(self, name: str) -> str:
        """Return the short name of a field as the stream has it: not to be shown without `printable`."""
        known = self.described.get(name)
        return known.label if known is not None else name

    def unit(self, name: str) -> str:
        """Return the unit of a field; empty where none is known."""
        known = self.described.get(name)
        return known.unit if known is not None else ""

    @property
    def monitor(self) -> str | None:
        """What signals are divided by unasked; None where no beam was measured."""
        return usable_monitor(self.columns, self.monitors)

    def find_axes(self) -> Axes:
        """Find what was scanned."""
        return find_axes(self.fields, self.motors)


@dataclass(frozen=True, slots=True)
class PlotSpec:
    """How curves are made.

    Attributes
    ----------
    x : str
        A field, ``seq_num`` or ``time``.
    ys : tuple of str
        The fields that are drawn.
    group_by : tuple of str
        The motors of which each place has a curve of its own.
    normalisation : {"none", "ratio", "absorbance", "edge"}
        As measured; ÷ monitor; −ln(÷ monitor); 0 before the edge and 1 behind it.
    scale : {"linear", "log", "symlog"}
    derivative : bool
        dy/dx instead of y.
    offset : bool
        Each curve a step above the one before.
    no_beam : float
        The share of the strong beam below which a point is left out where it is divided by the monitor.
    monitor : str or None
        The field that signals are divided by; None where there is none.
    """

    x: str
    ys: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    normalisation: Normalisation = "none"
    scale: Scale = "linear"
    derivative: bool = False
    offset: bool = False
    no_beam: float = NO_BEAM[0]
    monitor: str | None = None


def first_spec(run: RunColumns, axes: Axes) -> PlotSpec | None:
    """Choose the plot that is shown first; None where there is nothing to draw.

    The best signal over the fast motor, divided by the monitor where the energy was scanned, with a curve for each
    setpoint of the slow motors.
    """
    fields = run.fields
    x = axes.fast or SEQ_NUM
    y = first_signal(fields, run.roles, axes)
    if y is None:  # no signal: at least how the motor went
        x, y = SEQ_NUM, axes.fast or next(iter(fields), None)
    if y is None or not len(run):
        return None
    monitor = run.monitor
    divided = axes.kind == "energy" and monitor not in (None, y) and y not in run.motors
    by = axes.slow if x != SEQ_NUM else ()
    return PlotSpec(x, (y,), by, "ratio" if divided else "none", monitor=monitor)


HiddenCode = Literal[
    "no_value", "too_large", "no_monitor", "monitor_weak", "monitor_zero", "no_logarithm", "no_edge", "no_slope",
    "no_partner",
]  # fmt: skip
"""Why a point is not drawn."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """So many points are not drawn, and why.

    Attributes
    ----------
    count : int
    code : HiddenCode
    limit : float or None
        Below which the monitor is too weak to divide by, in its unit.
    field : str
        The monitor, where it is the reason.
    """

    count: int
    code: HiddenCode
    limit: float | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The values that a spec makes of one field.

    Attributes
    ----------
    values : array, shape (n,)
        NaN where there is none.
    why : array of int, shape (n,)
        Of each event the place in `reasons` why it has no value; -1 where it has one.
    reasons : tuple of Hidden
        Each with its count over all events.
    """

    values: Values
    why: NDArray[np.int8]
    reasons: tuple[Hidden, ...]

    @property
    def hidden(self) -> tuple[Hidden, ...]:
        """How many points are not drawn, by the reason; nothing of those that hide none."""
        return tuple(one for one in self.reasons if one.count)

    def hidden_of(self, events: NDArray[np.intp]) -> tuple[Hidden, ...]:
        """Count as `hidden` does, of some of the events."""
        counts = np.bincount(self.why[events] + 1, minlength=len(self.reasons) + 1)[1:].tolist()
        return tuple(
            replace(one, count=count) for one, count in zip(self.reasons, counts, strict=True) if count
        )


def make_curve(run: RunColumns, y: str, spec: PlotSpec, traces: Traces) -> Made:
    """Make the values that a spec gives of the field `y`, without its scale and offset.

    Points are hidden where a value is missing, where there was no beam to divide by (the monitor's size below a
    share of its 95th percentile), and where a logarithm does not exist; the counts add up to all that is missing.
    """
    n = len(run)
    nothing = np.full(n, np.nan)
    raw_x, raw = run.columns.get(spec.x, nothing), run.columns.get(y, nothing)
    x = drawable(raw_x)
    values = np.where(np.isfinite(x), drawable(raw), np.nan)
    why = np.full(n, -1, dtype=np.int8)
    reasons: list[Hidden] = []

    def hide(lost: NDArray[np.bool_], code: HiddenCode, limit: float | None = None, field: str = "") -> None:
        why[lost] = len(reasons)
        reasons.append(Hidden(int(np.count_nonzero(lost)), code, limit, field))

    def note(made: Values, code: HiddenCode, limit: float | None = None, field: str = "") -> Values:
        hide(np.isfinite(values) & ~np.isfinite(made), code, limit, field)
        return made

    missing = np.isnan(raw_x) | np.isnan(raw)
    hide(missing, "no_value")
    hide(~missing & np.isnan(values), "too_large")
    name = spec.monitor
    if spec.normalisation != "none" and name is not None and y != name and has_beam(run.columns.get(name)):
        monitor = drawable(run.columns[name])
        values = note(np.where(np.isfinite(monitor), values, np.nan), "no_monitor", field=name)
        ratio, limit = _divided(values, monitor, spec.no_beam)
        values = note(ratio, "monitor_weak" if limit else "monitor_zero", limit or None, name)
    if spec.normalisation == "absorbance":
        with np.errstate(invalid="ignore", divide="ignore"):
            values = note(-np.log(np.where(values > 0, values, np.nan)), "no_logarithm")
    if spec.normalisation == "edge":
        values = note(_per_trace(x, values, traces, edge_normalised), "no_edge")
    if spec.derivative:
        values = note(_per_trace(x, values, traces, derivative), "no_slope")
    return Made(values, why, tuple(reasons))


def drawable(values: Values) -> Values:
    """Replace what cannot be drawn by NaN: infinite and enormous values. Same shape."""
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) < _LARGEST, values, np.nan)


def _divided(values: Values, monitor: Values, share: float) -> tuple[Values, float]:
    """Divide by the monitor; with the result, shape (n,), the limit below which the monitor is too weak."""
    size = np.abs(monitor)
    finite = size[np.isfinite(size)]
    strong = float(np.percentile(finite, _STRONG)) if finite.size else 0.0
    limit = float(f"{share * strong:.2g}")  # the very number that the title says
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        dark = (size < limit) | (size == 0)
        return drawable(values / np.where(dark, np.nan, monitor)), limit


def _per_trace(x: Values, y: Values, traces: Traces, make: Callable[[Values, Values], Values]) -> Values:
    made = np.full(y.size, np.nan)
    for here in traces.groups():
        made[here] = make(x[here], y[here])
    return made


def edge_normalised(x: Values, y: Values) -> Values:
    """Scale a spectrum to 0 before its edge and 1 behind it, shape (n,).

    ``(y − pre) / (post − pre)``, where pre and post are the means over the first and the last tenth of the
    range of x: the constant pre-edge and post-edge lines of B. Ravel and M. Newville, J. Synchrotron Rad. 12,
    537 (2005). NaN where the two are the same, and where one of them has no value: what was left out there may
    not be made up for by what comes next.
    """
    known = x[np.isfinite(x)]
    finite = np.isfinite(x) & np.isfinite(y)
    nothing = np.full(y.size, np.nan)
    if not known.size:
        return nothing
    low, high = float(known.min()), float(known.max())
    room = _ENDS * (high - low)
    before, behind = finite & (x <= low + room), finite & (x >= high - room)
    if not (before.any() and behind.any()):
        return nothing
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        pre, post = float(y[before].mean()), float(y[behind].mean())
        return drawable((y - pre) / (post - pre if post != pre else np.nan))


def derivative(x: Values, y: Values) -> Values:
    """Return dy/dx along each sweep, shape (n,), by central differences that allow for uneven steps.

    Second order inside and first order at the ends (B. Fornberg, Math. Comp. 51, 699 (1988), as in
    `numpy.gradient`). NaN where a sweep has a single point; where x stands, only the first of its points counts.
    """
    made = np.full(y.size, np.nan)
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if finite.size < 2:
        return made
    sweeps = sweep_index(x)[finite]
    for sweep in np.unique(sweeps):
        here = finite[sweeps == sweep]
        here = here[np.concatenate(([True], np.diff(x[here]) != 0))]
        if here.size >= 2:
            with np.errstate(all="ignore"):
                made[here] = drawable(np.gradient(y[here], x[here]))
    return made


# -- scales ----------------------------------------------------------------------------------------------


def linear_below(curves: Sequence[Values]) -> float:
    """Choose the size below which a symmetric logarithm is linear: a power of ten, in units of y.

    The tenth percentile of the sizes, but not less than a millionth of the largest.
    """
    sizes = [np.abs(values[np.isfinite(values) & (values != 0)]) for values in curves]
    every = np.concatenate(sizes) if sizes else np.zeros(0)
    if not every.size:
        return 1.0
    size = max(float(np.percentile(every, 10)), 1e-6 * float(every.max()), 1e-300)
    return float(10.0 ** np.floor(np.log10(size)))


def scaled(values: Values, scale: Scale, linear: float) -> tuple[Values, int]:
    """Scale values for a plot, by decadic logarithms of what is positive; with them, how many cannot be drawn.

    The symmetric one is ``sign(y) · log10(1 + |y| / linear)`` (J. B. W. Webber, Meas. Sci. Technol. 24, 027001
    (2013)).
    """
    if scale == "linear":
        return values, 0
    with np.errstate(invalid="ignore", divide="ignore"):
        if scale == "symlog":
            return np.sign(values) * np.log10(1.0 + np.abs(values) / linear), 0
        bad = np.isfinite(values) & (values <= 0)
        return np.log10(np.where(bad, np.nan, values)), int(np.count_nonzero(bad))


def traces_of(run: RunColumns, by: Sequence[str]) -> Traces:
    """Tell which event belongs to which curve; a motor in `by` that has no numbers is left out."""
    return find_traces(run.columns, [name for name in by if name in run.columns], len(run))


# -- one curve compared with another -----------------------------------------------------------------------


def compared(
    x: Values, y: Values, first_x: Values, first_y: Values, how: Literal["difference", "ratio"]
) -> Values:
    """Subtract the first curve, or divide by it, interpolated linearly; shape (n,), NaN outside of its range."""
    finite = np.isfinite(first_x) & np.isfinite(first_y)
    if not finite.any():
        return np.full(y.size, np.nan)
    order = np.argsort(first_x[finite], kind="stable")
    base = np.interp(x, first_x[finite][order], first_y[finite][order], left=np.nan, right=np.nan)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return drawable(y - base if how == "difference" else y / np.where(base == 0, np.nan, base))
