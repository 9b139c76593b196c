"""What was scanned, and the curves that a plot shows of it at first, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.axes import Axes, Traces
    from ..analysis.curves import Hidden, PlotSpec, RunColumns
    from ..analysis.peaks import ReadOut, Readout

    Values = np.ndarray[Any, np.dtype[np.float64]]
    Places = np.ndarray[Any, np.dtype[np.intp]]

Direction = Literal["up", "down", "none"]
AxisRole = Literal["fast", "slow", "comoving", "other"]

_MAX_DECIMALS = 12
_WHOLE = 0.9  # of the points of the sweeps before it: with fewer, the last one was cut short


@dataclass(frozen=True, slots=True)
class Axis:
    """A motor of a scan.

    Attributes
    ----------
    field, label, unit : str
    role : AxisRole
        Swept; standing at few setpoints during a sweep; moving along with the one that is swept; or otherwise.
    setpoints : int
        At how many places it stood.
    first, last : float
        Where it began, and the far end of its range, as read.
    decimals : int or None
        To which a readback of it is worth telling: a hundredth of its usual step; None where it has none.
    """

    field: str
    label: str
    unit: str
    role: AxisRole
    setpoints: int
    first: float
    last: float
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass of the fast motor; its events by their ``seq_num``."""

    direction: Direction
    first_event: int | None
    last_event: int | None


@dataclass(frozen=True, slots=True)
class Scan:
    """What was scanned.

    Attributes
    ----------
    kind : {"count", "energy", "line-up", "map", "scan"}
    axes : tuple of Axis
        The fastest first: the one that is swept, then the slow ones, the outermost last; then those that move along,
        and others.
    sweeps : tuple of Sweep or None
        None where not all events were read.
    points : int or None
        Of a sweep; None where not all events were read.
    passes : int
        How often the fast motor was swept at one place of the slow ones, at most.
    size : (int, int) or None
        Of a map: points of a line, and lines.
    sampled : bool
        Not all events were read.
    """

    kind: str
    axes: tuple[Axis, ...]
    sweeps: tuple[Sweep, ...] | None = None
    points: int | None = None
    passes: int = 1
    size: tuple[int, int] | None = None
    sampled: bool = False

    def of_role(self, role: AxisRole) -> tuple[Axis, ...]:
        """Return the motors of one role."""
        return tuple(axis for axis in self.axes if axis.role == role)

    @property
    def fast(self) -> Axis | None:
        """The motor that is swept; None where nothing moves."""
        return next((axis for axis in self.axes if axis.role == "fast"), None)


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: how it is made, and what is read from it.

    Attributes
    ----------
    stream : str
    spec : PlotSpec
    y : str
        The field; x, monitor and normalisation are the spec's.
    labels : dict of str to str
        The short names of the fields in it.
    x_unit, y_unit : str
        Of what is drawn.
    divided : bool
        Whether it is divided by the monitor.
    group : dict of str to float
        Where the slow motors stood.
    direction : Direction
        Of its sweep; ``none`` where there are several in different directions.
    positions : array of int, shape (n,)
        The places of its points within the stream.
    x, values : array, shape (n,)
        NaN where a point is hidden.
    points : int
        That are drawn.
    hidden : tuple of Hidden
    readout : Readout or None
        None where no point is drawn.
    read_outs : tuple of ReadOut
    """

    stream: str
    spec: PlotSpec
    y: str
    labels: dict[str, str]
    x_unit: str
    y_unit: str
    divided: bool
    group: dict[str, float]
    direction: Direction
    positions: Places
    x: Values
    values: Values
    points: int
    hidden: tuple[Hidden, ...]
    readout: Readout | None
    read_outs: tuple[ReadOut, ...] = field(default_factory=tuple)

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        return self.positions.nbytes + self.x.nbytes + self.values.nbytes

    @property
    def shape(self) -> str:
        """``peak``, ``dip``, ``edge``, ``flat`` or ``none``."""
        return self.readout.shape if self.readout is not None and self.read_outs else "none"

    def label(self, name: str) -> str:
        """Return the short name of a field."""
        return self.labels.get(name, name)


def describe_scan(run: RunColumns, axes: Axes, *, sampled: bool = False) -> Scan:
    """Describe what was scanned.

    Parameters
    ----------
    run : RunColumns
        The events; only some of them where `sampled`.
    axes : Axes
    """
    import numpy as np

    from ..analysis.axes import clusters, find_traces

    roles: dict[str, AxisRole] = {}
    if axes.fast is not None:
        roles[axes.fast] = "fast"
    roles |= dict.fromkeys(reversed(axes.slow), "slow")
    roles |= dict.fromkeys(axes.comoving, "comoving")
    roles |= dict.fromkeys(axes.other, "other")
    found = []
    for name, role in roles.items():
        values = run.columns[name]
        finite = values[np.isfinite(values)]
        first, last = (float(finite[0]), _far_end(finite)) if finite.size else (float("nan"), float("nan"))
        found.append(
            Axis(
                name, run.label(name), run.unit(name), role, int(clusters(values).size), first, last,
                _decimals(finite),
            )
        )  # fmt: skip
    if sampled or axes.fast is None:
        return Scan(axes.kind, tuple(found), None if sampled else (), None, sampled=sampled)
    x = run.columns[axes.fast]
    traces = find_traces(run.columns, axes.slow, x.size)
    sweeps, points, passes = _sweeps(run, x, traces)
    size = None
    if axes.kind == "map" and axes.slow:
        size = max(map(len, traces.groups())), len(traces)
    return Scan(axes.kind, tuple(found), sweeps, points, passes, size)


def _far_end(finite: Values) -> float:
    """Return the end of the range that the sweep does not begin at."""
    low, high, first = float(finite.min()), float(finite.max()), float(finite[0])
    return high if first - low <= high - first else low


def _decimals(finite: Values) -> int | None:
    """Return the decimals of a hundredth of a step: a readback is no rounder."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.abs(np.diff(finite))
    steps = steps[steps > 0]
    step = float(np.median(steps)) if steps.size else 0.0
    if not 0 < step < np.inf:
        return None
    return int(min(_MAX_DECIMALS, max(0, np.ceil(-np.log10(step)) + 1)))


