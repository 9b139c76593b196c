"""Overlaid runs: the marked ones, or the last few of the same sample and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ...text.printable import plural
from ...text.run_labels import run_labels
from ..curve_colours import free_colour
from .model import Compare, Other, Plot

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.curves import RunColumns
    from ...session.columns import EventColumns
    from ...session.tasks import Task
    from ..signals import OverlaidRun

MAX_ALIKE_RUNS = 5
COMPARISONS: tuple[Compare, ...] = ("none", "difference", "ratio")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Which runs are drawn over one another, and how they are compared.

    Attributes
    ----------
    runs : tuple of OverlaidRun
        In their order; the first is what others are compared with. Empty where the selected run stands alone.
    alike : bool
        Whether only those of the selected run's kind are meant, and few.
    compare : {"none", "difference", "ratio"}
    """

    runs: tuple[OverlaidRun, ...] = ()
    alike: bool = False
    compare: Compare = "none"

    def __bool__(self) -> bool:
        return bool(self.runs)

    def holds(self, uid: str) -> bool:
        """Return whether a run is one of them."""
        return any(run.uid == uid for run in self.runs)

    def with_marked(self, runs: Sequence[OverlaidRun]) -> Overlay:
        """Return the overlay of other marked runs; none of fewer than two, unchanged where it is not of marked ones."""
        if not self or self.alike:
            return self
        return replace(self, runs=tuple(runs)) if len(runs) > 1 else Overlay()

    def compared_next(self) -> Overlay:
        """Return the overlay with the next comparison."""
        at = COMPARISONS.index(self.compare)
        return replace(self, compare=COMPARISONS[(at + 1) % len(COMPARISONS)])


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
    from ...catalog import CatalogBusyError, CatalogError

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


def overlay_prompt(plot: Plot) -> str:
    """Return what is said of overlaid runs, and which keys work on them."""
    if plot.over == plot.wanted:
        return f"{plural(plot.over, 'run')} overlaid · D difference/ratio · = end overlay"
    drawn = f"{plot.over} of {plural(plot.wanted, 'run')} overlaid"
    return f"{drawn}: no axis in common · = end overlay"
