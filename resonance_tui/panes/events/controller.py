"""The event table of the selected run: its pages, in which order and layout, finding, what columns hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ...session.columns import PAGE_EVENTS
from ...text import live as words
from ..actions import Action, EventsAction, Move
from ..controller import Controller
from ..line_input import LineInput
from ..pane_reads import ignore
from ..signals import (
    BeamLost,
    BeamtimeReplaced,
    Choice,
    ChoiceWanted,
    ColumnsReady,
    Computed,
    CurvesShown,
    EventSelected,
    EventsGrown,
    FollowNewest,
    FramesReady,
    LastWanted,
    LiveRunChanged,
    PageShown,
    PaneWanted,
    RunReread,
    RunSelected,
    RunSettled,
    TerminalReady,
)
from . import reads
from .finding import OUTLIERS, Found, Query, column_called, nearest, odd_values, ranks, understood, words_in
from .state import SEQ_NUM, TIME, EventsState, page_offset, step
from .table_page import Layout, RowOrder, TablePage, heading
from .totals import totals_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.curves import RunColumns
    from ...catalog import EventPage
    from ...session.beamtime import BeamtimeSession
    from ...session.monitor import LiveRun
    from ...session.tasks import Task
    from ..host import Host
    from ..signals import Signal
    from .pane import EventsPane

    Floats = NDArray[np.float64]

STILL_READ = "the events are still being read"


class EventsTask(StrEnum):
    """What is read for this pane."""

    PAGE = "events"
    OUTLIERS = "outliers"
    FIND = "find"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it was read, and as it is shown, in the layout of that serial number."""

    raw: EventPage
    shown: TablePage
    positions: tuple[int, ...] | None
    order: RowOrder | None
    layouts: int


