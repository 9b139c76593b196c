"""What happens while the experiment runs: new runs, the run that is being taken, a catalog that is locked.

The screen has the one cursor and the loads; this hears from the `Follower` and says which of them are needed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..catalog.watch import Changes, FileState
from ..present import live as words
from ..present.runs import State, run_row

if TYPE_CHECKING:
    from ..present.live import Taking
    from ..present.runs import RunRow
    from .browse import BrowseScreen
    from .following import Looked

_TOLD_FOR = 20.0
_LOCKED_AFTER = 1.0
"""Seconds that a catalog is locked before that is said: a commit is no news."""

_FILE = {
    FileState.DELETED: "the beamtime's file was deleted or moved; what was read stays",
    FileState.RETURNED: "the beamtime's file is back",
    FileState.REPLACED: "the beamtime's file was replaced: read anew",
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
        self.taking: Taking | None = None
        self.following = False
        self._newer: int | None = None
        self._moving = False
        self._stall_told = ""
        self._unlisted: str | None = None
        self._locked = ""
        self._judged: tuple[str, int] | None = None

    # -- what the follower saw -----------------------------------------------------------------------------

    def looked(self, look: Looked) -> None:
        """Something has changed in the beamtime."""
        changes, before, was = look.changes, self.changes, self.taking
        self.changes, self.taking = changes, look.taking
        if changes.file is FileState.REPLACED:
            self.screen.action_refresh()
        if changes.file is not FileState.THERE and changes.file is not before.file:
            self.tell(_FILE[changes.file], error=changes.file is FileState.DELETED)
        self._say_locked()
        released = before.locks.shut and not changes.locks.shut
        if changes.open_run is None:
            self._take_unlisted(look.taking)
        self._take_runs(changes, look.taking)
        if released:
            self.screen.wake_readers()
            if self._unlisted is not None and self._unlisted == self.screen.selection.uid:
                self.screen.reread_run()
            self._unlisted = None
        self._take_events(changes)
        self._take_frames(look.taking, was)
        self._watch_for_stalls(look.taking)
        self.describe()

    def describe(self) -> None:
        """Say how far the run is that is being taken, where there is room for it."""
        screen, taking = self.screen, self.taking
        screen.desk.words.describe()
        if taking is None or taking.uid != screen.selection.uid:
            return
        if screen.plot.plot is None and not screen.loads.busy("columns", "curves"):
            screen.plot.say(
                f"{taking.summary} Its events are saved when it is closed; then they are drawn here."
            )

    def _say_locked(self) -> None:
        """A locked catalog is a calm state: what is shown stays, and the reason stands in the title."""
        changes, bar = self.changes, self.screen.title_bar
        if self.screen.reader.copied is not None:
            return  # it says so itself
        if changes.locks.interrupted:
            bar.stand(words.interrupted_text(changes.as_of))
        elif changes.locks.shut and changes.shut_since is not None:
            live = bool(self.taking and self.taking.frames)
            text = words.locked_text(changes.locks.pid, changes.shut_since, changes.as_of, frames=live)
            more = " · B: browse a private copy" if self.screen.runs.current is None else ""
            self._locked = text + more
            if bar.stands:
                bar.stand(self._locked)
            elif "locked" not in self.screen.pending:
                self.screen.after("locked", _LOCKED_AFTER, self._stand)
        else:
            self.screen.cancel("locked")
            bar.stand("")

    def _stand(self) -> None:
        if self.changes.locks.shut:
            self.screen.title_bar.stand(self._locked)

    def _take_unlisted(self, taking: Taking | None) -> None:
        """Of a catalog that nobody can read yet, the run that is being taken is shown by its frames."""
        screen = self.screen
        if taking is None or screen.runs.rows or screen.reader.copied is not None:
            return
        row = run_row(taking.uid, "the running scan", time.time(), None, "", None, in_progress=True)
        self._unlisted = taking.uid
        screen.runs.add_new([row])
        screen.select_current()

    def _take_runs(self, changes: Changes, taking: Taking | None) -> None:
        """New runs come into the list, and those that ended show how."""
        screen, open_uid = self.screen, changes.open_run.uid if changes.open_run else None
        rows = [screen.reader.row(run, going_on=run.uid == open_uid) for run in changes.new_runs]
        if rows:
            screen.runs.add_new(rows[::-1])
            self._count_newer(len(rows))
        for run in changes.ended:
            row = screen.reader.row(run, going_on=False)
            screen.runs.update_row(row)
            self._tell_end(row)
            if run.uid == screen.selection.uid:
                screen.reread_run()
        if taking is not None:
            self._take_state(taking)
        if rows and self.following:
            self.go_on()

    def _take_state(self, taking: Taking) -> None:
        row = self.screen.runs.row_of(taking.uid)
        state = State.RUNNING if taking.running else State.ABANDONED
        if row is not None and row.state in (State.RUNNING, State.ABANDONED) and row.state is not state:
            self.screen.runs.update_row(row.with_state(state))
            if not taking.running:
                self.tell(f"the run is {taking.state}", error=True)

    def _take_events(self, changes: Changes) -> None:
        """Events of a writer that commits as it goes: only what is new is read."""
        uid = self.screen.selection.uid
        if changes.committed and changes.open_run is not None and changes.open_run.uid == uid:
            self.screen.grow_events()

    def _take_frames(self, taking: Taking | None, was: Taking | None) -> None:
        """Frames of the run that is being taken, as they are written."""
        if taking is None:
            return
        more = taking.frames - (was.frames if was is not None and was.uid == taking.uid else 0)
        if more <= 0:
            return
        self.screen.runs.say_frames(taking.uid, taking.frames)
        if taking.uid == self.screen.selection.uid:
            self.screen.desk.grow(taking.frames)
        self._count_newer(more)
        if self.following:
            self.go_on()

    # -- following -----------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """`f`: follow the newest run and its newest frame; go on after a pause; or no longer."""
        if self.following:
            self.following, self._newer = False, None
        else:
            self.following, self._newer = True, None
            self.go_on()
        self.show_badge()

    def go_on(self) -> None:
        """To the newest run, and its newest frame."""
        screen = self.screen
        self._moving = True
        try:
            if screen.runs.go_to_newest():
                screen.select_current()
            taking = self.taking
            if taking is not None and taking.frames and taking.uid == screen.selection.uid:
                screen.desk.go_to_last()
            elif screen.selection.uid is not None:
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

    def _watch_for_stalls(self, taking: Taking | None) -> None:
        if taking is None or taking.silent is None or not taking.running:
            self._stall_told = ""
        elif self._stall_told != taking.uid:
            self._stall_told = taking.uid
            self.tell(f"stalled: no frame for {words.span(taking.silent)}", error=True)

    def frame_judged(self, index: int, verdict: str) -> None:
        """The newest frame of the run that is being taken was looked at; `verdict` says what is wrong with it."""
        taking = self.taking
        if (
            taking is None
            or taking.uid != self.screen.selection.uid
            or index != taking.frames - 1
            or not verdict
        ):
            return
        if self._judged != (taking.uid, index):
            self._judged = (taking.uid, index)
            self.tell(f"frame {index + 1:,}: {verdict}", error=True)

    def words_for(self, uid: str | None) -> str:
        """What is said of the run in the frame pane, while it is being taken."""
        taking = self.taking
        return taking.pace if taking is not None and taking.uid == uid else ""
