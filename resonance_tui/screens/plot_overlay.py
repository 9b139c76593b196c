"""Runs drawn over one another: the marked ones, or the last few of the same sample and kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..analysis.curves import RunColumns
    from ..present.runs import RunRow
    from ..present.series import Compare, Other
    from .loads import Ticket
    from .plot_desk import PlotDesk

_FEW = 5
_LOOKED_AT = 60
_COMPARISONS: tuple[Compare, ...] = ("none", "difference", "ratio")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to draw, and what it is called in the legend."""

    uid: str
    label: str


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


class Overlay:
    """Which runs are drawn over one another, in which colours."""

    def __init__(self, desk: PlotDesk) -> None:
        self._desk = desk
        self._hues: dict[str, int] = {}
        self._request = Request()
        self.compare: Compare = "none"

    @property
    def request(self) -> Request:
        """What to draw; empty where the selected run stands alone."""
        return self._request

    def hue_of(self, uid: str) -> int:
        """The colour of a run: the same wherever it is drawn."""
        return self._hues.setdefault(uid, len(self._hues))

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
        runs = self._desk.screen.runs
        current = runs.current
        if current is None:
            return
        marked = [row for row in runs.marked_rows() if row.uid != current.uid or len(runs.marks) > 1]
        if marked:
            chosen = marked if len(marked) > 1 else [*marked, current]
            self._request = Request(tuple(map(_wanted, chosen)))
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

    def next_comparison(self) -> None:
        """As they are, minus the first, over the first."""
        if not self._request:
            self._desk.pane.prompt("only runs over one another are compared: space marks them, = draws them")
            return
        at = _COMPARISONS.index(self.compare)
        self.compare = _COMPARISONS[(at + 1) % len(_COMPARISONS)]
        self._desk.request()

    def _end(self) -> None:
        self._request = Request()
        self.compare = "none"

    def read(self, request: Request, columns: RunColumns, ticket: Ticket) -> list[Other]:
        """The events of the runs, in a reader thread; runs without the fields are left out."""
        from ..present.series import Other

        if not request:
            return []
        reader = self._desk.screen.reader
        kind = columns.find_axes()
        found: list[Other] = []
        for wanted in request.runs:
            ticket.check()
            if request.alike and wanted.uid != columns.uid:
                axes = reader.axes(wanted.uid)
                if (axes.kind, axes.fast) != (kind.kind, kind.fast):
                    continue
            run = columns if wanted.uid == columns.uid else reader.columns.columns(wanted.uid, ticket)
            found.append(Other(run, wanted.label, self.hue_of(wanted.uid)))
            if request.alike and len(found) == _FEW:
                break
        return found


def _wanted(row: RunRow) -> Wanted:
    return Wanted(row.uid, f"{row.sample or row.plan} {row.when}")
