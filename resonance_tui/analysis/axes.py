"""What a run scanned: which motor is swept, which ones step slowly, and which move along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Kind = Literal["count", "energy", "line-up", "map", "scan"]

MOST_CURVES = 12
"""More values of a slow motor than this are no curves to tell apart."""

ENERGY = "energy_position"
_NO_LINE_UP = (ENERGY, "energy", "polarization_position", "polarization")
_CREEP = 0.015  # in the motor's own unit
_ENCODER_STEP = 6e-5  # of the position: less than this is no motion
_STEP_OVER_JITTER = 4.0
_SHARE_OF_STEP = 0.25  # a place where a motor stood is narrower than this share of the step to the next
_ALIKE = 0.9995
_FEWEST_PLACES = 3
_FEW_EVENTS = 12
_FEWEST_POINTS = 2  # of a curve


@dataclass(frozen=True, slots=True)
class Axes:
    """The motors of a scan.

    Attributes
    ----------
    fast : str or None
        The motor that is swept: x. None where nothing moves.
    slow : tuple of str
        Those that stand at few places during a sweep: a curve for each.
    comoving : tuple of str
        Those that move with the fast one.
    other : tuple of str
        Those that move in some other way.
    """

    fast: str | None
    slow: tuple[str, ...] = ()
    comoving: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What a scientist calls such a scan."""
        if self.fast is None:
            return "count"
        if self.fast == ENERGY:
            return "energy"
        others = (*self.slow, *self.other)
        aligned = [name not in _NO_LINE_UP for name in (self.fast, *others)]
        if not others:
            return "line-up" if aligned[0] else "scan"
        return "map" if len(others) == 1 and all(aligned) else "scan"


