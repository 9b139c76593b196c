"""Run details: sample, run, metadata and streams, as headed lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import times
from .numbers import number
from .printable import printable
from .states import state_lines

if TYPE_CHECKING:
    from ..catalog.field_names import Field
    from ..session.description import RunDescription

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of (name, value) lines; a line without a name goes on with the one before."""

    title: str
    lines: tuple[tuple[str, str], ...]

    def with_lines(self, changes: Mapping[str, str]) -> Section:
        """Return the same with other values: lines that are there are replaced, others follow the first of these."""
        changed = {printable(name, 40): printable(value, 400) for name, value in changes.items()}
        names = [name for name, _ in self.lines]
        at = next((place for place, name in enumerate(names) if name in changed), len(names) - 1)
        lines = [(name, changed.pop(name, value)) for name, value in self.lines]
        lines[at + 1 : at + 1] = list(changed.items())
        return replace(self, lines=tuple((name, value) for name, value in lines if value))


def section(title: str, values: Mapping[str, Any] | Sequence[tuple[str, Any]]) -> Section:
    """Return a section of what is not empty among `values`, as printable text."""
    pairs = values.items() if isinstance(values, Mapping) else values
    lines = [(printable(name, 40), shown(value)) for name, value in pairs if value not in (None, "", [], {})]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], ("…", f"{len(lines) - _MOST_LINES} more")]
    return Section(printable(title, 80), tuple(lines))


def shown(value: Any) -> str:
    """One value of a section: text as it is, numbers formatted, lists and objects as compact JSON."""
    if isinstance(value, str):
        return printable(value, 400)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return printable(", ".join(value), 400)
    if isinstance(value, list | dict):
        return printable(json.dumps(value, ensure_ascii=False, default=str), 400)
    return number(value)


def run_details(run: RunDescription) -> tuple[Section, ...]:
    """Sample, run, metadata and streams of a run; nothing of what is empty."""
    state = run.state
    ends = state_lines(state) if run.stopped is None and run.exit_status is None else {}
    sample = run.sample_details
    parts = []
    if sample is not None:
        about = [
            ("name", sample.name), ("formula", sample.formula), ("serial", sample.serial),
            ("position", sample.beamline_pos), ("tags", sample.tags), *sample.extra.items(),
        ]  # fmt: skip
        parts.append(section("Sample", about))
    lines: list[tuple[str, Any]] = [
        ("", run.uid),
        ("plan", run.plan),
        ("started", times.full(run.started)),
        ("stopped", times.full(run.stopped) if run.stopped is not None else ends.get("stopped")),
        ("duration", times.duration(run.started, run.stopped)),
        ("exit status", run.exit_status or state.exit_status or "none"),
        ("state", ends.get("state")),
        ("reason", ends.get("reason")),
        ("events", run.events),
        ("operator", run.operator),
    ]
    parts.append(section("Run", lines))
    parts.append(section("Metadata", run.metadata))
    parts += [
        section(f"Stream {stream.name}", [(name, field_text(one)) for name, one in stream.fields.items()])
        for stream in run.streams
    ]
    return tuple(part for part in parts if part.lines)


def field_text(field: Field) -> str:
    """``motor  eV  number``: role, unit, dtype and shape of a field, as far as they are known."""
    shape = "×".join(map(str, field.shape[:4])) if field.shape else ""
    return "  ".join(word for word in (field.role, field.unit, field.dtype, shape) if word)
