"""Columns of a run as the session makes them, from plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from resonance_tui.analysis.axes import Axes
from resonance_tui.analysis.curves import PlotSpec, RunColumns
from resonance_tui.catalog.field_names import field_role
from resonance_tui.session.run_columns import columns_of
from resonance_tui.session.scan import describe_scan
from resonance_tui.text import labels


def run_columns(
    uid: str,
    columns: Mapping[str, Any],
    words: dict[str, list[Any]] | None = None,
    data_keys: Mapping[str, Mapping[str, Any]] | None = None,
) -> RunColumns:
    """What the session makes of these numbers and words."""
    return columns_of(uid, dict(columns), data_keys or {}, words)


def roles_of(
    columns: Mapping[str, Any], data_keys: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, str]:
    """What each field is."""
    return {name: field_role(name, (data_keys or {}).get(name, {})) for name in columns}


def scan_label(plan: str, axes: Axes, columns: Mapping[str, Any], *, whole: bool = True) -> labels.ScanLabel:
    """What a run of these columns scanned, in words."""
    n = next((len(values) for values in columns.values()), 0)
    own = {"seq_num": np.arange(1.0, n + 1), "time": np.arange(float(n))}
    run = run_columns("u", {**columns, **own})
    return labels.scan_label(plan, describe_scan(run, axes, sampled=not whole) if columns else None)


def spec_of(x: str, ys: tuple[str, ...], by: tuple[str, ...] = (), *more: Any, **known: Any) -> PlotSpec:
    """A spec that divides by i0, where it divides."""
    return PlotSpec(x, ys, by, *more, **{"monitor": "i0", **known})
