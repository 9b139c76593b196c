"""The detail of a run: sample card, metadata and streams, as headed lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .numbers import number
from .printable import printable

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of (name, value) lines; a line without a name goes on with the one before."""

    title: str
    lines: tuple[tuple[str, str], ...]

    def with_lines(self, changes: Mapping[str, str]) -> Section:
        """The same with other values: lines that are there are replaced, others follow the first of these."""
        changed = {printable(name, 40): printable(value, 400) for name, value in changes.items()}
        names = [name for name, _ in self.lines]
        at = next((place for place, name in enumerate(names) if name in changed), len(names) - 1)
        lines = [(name, changed.pop(name, value)) for name, value in self.lines]
        lines[at + 1 : at + 1] = list(changed.items())
        return replace(self, lines=tuple((name, value) for name, value in lines if value))


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
