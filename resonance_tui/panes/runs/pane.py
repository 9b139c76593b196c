"""Runs: the list of the whole beamtime, and the line that is searched with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from ...text.run_overview import RunRow
from ..actions import Move
from ..literal import assemble
from ..pane import Pane
from .run_list_widget import RunList


class SearchLine(Static):
    """What is searched for; hidden until it is asked for."""

    def __init__(self) -> None:
        super().__init__("", id="sample-search", markup=False)
        self.display = False
        self.value = ""

    def show(self, text: str, marked: str | None, *, searches: bool = True) -> None:
        """Show the search, with a mark at the cursor while it is typed; gone where there is neither.

        Parameters
        ----------
        searches : bool
            Whether it is a search that is typed, not a run to go to.
        """
        self.value = text
        self.display = bool(text) or marked is not None
        said = marked if marked is not None else text
        before, hint = ("/ ", "" if text else "  sample name") if searches else ("", "")
        self.update(assemble((before, "$accent"), said, (hint, "$text-muted")))


class RunsPane(Pane):
    """The runs, newest first."""

    TITLE = "Runs"

    class Resized(Message):
        """More runs may be in view."""

    def compose_content(self) -> ComposeResult:
        """Compose the search line, hidden until it is asked for, and the list."""
        yield SearchLine()
        yield RunList(id="run-list")

    @property
    def run_list(self) -> RunList:
        """The list."""
        return self.query_one(RunList)

    @property
    def search(self) -> SearchLine:
        """The search line."""
        return self.query_one(SearchLine)

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor."""
        return self.run_list.current

    @property
    def marks(self) -> Mapping[str, int]:
        """The marked runs and the colour of each."""
        return self.run_list.marks

    def clear(self) -> None:
        """List nothing."""
        self.run_list.show_rows([])
        self.caption("")

    def show_rows(self, rows: list[RunRow], keep: str | None) -> None:
        """List these runs; the cursor stays on the run `keep`, where it is among them."""
        self.run_list.show_rows(rows, keep)

    def extend_rows(self, rows: Sequence[RunRow]) -> None:
        """List more runs below."""
        self.run_list.extend_rows(rows)

    def describe(self, caption: str, why_empty: str) -> None:
        """Say how many runs are listed, or why none is."""
        self.caption(caption)
        if self.run_list.rows:
            self.show_content()
        elif why_empty:
            self.say(why_empty)

    def move_cursor(self, where: Move) -> bool:
        """Move the cursor; whether it is on another run now."""
        return self.run_list.move_cursor(where)

    def on_resize(self) -> None:
        """Say that more runs may be in view."""
        self.post_message(self.Resized())

    def on_focus(self) -> None:
        """Light up the cursor."""
        self.run_list.active = True

    def on_blur(self) -> None:
        """Dim the cursor."""
        self.run_list.active = False
