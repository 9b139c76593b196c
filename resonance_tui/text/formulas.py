"""What is made of a field, as a formula: for titles, tables, the command line and exports alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .printable import printable

if TYPE_CHECKING:
    from ..analysis.curves import PlotSpec

_MAX_NAME = 40


class Named(Protocol):
    """What knows the short names of fields."""

    def label(self, name: str) -> str:
        """Return the short name of a field."""
        ...


def formula(field: str, spec: PlotSpec, fields: Named, *, divided: bool) -> str:
    """``tey_signal ÷ i0``, ``−ln(photodiode ÷ i0)``, ``d(tey_signal)/d energy``.

    Parameters
    ----------
    field : str
    spec : PlotSpec
    fields : Named
    divided : bool
        Whether there was a monitor to divide by.
    """
    name = printable(fields.label(field), _MAX_NAME)
    if spec.normalisation != "none" and divided and spec.monitor is not None and field != spec.monitor:
        name = f"{name} ÷ {printable(fields.label(spec.monitor), _MAX_NAME)}"
    if spec.normalisation == "absorbance":
        name = f"−ln({name})"
    elif spec.normalisation == "edge":
        name = f"{name}, edge step normalised"
    return f"d({name})/d {printable(fields.label(spec.x), _MAX_NAME)}" if spec.derivative else name