class EventsController(Controller["EventsPane"]):
    """Shows the events of the selected run, and marks the one under the cursor."""

    def __init__(self, host: Host, session: BeamtimeSession, pane: EventsPane) -> None:
        super().__init__(host, session, pane)
        self.state = EventsState()
        self.line: LineInput = LineInput(pane.prompt)
        self._columns: RunColumns | None = None
        self._outliers: dict[str, NDArray[np.bool_]] = {}
        self._computed: tuple[Computed, ...] = ()
        self._curves_known = False
        self._read: ReadPage | None = None
        self._found: Found | None = None
        self._live: Mapping[str, LiveRun] = {}
        self._newest_frame = -1
        self._is_late = False
        self._layouts = self._serial = 0

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case RunSelected():
                self._clear()
            case RunSettled():
                self._request(0)
            case RunReread() | BeamtimeReplaced():
                self._request_here()
            case EventsGrown(uid=uid) if uid == self.host.selection.uid and self._columns is not None:
                self._request_here()
            case EventSelected():
                self._is_late = self.host.flow.busy
                if not self._is_late:
                    self._show_cursor()
            case TerminalReady() if self._is_late:
                self._is_late = False
                self._show_cursor()
            case ColumnsReady(columns=columns):
                self._take_columns(columns)
            case CurvesShown(computed=computed):
                self._computed, self._curves_known = computed, True
                if self.state.with_computed:
                    self._lay_out()
            case FramesReady(frames=frames):
                self._newest_frame = frames.positions[-1] if frames is not None and frames.live else -1
            case LiveRunChanged(seen=seen):
                self._live = seen
                self._say_why_empty()
            case FollowNewest(newest=newest, frames=False) if newest == self.host.selection.uid:
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
        self._columns = self._read = self._found = None
        self._outliers, self._computed, self._curves_known = {}, (), False
        self._newest_frame, self._is_late = -1, False
        self.pane.clear()

    # -- pages ---------------------------------------------------------------------------------------------

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._read.shown if self._read is not None else None

    def _request(self, offset: int) -> None:
        """Read the page that begins at a row."""
        uid, session = self.host.selection.uid, self.session
        if uid is None:
            return
        layout, layouts, order = self._layout(), self._layouts, self.state.order

        def read(task: Task[ReadPage]) -> ReadPage:
            if order is None:
                raw, positions = reads.read_page(session, uid, offset), None
            else:
                positions = tuple(order.positions[offset : offset + PAGE_EVENTS].tolist())
                raw = reads.read_sorted_page(session, uid, positions, offset, task)
            shown = reads.table_of(session, uid, raw, layout, positions)
            return ReadPage(raw, shown, positions, order, layouts)

        self._serial += 1
        slow = "Reading the events…" if self._read is None else ""
        self.reads.read(EventsTask.PAGE, (uid, offset, self._serial), read, self.take_page, slow=slow)

    def _request_here(self) -> None:
        """Read the page under the cursor again."""
        total = self.page.total if self.page is not None else 0
        self._request(page_offset(self.state.row_of(self.host.selection.position), total, PAGE_EVENTS))

    def take_page(self, read: ReadPage) -> None:
        """Show a page that was read, unless the table is in another order by now."""
        if read.order is not self.state.order:
            return
        self._read = read
        page = read.shown
        if page.total:
            row = page.row_of(min(self.host.selection.position, page.total - 1))
            self.pane.show_page(page, row or 0, read.order)
            self._describe_column()
        else:
            self.pane.show_empty(page, "No events are saved for this run.")
            self._say_why_empty()
        self.host.publish(PageShown(page.total, page.scanned_texts))
        self.type_ahead.release(PageShown)
        self._stay_within(page.total)
        self._show_cursor()
        if read.layouts != self._layouts:  # it was changed meanwhile
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
            self._select(last)

    def _layout(self) -> Layout:
        computed = self._computed if self.state.with_computed else ()
        return Layout(self.state.hidden, dict(self.state.digits), computed, self._outliers)

    def _lay_out(self) -> None:
        """Show the page in another layout, from memory; a page that is being read is laid out when it comes."""
        uid, read, session = self.host.selection.uid, self._read, self.session
        self._layouts += 1
        if uid is None or read is None or self.host.busy(EventsTask.PAGE):
            return
        layout, layouts = self._layout(), self._layouts

        def work(_: Task[ReadPage]) -> ReadPage:
            shown = reads.table_of(session, uid, read.raw, layout, read.positions)
            return replace(read, shown=shown, layouts=layouts)

        self._serial += 1
        self.reads.read(EventsTask.PAGE, (uid, read.raw.offset, self._serial), work, self.take_page)

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
            self.host.publish(EventSelected(position, before, by_user))
            self._show_cursor()

    def move(self, where: Move) -> None:
        """Go to the event that a key leads to; sideways, to another column."""
        page = self.page
        if page is None:  # not read yet
            if self.host.selection.uid is not None:
                self.type_ahead.keep(PageShown, lambda: self.move(where))
            return
        if where is Move.LAST:
            self.host.publish(LastWanted())
        if not page.total:
            return
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
        self.host.publish(PaneWanted("frame"))
        return True

    # -- what all events say -------------------------------------------------------------------------------

    def _take_columns(self, columns: RunColumns) -> None:
        """All events of the run were read: now it can be said what stands out, and what a column holds."""
        self._columns, self._found = columns, None
        order = self.state.order
        if order is not None and order.rows.size != len(columns):
            self._sort(*order.by)
        uid = self.host.selection.uid

        def look(task: Task[dict[str, Any]]) -> dict[str, Any]:
            from .totals import outstanding

            return outstanding(columns, task.check)

        self.reads.read(EventsTask.OUTLIERS, uid, look, self._take_outliers, failed=ignore, background=True)
        self._describe_column()
        self.type_ahead.release(ColumnsReady)

    def _take_outliers(self, outliers: dict[str, Any]) -> None:
        self._outliers = outliers
        self._lay_out()
        self.host.publish(BeamLost(outliers.get(SEQ_NUM)))

    def _heading(self, key: str | None) -> str:
        """Return the heading of a column, whether it is shown or hidden."""
        known = self.page.labels if self.page is not None else {}
        return known.get(key or "", heading(key or ""))

    def _values(self, key: str | None) -> Floats | None:
        if key is None or self._columns is None:
            return None
        if self.state.with_computed:
            for computed in self._computed:
                if computed.label == key:
                    return computed.values
        return self._columns.columns.get(key)

    def _describe_column(self) -> None:
        """Say what the column under the cursor holds."""
        key = self.pane.table.column_key
        values = self._values(key)
        if values is None or key in (SEQ_NUM, TIME, None):
            self.pane.show_totals("")
            return
        spikes = self._outliers.get(key or "")
        n_spikes = int(spikes.sum()) if spikes is not None else 0
        self.pane.show_totals(
            totals_text(self._heading(key), values, self.state.digits_of(key), n_spikes)
            if self.state.with_totals
            else ""
        )

    # -- keys ----------------------------------------------------------------------------------------------

    def handle(self, action: Action) -> None:
        """Do what a key of the event table asks for."""
        page = self.page
        if page is None:
            if self.host.selection.uid is not None:
                self.type_ahead.keep(PageShown, lambda: self.handle(action))
            return
        self.pane.prompt("")
        if not page.total:
            return
        key = self.pane.table.column_key
        match action:
            case EventsAction.SORT:
                self._sort_by(key)
            case EventsAction.FIND:
                self.line.begin(f"find in {self._heading(key)}", self._find)
            case EventsAction.NEXT:
                self._go_to_next()
            case EventsAction.GO_TO:
                self.line.begin("go to event", self._go_to_event)
            case EventsAction.CHOOSE_COLUMNS:
                self._choose_columns()
            case EventsAction.COMPUTED:
                self._toggle_computed()
            case _:
                self._set(action, key)

    def _set(self, action: Action, key: str | None) -> None:
        is_computed = any(computed.label == key for computed in self._computed)
        before, self.state = (
            self.state,
            step(self.state, action, key)
            if not (action is EventsAction.HIDE and is_computed)
            else self.state,
        )
        if action is EventsAction.HIDE:
            stays = self.state is before
            self.pane.prompt(
                "this column stays" if stays else f"{self._heading(key)} is hidden: c shows it again"
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
            self._lay_out()

    def _choose_columns(self) -> None:
        if self._read is None:
            return
        names = [*self._read.raw.columns, TIME]

        def use(picked: tuple[str, ...]) -> None:
            self.state = self.state.showing(names, picked)
            self._lay_out()

        choices = [Choice(name, self._heading(name)) for name in names]
        marked = [name for name in names if name not in self.state.hidden]
        self.host.publish(
            ChoiceWanted("columns", choices, marked, use, several=True, may_be_empty=True, only_marked=True)
        )

    # -- order ---------------------------------------------------------------------------------------------

    def _sort_by(self, key: str | None) -> None:
        if key is None:
            return
        if self._columns is None:
            self.pane.prompt(STILL_READ)
            return
        by = self.state.order.by if self.state.order else None
        if by == (key, True):
            self.state = self.state.ordered(None)
            self._request_here()
        else:
            self._sort(key, by == (key, False) or (key == SEQ_NUM and by is None))

    def _sort(self, key: str, descending: bool) -> None:
        columns, uid = self._columns, self.host.selection.uid
        if columns is None or uid is None:
            return
        values, texts = self._values(key), columns.words.get(key)
        name = self._heading(key)
        if values is None and texts is None:
            self.pane.prompt(f"{name} cannot be sorted")
            return

        def sort(_: Task[RowOrder]) -> RowOrder:
            from ...analysis.outliers import sort_order

            positions = sort_order(
                values if values is not None else ranks(texts or []), descending=descending
            )
            return RowOrder.of(name, (key, descending), positions)

        self.reads.read(EventsTask.ORDER, (uid, key), sort, self._take_order, failed=self.pane.prompt)

    def _take_order(self, order: RowOrder) -> None:
        self.state = self.state.ordered(order)
        self._request(page_offset(order.row_of(self.host.selection.position), order.rows.size, PAGE_EVENTS))

    # -- finding -------------------------------------------------------------------------------------------

    def _find(self, text: str) -> None:
        columns = self._columns
        if columns is None:
            self.pane.prompt(STILL_READ)
            self.type_ahead.keep(ColumnsReady, lambda: self._find(text))
            return
        query = understood(text)
        key = self._column_called(query.column) if query.column else self.pane.table.column_key
        values, name = self._values(key), self._heading(key)
        if query.odd:
            found = odd_values(name, values, self._outliers.get(key or ""), query.odd)
            self._go_to_found(found, f"no {'outlier' if query.odd == OUTLIERS else query.odd} in {name}")
        elif query.value is not None and values is not None and key is not None:
            found = nearest(name, values, query)
            if found is not None:
                self.pane.table.go_to_column(key)
            self._go_to_found(found, f"{name} has no value")
        else:
            self._find_words(query, columns)

    def _find_words(self, query: Query, columns: RunColumns) -> None:
        texts = columns.words

        def show(found: Found) -> None:
            key = self._column_called(query.text)
            if not found.places.size and key is not None:
                self.pane.table.go_to_column(key)
                self._describe_column()
            else:
                nothing = f"neither a column of numbers nor a word: {query.text[:40]}"
                self._go_to_found(found if found.places.size else None, nothing)

        self.reads.read(
            EventsTask.FIND,
            (self.host.selection.uid, query.text),
            lambda task: words_in(texts, query.text, task.check),
            show,
            failed=self.pane.prompt,
        )

    def _column_called(self, name: str) -> str | None:
        page = self.page
        return column_called(name, [(column.key, column.label) for column in page.columns] if page else [])

    def _go_to_found(self, found: Found | None, nothing: str) -> None:
        if found is None:
            self.pane.prompt(nothing)
            return
        self._found = found
        self._go_to(found, self.host.selection.position - 1)

    def _go_to_next(self) -> None:
        if self._found is None:
            self.pane.prompt("nothing was looked for: / does that")
        else:
            self._go_to(self._found, self.host.selection.position)

    def _go_to(self, found: Found, after: int) -> None:
        place = found.after(after)
        position = int(found.places[place])
        self._select(position)
        n = found.places.size
        more = f" · n: the next ({place + 1} of {n:,})" if n > 1 else ""
        self.pane.prompt(f"{found.words}: event {position + 1:,}{more}")

    def _go_to_event(self, text: str) -> None:
        total = self.page.total if self.page is not None else 0
        try:
            number = int(text.replace(",", ""))
        except ValueError:
            self.pane.prompt(f"{text[:30]} is no number of an event: 1 to {total:,}")
            return
        position = total + number if number < 0 else number - 1
        if not 0 <= position < total:
            self.pane.prompt(f"there is no event {number:,}: 1 to {total:,}")
            return
        self._select(position)