def _sweeps(run: RunColumns, x: Values, traces: Traces) -> tuple[tuple[Sweep, ...], int, int]:
    """Return the sweeps in the order in which they began, the points of one, and how many are at one place."""
    import numpy as np

    from ..analysis.axes import sweep_index
    from ..analysis.curves import SEQ_NUM

    numbers = run.columns[SEQ_NUM]
    found: list[tuple[int, Sweep]] = []
    sizes, passes = [0.0], [1]
    for group in traces.groups():
        index = sweep_index(x[group])
        count = int(index[-1]) + 1 if index.size else 1
        sizes.append(_usual_size(np.bincount(index).tolist()))
        passes.append(count)
        for number in range(count):
            events = group[index == number]
            first, last = numbers[events[0]], numbers[events[-1]]
            found.append((int(events[0]), Sweep(direction_of(x[events]), _number(first), _number(last))))
    found.sort(key=lambda one: one[0])
    return tuple(sweep for _, sweep in found), round(max(sizes)), int(np.max(passes))


def _usual_size(sizes: list[int]) -> float:
    """How many points a sweep has; the last one may have been cut short."""
    *whole, last = sizes
    usual = sum(whole) / len(whole) if whole else 0.0
    return usual if last < _WHOLE * usual else sum(sizes) / len(sizes)


def _number(value: float) -> int | None:
    return int(value) if value == value and abs(value) < 2**63 else None


def direction_of(x: Values) -> Direction:
    """Which way a sweep goes, from its first value to its last."""
    import numpy as np

    finite = x[np.isfinite(x)]
    if finite.size < 2 or finite[0] == finite[-1]:
        return "none"
    return "up" if finite[-1] > finite[0] else "down"


def describe_curves(
    run: RunColumns, axes: Axes, stream: str, spec: PlotSpec | None = None
) -> tuple[Curve, ...]:
    """Make the curves of a run, one per field and place of the slow motors; none where there is nothing to draw.

    Parameters
    ----------
    spec : PlotSpec, optional
        How they are made; as a plot shows them at first by default.
    """
    import numpy as np

    from ..analysis.axes import sweep_index
    from ..analysis.curves import drawable, first_spec, make_curve, traces_of
    from ..analysis.peaks import read_out, read_outs
    from ..analysis.signals import has_beam

    spec = spec or first_spec(run, axes)
    if spec is None:
        return ()
    traces = traces_of(run, spec.group_by)
    x = drawable(run.columns.get(spec.x, np.full(len(run), np.nan)))
    monitor = spec.monitor
    found = []
    for y in spec.ys:
        made = make_curve(run, y, spec, traces)
        divided = (
            spec.normalisation != "none"
            and monitor not in (None, y)
            and has_beam(run.columns.get(monitor or ""))
        )
        names = {spec.x, y, *spec.group_by, *([monitor] if monitor else [])}
        for events, place in zip(traces.groups(), traces.setpoints, strict=True):
            here, values = x[events], made.values[events]
            readout = read_out(here, values)
            index = sweep_index(here)
            ways = {
                direction_of(here[index == number])
                for number in range(int(index[-1]) + 1 if index.size else 0)
            }
            found.append(
                Curve(
                    stream=stream,
                    spec=spec,
                    y=y,
                    labels={name: run.label(name) for name in names},
                    x_unit=run.unit(spec.x),
                    y_unit="" if spec.normalisation != "none" or spec.derivative else run.unit(y),
                    divided=divided,
                    group=dict(zip(spec.group_by, place, strict=False)),
                    direction=ways.pop() if len(ways) == 1 else "none",
                    positions=events,
                    x=here,
                    values=values,
                    points=int(np.count_nonzero(np.isfinite(values) & np.isfinite(here))),
                    hidden=made.hidden_of(events),
                    readout=readout,
                    read_outs=read_outs(readout, axes.kind),
                )
            )
    return tuple(found)
