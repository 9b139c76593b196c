"""Driving the app in tests: open a beamtime, press keys, and wait until everything asked for is shown.

What the tests look at inside the app goes through `Drive` and `FrameState`: where a class of the app moves, this
file alone has to follow.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.browse import BrowseScreen
from resonance_tui.app.idle import IdleCollector
from resonance_tui.app.options import Options
from resonance_tui.panes.actions import EventsAction, PlotAction
from resonance_tui.panes.detail import reads as detail_reads
from resonance_tui.panes.events import reads as events_reads
from resonance_tui.panes.frame.picture_maker import PictureMaker
from resonance_tui.panes.live.title_bar import TitleBar
from resonance_tui.panes.pane import Pane
from resonance_tui.panes.plot.reads import Drawn
from resonance_tui.panes.plot.state import kind_of
from resonance_tui.panes.popup_list import PopupList
from resonance_tui.panes.signals import EventSelected
from resonance_tui.session.columns import EventColumns
from resonance_tui.session.frame_series import FrameSeries
from resonance_tui.session.frames import FrameLoader
from resonance_tui.session.tasks import Task
from resonance_tui.terminal import flow_control as link_module
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    import pytest
    from textual.screen import ActiveBinding

    from resonance_tui.analysis.exposure import Exposure, FrameMark
    from resonance_tui.panes.detail.pane import DetailPane
    from resonance_tui.panes.events.pane import EventsPane
    from resonance_tui.panes.frame.pane import FramePane
    from resonance_tui.panes.frame.picture_maker import Shown
    from resonance_tui.panes.plot.pane import PlotPane
    from resonance_tui.panes.runs.pane import RunsPane
    from resonance_tui.panes.runs.run_list_widget import RunList
    from resonance_tui.picture.view import View
    from resonance_tui.terminal.flow_control import FlowControl
    from resonance_tui.text.run_overview import RunRow

LARGE = (120, 40)
SMALL = (80, 24)

READS: dict[str, tuple[Any, str]] = {
    "details": (detail_reads, "read_details"),
    "page": (events_reads, "read_page"),
    "columns": (EventColumns, "run_columns"),
    "frames": (FrameLoader, "frames"),
    "picture": (PictureMaker, "picture"),
    "frame": (FrameLoader, "read"),
    "ahead": (PictureMaker, "read_ahead"),
    "exposures": (FrameSeries, "exposures"),
    "one of many": (FrameLoader, "passing_by"),
    "pause": (Task, "wait"),
}
"""What is read in reader threads, and the method that does it. A frame that is read for a sum, the curve of a
region or the strip of exposures is one of many; a pause is no read, but what long work makes for others."""


class Gate:
    """Holds back a kind of read in its reader thread, until it is opened, and lists what was asked for.

    Parameters
    ----------
    read : str
        One of `READS`.
    only : callable, optional
        Which of these reads are held, by their arguments; all of them where it is not given.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, read: str, only: Callable[..., bool] | None = None
    ) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.held = threading.Event()
        self._open = threading.Event()
        owner, name = READS[read]
        method = getattr(owner, name)

        def held(reader: Any, *args: Any, **options: Any) -> Any:
            self.calls.append(args)
            if not self._open.is_set() and (only is None or only(*args, **options)):
                self.held.set()
                assert self._open.wait(20), f"the gate of {read} was never opened"
            return method(reader, *args, **options)

        monkeypatch.setattr(owner, name, held)

    def open(self) -> None:
        """Let all of them through from here on."""
        self._open.set()


class FrameState:
    """Which frame is shown, and how it is looked at."""

    def __init__(self, drive: Drive) -> None:
        self._drive = drive

    @property
    def _controller(self) -> Any:
        return self._drive.screen.controllers.frame

    @property
    def _state(self) -> Any:
        return self._controller.scene.state

    @property
    def shown(self) -> Shown | None:
        """The picture that is shown."""
        return self._controller.scene.shown

    @property
    def index(self) -> int | None:
        """The frame of the event under the cursor."""
        return self._controller.scene.index

    @property
    def known(self) -> bool:
        """Whether it is known which frames the run has."""
        return self._controller.scene.is_known

    @property
    def kind(self) -> str:
        """What is shown: ``frame``, ``difference``, ``mean``, ``max`` or ``sum``."""
        return self._state.kind

    @property
    def view(self) -> View:
        """Contrast, zoom, crosshair and region."""
        return self._state.view

    @property
    def marked(self) -> int | None:
        """The frame that others are compared with."""
        return self._state.marked

    @property
    def playing(self) -> bool:
        """Whether the frames are played."""
        return self._state.playing

    @property
    def blinking(self) -> bool:
        """Whether it blinks between two frames."""
        return self._state.blinking

    @property
    def on_sheet(self) -> bool:
        """Whether the contact sheet is shown."""
        return self._state.on_sheet

    @property
    def curves(self) -> str | None:
        """The kind of the curves that are shown beside the frame."""
        return self._state.side

    @property
    def typed(self) -> str | None:
        """What is typed into the prompt; None where none is open."""
        return self._controller.line.text

    @property
    def exposures(self) -> dict[int, Exposure]:
        """How well frames are exposed, of those that were checked."""
        return self._controller.scene.exposed.known

    @property
    def unexposed(self) -> dict[int, FrameMark]:
        """The marks of frames that have no exposure: damaged, or not on disk."""
        return self._controller.scene.exposed.others

    @property
    def bytes_kept(self) -> int:
        """Bytes of frames in memory."""
        return self._controller.session.frames.cache.size


