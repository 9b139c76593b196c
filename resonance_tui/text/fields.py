"""Fields and their units as they are shown."""

from __future__ import annotations

from typing import Protocol

from .printable import printable

_NAME, _UNIT = 40, 12


class Labelled(Protocol):
    """What knows the labels and units of fields."""

    def label(self, name: str) -> str:
        """Return the short name of a field."""
        ...

    def unit(self, name: str) -> str:
        """Return the unit of a field; empty where none is known."""
        ...


def field_name(name: str, fields: Labelled, width: int = _NAME) -> str:
    """Name a field, printable: ``energy_position`` → ``energy``."""
    return printable(fields.label(name), width)


def unit_of(name: str, fields: Labelled) -> str:
    """Give the unit of a field, printable; empty where none is known."""
    return printable(fields.unit(name), _UNIT)
