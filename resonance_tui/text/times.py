"""Times and durations; local time, total for whatever a file may hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .printable import printable

_FIRST, _LAST = 946684800.0, 4102444800.0  # the years 2000 and 2100


def _local(seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not _FIRST <= seconds < _LAST:
        return None
    return datetime.fromtimestamp(float(seconds)).astimezone()


def _raw(seconds: Any) -> str:
    return "–" if seconds is None else f"{printable(seconds, 14)}?"


def day_and_minute(seconds: Any) -> str:
    """``Feb 10 14:03``; outside of 2000–2100 the value itself and a question mark."""
    local = _local(seconds)
    return _raw(seconds) if local is None else f"{local:%b} {local.day:2d} {local:%H:%M}"


def clock(seconds: Any) -> str:
    """``14:03:07.2``."""
    local = _local(seconds)
    return _raw(seconds) if local is None else f"{local:%H:%M:%S}.{local.microsecond // 100_000}"


def clock_minute(seconds: Any) -> str:
    """``14:03``."""
    local = _local(seconds)
    return _raw(seconds) if local is None else f"{local:%H:%M}"


def full(seconds: Any) -> str:
    """``2026-02-10 14:03:07 UTC-08:00``; the offset, as the name of a time zone can be wrong."""
    local = _local(seconds)
    if local is None:
        return _raw(seconds)
    offset = f"{local:%z}"
    zone = "UTC" if offset[1:5] == "0000" else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{local:%Y-%m-%d %H:%M:%S} {zone}"


def short_duration(start: Any, stop: Any) -> str:
    """``12s``, ``36m``, ``3h01``, ``4d``, for a narrow column; a dash where there is none."""
    if _local(start) is None or _local(stop) is None or stop < start:
        return "–"
    seconds = stop - start
    if seconds < 59.5:
        return f"{seconds:.0f}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h{minutes % 60:02d}" if minutes < 100 * 60 else f"{minutes // (24 * 60)}d"


def duration(start: Any, stop: Any) -> str:
    """``12.3 s``, ``36 min``, ``3 h 01``; a dash where there is none."""
    if _local(start) is None or _local(stop) is None or stop < start:
        return "–"
    seconds = stop - start
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 100 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}"
    return f"{minutes // (24 * 60)} d"
