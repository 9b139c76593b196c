"""The event table of the selected run: its pages, in which order and layout, finding, what columns hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...session.columns import PAGE_EVENTS
from ...text import live_run as words
from .. import signals
from ..actions import Action, EventsAction, Move
from ..controller import Controller
from ..line_input import LineInput
from ..pane_reads import ignore
from ..type_ahead import STILL_READ
from .column_values import ShownColumns
from .finder import Finder
from .pages import Pages
from .reads import ReadPage
from .sorting import Sorting
from .state import SEQ_NUM, TIME, EventsState, page_offset, step
from .table_page import Layout, RowOrder, TablePage
from .tasks import EventsTask
from .totals import totals_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.curves import RunColumns
    from ...session.beamtime import BeamtimeSession
    from ...session.monitor import LiveRun
    from ...session.tasks import Task
    from ..host import Host
    from .pane import EventsPane

    Floats = NDArray[np.float64]


class EventsController(Controller["EventsPane"]):
    """Shows the events of the selected run, and marks the one under the cursor."""

    def __init__(self, host: Host, session: BeamtimeSession, pane: EventsPane) -> None:
        super().__init__(host, session, pane)
        self.state = EventsState()
        self.line: LineInput = LineInput(pane.prompt)
        self.columns = ShownColumns()
        self.pages = Pages(host, session, self.reads, self.take_page)
        self._computed: tuple[signals.Computed, ...] = ()
        self._curves_known = False
        self.finder = Finder(
            host, self.reads, pane, self.columns, self.type_ahead, self._select, self._describe_column
        )
        self.sorting = Sorting(host, self.reads, pane, self.columns, self._use_order)
        self._live: Mapping[str, LiveRun] = {}
        self._newest_frame = -1
        self._is_late = False

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: signals.Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case signals.RunSelected():
                self._clear()
            case signals.RunSettled():
                self._request(0)
            case signals.RunReread() | signals.BeamtimeReplaced():
                self._request_here()
            case signals.EventSelected():
                self._is_late = self.host.flow.busy
                if not self._is_late:
                    self._show_cursor()
            case signals.TerminalReady() if self._is_late:
                self._is_late = False
                self._show_cursor()
            case signals.ColumnsReady(columns=columns):
                self._take_columns(columns)
            case signals.CurvesShown(computed=computed):
                self._computed, self._curves_known = computed, True
                if self.state.with_computed:
                    self.columns.computed = computed
                    self._lay_out()
            case _:
                self._receive_live(signal)

    def _receive_live(self, signal: signals.Signal) -> None:
        """Take what happens while the experiment runs."""
        match signal:
            case signals.EventsGrown(uid=uid) if (
                uid == self.host.selection.uid and self.columns.run is not None
            ):
                self._request_here()
            case signals.FramesReady(frames=frames):
                self._newest_frame = frames.positions[-1] if frames is not None and frames.live else -1
            case signals.LiveRunChanged(seen=seen):
                self._live = seen
                self._say_why_empty()
            case signals.FollowNewest(newest=newest, frames=False) if newest == self.host.selection.uid:
                page = self.page
                if page is not None and page.total:
                    self._select(page.total - 1, by_user=False)
            case _:
                pass

    def _clear(self) -> None:
        self.host.cancel(*EventsTask)
        self.reads.forget_waits()
        self.type_ahead.clear()
        self.line.close()
        self.state = self.state.for_next_run()
        self._computed, self._curves_known = (), False
        self.pages.clear()
        self.columns.clear()
        self.finder.clear()
        self.sorting.clear()
        self._newest_frame, self._is_late = -1, False
        self.pane.clear()

    # -- pages ---------------------------------------------------------------------------------------------

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self.columns.page

    def _request(self, offset: int) -> None:
        """Read the page that begins at a row."""
        self.pages.request(offset, self.state.order, self._layout())

    def _request_here(self) -> None:
        """Read the page under the cursor again."""
        total = self.page.total if self.page is not None else 0
        self._request(page_offset(self.state.row_of(self.host.selection.position), total, PAGE_EVENTS))

    def take_page(self, read: ReadPage) -> None:
        """Show a page that was read, unless the table is in another order by now."""
        if read.order is not self.state.order:
            return
        self.columns.page = page = read.shown
        if page.total:
            row = page.row_of(min(self.host.selection.position, page.total - 1))
            self.pane.show_page(page, row or 0, read.order)
            self._describe_column()
        else:
            self.pane.show_empty(page, "No events are saved for this run.")
            self._say_why_empty()
        is_old = self.pages.keep(read, self._layout())
        self.host.publish(signals.PageShown(page.total, page.scanned_texts))
        self.type_ahead.release(signals.PageShown)
        self._stay_within(page.total)
        self._show_cursor()
        if is_old:  # the layout was changed meanwhile
            self._lay_out()

    def _say_why_empty(self) -> None:
        live = self._live.get(self.host.selection.uid or "")
        if live is not None and self.page is not None and not self.page.total:
            self.pane.show_empty(self.page, words.why_no_events(live))

    def _stay_within(self, total: int) -> None:
        """Go to the last event where the cursor is behind it: the run is shorter than it was, or than was thought.

        Frames of a run in progress may be ahead of its events.
        """
        last = max(total - 1, self._newest_frame)
        if total and self.host.selection.position > last:
            self._select(last, by_user=False)

    def _layout(self) -> Layout:
        return Layout(
            self.state.hidden, dict(self.state.digits), self.columns.computed, self.columns.outliers
        )

    def _lay_out(self) -> None:
        """Show the page in another layout."""
        self.pages.lay_out(self._layout())

    # -- the cursor ----------------------------------------------------------------------------------------

    def _show_cursor(self) -> None:
        """Mark the event under the cursor; where it is on another page, read that."""
        page, position = self.page, self.host.selection.position
        if page is None or not page.total:
            return
        row = page.row_of(position)
        if row is not None:
            self.pane.show_cursor(row)
        elif 0 <= position < page.total:
            self._request_here()

    def _select(self, position: int, *, by_user: bool = True) -> None:
        """Put the one cursor on an event; here it is shown at once, as the next key counts from it."""
        before = self.host.selection.position
        if position != before:
            self.host.publish(signals.EventSelected(position, before, by_user))
            self._show_cursor()

    def move(self, where: Move) -> None:
        """Go to the event that a key leads to; sideways, to another column."""
        page = self.page
        if page is None:  # not read yet
            if self.host.selection.uid is not None:
                self.type_ahead.keep(signals.PageShown, lambda: self.move(where))
            return
        if where is Move.LAST:
            self.host.publish(signals.LastWanted())
        if not page.total:
            return
        if not self.line.is_open:
            self.pane.prompt("")
        if where in (Move.LEFT, Move.RIGHT):
            self.pane.table.move_column(1 if where is Move.RIGHT else -1)
            self._describe_column()
            return
        rows, last = self.pane.table.rows_in_view, page.total - 1
        steps = {Move.DOWN: 1, Move.UP: -1, Move.PAGE_DOWN: rows, Move.PAGE_UP: -rows}
        here = self.state.row_of(self.host.selection.position)
        row = {Move.FIRST: 0, Move.LAST: last}.get(where, here + steps.get(where, 0))
        self._select(self.state.position_at(max(0, min(last, row))))

    def enter(self) -> bool:
        """Go to the frame of the event, or to the plot where the run has no frames."""
        self.host.publish(signals.PaneWanted("frame"))
        return True

    # -- what all events say -------------------------------------------------------------------------------

    def _take_columns(self, columns: RunColumns) -> None:
        """All events of the run were read: now it can be said what stands out, and what a column holds."""
        self.columns.run = columns
        self.finder.clear()
        order = self.state.order
        if order is not None and order.rows.size != len(columns):
            self.sorting.sort(order.by[0], descending=order.by[1])
        uid = self.host.selection.uid

        def look(task: Task[dict[str, Any]]) -> dict[str, Any]:
            from .totals import outstanding

            return outstanding(columns, task.check)

        self.reads.read(EventsTask.OUTLIERS, uid, look, self._take_outliers, failed=ignore, background=True)
        self._describe_column()
        self.type_ahead.release(signals.ColumnsReady)

    def _take_outliers(self, outliers: dict[str, Any]) -> None:
        self.columns.outliers = outliers
        self._lay_out()
        self.host.publish(signals.BeamLost(outliers.get(SEQ_NUM)))

    def _describe_column(self) -> None:
        """Say what the column under the cursor holds."""
        key = self.pane.table.column_key
        values = self.columns.values(key)
        if values is None or key in (SEQ_NUM, TIME, None):
            self.pane.show_totals("")
            return
        spikes = self.columns.outliers.get(key or "")
        n_spikes = int(spikes.sum()) if spikes is not None else 0
        self.pane.show_totals(
            totals_text(self.columns.heading(key), values, self.state.digits_of(key), n_spikes)
            if self.state.with_totals
            else ""
        )

    # -- keys ----------------------------------------------------------------------------------------------

    def handle(self, action: Action) -> None:
        """Do what a key of the event table asks for."""
        page, key = self.page, self.pane.table.column_key
        is_line = action in (EventsAction.FIND, EventsAction.GO_TO)  # it can be typed meanwhile
        if page is None and (self.host.selection.uid is None or not is_line):
            if self.host.selection.uid is not None:
                self.type_ahead.keep(signals.PageShown, lambda: self.handle(action))
            return
        self.pane.prompt("")
        if page is not None and not page.total:
            return
        match action:
            case EventsAction.SORT:
                self.sorting.next(key, self.state.order)
            case EventsAction.FIND:
                self.line.begin(f"find in {self.columns.heading(key)}" if key else "find", self.finder.find)
            case EventsAction.NEXT:
                self.finder.go_to_next()
            case EventsAction.GO_TO:
                self.line.begin("go to event", self.finder.go_to_event)
            case EventsAction.CHOOSE_COLUMNS:
                self._choose_columns()
            case EventsAction.COMPUTED:
                self._toggle_computed()
            case _:
                self._set(action, key)

    def _set(self, action: Action, key: str | None) -> None:
        before = self.state
        if action is not EventsAction.HIDE or not self.columns.is_computed(key):
            self.state = step(before, action, key)
        if action is EventsAction.HIDE:
            stays = self.state is before
            self.pane.prompt(
                "this column stays" if stays else f"{self.columns.heading(key)} is hidden: c shows it again"
            )
        if self.state is not before and action is not EventsAction.TOTALS:
            self._lay_out()
        self._describe_column()

    def _toggle_computed(self) -> None:
        if not self._curves_known:
            self.pane.prompt(STILL_READ)
        elif not self.state.with_computed and not self._computed:
            self.pane.prompt("the plot shows the fields as they are: i in Plot divides by i0")
        else:
            self.state = step(self.state, EventsAction.COMPUTED, None)
            self.columns.computed = self._computed if self.state.with_computed else ()
            self._lay_out()

    def _choose_columns(self) -> None:
        names = [*self.pages.fields, TIME]

        def use(picked: tuple[str, ...]) -> None:
            self.state = self.state.showing(names, picked)
            self._lay_out()

        self.host.publish(self.columns.choice(names, self.state.hidden, use))

    # -- order ---------------------------------------------------------------------------------------------

    def _use_order(self, order: RowOrder | None) -> None:
        """Show the events in an order, around the one under the cursor; None: as they were taken."""
        self.state = self.state.ordered(order)
        if order is None:
            self._request_here()
        else:
            row = order.row_of(self.host.selection.position)
            self._request(page_offset(row, order.rows.size, PAGE_EVENTS))
