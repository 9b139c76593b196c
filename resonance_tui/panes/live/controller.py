"""What happens while the experiment runs: new runs, the run in progress, a catalog that is locked.

The screen has the one cursor and the tasks; this hears from the `BeamtimeMonitor` and says which of them are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...catalog.errors import CatalogBusyError
from ...catalog.watch import Changes, FileState
from ...session.monitor import LiveRun
from ...session.tasks import Lane, Task
from ...text import live as words
from ...text.exposure import verdict_texts
from ...text.run_rows import run_row
from ...text.states import State, shown_state, state_lines
from ..reads import run_row_of

if TYPE_CHECKING:
    from ...app.browse import BrowseScreen
    from ...catalog.models import RunSummary
    from ...session.frame_series import NewestExposure
    from ...session.monitor import BeamtimeChanged
    from ...text.run_rows import RunRow

_TOLD_FOR = 20.0
_LOCKED_AFTER = 1.0
"""Seconds that a catalog is locked before that is said: a commit is no news."""

_KEPT_LEFT = 8

NEWEST = "newest"
"""The tasks that assess the newest frame."""

_FILE = {
    FileState.DELETED: "the beamtime's file was deleted or moved; this is its last state",
    FileState.RETURNED: "the beamtime's file is back",
    FileState.REPLACED: "the beamtime's file was replaced and reloaded",
}


class LiveDesk:
    """The beamtime as it is being written.

    Parameters
    ----------
    screen : BrowseScreen
    notify : bool
        Whether news ring the terminal's bell and are sent to the desktop.
    """

    def __init__(self, screen: BrowseScreen, *, notify: bool = False) -> None:
        self.screen = screen
        self.notify = notify
        self.changes = Changes()
        self.live_run: LiveRun | None = None
        self.following = False
        self._newer: int | None = None
        self._moving = False
        self._stall_told = ""
        self._unlisted: str | None = None
        self._locked: tuple[str, ...] = ()
        self._newest_kind: tuple[str, str] | None = None
        self._not_in_copy = 0
        self._left: dict[str, LiveRun] = {}
        self._told_gone: set[str] = set()
        self._in_card: tuple[object, ...] = ()

    # -- what the follower saw -----------------------------------------------------------------------------

    def changed(self, look: BeamtimeChanged) -> None:
        """Something has changed in the beamtime."""
        changes, before, was = look.changes, self.changes, self.live_run
        self.changes, self.live_run = changes, look.live
        if changes.file is not before.file and changes.file in (FileState.REPLACED, FileState.RETURNED):
            self.screen.action_refresh()
            self.tell(_FILE[changes.file])
        self.say_state()
        there = changes.file is not FileState.DELETED and changes.locks.supported
        released = (
            before.locks.readers_blocked
            and there
            and not (changes.locks.readers_blocked or changes.locks.interrupted)
        )
        if changes.open_run is None:
            self._take_unlisted(look.live)
        self._take_runs(changes, look.live)
        if released:
            self.screen.wake_readers()
            if self._unlisted is not None and self._unlisted == self.screen.selection.uid:
                self.screen.reread_run()
            self._unlisted = None
        self._take_events(changes)
        self._take_frames(look.live, was)
        self._watch_for_stalls(look.live)
        self._show_in_card(look.live)
        self.describe()

    def _show_in_card(self, live_run: LiveRun | None) -> None:
        """The card's state line, also while the database cannot be read; the rest of it is read again where it can."""
        if live_run is None or _essence(live_run) == self._in_card:
            return
        self._in_card = _essence(live_run)
        if live_run.uid == self.screen.selection.uid:
            self.screen.detail.update_lines("Run", state_lines(live_run.state))
        self.screen.reread_card(live_run.uid)

    def seen_of(self, uid: str | None) -> LiveRun | None:
        """What was seen of a run without an end: of the newest now, of others when they were overtaken."""
        if self.live_run is not None and self.live_run.uid == uid:
            return self.live_run
        return self._left.get(uid or "")

    def describe(self) -> None:
        """Say how far the run is in progress, where there is room for it."""
        screen, live_run = self.screen, self.seen_of(self.screen.selection.uid)
        screen.desk.words.describe()
        if live_run is None:
            return
        page = screen.events.page
        if page is not None and not page.total:
            screen.events.say(words.why_no_events(live_run))
        # a read that waits for a locked database is no reason to be silent where there are no events to come
        reading = live_run.state.events and screen.tasks.busy("columns", "curves")
        if screen.plot.plot is None and not reading:
            screen.plot.say(
                " ".join(part for part in (words.summary(live_run), words.outlook(live_run)) if part)
            )

    def say_state(self) -> None:
        """A locked catalog is a calm state: what is shown stays, and the reason stands in the title."""
        changes, bar = self.changes, self.screen.title_bar
        if self.screen.tasks.busy("copy"):
            return  # how far that is stands there
        if changes.file is FileState.DELETED:
            bar.stand(_FILE[FileState.DELETED])
        elif self.screen.session.copied is not None:
            bar.stand(*words.copy_texts(self.screen.session.copied, self._not_in_copy))
        elif changes.locks.interrupted:
            bar.stand(*words.interrupted_texts(changes.as_of))
        elif changes.locks.readers_blocked and changes.shut_since is not None:
            live = bool(self.live_run and self.live_run.frames)
            unread = self._unlisted is not None or self.screen.runs.current is None
            self._locked = words.locked_texts(
                changes.locks.pid, changes.shut_since, changes.as_of, frames=live, unread=unread
            )
            if bar.stands:
                bar.stand(*self._locked)
            elif "locked" not in self.screen.pending:
                self.screen.after("locked", _LOCKED_AFTER, self._stand)
        else:
            self.screen.cancel("locked")
            error = changes.error
            bar.stand(*[str(error)] if error is not None and not isinstance(error, CatalogBusyError) else ())

    def _stand(self) -> None:
        if self.changes.locks.readers_blocked:
            self.screen.title_bar.stand(*self._locked)

    def _take_unlisted(self, live_run: LiveRun | None) -> None:
        """Of a catalog that nobody can read yet, the run in progress is shown by its frames."""
        screen = self.screen
        if live_run is None or screen.session.copied is not None:
            return
        if screen.runs.rows:
            self._take_state(live_run)
            return
        row = run_row(
            live_run.uid, "not read yet", live_run.began, None, "", None, shown_state(live_run.state)
        )
        self._unlisted = live_run.uid
        screen.runs.add_new([row])
        screen.select_current()

    def _take_runs(self, changes: Changes, live_run: LiveRun | None) -> None:
        """New runs come into the list, and those that ended show how."""
        screen = self.screen
        for run in changes.ended:
            self._take_end(run)
        for run, seen in changes.left:
            self._take_left(LiveRun(run.uid, seen, frames=seen.frames or 0, began=run.time_start))
        if screen.session.copied is not None:  # it has none of the new ones
            if changes.new_runs:
                self._not_in_copy += len(changes.new_runs)
                self.say_state()
            if live_run is not None:
                self._take_state(live_run)
            return
        open_uid = changes.open_run.uid if changes.open_run else None
        state = (
            shown_state(live_run.state)
            if live_run is not None and live_run.uid == open_uid
            else State.ABANDONED
        )
        rows = [
            run_row_of(run, state if run.uid == open_uid else State.ABANDONED) for run in changes.new_runs
        ]
        if rows:
            screen.runs.add_new(rows[::-1])
            self._count_newer(len(rows))
        if live_run is not None:
            self._take_state(live_run)
        if rows and self.following:
            self.go_on()

    def _take_end(self, run: RunSummary) -> None:
        """A run has come to its end; a private copy does not know it, but the list does."""
        screen = self.screen
        self._left.pop(run.uid, None)
        row = run_row_of(run)
        if screen.runs.row_of(run.uid) is None:
            return
        screen.runs.update_row(row)
        self._tell_end(row)
        if run.uid == screen.selection.uid:
            screen.reread_run()
        else:
            screen.plot_desk.overlay.grown(run.uid)

    def _take_left(self, left: LiveRun) -> None:
        """A run without an end was overtaken by a newer one."""
        known = self.seen_of(left.uid)
        while len(self._left) >= _KEPT_LEFT:
            del self._left[next(iter(self._left))]
        self._left[left.uid] = left
        self.screen.runs.show_state(left.uid, shown_state(left.state))
        if left.uid == self.screen.selection.uid:
            self.screen.detail.update_lines("Run", state_lines(left.state))
        self.screen.reread_card(left.uid)
        if known is None or known.goes_on:
            self._tell_gone(left)

    def _tell_gone(self, live_run: LiveRun) -> None:
        if live_run.uid in self._told_gone:
            return
        self._told_gone = {live_run.uid}
        row = self.screen.runs.row_of(live_run.uid)
        label, sample = self.screen.runs.scanned(live_run.uid), row.sample if row else ""
        self.tell(words.gone_text(label, sample, live_run.state), error=True)

    def _take_state(self, live_run: LiveRun) -> None:
        row = self.screen.runs.row_of(live_run.uid)
        if row is None or not row.is_open or row.state is shown_state(live_run.state):
            return
        self.screen.runs.show_state(live_run.uid, shown_state(live_run.state))
        if not live_run.goes_on:
            self._tell_gone(live_run)

    def _take_events(self, changes: Changes) -> None:
        """Events of a writer that commits as it goes: only what is new is read."""
        if not changes.committed or changes.open_run is None:
            return
        if changes.state is not None and changes.state.events:
            self.screen.runs.say_counts(changes.open_run.uid, points=changes.state.events)
        if changes.open_run.uid == self.screen.selection.uid:
            self.screen.grow_events()
        else:
            self.screen.plot_desk.overlay.grown(changes.open_run.uid)

    def _take_frames(self, live_run: LiveRun | None, was: LiveRun | None) -> None:
        """Frames of the run in progress, as they are written."""
        if live_run is None or self.screen.runs.row_of(live_run.uid) is None:
            return
        more = live_run.frames - (was.frames if was is not None and was.uid == live_run.uid else 0)
        if more <= 0:
            return
        self.screen.runs.say_counts(live_run.uid, frames=live_run.frames)
        if live_run.uid == self.screen.selection.uid:
            self.screen.desk.grow(live_run.frames)
        self._assess_newest(live_run)
        self._count_newer(more)
        if self.following:
            self.go_on()

    # -- following -----------------------------------------------------------------------------------------

    def copy_changed(self) -> None:
        """A private copy is read from here on, or none any more."""
        self._not_in_copy = 0
        self.say_state()

    def toggle(self) -> None:
        """`f`: follow the newest run and its newest frame; go on after a pause; or no longer."""
        if self.following:
            self.following, self._newer = False, None
        else:
            self.following, self._newer = True, None
            self.go_on()
        self.show_badge()

    def go_on(self) -> None:
        """To the newest run, and its newest frame; not while the user types, picks, or looks at all frames together."""
        screen = self.screen
        if screen.is_occupied:
            return
        self._moving = True
        try:
            if screen.runs.go_to_newest():
                screen.select_current()
            newest = screen.runs.rows[0].uid if screen.runs.rows else None
            live_run = self.live_run
            if newest is None or screen.selection.uid != newest:  # a search hides it
                return
            if live_run is not None and live_run.frames and live_run.uid == newest:
                screen.desk.go_to_last()
            else:
                screen.go_to_last_event()
        finally:
            self._moving = False

    def user_moved(self) -> None:
        """The user looks at something else: following pauses, and what comes meanwhile is counted."""
        if self.following and not self._moving:
            self.following, self._newer = False, 0
            self.show_badge()

    def last_wanted(self) -> None:
        """`G`: to the end, which takes a paused following up again, on the newest run."""
        newest = self.screen.runs.rows[0].uid if self.screen.runs.rows else None
        if self._newer is not None and self.screen.selection.uid == newest:
            self.toggle()

    def _count_newer(self, count: int) -> None:
        if self._newer is not None:
            self._newer += count
            self.show_badge()

    def show_badge(self) -> None:
        """Say at the top whether the newest is followed."""
        if self.following:
            badge = "FOLLOWING"
        elif self._newer is not None:
            badge = f"PAUSED: {self._newer:,} newer"
        else:
            badge = ""
        self.screen.title_bar.badge(badge)

    @property
    def is_moving(self) -> bool:
        """Whether it is this that moves the cursor, not the user."""
        return self._moving

    # -- news ----------------------------------------------------------------------------------------------

    def tell(self, text: str, *, error: bool = False) -> None:
        """A line at the top for a while; with the bell and a desktop notification, where they are wanted."""
        self.screen.title_bar.tell(text, error=error)
        self.screen.after("told", _TOLD_FOR, lambda: self.screen.title_bar.tell(""))
        if self.notify:
            self.screen.ring(text)

    def _tell_end(self, row: RunRow) -> None:
        label = self.screen.runs.scanned(row.uid)
        self.tell(words.ended_text(label, row.sample, row.exit_status), error=row.state is State.FAILED)

    def _watch_for_stalls(self, live_run: LiveRun | None) -> None:
        stalled = live_run is not None and live_run.silent is not None and live_run.goes_on
        if stalled and live_run is not None and self._stall_told != live_run.uid:
            self._stall_told = live_run.uid
            self.tell(f"stalled: no frame for {words.span(live_run.silent or 0.0)}", error=True)
        elif not stalled and self._stall_told:
            self._stall_told = ""
            self.screen.title_bar.tell("")

    def _assess_newest(self, live_run: LiveRun) -> None:
        """Have the newest frame looked at, whatever the user looks at meanwhile."""
        frames, uid, field, newest = (
            self.screen.session.series,
            live_run.uid,
            live_run.field,
            live_run.frames - 1,
        )
        task = Task(
            NEWEST,
            (uid, newest),
            lambda task: frames.newest_exposure(uid, field, newest, task),
            Lane.BACKGROUND,
        )
        self.screen.tasks.submit(task, finish=True)

    def take_newest(self, newest: NewestExposure) -> None:
        """The newest frame was assessed: it is news that it is badly exposed, where the one before was not so."""
        texts = verdict_texts(newest.exposure, self.screen.session.thresholds, None)
        text = texts[0] if texts else ""
        kind = (newest.uid, text.split(" ")[0])
        if kind != self._newest_kind and text:
            whose = "" if newest.uid == self.screen.selection.uid else "the running scan, "
            self.tell(f"{whose}frame {newest.index + 1:,}: {text}", error=True)
        self._newest_kind = kind

    def words_for(self, uid: str | None) -> str:
        """What is said of the run in the frame pane, while it is in progress."""
        live_run = self.live_run
        return words.pace(live_run) if live_run is not None and live_run.uid == uid else ""


def _essence(live_run: LiveRun) -> tuple[object, ...]:
    """What of a run without an end is worth reading its card again."""
    return live_run.uid, shown_state(live_run.state), live_run.state.pid
