"""What is made of a field, as a formula: for titles, tables, the command line and exports alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .printable import printable

if TYPE_CHECKING:
    from ..analysis.curves import Recipe

_NAME = 40


class Named(Protocol):
    """What knows the short names of fields."""

    def label(self, name: str) -> str:
        """Return the short name of a field."""
        ...


def formula(field: str, recipe: Recipe, fields: Named, *, divided: bool) -> str:
    """``tey_signal ÷ i0``, ``−ln(photodiode ÷ i0)``, ``d(tey_signal)/d energy``.

    Parameters
    ----------
    field : str
    recipe : Recipe
    fields : Named
    divided : bool
        Whether there was a monitor to divide by.
    """
    name = printable(fields.label(field), _NAME)
    if recipe.norm != "none" and divided and recipe.monitor is not None and field != recipe.monitor:
        name = f"{name} ÷ {printable(fields.label(recipe.monitor), _NAME)}"
    if recipe.norm == "absorbance":
        name = f"−ln({name})"
    elif recipe.norm == "edge":
        name = f"{name}, edge 0→1"
    return f"d({name})/d {printable(fields.label(recipe.x), _NAME)}" if recipe.derivative else name
