"""Words for points that are not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .printable import plural, printable

if TYPE_CHECKING:
    from ..analysis.curves import Hidden

_MAX_NAME = 40


def hidden_text(hidden: Hidden) -> str:
    """Why points are hidden: ``|i0| < 0.018``, ``no value``."""
    name = printable(hidden.field, _MAX_NAME)
    limit = "" if hidden.limit is None else f"{hidden.limit:g}"
    return {
        "no_value": "no value",
        "too_large": "infinite or too large",
        "no_monitor": f"no {name}",
        "monitor_weak": f"|{name}| < {limit}",
        "monitor_zero": f"{name} is 0",
        "no_logarithm": "≤ 0, no logarithm",
        "no_edge": "no points before or after the edge",
        "no_slope": "no slope",
        "no_partner": "no such curve in the first run",
    }.get(hidden.code, hidden.code)


def missing_text(hidden: Hidden | None) -> str:
    """Say why there is no value: ``no value: i0 too low``."""
    if hidden is None:
        return "no value"
    name = printable(hidden.field, _MAX_NAME)
    why = {
        "too_large": "too large",
        "no_monitor": f"no {name}",
        "monitor_weak": f"{name} too low",
        "monitor_zero": f"{name} is 0",
        "no_logarithm": "≤ 0",
        "no_edge": "no edge step",
        "no_slope": "no slope",
    }.get(hidden.code)
    return f"no value: {why}" if why else "no value"


def hidden_notes(hidden: Sequence[Hidden]) -> list[str]:
    """One note for each reason: ``51 points hidden (|i0| < 0.018)``; several limits of one reason as a range."""
    counts: dict[tuple[str, str], int] = {}
    limits: dict[tuple[str, str], list[float]] = {}
    first: dict[tuple[str, str], Hidden] = {}
    for one in hidden:
        key: tuple[str, str] = (one.code, one.field)
        first.setdefault(key, one)
        counts[key] = counts.get(key, 0) + one.count
        if one.limit is not None:
            limits.setdefault(key, []).append(one.limit)
    notes = []
    for reason, count in counts.items():
        if not count:
            continue
        why = hidden_text(first[reason])
        low, high = min(limits.get(reason, [0.0])), max(limits.get(reason, [0.0]))
        if low != high:
            why = f"|{printable(first[reason].field, _MAX_NAME)}| < {low:g}…{high:g}"
        notes.append(f"{plural(count, 'point')} hidden ({why})")
    return notes