class Drive:
    """The app under test, and its main screen."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.frame_state = FrameState(self)

    @property
    def screen(self) -> BrowseScreen:
        screen = self.pilot.app.screen
        assert isinstance(screen, BrowseScreen), screen
        return screen

    @property
    def on_main_screen(self) -> bool:
        """Whether the main screen is on, no dialog over it."""
        return isinstance(self.pilot.app.screen, BrowseScreen)

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they ask for is there."""
        await self.pilot.press(*keys)
        await self.settled()

    async def press_anywhere(self, key: str) -> None:
        """Press a key on whichever screen is on."""
        await self.pilot.press(key)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"never happened: {what or condition}"
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def settled(self) -> None:
        """Wait until nothing is being read and all messages are handled."""
        for _ in range(2):  # what is shown may ask for more
            await self.until(lambda: not self.screen.host.is_waited_for, "nothing is being read any more")

    # -- the selection and the panes ---------------------------------------------------------------------

    @property
    def uid(self) -> str | None:
        """The run under the cursor."""
        return self.screen.host.selection.uid

    @property
    def position(self) -> int:
        """The event under the cursor, by its place in the run, from 0."""
        return self.screen.host.selection.position

    @property
    def focused(self) -> Widget | None:
        """The widget that has the focus."""
        return self.screen.focused

    @property
    def bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work here."""
        return self.screen.active_bindings

    @property
    def title_bar(self) -> TitleBar:
        return self.screen.query_one(TitleBar)

    @property
    def runs(self) -> RunsPane:
        return self.screen.controllers.runs.pane

    @property
    def all_runs(self) -> list[RunRow]:
        """All runs that were read, newest first, whatever is searched for."""
        return self.screen.controllers.runs.listing.rows

    def row_of(self, uid: str) -> RunRow | None:
        """The row of a run."""
        return self.screen.controllers.runs.listing.row_of(uid)

    @property
    def run_list(self) -> RunList:
        return self.screen.controllers.runs.pane.run_list

    @property
    def events(self) -> EventsPane:
        return self.screen.controllers.events.pane

    @property
    def plot(self) -> PlotPane:
        return self.screen.controllers.plot.pane

    @property
    def frame(self) -> FramePane:
        return self.screen.controllers.frame.pane

    def details_text(self) -> str:
        """The lines of the card, as plain text."""
        return str(self.detail.query_one("#detail-text", Static).render())

    @property
    def detail(self) -> DetailPane:
        return self.screen.controllers.detail.pane

    @property
    def picker(self) -> PopupList:
        return self.screen.query_one(PopupList)

    def pane(self, name: str) -> Pane:
        """A pane by its name."""
        return self.screen.query_one(f"#{name}", Pane)

    def title(self, pane: str) -> str:
        """The title of a pane, as plain text."""
        return Content.from_markup(self.pane(pane).border_title or "").plain

    def note(self, pane: str) -> str:
        """The line that stands in for a pane's content; empty where the content shows."""
        part = self.pane(pane)
        note = part.query_one(".note")
        return str(note.render()) if part.has_class("-noted") else ""

    def shown(self) -> list[str]:
        """The panes that are on the screen."""
        return [pane for pane in ("runs", "events", "plot", "frame", "detail") if self.is_shown(pane)]

    def is_shown(self, pane: str) -> bool:
        region = self.pane(pane).region
        return region.width > 0 and region.height > 0

    def event_under_cursor(self) -> str:
        """The number of the event under the cursor of the table."""
        table = self.events.table
        assert table.page is not None
        return table.page.cells[table.cursor_row][0].strip()

    def runs_in_view(self) -> list[str]:
        """The lines of the run list, heading left out."""
        lines = [self.run_list.render_line(y).text for y in range(1, self.run_list.size.height)]
        return [line for line in lines if line.strip()]

    def listed_label(self, uid: str) -> str:
        """What the list knows to have been scanned in a run, in its longest form."""
        return self.run_list._details[uid].scanned.full

    # -- beneath the panes -------------------------------------------------------------------------------

    @property
    def flow(self) -> FlowControl:
        """The flow control of the terminal."""
        return self.screen.flow

    def busy(self, *groups: str) -> bool:
        """Whether something is being read for these groups."""
        return self.screen.host.busy(*groups)

    def move_at_once(self, where: str) -> None:
        """Move as a key does that comes in one packet with others, before any message is handled."""
        self.screen.action_move(where)

    def press_at_once(self, key: str) -> None:
        """Do what a key of the events or the plot pane does, before any message is handled."""
        event = Key(key, "\r" if key == "enter" else key)
        if not self.screen.take_key(event):
            if self.focused is self.events:
                self.screen.controllers.events.handle(EventsAction.NEXT)
            else:
                self.screen.controllers.plot.handle(PlotAction.PEAK)

    def go_to_event(self, position: int) -> None:
        """Put the one cursor on an event."""
        self.screen.host.publish(EventSelected(position, self.position))

    def deliver_page_again(self) -> None:
        """Have the page of the event table arrive once more, as one does that was asked for earlier."""
        table = self.screen.controllers.events
        assert table.pages._read is not None
        table.take_page(table.pages._read)

    def deliver_drawing_again(self) -> None:
        """Have the drawing of the plot arrive once more, as one does that was asked for earlier."""
        controller, pane = self.screen.controllers.plot, self.plot
        assert pane.plot is not None
        assert controller.run is not None
        drawn = Drawn(pane.plot, pane.view.drawing, kind_of(controller.run.axes), {})
        controller.take_drawn(drawn)

    def capture_terminal(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What is sent to the terminal beside the screen, from here on."""
        sent: list[str] = []
        monkeypatch.setattr(self.screen, "_to_terminal", sent.append)
        return sent

    def terminal_draws(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The terminal has not yet drawn what it was sent, and does not say so until `terminal_is_ready`."""
        monkeypatch.setattr(link_module, "_LOST_S", 600.0)
        self.flow.on_report()  # it is known to answer
        self.flow.is_asked = True
        self.flow.pictures_sent(1000)
        self.flow.is_asked = False
        assert self.flow.busy

    def terminal_is_ready(self) -> None:
        """The terminal has drawn everything."""
        self.flow.on_report()
        assert not self.flow.busy

    def plot_readings(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The curves that numbers are read from, from here on."""
        read: list[int] = []
        submit = self.screen.host.submit

        def submitted(task: Task[Any], *how: Any, **options: Any) -> None:
            if task.kind == "readings":
                read.append(task.key[1])
            submit(task, *how, **options)

        monkeypatch.setattr(self.screen.host, "submit", submitted)
        return read

    def pictures_shown(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """The pictures that are drawn in the frame pane, from here on."""
        shown: list[Any] = []
        show = self.frame.show_picture

        def show_picture(picture: Any) -> int:
            shown.append(picture)
            return show(picture)

        monkeypatch.setattr(self.frame, "show_picture", show_picture)
        return shown

    def count_put_offs(self, monkeypatch: pytest.MonkeyPatch) -> list[None]:
        """One entry for each time that collecting garbage is put off, from here on."""
        done: list[None] = []
        put_off = IdleCollector.put_off

        def counted(collector: IdleCollector) -> None:
            done.append(None)
            put_off(collector)

        monkeypatch.setattr(IdleCollector, "put_off", counted)
        return done

    # -- while the experiment runs -----------------------------------------------------------------------

    def stop_watching(self) -> None:
        """Look for changes of the beamtime no more; what has changed is `report`ed by the test."""
        self.screen.monitor.close()

    def report(self, changed: Any) -> None:
        """Tell the screen what has changed in the beamtime."""
        self.screen.controllers.live.changed(changed)

    def report_newest(self, newest: Any) -> None:
        """Tell the screen how the newest frame is exposed."""
        self.screen.controllers.live.take_newest(newest)

    def capture_news(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What is told as news in the title bar, from here on."""
        told: list[str] = []
        monkeypatch.setattr(
            self.screen.controllers.live, "tell", lambda text, *, error=False: told.append(text)
        )
        return told


@asynccontextmanager
async def driving(
    path: Path, size: tuple[int, int] = LARGE, *, wait: bool = True, options: Options | None = None
) -> AsyncIterator[Drive]:
    """Open a beamtime in the app, without a settle time, so that tests never race with it."""
    app = ResonanceApp(path, settle=0.0, options=options)
    async with app.run_test(size=size) as pilot:
        drive = Drive(pilot)
        if wait:
            await drive.until(lambda: drive.on_main_screen, "the main screen")
            await drive.settled()
        yield drive
