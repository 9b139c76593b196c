"""Runs: the list of the whole beamtime, and the search by sample name that narrows it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from ...text.labels import ScanLabel
from ...text.run_rows import RunFacts, RunRow
from ...text.states import State
from ..pane import Pane
from .run_list import RunList
from .sample_filter import SampleFilter

_FACTS_AFTER = 0.06


class SampleSearch(Input):
    """The search line, hidden until it is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="search.keep", key_display="⏎", tooltip="Keep the search"),
        Binding(
            "escape",
            "screen.clear_search",
            "Clear",
            id="search.clear",
            key_display="esc",
            tooltip="Clear the search",
        ),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="sample name", id="sample-search", select_on_focus=False)
        self.cursor_blink = False
        self.display = False


class RunsPane(Pane):
    """The runs, newest first."""

    TITLE = "Runs"

    class Highlighted(Message):
        """Another run is under the cursor, or none."""

    class FactsWanted(Message):
        """These runs came into view, and nothing was read of them yet."""

        def __init__(self, uids: list[str]) -> None:
            self.uids = uids
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._all: list[RunRow] = []
        self._incoming: list[RunRow] = []
        self._more = True
        self._showing_parts = True
        self._filter = SampleFilter()
        self._wanted: str | None = None
        self._facts_timer: Timer | None = None

    def compose_content(self) -> ComposeResult:
        """The search line, hidden until it is asked for, and the list."""
        yield SampleSearch()
        yield RunList(id="run-list")

    @property
    def run_list(self) -> RunList:
        """The list."""
        return self.query_one(RunList)

    @property
    def search(self) -> Input:
        """The search line."""
        return self.query_one(Input)

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor."""
        return self.run_list.current

    @property
    def rows(self) -> list[RunRow]:
        """All runs that were read, newest first, whatever is searched for."""
        return self._all

    @property
    def marks(self) -> dict[str, int]:
        """The marked runs and the colour of each."""
        return self.run_list.marks

    def marked_rows(self) -> list[RunRow]:
        """The marked runs, in the order in which they were marked."""
        by_uid = {row.uid: row for row in self._all if row.uid in self.marks}
        return [by_uid[uid] for uid in self.marks if uid in by_uid]

    def toggle_mark(self, colour_index: int) -> None:
        """Mark the run under the cursor, or no longer, and go on to the next."""
        self.run_list.toggle_mark(colour_index)
        self._describe()
        self.move("down")

    def show_colours(self, colours: dict[str, int]) -> None:
        """The runs that are drawn over one another without being marked, and the colour of each."""
        self.run_list.show_colours(colours)

    def go_to(self, uid: str) -> bool:
        """Put the cursor on a run, where it is listed."""
        if not self.run_list.go_to(uid):
            return False
        self._wanted = uid
        self._look_for_facts()
        return True

    def clear_marks(self) -> bool:
        """Mark none; False where none was."""
        had = self.run_list.clear_marks()
        self._describe()
        return had

    # -- data --------------------------------------------------------------------------------------------

    def add_rows(self, rows: list[RunRow], *, first: bool, done: bool) -> None:
        """Take some more runs of the beamtime.

        The first time they show as they come; when they are read again, what was listed stays until the
        new list is whole.
        """
        if first:
            self._incoming = []
            self._showing_parts = not self._all
        self._incoming.extend(rows)
        self._more = not done
        if self._showing_parts and not first and not self._filter:
            self.run_list.extend_rows(rows)
            self._describe()
            self._look_for_facts()
        elif self._showing_parts or done:
            self._all = self._incoming
            if done:
                self.run_list.keep_marks({row.uid for row in self._all} if self.marks else set())
            self._relist()

    def add_facts(self, uid: str, facts: RunFacts) -> None:
        """Fill in what was read of a run."""
        self.run_list.add_facts(uid, facts)
        if facts.state is not None:
            self.show_state(uid, facts.state)

    def show_state(self, uid: str, state: State) -> None:
        """The state of a run without an end is another."""
        row = self.row_of(uid)
        if row is not None and row.is_open and row.state is not state:
            self._replace(row.with_state(state))

    def add_new(self, rows: list[RunRow]) -> None:
        """Runs that were started since, newest first; cursor, marks and search stay as they are."""
        known = {row.uid for row in self._all}
        fresh = [row for row in rows if row.uid not in known]
        if not fresh:
            return
        if self._all is self._incoming:
            self._incoming = self._all = [*fresh, *self._all]
        else:
            self._all = [*fresh, *self._all]
            if self._more:  # the list that is being read may have been begun before them
                self._incoming = [*fresh, *self._incoming]
        self._relist()

    def update_row(self, row: RunRow) -> None:
        """What is known of a run is another: its state, its end."""
        self._replace(row)
        self.forget_facts_of(row.uid)

    def _replace(self, row: RunRow) -> None:
        place = next((i for i, known in enumerate(self._all) if known.uid == row.uid), None)
        if place is not None:
            self._all[place] = row
        self.run_list.update_row(row)

    def forget_facts_of(self, uid: str) -> None:
        """Ask anew for what is known of a run."""
        self.run_list.forget_facts_of(uid)
        self._look_for_facts()

    def say_counts(self, uid: str, *, points: int = 0, frames: int = 0) -> None:
        """There are more events or frames of the run in progress."""
        self.run_list.say_counts(uid, points=points, frames=frames)

    def row_of(self, uid: str) -> RunRow | None:
        """The row of a run."""
        return next((row for row in self._all if row.uid == uid), None)

    def scanned(self, uid: str) -> str:
        """What a run scanned, as far as that is known."""
        return self.run_list.scanned(uid)

    def go_to_newest(self) -> bool:
        """Put the cursor on the newest run; whether it was elsewhere. A search that hides it stays."""
        newest = self._all[0].uid if self._all else None
        rows = self.run_list.rows
        if not rows or rows[0].uid != newest or not self.run_list.move_cursor("first"):
            return False
        self._wanted = newest
        return True

    def say_scanned(self, uid: str, label: ScanLabel) -> None:
        """It is known better now what a run scanned."""
        self.run_list.say_scanned(uid, label)

    def reread_facts(self) -> None:
        """Ask anew for what is known of the runs in view."""
        self.run_list.forget_facts()
        self._look_for_facts()

    def _relist(self) -> None:
        before = self.current
        keep = before.uid if before else self._wanted
        rows = self._filter.keep(self._all)
        self.run_list.show_rows(rows, keep)
        self._describe()
        after = self.current
        if after is None or before is None or after.uid != before.uid:
            self.post_message(self.Highlighted())
        if after is not None:
            self._wanted = after.uid
        self._look_for_facts()

    def _describe(self) -> None:
        shown, total = len(self.run_list.rows), len(self._all)
        marked = f" · {len(self.marks)} marked" if self.marks else ""
        self.caption(self._filter.caption(shown, total, self._more) + marked)
        if shown:
            self.show_content()
        elif self._filter:
            self.say(f"No sample name holds «{self._filter.text}». esc clears the search.")
        elif not self._more:
            self.say("No run was taken yet. r looks again.")

    # -- keys --------------------------------------------------------------------------------------------

    def move(self, where: str) -> None:
        """Move the cursor and say so."""
        if self.run_list.move_cursor(where):
            row = self.run_list.current
            self._wanted = row.uid if row else None
            self.post_message(self.Highlighted())
            self._look_for_facts()

    def _look_for_facts(self) -> None:
        # while a key is held down nothing is read; once it rests, what is in view
        if self._facts_timer is not None:
            self._facts_timer.stop()
        self._facts_timer = self.set_timer(_FACTS_AFTER, self._ask_for_facts)

    def _ask_for_facts(self) -> None:
        self._facts_timer = None
        if uids := self.run_list.lacking():
            self.post_message(self.FactsWanted(uids))

    def on_resize(self) -> None:
        """More runs may be in view."""
        self._look_for_facts()

    def on_focus(self) -> None:
        """Light up the cursor."""
        self.run_list.active = True

    def on_blur(self) -> None:
        """Dim the cursor."""
        self.run_list.active = False

    # -- the search --------------------------------------------------------------------------------------

    def open_search(self) -> None:
        """Open the search line."""
        self.search.display = True
        self.screen.set_focus(self.search)  # at once: the next key may already be part of the name

    @on(Input.Changed, "#sample-search")
    def filter_as_typed(self, event: Input.Changed) -> None:
        """Narrow the list to what stands in the search line by now."""
        event.stop()
        self._narrow()

    def _narrow(self) -> None:
        wanted = SampleFilter(self.search.value)
        if wanted.text != self._filter.text:
            self._filter = wanted
            self._relist()

    def take_key(self, key: str, character: str | None) -> bool:
        """Take a key that is typed into the search line at once; False leaves it to the line's own ways.

        The line itself would take it in its own time, after keys that came later.
        """
        if key == "enter":
            self.search.display = bool(self._filter)
            self.screen.set_focus(self)
        elif key == "backspace":
            self.search.action_delete_left()
        elif character is not None and character.isprintable():
            self.search.insert_text_at_cursor(character)
        else:
            return False
        self._narrow()
        return True

    def clear_search(self) -> bool:
        """`esc`: all runs again; False where nothing was searched."""
        if not self._filter and not self.search.display:
            return False
        self.search.display = False
        self._filter = SampleFilter()
        self.search.value = ""
        self._relist()
        self.screen.set_focus(self)
        return True
