"""What a run scanned, in a few words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..analysis.axes import Axes, Values, clusters, find_branches, sweep_index
from .fields import Labelled, field_name
from .numbers import in_span
from .printable import printable
from .scan_label import ScanLabel

_PLAIN_PLANS = ("scan", "count")
_NAME = 20


def scan_label(
    plan: str, axes: Axes, columns: Mapping[str, Values], fields: Labelled, *, whole: bool = True
) -> ScanLabel:
    """``energy 270→369.9 (730) × sam_th 5``; the plan's name after it where it tells more than ``scan``.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,)
        The run's numbers, in the order of its events.
    fields : Labelled
        Knows their short names.
    whole : bool
        Whether these are all events: else nothing is said of how many points a sweep has.
    """
    name = "" if plan in _PLAIN_PLANS else printable(plan, 24)
    if axes.fast is None:
        alone = name or ("count" if columns or plan == "count" else plan)
        return ScanLabel(alone, alone, alone)
    values = columns[axes.fast]
    finite = values[np.isfinite(values)]
    span = in_span(*_without_jitter(float(finite[0]), _far_end(finite), finite))
    count = _points(axes, columns) if whole else ""
    x = field_name(axes.fast, fields, _NAME)
    slow = "".join(
        f" × {field_name(motor, fields, _NAME)} {clusters(columns[motor]).size}" for motor in axes.slow
    )
    loose = "".join(f" × {field_name(motor, fields, _NAME)}" for motor in axes.loose)
    along = "".join(f" + {field_name(motor, fields, _NAME)}" for motor in axes.together)
    tail = f" {name}" if name else ""
    if axes.kind == "map":
        other = field_name((*axes.slow, *axes.loose)[0], fields, _NAME)
        text = f"map {x}{along} × {other}"
        size = _size_of_map(axes, columns) if whole else ""
        return ScanLabel(f"{text}{size}{tail}", text + tail, text)
    head = f"line-up {x}{along}" if axes.kind == "line-up" else f"{x}{along}"
    short = f"{head} {span}{slow}{loose}"
    return ScanLabel(f"{head} {span}{count}{slow}{loose}{tail}", short + tail, short)


def _points(axes: Axes, columns: Mapping[str, Values]) -> str:
    """`` (730)``: points of a sweep, and how many sweeps where they are repeated: `` (125, 4 sweeps)``."""
    x = columns[axes.fast or ""]
    branches = find_branches(columns, axes.slow, x.size)
    sizes, passes = [], []
    for group in branches.groups():
        here = x[group]
        sweeps = int(sweep_index(here)[-1]) + 1 if here.size else 1
        sizes.append(here.size / sweeps)
        passes.append(sweeps)
    size = round(max(sizes, default=0))  # the last sweep may have been cut short
    most = max(passes, default=1)
    return f" ({size:,})" if most == 1 else f" ({size:,}, {most} sweeps)"


def _size_of_map(axes: Axes, columns: Mapping[str, Values]) -> str:
    if not axes.slow or axes.fast is None:
        return ""
    branches = find_branches(columns, axes.slow, columns[axes.fast].size)
    return f" ({max(map(len, branches.groups())):,} × {len(branches):,})"


def _far_end(finite: Values) -> float:
    """The end of the range that the sweep does not begin at."""
    low, high = float(finite.min()), float(finite.max())
    return high if abs(finite[0] - low) <= abs(finite[0] - high) else low


def _without_jitter(first: float, last: float, finite: Values) -> tuple[float, float]:
    """The ends of a range, rounded to a hundredth of a step: a readback is no rounder than that."""
    steps = np.abs(np.diff(finite))
    steps = steps[steps > 0]
    step = float(np.median(steps)) if steps.size else 0.0
    if not 0 < step < np.inf:
        return first, last
    decimals = int(min(12, max(0, np.ceil(-np.log10(step)) + 1)))
    return round(first, decimals), round(last, decimals)
