"""The run list: all runs and what is known of them, the search, the marks, and the run under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...session.beamtime import Waiting
from ...session.monitor import LiveRun
from ...session.tasks import Progress, Task
from ...text import live_run as words
from ...text.run_overview import RunRow, run_row, run_row_of
from ...text.states import State, shown_state
from .. import signals
from ..actions import Action, Move, RunsAction
from ..controller import Controller
from ..host import STILL_READING_S
from ..later import Later
from ..line_input import LineInput
from ..pane_reads import ignore
from . import reads
from .go_to_run import GoToRun
from .listed_runs import Listing
from .marks import Marks
from .tasks import RunsTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...catalog.models import RunSummary
    from ...session.beamtime import BeamtimeSession
    from ..host import Host
    from .pane import RunsPane
    from .reads import ReadDetails, RunsPart

DETAILS_AFTER_S = 0.06
"""Seconds that the list has to rest before the runs in view are read."""


class RunsController(Controller["RunsPane"]):
    """Lists the runs of the beamtime, and selects one."""

    def __init__(self, host: Host, session: BeamtimeSession, pane: RunsPane) -> None:
        super().__init__(host, session, pane)
        self.listing = Listing()
        self.marks = Marks(host, self.listing, pane, self._go_to)
        self.go_to_run = GoToRun(host, self.listing, self.type_ahead, self._go_to)
        self.line: LineInput = LineInput(self._show_search)
        self._wanted: str | None = None
        self._seen: Mapping[str, LiveRun] = {}
        self._unread: str | None = None
        self._readers_blocked = False
        self._told_gone = ""
        self._said = ""
        self._details_later = Later(host)
        self._reading_later = Later(host)

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: signals.Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case signals.BeamtimeReplaced():
                self.read_runs()
                self.pane.run_list.forget_details()
                self.read_details_soon()
            case signals.ColumnsReady(columns=columns, label=label):
                self.pane.run_list.say_scanned(columns.uid, label)
            case signals.CurvesShown(colours=colours):
                self.marks.show_overlaid(colours)
            case signals.OverlayWanted():
                self.marks.choose_overlay()
            case _:
                self._receive_live(signal)

    def _receive_live(self, signal: signals.Signal) -> None:
        """Take what happens while the experiment runs."""
        match signal:
            case signals.RunsStarted(runs=rows):
                self._add(rows)
            case signals.RunEnded(run=run):
                self._end(run)
            case signals.RunOvertaken(run=run, is_news=is_news):
                self._show_state(run.uid, shown_state(run.state))
                if is_news:
                    self._tell_gone(run)
            case signals.LiveRunChanged():
                self._take_live(signal)
            case signals.EventsGrown(uid=uid, events=events):
                self.pane.run_list.say_counts(uid, points=events)
            case signals.FramesGrown(uid=uid, frames=frames):
                self.pane.run_list.say_counts(uid, frames=frames)
            case signals.LockReleased():
                self._read_what_was_unread()
            case signals.FollowNewest(newest=newest):
                self._go_to_newest(newest)

    # -- the list ------------------------------------------------------------------------------------------

    def read_runs(self) -> None:
        """Read the whole list; what is listed stays until it is there."""
        session = self.session
        self.host.submit(
            Task(
                RunsTask.RUNS,
                RunsTask.RUNS,
                lambda task: session.when_unlocked(task, lambda: reads.read_runs(session, task)),
            ),
            self._take_part,
            failed=self._runs_failed,
            progress=self._runs_wait,
        )
        self._reading_later.start(STILL_READING_S, self._say_reading)

    def _say_reading(self) -> None:
        if self.host.busy(RunsTask.RUNS):
            self._say("Reading the runs…", "Reading the runs…")

    def _runs_wait(self, waiting: Progress | Waiting) -> None:
        if isinstance(waiting, Waiting):
            # that readers are kept out stands in the title bar already
            older = "" if self._readers_blocked else f"{waiting.reason}; what is shown is older"
            self._say(f"{waiting.reason}. Trying again…", older)

    def _say(self, text: str, beside_rows: str) -> None:
        """Say something in place of the list, or where runs are listed, in the title bar until they are read."""
        if self.pane.current is None:
            self.pane.say(text)
        elif beside_rows:
            self._said = beside_rows
            self.host.notify(beside_rows)

    def _runs_failed(self, reason: str) -> None:
        self.type_ahead.clear()
        self._reading_later.stop()
        if self.pane.current is None:
            self.pane.say(reason, error=True)
        else:
            self.host.notify(reason, error=True)

    def _take_part(self, part: RunsPart) -> None:
        self._reading_later.stop()
        if self._said:
            self.host.notify("", instead_of=self._said)
            self._said = ""
        following_rows = self.listing.take(part.rows, first=part.first, done=part.done)
        if following_rows is None:
            if part.done:
                self.marks.keep({row.uid for row in self.listing.rows})
            self._relist()
        else:
            self.pane.extend_rows(following_rows)
            self._describe()
            self.read_details_soon()
        if part.done or part.first:
            self._tell_listed()
        if part.done:
            self.type_ahead.release(signals.RunsListed)

    def _tell_listed(self) -> None:
        newest = self.listing.newest
        shows_any = any(row.uid != self._unread for row in self.pane.run_list.rows)
        self.host.publish(signals.RunsListed(newest.uid if newest else None, shows_any))

    def _relist(self, *, by_user: bool = False) -> None:
        before = self.pane.current
        self.pane.show_rows(self.listing.listed(), before.uid if before else self._wanted)
        self._describe()
        after = self.pane.current
        if after is not None:
            self._wanted = after.uid
        if after is None or before is None or after.uid != before.uid:
            self._select(by_user=by_user and after is not None)
        self.read_details_soon()

    def _describe(self) -> None:
        caption = self.listing.caption(len(self.pane.run_list.rows), len(self.marks.state.marks))
        self.pane.describe(caption, self.listing.why_empty())

    def _select(self, *, by_user: bool) -> None:
        row = self.pane.current
        if (row.uid if row else None) != self.host.selection.uid:
            self.host.publish(signals.RunSelected(row, by_user))

    # -- what is known of the runs in view -----------------------------------------------------------------

    def read_details_soon(self) -> None:
        """Read the runs in view once the list rests: while a key is held down nothing is read."""
        self._details_later.start(DETAILS_AFTER_S, self._read_details)

    def _read_details(self) -> None:
        uids, session = self.pane.run_list.lacking(), self.session
        if uids:
            self.reads.read(
                RunsTask.DETAILS,
                tuple(uids),
                lambda task: reads.read_details(session, uids, task),
                self._take_details,
                failed=ignore,
                background=True,
                of_run=False,
            )

    def _take_details(self, read: ReadDetails | None) -> None:
        if read is None:
            return
        self.pane.run_list.add_details(read.uid, read.details)
        if read.details.state is not None and read.uid not in self._seen:  # what was seen of it is newer
            self._show_state(read.uid, read.details.state)

    def _reread_details(self, uid: str) -> None:
        self.pane.run_list.forget_details_of(uid)
        self.read_details_soon()

    # -- while the experiment runs -------------------------------------------------------------------------

    def _add(self, rows: Sequence[RunRow]) -> None:
        if self.listing.add(rows):
            self._relist()
            self._tell_listed()

    def _replace(self, row: RunRow) -> None:
        self.listing.replace(row)
        self.pane.run_list.update_row(row)

    def _show_state(self, uid: str, state: State) -> bool:
        """Show another state of a run without an end; False where it is in that already."""
        row = self.listing.in_state(uid, state)
        if row is not None:
            self._replace(row)
        return row is not None

    def _end(self, run: RunSummary) -> None:
        """Show how a run ended, and say so; a private copy does not know it, but the list does."""
        if self.listing.row_of(run.uid) is None:
            return
        row = run_row_of(run)
        self._replace(row)
        self._reread_details(run.uid)
        label = self.pane.run_list.scanned(run.uid)
        text = words.ended_text(label, row.sample, row.exit_status)
        self.host.notify(text, error=row.state is State.FAILED, is_news=True)

    def _tell_gone(self, run: LiveRun) -> None:
        if run.uid == self._told_gone:
            return
        self._told_gone = run.uid
        row = self.listing.row_of(run.uid)
        text = words.gone_text(self.pane.run_list.scanned(run.uid), row.sample if row else "", run.state)
        self.host.notify(text, error=True, is_news=True)

    def _take_live(self, signal: signals.LiveRunChanged) -> None:
        live, self._seen = signal.live, signal.seen
        self._readers_blocked = signal.readers_blocked
        if live is None:
            return
        if signal.unread and not self.listing.rows:  # the catalog cannot be read: it is shown by its frames
            self._unread = live.uid
            row = run_row(live.uid, "not read yet", live.began, None, "", None, shown_state(live.state))
            self._add([row])
            return
        if self._show_state(live.uid, shown_state(live.state)) and not live.goes_on:
            self._tell_gone(live)

    def _read_what_was_unread(self) -> None:
        unread, self._unread = self._unread, None
        if unread is not None and unread == self.host.selection.uid:
            self.host.publish(signals.RunReread(unread))

    def _go_to_newest(self, newest: str) -> None:
        """Put the cursor on the newest run; a search that hides it stays."""
        rows = self.pane.run_list.rows
        if rows and rows[0].uid == newest and self.pane.move_cursor(Move.FIRST):
            self._wanted = newest
            self.read_details_soon()
        self._select(by_user=False)

    # -- keys ----------------------------------------------------------------------------------------------

    def move(self, where: Move) -> None:
        """Move the cursor, and select the run under it at once: the next key may already be for its events."""
        self.type_ahead.clear()  # whoever moves has gone elsewhere
        if self.pane.move_cursor(where):
            row = self.pane.current
            self._wanted = row.uid if row else None
            self.read_details_soon()
        self._select(by_user=True)

    def handle(self, action: Action) -> None:
        """Do what a key of the run list asks for."""
        match action:
            case RunsAction.SEARCH:
                self.line.begin(
                    "", self._keep_search, text=self.listing.filter.text, changed=self._search,
                    left=self._clear_search,
                )  # fmt: skip
            case RunsAction.GO_TO:
                self.line.begin("go to run: uid or -1", self.go_to_run.typed)
            case RunsAction.MARK if (row := self.pane.current) is not None:
                self.marks.toggle(row.uid)
                self.move(Move.DOWN)
                self._describe()
            case _:
                pass

    def enter(self) -> bool:
        """Go to the events of the run under the cursor."""
        if self.host.selection.uid is not None:
            self.host.publish(signals.PaneWanted("events"))
        return True

    def back(self) -> bool:
        """Take the marks away, then the search; False where there is neither."""
        if self.marks.clear():
            self._describe()
            return True
        if not self.listing.filter and not self.line.is_open:
            return False
        self._clear_search()
        return True

    # -- the search ----------------------------------------------------------------------------------------

    def _show_search(self, prompt: str) -> None:
        """Show the line that is typed, or the search that is kept."""
        searches = not prompt or self.line.is_search
        self.pane.search.show(self.line.text or self.listing.filter.text, prompt or None, searches=searches)

    def _search(self, text: str) -> None:
        if self.listing.search(text):
            self._relist(by_user=True)

    def _keep_search(self, text: str) -> None:
        self._search(text)
        self.pane.search.show(self.listing.filter.text, None)

    def _clear_search(self) -> None:
        self.line.close()
        self._search("")
        self.pane.search.show("", None)

    # -- going to a run ------------------------------------------------------------------------------------

    def _go_to(self, uid: str) -> bool:
        """Put the cursor on a run; False where it is not listed."""
        if not self.pane.run_list.go_to(uid):
            return False
        self._wanted = uid
        self._select(by_user=True)
        self.read_details_soon()
        return True
