"""Reading the events of overlaid runs, and giving each run its colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...catalog import CatalogBusyError, CatalogError
from ...text.printable import plural
from ...text.run_labels import run_labels
from ..curve_colours import free_colour
from .model import Other

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.curves import RunColumns
    from ...session.columns import EventColumns
    from ...session.tasks import Task
    from ..signals import OverlaidRun
    from .overlay import Overlay

MAX_ALIKE_RUNS = 5


@dataclass(frozen=True, slots=True)
class OverlaidColumns:
    """The events of the overlaid runs, their colours, and what could not be read."""

    others: tuple[Other, ...] = ()
    note: str = ""
    colours: Mapping[str, int] = field(default_factory=dict)


def read_overlaid(
    overlay: Overlay, event_columns: EventColumns, columns: RunColumns, axes: Axes, task: Task[Any]
) -> OverlaidColumns:
    """Read the events of overlaid runs.

    A run that cannot be read, or has not the fields, is no reason not to draw the others.

    Parameters
    ----------
    columns, axes
        Of the selected run.

    Raises
    ------
    CatalogBusyError
        The catalog is locked: it is worth trying again.
    """
    found: list[tuple[OverlaidRun, RunColumns]] = []
    lost = 0
    for wanted in overlay.runs:
        task.check()
        own = wanted.uid == columns.uid
        try:
            if overlay.alike and not own and not _alike(event_columns.axes(wanted.uid), axes):
                continue
            run = columns if own else event_columns.run_columns(wanted.uid, task)
        except CatalogBusyError:
            raise
        except CatalogError:
            lost += 1
            continue
        if len(run):
            found.append((wanted, run))
        if overlay.alike and len(found) == MAX_ALIKE_RUNS:
            break
    labels = run_labels([(wanted.label, run) for wanted, run in found])
    colours = assign_colours([wanted for wanted, _ in found])
    others = tuple(
        Other(run, label, colours[wanted.uid]) for (wanted, run), label in zip(found, labels, strict=True)
    )
    return OverlaidColumns(others, f"{plural(lost, 'run')} cannot be read" if lost else "", colours)


def assign_colours(runs: list[OverlaidRun]) -> dict[str, int]:
    """Return a colour for each run: its own where it has one that no run before it has."""
    colours: dict[str, int] = {}
    for run in runs:
        index = run.colour_index
        if index is None or index in colours.values():
            reserved = {other.colour_index for other in runs} | set(colours.values())
            index = free_colour(reserved, len(colours))
        colours[run.uid] = index
    return colours


def _alike(one: Axes, other: Axes) -> bool:
    return (one.kind, one.fast, one.slow) == (other.kind, other.fast, other.slow)
