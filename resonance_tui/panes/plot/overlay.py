"""Overlaid runs: the marked ones, or the last few of the same sample and kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...text.printable import plural
from ...text.run_labels import run_labels

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.curves import RunColumns
    from ...session.tasks import Task
    from ...text.run_rows import RunRow
    from .controller import PlotDesk
    from .series import Compare, Other

MOST_CURVES = 12
"""Colours there are for runs."""

_FEW = 5
_LOOKED_AT = 60
_COMPARISONS: tuple[Compare, ...] = ("none", "difference", "ratio")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to draw, and its sample and start, for the legend."""

    uid: str
    label: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """What to draw over one another.

    Attributes
    ----------
    runs : tuple of Wanted
        In their order; the first is what others are compared with.
    alike : bool
        Whether only those of the selected run's kind are meant, and few.
    """

    runs: tuple[Wanted, ...] = ()
    alike: bool = False

    def __bool__(self) -> bool:
        return bool(self.runs)


@dataclass(frozen=True, slots=True)
class ReadRuns:
    """The runs that are drawn over one another, and what could not be read."""

    others: tuple[Other, ...]
    note: str


class Overlay:
    """Which runs are drawn over one another, in which colours."""

    def __init__(self, desk: PlotDesk) -> None:
        self._desk = desk
        self._colour_indices: dict[str, int] = {}
        self._request = Request()
        self.compare: Compare = "none"

    @property
    def request(self) -> Request:
        """What to draw; empty where the selected run stands alone."""
        return self._request

    def colour_index_of(self, uid: str) -> int:
        """The colour of a run: the same wherever it is drawn; of two that are on at a time each has its own."""
        if uid not in self._colour_indices:
            taken = {self._colour_indices.get(wanted.uid) for wanted in self._request.runs}
            taken |= set(self._desk.screen.runs.marks.values())
            free = (colour_index for colour_index in range(MOST_CURVES) if colour_index not in taken)
            self._colour_indices[uid] = next(free, len(self._colour_indices))
        return self._colour_indices[uid]

    def run_changed(self) -> None:
        """Marked runs stay on; those that were found to be like the last one do not."""
        if self._request.alike:
            self._end()

    def toggle(self) -> None:
        """`=`: draw runs over one another, or no longer."""
        if self._request:
            self._end()
            self._desk.overlay_changed()
            return
        screen = self._desk.screen
        runs = screen.runs
        current = runs.current
        if current is None:
            return
        marked = runs.marked_rows()
        if len(marked) == 1 and marked[0].uid != current.uid:
            marked = [*marked, current]
        if len(marked) > 1:
            self._request = Request(tuple(map(_wanted, marked)))
            if current.uid not in {row.uid for row in marked}:  # so that there is a cursor on one of them
                screen.go_to_run(marked[-1].uid)
        else:
            others = [row for row in runs.rows if row.sample == current.sample and row.uid != current.uid]
            self._request = Request(tuple(map(_wanted, [current, *others[:_LOOKED_AT]])), alike=True)
        self._desk.overlay_changed()

    def marks_changed(self) -> None:
        """Other runs are marked."""
        if self._request and not self._request.alike:
            marked = self._desk.screen.runs.marked_rows()
            if len(marked) < 2:
                self._end()
            else:
                self._request = Request(tuple(map(_wanted, marked)))
            self._desk.overlay_changed()

    def grown(self, uid: str) -> None:
        """There are more events of a run that may be one of those."""
        if any(wanted.uid == uid for wanted in self._request.runs):
            self._desk.request()

    def next_comparison(self) -> None:
        """As they are, minus the first, over the first."""
        if not self._request:
            self._desk.pane.prompt("only overlaid runs are compared: space marks runs, = overlays them")
            return
        at = _COMPARISONS.index(self.compare)
        self.compare = _COMPARISONS[(at + 1) % len(_COMPARISONS)]
        self._desk.request()

    def _end(self) -> None:
        self._request = Request()
        self.compare = "none"

    def read(self, request: Request, columns: RunColumns, axes: Axes, task: Task[Any]) -> ReadRuns:
        """The events of the runs, in a reader thread; a run that cannot be read, or has not the fields, is no reason
        not to draw the others.
        """
        from ...catalog import CatalogBusyError, CatalogError
        from .series import Other

        columns_of = self._desk.screen.session.columns
        found: list[tuple[Wanted, RunColumns]] = []
        lost: list[str] = []
        for wanted in request.runs:
            task.check()
            try:
                if (
                    request.alike
                    and wanted.uid != columns.uid
                    and not _alike(columns_of.axes(wanted.uid), axes)
                ):
                    continue
                own = wanted.uid == columns.uid
                run = columns if own else columns_of.run_columns(wanted.uid, task)
            except CatalogBusyError:
                raise
            except CatalogError as error:
                lost.append(str(error))
                continue
            if len(run):
                found.append((wanted, run))
            if request.alike and len(found) == _FEW:
                break
        labels = run_labels([(wanted.label, run) for wanted, run in found])
        others = [
            Other(run, label, self.colour_index_of(wanted.uid))
            for (wanted, run), label in zip(found, labels, strict=True)
        ]
        return ReadRuns(tuple(others), f"{plural(len(lost), 'run')} cannot be read" if lost else "")


def _alike(one: Axes, other: Axes) -> bool:
    return (one.kind, one.fast, one.slow) == (other.kind, other.fast, other.slow)


def _wanted(row: RunRow) -> Wanted:
    return Wanted(row.uid, (row.sample or row.plan, row.when))
