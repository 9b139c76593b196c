"""The one main screen: what is selected, and every task that follows from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Key
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from ..panes import reads
from ..panes.detail.pane import DetailPane
from ..panes.events.controller import TABLE_GROUPS, TableDesk
from ..panes.events.pane import EventsPane
from ..panes.frame.controller import GROUPS, STILL_READING, FrameDesk
from ..panes.frame.pane import FramePane
from ..panes.live.controller import NEWEST, LiveDesk
from ..panes.live.title_bar import TitleBar
from ..panes.pane import Pane
from ..panes.picker import Picker
from ..panes.plot.controller import PLOT_GROUPS, PlotDesk
from ..panes.plot.pane import PlotPane
from ..panes.runs.pane import RunsPane
from ..session.beamtime import BeamtimeSession, Waiting
from ..session.columns import PAGE_EVENTS
from ..session.frames import STACKS
from ..session.monitor import BeamtimeChanged, BeamtimeMonitor
from ..session.tasks import Lane, Progress, Task, TaskFailed, TaskOutcome, TaskResult, TaskRunner
from ..terminal.cells_view import CellsView
from ..terminal.flow_control import FlowControl
from ..text.details import section
from ..text.printable import plural, printable
from ..text.run_rows import RunRow
from ..user_files.log import log_failure
from .footer import FooterLine
from .keymap import KEYS

if TYPE_CHECKING:
    from ..picture.palettes import Depth
    from ..session.frames import Frames

_SHORTLY = 5.0
SETTLE = 0.09
"""Seconds the selection has to rest before anything is read for it."""

_PANES = ("runs", "events", "plot", "frame", "detail")
_OF_A_RUN = ("card", *TABLE_GROUPS, *PLOT_GROUPS, *GROUPS)
_QUIET = ("ahead", "verdict", "strip", "panel", "sheet", "curve")
"""Tasks whose failure is said elsewhere, or is no news to the user."""
_ONLY_IN = {
    "frame": ("frame",),
    "plot": ("plot",),
    "table": ("events",),
    "mark": ("runs",),
    "search": ("runs",),
    "search_from_here": ("plot", "frame", "detail"),
    "overlay": ("runs", "plot"),
}
"""Actions that belong to some panes; elsewhere their keys are free for others."""
_UNSEEN = ("outliers", "readings", NEWEST)
_BACKGROUND = ("facts", "ahead", "strip", "sheet", "outliers", "curve")
"""Tasks that the user does not wait for: their reads let others go first."""

_BY_THEMSELVES = ("play", "blink", "best", "strip", "told", "locked")
"""Timers that nobody waits for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The run, and the event in it by its place in the stream, from 0."""

    uid: str | None = None
    position: int = 0


class BrowseScreen(Screen[None]):
    """Runs, events, plot, frame and the detail of a run, around one selection."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012 - Textual's own type

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    class Left(Message):
        """The user wants back to where the beamtime was chosen."""

    class Done(Message):
        """Something came of a task."""

        def __init__(self, outcome: TaskOutcome) -> None:
            self.outcome = outcome
            super().__init__()

    class Watched(Message):
        """Something has changed in the beamtime."""

        def __init__(self, changed: BeamtimeChanged) -> None:
            self.changed = changed
            super().__init__()

    def __init__(
        self,
        session: BeamtimeSession,
        *,
        settle: float = SETTLE,
        depth: Depth = "truecolor",
        show_stats: bool = False,
        notify: bool = False,
        copy: bool = False,
    ) -> None:
        super().__init__()
        self.session = session
        self.settle = settle
        self.tasks = TaskRunner(lambda outcome: self.post_message(self.Done(outcome)))
        self.flow = FlowControl(self._to_terminal, self, self._terminal_is_ready)
        self.show_stats = show_stats
        self.selection = Selection()
        self.desk = FrameDesk(self, session, depth)
        self.plot_desk = PlotDesk(self)
        self.table_desk = TableDesk(self)
        self.live = LiveDesk(self, notify=notify)
        self.monitor = BeamtimeMonitor(
            session.path, lambda changed: self.post_message(self.Watched(changed)), session.witness
        )
        self._copy_first = copy
        self._behind: int | None = None
        self._open_when_known = False
        self.pending: dict[str, Timer] = {}
        self._pane = "runs"
        self._beside = "events"

    def compose(self) -> ComposeResult:
        """The panes; the stylesheet places them."""
        yield TitleBar(self.session.path)
        with Container(id="body"):
            with Container(id="upper", classes="part"):
                yield RunsPane(id="runs")
                yield DetailPane(id="detail")
            with Container(id="lower", classes="part"):
                with Container(id="left", classes="part"):
                    yield PlotPane(id="plot")
                    yield EventsPane(id="events", page_rows=PAGE_EVENTS)
                yield FramePane(id="frame")
        yield Picker(id="picker")
        yield FooterLine()

    # -- panes -------------------------------------------------------------------------------------------

    @property
    def runs(self) -> RunsPane:
        """The run list."""
        return self.query_one(RunsPane)

    @property
    def events(self) -> EventsPane:
        """The event table."""
        return self.query_one(EventsPane)

    @property
    def plot(self) -> PlotPane:
        """The curves."""
        return self.query_one(PlotPane)

    @property
    def frame(self) -> FramePane:
        """The detector frame."""
        return self.query_one(FramePane)

    @property
    def detail(self) -> DetailPane:
        """The detail of the run."""
        return self.query_one(DetailPane)

    @property
    def picker(self) -> Picker:
        """The list to pick from."""
        return self.query_one(Picker)

    @property
    def _pane_of(self) -> dict[str, Pane]:
        """Where what concerns a load is said."""
        return {
            "runs": self.runs, "card": self.detail, "events": self.events, "columns": self.plot,
            "curves": self.plot, "frames": self.frame, "frame": self.frame,
        }  # fmt: skip

    def on_mount(self) -> None:
        """Read the run list, with the keys already working."""
        self._show_pane("runs")
        self.add_class(f"-show-{self._beside}")
        self._clear_run()
        self.session.keep_off(threading.get_ident())
        self.monitor.start()
        if self._copy_first:
            self.action_copy()
        else:
            self._read_runs()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._theme_changed())

    def _theme_changed(self) -> None:
        self.desk.theme_changed()
        self.plot_desk.theme_changed()

    def on_unmount(self) -> None:
        """Nobody waits for what is still being read."""
        self.tasks.close()
        self.monitor.close()

    @property
    def title_bar(self) -> TitleBar:
        """The line at the top."""
        return self.query_one(TitleBar)

    @property
    def busy(self) -> bool:
        """Whether anything is being read; for tests, instead of sleeping."""
        return self.tasks.busy() or any(name not in _BY_THEMSELVES for name in self.pending)

    # -- the run list ------------------------------------------------------------------------------------

    def _read_runs(self) -> None:
        session = self.session
        self.tasks.submit(
            Task(
                "runs",
                "runs",
                lambda task: session.when_unlocked(task, lambda: reads.read_runs(session, task)),
            )
        )
        self.after("runs", STILL_READING, self._say_reading_runs)

    def _say_reading_runs(self) -> None:
        if self.tasks.busy("runs"):
            say = self.runs.say if self.runs.current is None else self.title_bar.tell
            say("Reading the runs…")

    @on(RunsPane.FactsWanted)
    def read_facts(self, event: RunsPane.FactsWanted) -> None:
        """Read what the rows in view lack."""
        uids, session = event.uids, self.session
        self.ask("facts", tuple(uids), lambda task: reads.read_facts(session, uids, task))

    @on(RunsPane.Highlighted)
    def select_run(self) -> None:
        """Another run came under the cursor, by a key or as the list changed."""
        self._select(self.runs.current)

    def _select(self, row: RunRow | None) -> None:
        """Show at once what is known of a run; the rest is read once the cursor rests."""
        uid = row.uid if row else None
        if uid == self.selection.uid:
            return
        self.selection = Selection(uid)
        self.tasks.cancel(*_OF_A_RUN)
        self._clear_run(row)
        if row is not None:
            self.after("settle", self.settle, self._read_run)

    def _clear_run(self, row: RunRow | None = None) -> None:
        self._open_when_known = False
        self.cancel("settle", *_OF_A_RUN)
        self.desk.clear()
        self.plot_desk.clear()
        self.table_desk.clear()
        self.picker.close()
        for pane in (self.events, self.plot, self.frame, self.detail):
            pane.clear()
        if row is not None:
            known = [("", row.uid), ("plan", row.plan), ("started", row.when), ("state", row.status)]
            self.detail.show_sections([section("Run", known)])

    def _read_run(self) -> None:
        uid = self.selection.uid
        if uid is None:
            return
        session = self.session
        self.ask("card", uid, lambda task: reads.read_details(session, uid, task))
        self.table_desk.request(0)
        self._ask_columns(uid)
        self.ask_frames()
        self.say_if_slow("columns", self.plot, "Reading the events…")
        self.say_if_slow("frames", self.frame, "Looking for frames…")

    def ask(
        self, group: str, key: Hashable, read: Callable[[Task[Any]], object], *, finish: bool = False
    ) -> None:
        """Submit a task that waits for a locked database; see `TaskRunner.submit`."""
        session = self.session
        lane = Lane.BACKGROUND if group in _BACKGROUND else Lane.FOREGROUND
        task = Task[object](group, key, lambda task: session.when_unlocked(task, lambda: read(task)), lane)
        self.tasks.submit(task, finish=finish)

    def ask_frames(self) -> None:
        """Look where the frames of the run are."""
        uid, session = self.selection.uid, self.session
        if uid is not None:
            self.ask("frames", uid, lambda _: session.frames.frames(uid))

    def _ask_columns(self, uid: str) -> None:
        session = self.session
        self.ask("columns", uid, lambda task: reads.read_run(session, uid, task))

    @on(EventsPane.PageWanted)
    def read_page(self, event: EventsPane.PageWanted) -> None:
        """The cursor left the page."""
        self.table_desk.request(event.offset)

    @on(EventsPane.ColumnChanged)
    def describe_column(self) -> None:
        """Another column is under the cursor."""
        self.table_desk.describe_column()

    @on(PlotPane.Resized)
    def fit_plot(self) -> None:
        """Another room: the same curves in another size, from memory."""
        self.after("settle-plot", self.settle, self.plot_desk.fit)

    # -- the one cursor ----------------------------------------------------------------------------------

    @on(EventsPane.Moved)
    @on(PlotPane.Moved)
    def cursor_moved(self, event: EventsPane.Moved | PlotPane.Moved) -> None:
        """A pane asks for another event; what it wants by now counts, it may show another run already."""
        self.move_to(event.pane.position)

    @on(FramePane.Stepped)
    def frame_stepped(self, event: FramePane.Stepped) -> None:
        """The frame pane asks for another frame."""
        self.desk.step(event.step)

    def move_to(self, position: int) -> None:
        """Put the cursor on an event, in all panes."""
        if position == self.selection.position:
            return
        self.live.user_moved()
        before = self.selection.position
        self.selection = replace(self.selection, position=position)
        self._follow(before)
        self.desk.cursor_moved()

    def _follow(self, before: int) -> None:
        """Show the cursor in the table and the plot, unless the terminal has not yet drawn the last one."""
        if self._behind is None and self.flow.busy:
            self._behind = before
        if self.flow.busy:
            return
        before, self._behind = before if self._behind is None else self._behind, None
        self.events.show_cursor(self.selection.position)
        self.plot_desk.cursor_moved(before)
        if self.desk.index is None and not self.app.is_headless:  # no picture follows that would ask
            self.events.call_after_refresh(self.flow.pictures_sent, 0)

    def action_step_frame(self, step: int) -> None:
        """Go to the event of the frame `step` further."""
        self.desk.step(step)

    @on(CellsView.Resized)
    def fit_frame(self) -> None:
        """Another room: the same frame in another size, from memory."""
        if self.desk.frames is not None:
            self.after("settle-frame", self.settle, self.desk.show_again)

    def scanned_values(self, position: int) -> str:
        """What an event was taken at; empty where it is not on the page of the table."""
        page = self.events.page
        return page.scanned_values(position) if page else ""

    # -- the terminal ------------------------------------------------------------------------------------

    def _to_terminal(self, text: str) -> None:
        driver = self.app._driver  # there is no other way to send a question
        if driver is not None and not self.app.is_headless:
            driver.write(text)
            driver.flush()

    @on(CellsView.Drawn)
    def picture_drawn(self, event: CellsView.Drawn) -> None:
        """A picture went the ordinary way."""
        self.sent(event.size)

    def sent(self, size: int) -> None:
        """So many bytes of a picture are on their way: ask the terminal when they have arrived."""
        if size and not self.app.is_headless:
            self.flow.pictures_sent(size)

    def _terminal_is_ready(self) -> None:
        """The terminal has drawn everything: now comes the newest of what had to wait."""
        if not self.is_attached:
            return
        if self._behind is not None:
            self._follow(self._behind)
        self.desk.place()
        if self.show_stats:
            self.desk.words.describe()

    def on_screen_suspend(self) -> None:
        """Another screen lies over this one."""
        self.frame.view.repaint()

    def on_screen_resume(self) -> None:
        """What lay over this screen is gone."""
        self.frame.view.repaint()

    # -- what comes back ---------------------------------------------------------------------------------

    @on(Done)
    def take_outcome(self, event: Done) -> None:
        """Show what was read, or say what went wrong; where showing it fails, it costs its pane only."""
        outcome = event.outcome
        self.tasks.delivered(outcome)
        if not self.is_attached:
            return
        if isinstance(outcome, TaskFailed):
            self._take_failure(outcome)
            return
        try:
            self._take_result(outcome)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw in the data is said in its pane
            log_failure(f"showing {outcome.task.kind} {outcome.task.key}", error)
            self._take_failure(TaskFailed(outcome.task, error))

    def _take_result(self, result: TaskResult[Any]) -> None:
        kind, value = result.task.kind, result.value
        if kind == NEWEST:
            if value is not None:
                self.live.take_newest(value)
            return
        # frames are shown in a series where they come too late, too
        if kind not in ("runs", "facts", "copy") and self._run_of(result.task) != self.selection.uid:
            return
        if kind not in _BY_THEMSELVES:
            self.cancel(kind)
        if isinstance(value, Waiting) and kind != "runs":
            pane = self._pane_of.get(kind)
            if pane is not None and not pane.has_content:
                pane.say(f"{printable(value.reason)}. Trying again…")
            return
        if kind in GROUPS and kind != "frames":
            self.desk.loaded(kind, value, final=result.final)
        elif kind in TABLE_GROUPS:
            self.table_desk.loaded(kind, value)
        elif kind in ("curves", "readings"):
            self.plot_desk.loaded(kind, value)
        else:
            getattr(self, f"_show_{kind}")(value)

    @staticmethod
    def _run_of(task: Task[Any]) -> object:
        """The run that a task is about."""
        return task.key[0] if isinstance(task.key, tuple) else task.key

    def _show_runs(self, part: reads.RunsPart | Waiting) -> None:
        if isinstance(part, Waiting):
            if self.runs.current is None:
                self.runs.say(f"{part.reason}. Trying again…")
            elif not self.live.changes.locks.readers_blocked:  # that stands there already
                self.title_bar.tell(f"{part.reason}; what is shown is older")
            return
        if "told" not in self.pending:
            self.title_bar.tell("")
        self.runs.add_rows(part.rows, first=part.first, done=part.done)
        if part.done and self.live.following:
            self.live.go_on()

    def _show_facts(self, value: object) -> None:
        if isinstance(value, tuple):
            uid, facts = value
            if self.live.seen_of(uid) is not None:
                facts = replace(facts, state=None)  # it is, or was, watched: what was read may be older
            self.runs.add_facts(uid, facts)

    def _show_card(self, sections: object) -> None:
        if isinstance(sections, tuple):
            self.detail.show_sections(sections, keep_scroll=True)

    def _show_columns(self, columns: object) -> None:
        if isinstance(columns, Progress):
            self.plot.say(f"Reading the events… {columns.done:,} of {columns.total:,}")
            return
        if isinstance(columns, reads.ReadRun):
            self.plot_desk.take_run(columns)
            self.table_desk.take_columns(columns.columns)

    def _show_frames(self, frames: Frames | None) -> None:
        if self._open_when_known and self._pane == "events":
            self._show_pane("plot" if frames is None else "frame")
        self._open_when_known = False
        self.set_class(frames is None, "-frameless")
        self.desk.show_frames(frames)
        if self.live.following:
            self.live.go_on()

    def _take_failure(self, failure: TaskFailed) -> None:
        """Say in its pane what went wrong; the rest goes on."""
        task, reason = failure.task, printable(failure.reason)
        if task.kind in _OF_A_RUN and self._run_of(task) != self.selection.uid:
            return
        if task.kind in _UNSEEN or self.desk.failed(task.kind, task.key, reason):
            return
        self.cancel(task.kind)
        pane = self._pane_of.get(task.kind)
        if pane is None or (task.kind == "runs" and self.runs.current is not None):
            if task.kind == "copy":
                self.live.copy_changed()
            self.live.tell(reason, error=True)
        else:
            pane.say(reason, error=True)

    # -- timers ------------------------------------------------------------------------------------------

    def say_if_slow(self, group: str, pane: Pane, text: str) -> None:
        """Say a line in a pane, should the load of a group take long."""
        if group not in self.pending:  # a series of requests is one wait
            self.after(group, STILL_READING, lambda: pane.say(text) if self.tasks.busy(group) else None)

    def after(self, name: str, seconds: float, then: Callable[[], object]) -> None:
        """Do something later; what was to be done later under that name is not."""
        self.cancel(name)
        if seconds <= 0:
            then()
            return

        def ring() -> None:
            self.pending.pop(name, None)
            then()

        self.pending[name] = self.set_timer(seconds, ring)

    def cancel(self, *names: str) -> None:
        """Do not do it."""
        for name in names:
            timer = self.pending.pop(name, None)
            if timer is not None:
                timer.stop()

    # -- keys --------------------------------------------------------------------------------------------

    def _show_beside(self, name: str) -> None:
        """Show a pane below the runs, where there is room for one only."""
        self.remove_class(f"-show-{self._beside}")
        self._beside = name
        self.add_class(f"-show-{name}")

    def _show_pane(self, name: str) -> None:
        if name != "runs":
            self._show_beside(name)
        self._pane = name
        self.frame.view.repaint()
        self._mark_zoomed()
        pane = self.query_one(f"#{name}", Pane)
        self.set_focus(pane, scroll_visible=False)  # at once: the next key is for it

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self._show_pane(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane, in the order of their numbers."""
        self._show_pane(_PANES[(_PANES.index(self._pane) + step) % len(_PANES)])

    def take_key(self, event: Key) -> bool:
        """Take a key at once where it is part of a search or of a number, so that what follows finds it done."""
        if self.picker.is_open:
            return self.picker.take_key(event.key, event.character)
        if self._pane == "frame" and self.focused is self.frame:
            return self.desk.entry.take_key(event)
        if self._pane == "plot" and self.plot_desk.entry.is_open:
            return self.plot_desk.entry.take_key(event)
        if self._pane == "events" and self.table_desk.entry.is_open:
            return self.table_desk.entry.take_key(event)
        if self.focused is not self.runs.search or not self.runs.take_key(event.key, event.character):
            return False
        if self.runs.current is not None and self.runs.current.uid != self.selection.uid:
            self.live.user_moved()
        self._select(self.runs.current)
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a text is typed, the keys are its letters."""
        if action in _ONLY_IN and (self._pane not in _ONLY_IN[action] or isinstance(self.focused, Input)):
            return False
        if action == "step_frame" and self.desk.known and self.desk.frames is None:
            return False
        if action == "pane" and self._pane == "frame" and self.desk.frames is not None:
            return False  # there, digits are the number of a frame
        typing = isinstance(self.focused, Input)
        return not typing or action in ("next_pane", "clear_search", "quit", "command_palette")

    def action_move(self, where: str) -> None:
        """Move in the pane that has the focus."""
        if where == "last" and self._pane in ("events", "plot", "frame"):
            self.live.last_wanted()
        if self._pane == "frame":
            self.desk.move(where)
        else:
            pane = self.query_one(f"#{self._pane}", Pane)
            if isinstance(pane, EventsPane | PlotPane):
                pane.count_from(self.selection.position)
            pane.move(where)
            if isinstance(pane, EventsPane | PlotPane):
                self.move_to(pane.position)  # at once: a page that arrives before its message would undo it
        if self._pane == "runs":
            if self.runs.current is not None and self.runs.current.uid != self.selection.uid:
                self.live.user_moved()
            self._select(self.runs.current)  # at once: the next key may already be for its events

    def action_open(self) -> None:
        """From a run to its events, from an event to its frame or its curve, from there to the whole screen."""
        if self._pane == "runs":
            if self.selection.uid is not None:
                self._show_pane("events")
        elif self._pane == "events":
            if self.desk.known:
                self._show_pane("plot" if self.desk.frames is None else "frame")
            else:
                self._open_when_known = True
        elif self._pane == "detail":
            self._show_pane("events")
        elif self._pane == "frame" and self.desk.sheet.shown:
            self.desk.sheet.close()
        else:
            self.action_zoom()

    def action_clear_search(self) -> None:
        """All runs again."""
        self.runs.clear_search()

    def action_back(self) -> None:
        """`esc`: out of what is on in the frame, out of the zoom, to the run list, else the search is cleared."""
        if self._pane == "frame" and self.desk.back():
            return
        if self.has_class("-zoomed"):
            self.action_zoom()
        elif self._pane in ("plot", "frame"):
            self._show_pane("events")
        elif self._pane != "runs":
            self._show_pane("runs")
        elif self.runs.clear_marks():
            self.plot_desk.overlay.marks_changed()
        elif not self.runs.clear_search():
            self.post_message(self.Left())

    def action_zoom(self) -> None:
        """The pane to the whole screen, and back."""
        self.toggle_class("-zoomed")
        self.frame.view.repaint()
        self._mark_zoomed()

    def _mark_zoomed(self) -> None:
        # the pane and the containers around it; the stylesheet hides the others
        kept = self.query_one(f"#{self._pane}").ancestors_with_self if self.has_class("-zoomed") else []
        for part in self.query(".part"):
            part.set_class(part in kept, "zoomed")

    def action_search(self) -> None:
        """Search by sample name, from wherever the focus is."""
        self._show_pane("runs")
        self.runs.open_search()

    action_search_from_here = action_search

    # -- while the experiment runs -------------------------------------------------------------------------

    @on(Watched)
    def beamtime_changed(self, event: Watched) -> None:
        """Something has changed in the beamtime."""
        if self.is_attached:
            self.live.changed(event.changed)

    @property
    def is_occupied(self) -> bool:
        """Whether the user types or picks something, or looks at all frames together."""
        typing = (
            isinstance(self.focused, Input) or self.plot_desk.entry.is_open or self.table_desk.entry.is_open
        )
        return typing or self.picker.is_open or self.desk.entry.text is not None or self.desk.kind in STACKS

    def reread_card(self, uid: str) -> None:
        """What has become of a run is another: say so in its detail."""
        session = self.session
        if uid == self.selection.uid:
            self.ask("card", uid, lambda task: reads.read_details(session, uid, task))

    def wake_readers(self) -> None:
        """The catalog can be read again: who waits for it goes on."""
        self.session.unlocked()
        if self.session.copied is not None:
            self._drop_copy()

    def go_to_run(self, uid: str) -> None:
        """Put the cursor of the list on a run."""
        if self.runs.go_to(uid):
            self._select(self.runs.current)

    def select_current(self) -> None:
        """The cursor of the list was put on another run."""
        self._select(self.runs.current)

    def go_to_last_event(self) -> None:
        """To the newest event."""
        page = self.events.page
        if page is not None and page.total:
            self.move_to(page.total - 1)

    def reread_run(self) -> None:
        """The run has come to its end, or is another now: read it anew; the cursor stays."""
        uid, session = self.selection.uid, self.session
        if uid is None:
            return
        session.forget_run(uid)
        self.ask("card", uid, lambda task: reads.read_details(session, uid, task))
        self.table_desk.read_again()
        self._ask_columns(uid)
        self.ask_frames()

    def grow_events(self) -> None:
        """There are more events of the run: read what is new."""
        uid = self.selection.uid
        if uid is not None and self.plot_desk.columns is not None and not self.tasks.busy("columns"):
            self.table_desk.read_again()
            self._ask_columns(uid)

    def ring(self, text: str) -> None:
        """The terminal's bell, and a notification of the desktop, which terminals pass on or leave alone."""
        said = printable(text, 200).replace(";", ",")
        self._to_terminal(f"\a\x1b]9;{said}\x1b\\\x1b]777;notify;resonance-tui;{said}\x1b\\")

    def action_follow(self) -> None:
        """Follow the newest run and its newest frame, or no longer."""
        self.live.toggle()

    def action_tell_me(self) -> None:
        """Ring the bell at news, and send them to the desktop, or no longer."""
        self.live.notify = not self.live.notify
        self.title_bar.tell("notifications on" if self.live.notify else "notifications off")
        self.after("told", _SHORTLY, lambda: self.title_bar.tell(""))

    def action_copy(self) -> None:
        """Browse a private copy of the database, or the database itself again."""
        if self.session.copied is not None:
            self._drop_copy()
            return
        self.title_bar.stand("taking a private copy of the database…")
        self.tasks.submit(Task("copy", "copy", self.session.take_copy))

    def _drop_copy(self) -> None:
        self.session.drop_copy()
        self.live.copy_changed()
        self._read_all_anew()

    def _show_copy(self, taken: object) -> None:
        if isinstance(taken, Progress):
            self.title_bar.stand(
                f"taking a private copy: {taken.done / 1e6:,.0f} of {taken.total / 1e6:,.0f} MB"
            )
        elif isinstance(taken, float):
            self.live.copy_changed()
            self._read_all_anew()

    def _read_all_anew(self) -> None:
        self._read_runs()
        self.runs.reread_facts()
        self.reread_run()

    def action_refresh(self) -> None:
        """Read everything anew; the cursor stays where it is."""
        self.tasks.cancel(*GROUPS)
        self.session.forget()
        self._read_runs()
        self.runs.reread_facts()
        uid = self.selection.uid
        if uid is None:
            return
        session = self.session
        self.ask("card", uid, lambda task: reads.read_details(session, uid, task))
        self.table_desk.read_again()
        self._ask_columns(uid)
        self.ask_frames()

    def action_frame(self, what: str) -> None:
        """A key of the frame pane."""
        self.desk.do(what)

    def action_plot(self, what: str) -> None:
        """A key of the plot pane."""
        self.plot_desk.do(what)

    def action_table(self, what: str) -> None:
        """A key of the events pane."""
        self.table_desk.do(what)

    def action_mark(self) -> None:
        """Mark the run under the cursor, to draw it over others, and go on."""
        row = self.runs.current
        if row is not None:
            self.live.user_moved()
            self.runs.toggle_mark(self.plot_desk.overlay.colour_index_of(row.uid))
            self.plot_desk.overlay.marks_changed()
            self._select(self.runs.current)

    def action_overlay(self) -> None:
        """Draw runs over one another, or no longer."""
        self.plot_desk.overlay.toggle()
        if self._pane == "runs":
            self._show_beside("plot")

    def action_stats(self) -> None:
        """Show what goes over the line to the terminal, or show it no longer."""
        self.show_stats = not self.show_stats
        self.desk.words.describe()

    def summary_of_runs(self) -> str:
        """How many runs are listed, for the window title."""
        return plural(len(self.runs.run_list.rows), "run")
