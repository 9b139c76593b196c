"""Columns of a run as the session makes them, from plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resonance_tui.analysis.curves import Recipe, RunColumns
from resonance_tui.catalog.field_names import field_role
from resonance_tui.screens.columns_reading import run_columns as _run_columns


def run_columns(
    uid: str,
    columns: dict[str, Any],
    words: dict[str, list[Any]] | None = None,
    data_keys: Mapping[str, Mapping[str, Any]] | None = None,
) -> RunColumns:
    """What the session makes of these numbers and words."""
    return _run_columns(uid, columns, words or {}, data_keys or {})


def roles_of(
    columns: Mapping[str, Any], data_keys: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, str]:
    """What each field is."""
    return {name: field_role(name, (data_keys or {}).get(name, {})) for name in columns}


def named(columns: Mapping[str, Any]) -> RunColumns:
    """What knows the short names of these fields."""
    return run_columns("u", {**columns})


def recipe_of(x: str, ys: tuple[str, ...], by: tuple[str, ...] = (), *more: Any, **known: Any) -> Recipe:
    """A recipe that divides by i0, where it divides."""
    return Recipe(x, ys, by, *more, **{"monitor": "i0", **known})
