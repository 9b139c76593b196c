"""Marked runs, and which runs are to be overlaid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from ..signals import MarksChanged, OverlaidRun, OverlayChosen
from .state import RunsState

if TYPE_CHECKING:
    from ...text.run_overview import RunRow
    from ..host import Host
    from .listed_runs import Listing
    from .pane import RunsPane

MAX_ALIKE = 60
"""Runs of a sample among which those of the same kind are looked for."""


class Marks:
    """Marks runs, each in a colour of its own.

    Parameters
    ----------
    go_to : callable
        Puts the cursor on a run.
    """

    def __init__(self, host: Host, listing: Listing, pane: RunsPane, go_to: Callable[[str], object]) -> None:
        self._host, self._listing, self._pane, self._go_to = host, listing, pane, go_to
        self.state = RunsState()

    def toggle(self, uid: str) -> None:
        """Mark a run, or no longer."""
        self._use(self.state.toggled(uid))

    def clear(self) -> bool:
        """Mark none; False where none was."""
        had = bool(self.state.marks)
        if had:
            self._use(self.state.without_marks())
        return had

    def keep(self, uids: Collection[str]) -> None:
        """Forget the marks of runs that are not there any more."""
        kept = self.state.keeping(uids)
        if kept.marks != self.state.marks:
            self._use(kept)

    def show_overlaid(self, colours: Mapping[str, int]) -> None:
        """Show which runs are overlaid, and in which colours."""
        self.state = self.state.with_overlaid(colours)
        self._pane.run_list.show_colours(dict(colours))

    def _use(self, state: RunsState) -> None:
        self.state = state
        self._pane.run_list.show_marks(state.marks)
        self._host.publish(MarksChanged(tuple(map(self._overlaid, self._marked()))))

    def _marked(self) -> list[RunRow]:
        """Return the marked runs, in the order in which they were."""
        by_uid = {row.uid: row for row in self._listing.rows if row.uid in self.state.marks}
        return [by_uid[uid] for uid in self.state.marks if uid in by_uid]

    def _overlaid(self, row: RunRow) -> OverlaidRun:
        return OverlaidRun(row.uid, (row.sample or row.plan, row.when), self.state.colours.get(row.uid))

    def choose_overlay(self) -> None:
        """Overlay the marked runs, or the newest of the sample of the run under the cursor."""
        current = self._pane.current
        if current is None:
            return
        marked = self._marked()
        if len(marked) == 1 and marked[0].uid != current.uid:
            marked = [*marked, current]
        if len(marked) > 1:
            if current.uid not in {row.uid for row in marked}:  # so that there is a cursor on one of them
                self._go_to(marked[-1].uid)
            self._host.publish(OverlayChosen(tuple(map(self._overlaid, marked)), alike=False))
        else:
            alike = [current, *self._listing.of_sample(current, MAX_ALIKE)]
            self._host.publish(OverlayChosen(tuple(map(self._overlaid, alike)), alike=True))
