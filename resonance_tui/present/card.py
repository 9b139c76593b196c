"""The detail of a run: sample card, metadata and streams, as headed lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .numbers import number
from .text import printable

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of (name, value) lines; a line without a name goes on with the one before."""

    title: str
    lines: tuple[tuple[str, str], ...]


def section(title: str, values: Mapping[str, Any] | Sequence[tuple[str, Any]]) -> Section:
    """A section of what is not empty among `values`, as printable text."""
    pairs = values.items() if isinstance(values, Mapping) else values
    lines = [(printable(name, 40), shown(value)) for name, value in pairs if value not in (None, "", [], {})]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], ("…", f"{len(lines) - _MOST_LINES} more")]
    return Section(printable(title, 80), tuple(lines))


def shown(value: Any) -> str:
    """One value of a card: text as it is, numbers formatted, lists and objects as compact JSON."""
    if isinstance(value, str):
        return printable(value, 400)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return printable(", ".join(value), 400)
    if isinstance(value, list | dict):
        return printable(json.dumps(value, ensure_ascii=False, default=str), 400)
    return number(value)
