"""Descriptions as JSON: one set of rules for every ``--json``.

Strict JSON: NaN and infinities are null, names are raw, times Unix seconds (UTC). null means known to be none; what was
not asked for, or not worked out, is absent. The shapes are described in docs/json.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .formulas import formula
from .hidden import hidden_notes
from .labels import scan_label

if TYPE_CHECKING:
    from ..analysis.curves import Normalisation
    from ..analysis.peaks import ReadOut
    from ..session.description import RunDescription, StreamDescription
    from ..session.scan import Curve, Scan

_NORMALISATIONS: dict[Normalisation, str] = {
    "none": "none",
    "ratio": "ratio",
    "absorbance": "log",
    "edge": "step",
}
_KINDS = ("energy", "line-up", "map", "angle", "time", "count", "list")
_MAX_DEPTH = 64


def document(schema: str, program: str, beamtime: str, problems: list[dict[str, str]], **more: Any) -> str:
    """One JSON document, on one line.

    Parameters
    ----------
    schema : str
        ``run/1``, …
    program : str
        The program's version.
    beamtime : str
        The path of the beamtime.
    problems : list of dict
        What could not be read.
    **more
        What the document tells.
    """
    head = {
        "schema": f"resonance-tui/{schema}",
        "program": program,
        "beamtime": beamtime,
        "problems": problems,
    }
    return json.dumps(strict(head | more), ensure_ascii=True, allow_nan=False)


def strict(value: Any, depth: int = 0) -> Any:
    """Return the same value with null for what JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int | bool) or value is None:
        return value
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {str(key): strict(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [strict(one, depth + 1) for one in value]
    return str(value)


def problems_json(run: RunDescription) -> list[dict[str, str]]:
    """Return what of a run could not be read."""
    return [{"where": one.where, "code": one.code, "text": one.text} for one in run.problems]


def run_row_json(run: RunDescription) -> dict[str, Any]:
    """Return a run as a row of a list."""
    row: dict[str, Any] = {
        "uid": run.uid,
        "plan": run.plan,
        "sample": run.sample,
        "operator": run.operator,
        "started": run.started,
        "stopped": run.stopped,
        "state": str(run.state.phase.value),
        "exit_status": run.exit_status or run.state.exit_status,
        "stream": run.stream,
        "events": run.events,
        "frames": run.frames,
    }
    if "scan" in run.parts:
        row["scan"] = _scan(run.plan, run.scan)
    return row


def run_json(run: RunDescription) -> dict[str, Any]:
    """Return a run with its sample, metadata, streams, scan, curves and frames."""
    told = run_row_json(run)
    sample = run.sample_details
    told["sample_details"] = None if sample is None else {
        "name": sample.name,
        "formula": sample.formula,
        "serial": sample.serial,
        "tags": sample.tags,
        "position": sample.beamline_pos,
        "extra": sample.extra,
    }  # fmt: skip
    told["metadata"] = run.metadata
    told["streams"] = [_stream(stream) for stream in run.streams]
    if run.scan is not None:
        told["scan"] |= _axes_and_sweeps(run.scan)
    if run.curves is not None:
        told["curves"] = [curve_json(curve) for curve in run.curves]
    told["image_fields"] = [
        {
            "field": one.field,
            "stream": one.stream,
            "count": one.count,
            "shape": one.shape,
            "dtype": one.dtype,
            "live": one.live,
        }
        for one in run.image_fields
    ]
    return told


def _scan(plan: str, scan: Scan | None) -> dict[str, Any] | None:
    if scan is None:
        return None
    return {"label": scan_label(plan, scan).full, "kind": scan.kind if scan.kind in _KINDS else "other"}


def _axes_and_sweeps(scan: Scan) -> dict[str, Any]:
    told: dict[str, Any] = {
        "axes": [
            {
                "field": axis.field,
                "unit": axis.unit,
                "setpoints": axis.setpoints,
                "first": axis.first,
                "last": axis.last,
            }
            for axis in scan.axes
        ]
    }
    if scan.sweeps is not None:
        told["sweeps"] = [
            {"direction": one.direction, "first_event": one.first_event, "last_event": one.last_event}
            for one in scan.sweeps
        ]
    return told


def _stream(stream: StreamDescription) -> dict[str, Any]:
    fields = [
        {
            "name": one.name,
            "label": one.label,
            "unit": one.unit,
            "role": str(one.role),
            "dtype": one.dtype,
            "shape": one.shape,
        }
        for one in stream.fields.values()
    ]
    return {"name": stream.name, "events": stream.events, "fields": fields}


def curve_json(curve: Curve) -> dict[str, Any]:
    """Return a curve: how it is made, and the numbers read from it."""
    spec = curve.spec
    normalisation = _NORMALISATIONS[spec.normalisation]
    monitor = spec.monitor if curve.divided else None
    made_by: dict[str, Any] = {"stream": curve.stream, "x": spec.x, "y": curve.y, "by": list(spec.group_by)}
    made_by |= {"normalise": normalisation, "monitor": monitor}
    return {
        "x": spec.x,
        "y": curve.y,
        "formula": formula(curve.y, spec, curve, divided=curve.divided),
        "spec": made_by,
        "monitor": monitor,
        "reference": None,
        "dark": {},
        "normalisation": normalisation,
        "refused": None,
        "group": curve.group,
        "direction": curve.direction,
        "shape": curve.shape,
        "points": curve.points,
        "hidden": [
            {"code": one.code, "count": one.count, "limit": one.limit, "field": one.field or None}
            for one in curve.hidden
        ],
        "notes": hidden_notes(curve.hidden),
        "read_outs": [told for one in curve.read_outs for told in _read_outs(one, curve)],
    }


def _read_outs(one: ReadOut, curve: Curve) -> list[dict[str, Any]]:
    """Return the numbers of a curve; the sides of a width and the levels of an edge have no name of their own."""
    if one.name in ("levels", "half_max"):
        return []
    of_y = one.name in ("max", "min", "flat")
    told: dict[str, Any] = {
        "name": one.name,
        "value": one.value,
        "unit": curve.y_unit if of_y else curve.x_unit,
        "at": one.at,
        "at_unit": curve.x_unit if one.at is not None else None,
        "window": None,
    }
    return [told]