def moves(values: Values) -> bool:
    """Tell whether a motor was moved, as opposed to a readback that jitters."""
    finite = values[np.isfinite(values)]
    if finite.size < 2:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
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
    """Find the setpoints of a motor, sorted, shape (k,); readings that differ by jitter are one.

    A motor that stood nowhere twice has as many setpoints as values.
    """
    finite = np.sort(values[np.isfinite(values)])
    if finite.size == 0:
        return finite
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = finite / max(float(np.abs(finite).max()), 1e-300)  # no overflow in the differences
    gaps = np.diff(scaled)
    span = float(scaled[-1] - scaled[0])
    if span <= 0.0:
        return finite[:1]
    starts, ends = _parts(gaps > _jitter(gaps, span))
    if starts.size > 1:
        widest = float((scaled[ends] - scaled[starts]).max())
        if widest > _SHARE_OF_STEP * float(gaps[ends[:-1]].min()):  # a sweep in steps of several sizes
            starts, ends = _parts(gaps > 1e-9 * span)
    middles = starts + ends  # the medians, since the values are sorted
    with np.errstate(over="ignore"):
        medians: Values = finite[middles // 2] / 2 + finite[(middles + 1) // 2] / 2
    return medians


def _parts(border: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the last index of each part; `border` is True where a part ends, shape (n − 1,)."""
    last = np.flatnonzero(border)
    return np.concatenate(([0], last + 1)), np.append(last, border.size)


def _jitter(gaps: Values, span: float) -> float:
    """Estimate the largest distance between two readings of one setpoint.

    Of a motor with few setpoints, the distances fall into two groups, and the small ones are many.
    """
    ordered = np.sort(np.maximum(gaps, 1e-9 * span))
    middle = ordered.size // 2
    ratio = ordered[middle + 1 :] / ordered[middle:-1]
    if ratio.size == 0 or ratio.max() < _STEP_OVER_JITTER:
        return 1e-9 * span
    at = middle + int(ratio.argmax())
    return float(np.sqrt(ordered[at] * ordered[at + 1]))


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
        Fast is the motor whose sweeps make no more curves than can be told apart; of several such the one
        with more places, then the one that covers its own span more often (its path length over its span).
    """
    moved = [name for name in motors if name in columns and moves(columns[name])]
    moved = _without_creep(columns, moved)
    if not moved:
        return Axes(None)
    leaders = _leaders(columns, moved)
    setpoints = {name: clusters(columns[name]) for name in leaders}
    choices = [_Choice.of(name, columns, leaders, setpoints) for name in leaders]
    best = max(choices, key=lambda choice: choice.rank)
    slow = tuple(sorted(best.slow, key=lambda name: (setpoints[name].size, motors.index(name))))
    return Axes(
        best.fast,
        # the slowest changes last: it names the outermost curves
        tuple(sorted(slow, key=lambda name: _sweeps(columns[name]))),
        tuple(leaders[best.fast]),
        tuple(name for name in leaders if name != best.fast and name not in best.slow),
    )


def _without_creep(columns: Mapping[str, Values], moved: Sequence[str]) -> list[str]:
    """Leave out the motors that only crept, where another one was driven: a readback that drifts is no scan.

    A driven motor moves by more than a readback creeps, which is some micrometres, or millidegrees.
    """
    driven = [name for name in moved if _span(columns[name]) > _CREEP]
    return driven or list(moved)


def _span(values: Values) -> float:
    finite = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        return float(np.ptp(finite)) if finite.size else 0.0


@dataclass(frozen=True, slots=True)
class _Choice:
    """A motor as x, and what that would mean."""

    fast: str
    slow: tuple[str, ...]
    rank: tuple[float, ...]

    @classmethod
    def of(
        cls, fast: str, columns: Mapping[str, Values], leaders: Mapping[str, Sequence[str]],
        setpoints: Mapping[str, Values],
    ) -> _Choice:  # fmt: skip
        others = [name for name in leaders if name != fast]
        n = columns[fast].size
        slow = tuple(
            name for name in others if 2 <= setpoints[name].size <= n // 2 and _stands(columns[name], n)
        )
        curves = float(np.prod([float(setpoints[name].size) for name in slow])) if slow else 1.0
        places = setpoints[fast].size
        rank = (
            float(places >= _FEWEST_PLACES),
            float(_FEWEST_POINTS * curves <= n),  # a drift through it all would make a curve of every event
            float(len(slow) == len(others)),
            float(curves <= MOST_CURVES),
            float(fast == ENERGY and places >= max(setpoints[name].size for name in leaders)),
            _sweeps(columns[fast]),
            float(places),
        )
        return cls(fast, slow, rank)


def _stands(values: Values, n: int) -> bool:
    """Tell whether a motor stepped through its setpoints: it was at each more than once, but for the last."""
    places = clusters(values)
    counts = np.bincount(nearest_cluster(values[np.isfinite(values)], places), minlength=places.size)
    return n <= _FEW_EVENTS or int(np.count_nonzero(counts == 1)) <= 1


def _leaders(columns: Mapping[str, Values], moved: Sequence[str]) -> dict[str, list[str]]:
    """Group the motors: each that moves on its own, with those that move along with it."""
    by_name = sorted(moved, key=lambda name: (name != ENERGY, not name.startswith("sam_"), name))
    leaders: dict[str, list[str]] = {}
    for name in by_name:
        leader = next((one for one in leaders if _alike(columns[one], columns[name])), None)
        if leader is None:
            leaders[name] = []
        else:
            leaders[leader].append(name)
    return {name: leaders[name] for name in moved if name in leaders}


def _alike(a: Values, b: Values) -> bool:
    """Tell whether two motors move together: in proportion, or at least always the same way."""
    finite = np.isfinite(a) & np.isfinite(b)
    if np.count_nonzero(finite) < 2:
        return False
    a, b = a[finite], b[finite]
    # a reading missed in one of them must not hide that it moves
    if not (moves(a) and moves(b)):
        return False
    return _correlation(a, b) > _ALIKE or _correlation(_ranks(a), _ranks(b)) > _ALIKE


def _ranks(values: Values) -> Values:
    places = clusters(values)
    return nearest_cluster(values, places).astype(np.float64)


def _correlation(a: Values, b: Values) -> float:
    """Return the size of Pearson's correlation, 0 … 1; 0 where one of them is constant."""
    a, b = a / max(float(np.abs(a).max()), 1e-300), b / max(float(np.abs(b).max()), 1e-300)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return abs(float(a @ b)) / size if size > 0 else 0.0


def _sweeps(values: Values) -> float:
    finite = values[np.isfinite(values)]
    finite = finite / max(float(np.abs(finite).max()), 1e-300)
    return round(float(np.sum(np.abs(np.diff(finite)))) / max(float(np.ptp(finite)), 1e-300), 3)


def nearest_cluster(values: Values, positions: Values) -> NDArray[np.intp]:
    """Return for each value the index of the nearest of the rising `positions`, shape (n,)."""
    if positions.size < 2:
        return np.zeros(values.size, dtype=np.intp)
    with np.errstate(over="ignore", invalid="ignore"):
        middles = positions[:-1] + (positions[1:] - positions[:-1]) / 2
        return np.asarray(np.searchsorted(middles, values), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Traces:
    """The curves of a scan: which event belongs to which.

    Attributes
    ----------
    index : array, shape (n,)
        The trace of each event, from 0 in the order of `setpoints`.
    setpoints : tuple of tuple of float
        Where the slow motors stood, for each trace.
    """

    index: NDArray[np.intp]
    setpoints: tuple[tuple[float, ...], ...]

    def __len__(self) -> int:
        return len(self.setpoints)

    def groups(self) -> list[NDArray[np.intp]]:
        """Return the indices of the events of each trace, rising."""
        if not self.setpoints:
            return []
        order = np.argsort(self.index, kind="stable")
        borders = np.searchsorted(self.index[order], np.arange(1, len(self)))
        return np.split(order, borders)


def find_traces(columns: Mapping[str, Values], slow: Sequence[str], n: int) -> Traces:
    """Tell the curves of `n` events apart by the setpoints of the slow motors.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,)
    slow : sequence of str
        The slow motors, the outermost first.
    n : int
    """
    keys = np.zeros(n, dtype=np.intp)
    setpoints = []
    for name in slow:
        values = _carried_on(columns.get(name, np.zeros(n)))
        places = clusters(values)
        if places.size == 0:
            places = np.zeros(1)
        setpoints.append(places)
        keys = keys * places.size + nearest_cluster(values, places)
    present, index = np.unique(keys, return_inverse=True)
    found = []
    for key in present.tolist():
        place: list[float] = []
        for places in reversed(setpoints):
            key, at = divmod(key, places.size)
            place.insert(0, float(places[at]))
        found.append(tuple(place))
    return Traces(np.asarray(index, dtype=np.intp).reshape(n), tuple(found))


def _carried_on(values: Values) -> Values:
    """Fill each missing reading with the last one before it: a slow motor stands where it was last read."""
    finite = np.isfinite(values)
    if finite.all() or not finite.any():
        return values
    last = np.maximum.accumulate(np.where(finite, np.arange(values.size), -1))
    return values[np.where(last < 0, int(finite.argmax()), last)]


def sweep_index(x: Values) -> NDArray[np.intp]:
    """Return which sweep of a motor each event is in, from 0, shape (n,); one ends where it starts over or turns.

    It starts over where one step leads back by more than half of its span, and turns where several do; the
    event at the turn belongs to the sweep that ends there.
    """
    index = np.zeros(x.size, dtype=np.intp)
    places = np.flatnonzero(np.isfinite(x))
    if places.size < 2:
        return index
    scaled = x[places] / max(float(np.abs(x[places]).max()), 1e-300)
    half = 0.5 * float(np.ptp(scaled))
    steps = np.diff(scaled)
    moved = steps[steps != 0]
    if half <= 0 or not moved.size:
        return index
    back = -float(np.sign(np.median(np.sign(moved)))) * steps
    starts = (np.flatnonzero(back > half) + 1).tolist()
    for first, last in pairwise([0, *starts, places.size]):
        starts += [first + turn for turn in _turns(scaled[first:last].tolist(), half)]
    for start in starts:
        index[places[start]] += 1
    return np.cumsum(index)


def _turns(values: list[float], half: float) -> list[int]:
    """Find where a motor has turned: the index after each extreme from which it goes back by more than `half`."""
    turns: list[int] = []
    way, low, high, at = 0.0, values[0], values[0], 0
    for place, value in enumerate(values):
        if way == 0:
            low, high = min(low, value), max(high, value)
            if value - low > half or high - value > half:
                way, at = (1.0 if value - low > half else -1.0), place
        elif way * (value - values[at]) >= 0:
            at = place
        elif way * (values[at] - value) > half:
            turns.append(at + 1)
            way, at = -way, place
    return turns
