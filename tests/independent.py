"""What ``resonance-tui show --json`` has to say of a run, worked out without a line of the program.

Only sqlite3, json, numpy and the files themselves, from the definitions in the docs: a second opinion on the values of
a beamtime that was taken as the real one and the demo are (single upward sweeps, a curve for each place of a motor).
``python tests/independent.py beamtime.db`` prints them.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROLES = {
    "energy_position": "motor", "sam_th_position": "motor", "sam_x_position": "motor", "sam_z_position": "motor",
    "polarization_position": "motor", "det_th_position": "motor", "photodiode": "signal", "tey_signal": "signal",
    "ai_6_beamstop": "signal", "i0": "monitor", "beam_current": "monitor", "exposure": "setting",
    "detector_image": "image", "shutter_open": "signal", "filter": "setting",
}  # fmt: skip
UNITS = {
    "energy_position": "eV", "sam_th_position": "°", "det_th_position": "°", "sam_x_position": "mm",
    "sam_z_position": "mm", "polarization_position": "", "photodiode": "V", "tey_signal": "V", "ai_6_beamstop": "V",
    "i0": "V", "beam_current": "mA", "exposure": "s", "detector_image": "", "shutter_open": "", "filter": "",
}  # fmt: skip
ONLY_WHERE_SAID = ("V", "mA", "mm")
DTYPES = {float: "float64", bool: "bool", str: "string"}
"""Of fields that only events have."""
RESOLUTION = {
    "energy_position": 0.04, "sam_th_position": 0.02, "sam_x_position": 0.02, "sam_z_position": 0.01,
    "polarization_position": 0.5, "det_th_position": 0.02,
}  # fmt: skip
"""Two readings of one place differ by less, those of two places by more."""

SILENCE_S, LONGEST_S, STARTING_S = 600.0, 2 * 24 * 3600.0, 120.0


def every_run(database: Path) -> dict[str, dict[str, Any]]:
    """What is to be said of each run, by uid, the oldest first."""
    connection = sqlite3.connect(database.resolve().as_uri() + "?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT rowid, * FROM runs ORDER BY time_start").fetchall()
    newest = max(row["rowid"] for row in rows)
    found = {}
    for row in rows:
        found[row["uid"]] = _run(connection, database, row, newest=row["rowid"] == newest)
    connection.close()
    return found


def _run(connection: sqlite3.Connection, database: Path, row: sqlite3.Row, *, newest: bool) -> dict[str, Any]:
    metadata = json.loads(row["metadata"] or "{}")
    streams, images = [], []
    events: list[dict[str, Any]] = []
    numbers: list[int] = []
    for stream in connection.execute("SELECT * FROM streams WHERE run_uid = ? ORDER BY rowid", (row["uid"],)):
        taken = connection.execute(
            "SELECT seq_num, data FROM events WHERE stream_uid = ? ORDER BY seq_num", (stream["uid"],)
        ).fetchall()
        keys = json.loads(stream["data_keys"])
        decoded = [json.loads(one["data"]) for one in taken]
        names = list(dict.fromkeys([*(name for one in decoded for name in one), *keys]))
        fields = [_field(name, keys.get(name), decoded) for name in names]
        streams.append({"name": stream["name"], "events": len(taken), "fields": fields})
        if stream["name"] == "primary":
            events, numbers = decoded, [one["seq_num"] for one in taken]
        images += _images(connection, stream)
    if row["time_stop"] is None and not images:
        images = _images_on_disk(database, row["uid"])
    on_disk = sum(one["count"] for one in _images_on_disk(database, row["uid"]))
    sample = connection.execute("SELECT * FROM samples WHERE id = ?", (row["sample_id"],)).fetchone()
    units = {field["name"]: field["unit"] for stream in streams for field in stream["fields"]}
    scan, curves = _scanned(row["plan_name"], events, numbers, units)
    closed = row["time_stop"] is not None
    return {
        "uid": row["uid"],
        "plan": row["plan_name"],
        "sample": None if sample is None else sample["name"],
        "operator": row["operator"] or metadata.get("operator"),
        "started": row["time_start"],
        "stopped": row["time_stop"],
        "state": "closed" if closed else _state(database, row, newest, on_disk, len(events)),
        "exit_status": row["exit_status"],
        "stream": "primary",
        "events": row["num_events"] if closed else len(events),
        "frames": sum(one["count"] for one in images),
        "scan": scan,
        "sample_details": None if sample is None else _sample(sample),
        "metadata": metadata,
        "streams": streams,
        "curves": curves,
        "image_fields": images,
        "problems": [],
    }


def _sample(row: sqlite3.Row) -> dict[str, Any]:
    plain = {"name": row["name"], "formula": row["formula"], "serial": row["serial"]}
    return plain | {
        "tags": json.loads(row["tags"] or "[]"),
        "position": row["beamline_pos"],
        "extra": json.loads(row["extra"] or "{}"),
    }


def _field(name: str, key: dict[str, Any] | None, events: list[dict[str, Any]]) -> dict[str, Any]:
    unit = UNITS[name]
    told = {"name": name, "label": short(name), "role": ROLES[name]}
    if key is None:  # nothing is said of it
        values = [one[name] for one in events if one.get(name) is not None]
        return told | {
            "unit": "" if unit in ONLY_WHERE_SAID else unit,
            "dtype": DTYPES[type(values[0])],
            "shape": None,
        }
    return told | {"unit": unit, "dtype": key.get("dtype"), "shape": key.get("shape")}


def short(name: str) -> str:
    """A motor without ``_position``."""
    return name[: -len("_position")] if name.endswith("_position") else name


# -- state and frames ----------------------------------------------------------------------------------------


def _state(database: Path, row: sqlite3.Row, newest: bool, frames: int, events: int) -> str:
    """Of a run without an end, as seen by one look."""
    ended = "interrupted" if frames else "abandoned"
    if not newest:
        return ended
    if _is_locked(database):
        return "running"
    if Path(f"{database}-journal").exists():
        return "interrupted"
    now = time.time()
    files = [database, *(_store(database) / "runs" / row["uid"]).glob("*/zarr.json")]
    if 0 <= now - row["time_start"] < STARTING_S and not events and not frames:
        return "starting"
    silent = now - max(path.stat().st_mtime for path in files) >= SILENCE_S
    return ended if silent or now - row["time_start"] >= LONGEST_S else "open"


def _is_locked(database: Path) -> bool:
    """Whether a process holds a lock for writing, as Linux tells."""
    inode = f":{database.stat().st_ino} "
    return any(inode in line and " WRITE " in line for line in Path("/proc/locks").read_text().splitlines())


def _store(database: Path) -> Path:
    return database.with_suffix(".zarr")


def _images(connection: sqlite3.Connection, stream: sqlite3.Row) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT field_name, count(*) AS n, shape_x, shape_y, i.dtype AS dtype FROM image_refs AS i JOIN events AS e"
        " ON e.uid = i.event_uid WHERE e.stream_uid = ? GROUP BY field_name",
        (stream["uid"],),
    )
    return [
        {
            "field": row["field_name"],
            "stream": stream["name"],
            "count": row["n"],
            "shape": [row["shape_x"], row["shape_y"]],
            "dtype": row["dtype"],
            "live": False,
        }
        for row in rows
    ]


def _images_on_disk(database: Path, uid: str) -> list[dict[str, Any]]:
    found = []
    for path in sorted((_store(database) / "runs" / uid).glob("*/zarr.json")):
        array = json.loads(path.read_text())
        chunks = len(list(path.parent.glob("c/*/0/0")))
        told = {"field": path.parent.name, "stream": "primary", "count": chunks}
        found.append(told | {"shape": array["shape"][1:], "dtype": array["data_type"], "live": True})
    return found


# -- what was scanned ----------------------------------------------------------------------------------------

Array = np.ndarray[Any, Any]


def _scanned(
    plan: str, events: list[dict[str, Any]], numbers: list[int], units: dict[str, str]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    if not events:
        return None, []
    names = dict.fromkeys(name for one in events for name in one if isinstance(one[name], float))
    columns = {name: np.array([one.get(name) for one in events], float) for name in names}
    places = {name: stood(columns[name], RESOLUTION[name]) for name in names if ROLES[name] == "motor"}
    moved = sorted(
        (name for name in places if len(places[name]) > 1),
        key=lambda name: (name == "energy_position", len(places[name])),
        reverse=True,
    )
    fast, slow = (moved[0] if moved else None), moved[1:]
    whose = np.zeros(len(events), int)  # the place of the slow motors
    for name in slow:
        nearest = np.abs(columns[name][:, None] - np.array(places[name])).argmin(axis=1)
        whose = whose * len(places[name]) + nearest
    kind = "count" if fast is None else "energy" if fast == "energy_position" else "line-up"
    scan: dict[str, Any] = {
        "label": _label(plan, columns, places, fast, slow, whose),
        "kind": kind,
        "axes": [_axis(name, columns[name], len(places[name])) for name in moved],
        "sweeps": [] if fast is None else _sweeps(columns[fast], whose, numbers),
    }
    return scan, _curves(columns, kind, fast, slow, places, whose, units)


def stood(values: Array, resolution: float) -> list[float]:
    """The places where a motor stood, rising: the middle one of the readings there."""
    found: list[list[float]] = []
    for value in sorted(values[np.isfinite(values)].tolist()):
        if found and value - found[-1][-1] < resolution:
            found[-1].append(value)
        else:
            found.append([value])
    return [float(np.median(one)) for one in found]


def _axis(name: str, values: Array, setpoints: int) -> dict[str, Any]:
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    far = low if high - values[0] < values[0] - low else high
    return {
        "field": name,
        "unit": UNITS[name],
        "setpoints": setpoints,
        "first": float(values[0]),
        "last": far,
    }


def _sweeps(x: Array, whose: Array, numbers: list[int]) -> list[dict[str, Any]]:
    """A new one begins where a slow motor goes on; the fast one is swept upwards."""
    starts = [0, *(np.flatnonzero(np.diff(whose)) + 1).tolist(), x.size]
    found = []
    for first, end in itertools.pairwise(starts):
        assert (np.diff(x[first:end]) > 0).all(), "no single upward sweep"
        found.append({"direction": "up", "first_event": numbers[first], "last_event": numbers[end - 1]})
    return found


def _label(
    plan: str, columns: dict[str, Array], places: dict[str, list[float]], fast: str | None, slow: list[str],
    whose: Array,
) -> str:  # fmt: skip
    tail = "" if plan in ("scan", "count") else plan
    if fast is None:
        return tail or "count"
    x = columns[fast]
    head = "" if fast == "energy_position" else "line-up "
    span = f"{head}{short(fast)} {_five(x[0])}→{_five(x.max())} ({int(np.bincount(whose).max()):,})"
    return " ".join(
        [span, *(f"× {short(name)} {len(places[name])}" for name in slow), *([tail] * bool(tail))]
    )


def _five(value: float) -> str:
    """Five digits, and no noise of a readback behind a hundredth."""
    return f"{round(value, 2):.5g}"


# -- curves --------------------------------------------------------------------------------------------------


def _curves(
    columns: dict[str, Array], kind: str, fast: str | None, slow: list[str], places: dict[str, list[float]],
    whose: Array, units: dict[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    divided = kind == "energy"
    y = "tey_signal" if kind in ("energy", "count") else _clearest(columns)
    x_name = fast or "seq_num"
    x = columns[fast] if fast else np.arange(1.0, columns[y].size + 1)
    monitor = np.abs(columns["i0"])
    limit = float(f"{0.07 * float(np.percentile(monitor, 95)):.2g}") if divided else 0.0
    weak = monitor < limit
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(weak, np.nan, columns[y] / columns["i0"]) if divided else columns[y]
    monitor_name = "i0" if divided else None
    found = []
    for at in sorted(set(whose.tolist())):
        here = whose == at
        # ours has but one slow motor at a time
        group = {name: places[name][at] for name in slow}
        hidden = int(weak[here].sum())
        shown = np.isfinite(values[here])
        shape, numbers = read(x[here][shown], values[here][shown], kind)
        x_unit, y_unit = UNITS.get(x_name, ""), "" if divided else units[y]
        found.append(
            {
                "x": x_name,
                "y": y,
                "formula": f"{y} ÷ i0" if divided else y,
                "spec": {
                    "stream": "primary",
                    "x": x_name,
                    "y": y,
                    "by": slow,
                    "normalise": "ratio" if divided else "none",
                    "monitor": monitor_name,
                },
                "monitor": monitor_name,
                "reference": None,
                "dark": {},
                "normalisation": "ratio" if divided else "none",
                "refused": None,
                "group": group,
                "direction": "up",
                "shape": shape,
                "points": int(shown.sum()),
                "hidden": [{"code": "monitor_weak", "count": hidden, "limit": limit, "field": "i0"}]
                if hidden
                else [],
                "notes": [f"{hidden} point{'s' * (hidden != 1)} hidden (|i0| < {limit:g})"] if hidden else [],
                "read_outs": [
                    {
                        "name": name,
                        "value": value,
                        "unit": y_unit if name in ("max", "min", "flat") else x_unit,
                        "at": where,
                        "at_unit": None if where is None else x_unit,
                        "window": None,
                    }
                    for name, value, where in numbers
                ],
            }
        )
    return found


def _clearest(columns: dict[str, Array]) -> str:
    """The signal whose range, as a share of its size, is the least noise from one reading to the next."""

    def clear(name: str) -> float:
        y = columns[name] / np.abs(columns[name]).max()
        low, high = np.percentile(y, (5, 95))
        noise = float(np.diff(y).var() + np.diff(y).mean() ** 2) / float(y.var()) / 2
        return max(0.0, 1 - noise) * float(high - low) / float(max(abs(low), abs(high)))

    return max((name for name in columns if ROLES[name] == "signal"), key=clear)


def read(x: Array, y: Array, kind: str) -> tuple[str, list[tuple[str, float, float | None]]]:
    """The shape of a curve and its numbers: name, value, and where that is."""
    n = x.size
    ends = max(1, round(n / 10)) if n > 2 else 1
    before, behind = float(np.mean(y[:ends])), float(np.mean(y[n - ends :]))
    top, bottom = int(np.argmax(y)), int(np.argmin(y))
    highest = ("max", float(y[top]), float(x[top]))
    lowest = ("min", float(y[bottom]), float(x[bottom]))
    if n < 3 or y[top] == y[bottom]:
        return "flat", [("flat", float(y[top]), None)]
    if abs(behind - before) > (y[top] - y[bottom]) / 2:
        shape, middle = "edge", (before + behind) / 2
        cuts = [
            _at_level(x, y, k, middle) for k in range(n - 1) if (y[k] > middle) is not (y[k + 1] > middle)
        ]
        cut = [("half_height", sorted(cuts)[len(cuts) // 2], None)]
        told = [highest, *cut] if kind == "energy" else [*cut, highest]
    else:
        slope = (behind - before) / (float(np.mean(x[n - ends :])) - float(np.mean(x[:ends])))
        above = y - (before + slope * (x - float(np.mean(x[:ends]))))
        is_dip = -above.min() > above.max()
        shape = "dip" if is_dip else "peak"
        if is_dip and kind == "energy":
            told = [highest, lowest]
        elif is_dip:
            told = [lowest, *_peak(x, -above), highest]
        else:
            told = [highest, *_peak(x, above)]
    return shape, told if kind != "count" and n >= 5 else [highest]


def _peak(x: Array, y: Array) -> list[tuple[str, float, float | None]]:
    weight = np.clip(y, 0, None)
    found: list[tuple[str, float, float | None]] = []
    if (area := np.trapezoid(weight, x)) > 0:
        found.append(("centroid", float(np.trapezoid(weight * x, x) / area), None))
    top = int(np.argmax(y))
    half = y[top] / 2
    left, right = top, top
    while left >= 0 and y[left] >= half:
        left -= 1
    while right < y.size and y[right] >= half:
        right += 1
    if left >= 0 and right < y.size:
        a, b = _at_level(x, y, left, half), _at_level(x, y, right - 1, half)
        found += [("fwhm", b - a, None), ("middle", (a + b) / 2, None)]
    return found


def _at_level(x: Sequence[float] | Array, y: Sequence[float] | Array, k: int, level: float) -> float:
    """Where the line from point k to the next crosses a level."""
    share = (level - y[k]) / (y[k + 1] - y[k])
    return float(x[k] * (1 - share) + x[k + 1] * share)


if __name__ == "__main__":
    print(json.dumps(every_run(Path(sys.argv[1])), indent=1))
