"""What happens while the experiment runs: new runs, the run that is being taken, a catalog that is locked.

The screen has the one cursor and the loads; this hears from the `Follower` and says which of them are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalog.errors import CatalogBusyError
from ..catalog.watch import Changes, FileState
from ..present.runs import run_row
from ..text import live as words
from ..text.live import Taking
from ..text.states import State, state_lines

if TYPE_CHECKING:
    from ..catalog.models import RunSummary
    from ..present.runs import RunRow
    from .browse import BrowseScreen
    from .following import Looked
    from .frame_values import NewestVerdict

_TOLD_FOR = 20.0
_LOCKED_AFTER = 1.0
"""Seconds that a catalog is locked before that is said: a commit is no news."""

_KEPT_LEFT = 8

NEWEST = "newest"
"""The group of loads that judge the newest frame."""

_FILE = {
    FileState.DELETED: "the beamtime's file was deleted or moved; this is its last state",
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
        self._locked: tuple[str, ...] = ()
        self._judged: tuple[str, str] | None = None
        self._not_in_copy = 0
        self._left: dict[str, Taking] = {}
        self._told_gone: set[str] = set()
        self._in_card: tuple[object, ...] = ()

    # -- what the follower saw -----------------------------------------------------------------------------

    def looked(self, look: Looked) -> None:
        """Something has changed in the beamtime."""
        changes, before, was = look.changes, self.changes, self.taking
        self.changes, self.taking = changes, look.taking
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
        self._show_in_card(look.taking)
        self.describe()

    def _show_in_card(self, taking: Taking | None) -> None:
        """The card's state line, also while the database cannot be read; the rest of it is read again where it can."""
        if taking is None or _essence(taking) == self._in_card:
            return
        self._in_card = _essence(taking)
        if taking.uid == self.screen.selection.uid:
            self.screen.detail.update_lines("Run", state_lines(taking.state))
        self.screen.reread_card(taking.uid)

    def seen_of(self, uid: str | None) -> Taking | None:
        """What was seen of a run without an end: of the newest now, of others when they were overtaken."""
        if self.taking is not None and self.taking.uid == uid:
            return self.taking
        return self._left.get(uid or "")

    def describe(self) -> None:
        """Say how far the run is that is being taken, where there is room for it."""
        screen, taking = self.screen, self.seen_of(self.screen.selection.uid)
        screen.desk.words.describe()
        if taking is None:
            return
        page = screen.events.page
        if page is not None and not page.total:
            screen.events.say(taking.why_no_events)
        # a read that waits for a locked database is no reason to be silent where there are no events to come
        reading = taking.state.events and screen.loads.busy("columns", "curves")
        if screen.plot.plot is None and not reading:
            screen.plot.say(" ".join(part for part in (taking.summary, taking.outlook) if part))

    def say_state(self) -> None:
        """A locked catalog is a calm state: what is shown stays, and the reason stands in the title."""
        changes, bar = self.changes, self.screen.title_bar
        if self.screen.loads.busy("copy"):
            return  # how far that is stands there
        if changes.file is FileState.DELETED:
            bar.stand(_FILE[FileState.DELETED])
        elif self.screen.reader.copied is not None:
            bar.stand(*words.copy_texts(self.screen.reader.copied, self._not_in_copy))
        elif changes.locks.interrupted:
            bar.stand(*words.interrupted_texts(changes.as_of))
        elif changes.locks.readers_blocked and changes.shut_since is not None:
            live = bool(self.taking and self.taking.frames)
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

    def _take_unlisted(self, taking: Taking | None) -> None:
        """Of a catalog that nobody can read yet, the run that is being taken is shown by its frames."""
        screen = self.screen
        if taking is None or screen.reader.copied is not None:
            return
        if screen.runs.rows:
            self._take_state(taking)
            return
        row = run_row(taking.uid, "not read yet", taking.began, None, "", None, taking.shown)
        self._unlisted = taking.uid
        screen.runs.add_new([row])
        screen.select_current()

    def _take_runs(self, changes: Changes, taking: Taking | None) -> None:
        """New runs come into the list, and those that ended show how."""
        screen = self.screen
        for run in changes.ended:
            self._take_end(run)
        for run, seen in changes.left:
            self._take_left(Taking(run.uid, seen, frames=seen.frames or 0, began=run.time_start))
        if screen.reader.copied is not None:  # it has none of the new ones
            if changes.new_runs:
                self._not_in_copy += len(changes.new_runs)
                self.say_state()
            if taking is not None:
                self._take_state(taking)
            return
        open_uid = changes.open_run.uid if changes.open_run else None
        state = taking.shown if taking is not None and taking.uid == open_uid else State.ABANDONED
        rows = [
            screen.reader.row(run, state if run.uid == open_uid else State.ABANDONED)
            for run in changes.new_runs
        ]
        if rows:
            screen.runs.add_new(rows[::-1])
            self._count_newer(len(rows))
        if taking is not None:
            self._take_state(taking)
        if rows and self.following:
            self.go_on()

    def _take_end(self, run: RunSummary) -> None:
        """A run has come to its end; a private copy does not know it, but the list does."""
        screen = self.screen
        self._left.pop(run.uid, None)
        row = screen.reader.row(run)
        if screen.runs.row_of(run.uid) is None:
            return
        screen.runs.update_row(row)
        self._tell_end(row)
        if run.uid == screen.selection.uid:
            screen.reread_run()
        else:
            screen.plot_desk.overlay.grown(run.uid)

    def _take_left(self, left: Taking) -> None:
        """A run without an end was overtaken by a newer one."""
        known = self.seen_of(left.uid)
        while len(self._left) >= _KEPT_LEFT:
            del self._left[next(iter(self._left))]
        self._left[left.uid] = left
        self.screen.runs.show_state(left.uid, left.shown)
        if left.uid == self.screen.selection.uid:
            self.screen.detail.update_lines("Run", state_lines(left.state))
        self.screen.reread_card(left.uid)
        if known is None or known.goes_on:
            self._tell_gone(left)

    def _tell_gone(self, taking: Taking) -> None:
        if taking.uid in self._told_gone:
            return
        self._told_gone = {taking.uid}
        row = self.screen.runs.row_of(taking.uid)
        label, sample = self.screen.runs.scanned(taking.uid), row.sample if row else ""
        self.tell(words.gone_text(label, sample, taking.state), error=True)

    def _take_state(self, taking: Taking) -> None:
        row = self.screen.runs.row_of(taking.uid)
        if row is None or not row.is_open or row.state is taking.shown:
            return
        self.screen.runs.show_state(taking.uid, taking.shown)
        if not taking.goes_on:
            self._tell_gone(taking)

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

    def _take_frames(self, taking: Taking | None, was: Taking | None) -> None:
        """Frames of the run that is being taken, as they are written."""
        if taking is None or self.screen.runs.row_of(taking.uid) is None:
            return
        more = taking.frames - (was.frames if was is not None and was.uid == taking.uid else 0)
        if more <= 0:
            return
        self.screen.runs.say_counts(taking.uid, frames=taking.frames)
        if taking.uid == self.screen.selection.uid:
            self.screen.desk.grow(taking.frames)
        self._judge_newest(taking)
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
            taking = self.taking
            if newest is None or screen.selection.uid != newest:  # a search hides it
                return
            if taking is not None and taking.frames and taking.uid == newest:
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

    def _watch_for_stalls(self, taking: Taking | None) -> None:
        stalled = taking is not None and taking.silent is not None and taking.goes_on
        if stalled and taking is not None and self._stall_told != taking.uid:
            self._stall_told = taking.uid
            self.tell(f"stalled: no frame for {words.span(taking.silent or 0.0)}", error=True)
        elif not stalled and self._stall_told:
            self._stall_told = ""
            self.screen.title_bar.tell("")

    def _judge_newest(self, taking: Taking) -> None:
        """Have the newest frame looked at, whatever the user looks at meanwhile."""
        frames, uid, field, newest = self.screen.reader.frames, taking.uid, taking.field, taking.frames - 1
        self.screen.loads.ask(
            NEWEST,
            (uid, newest),
            lambda ticket: frames.newest_verdict(uid, field, newest, ticket),
            finish=True,
        )

    def frame_judged(self, judged: NewestVerdict) -> None:
        """The newest frame was looked at: it is news that it is badly exposed, where the one before was not so."""
        kind = (judged.uid, judged.text.split(" ")[0])
        if kind != self._judged and judged.text:
            whose = "" if judged.uid == self.screen.selection.uid else "the running scan, "
            self.tell(f"{whose}frame {judged.index + 1:,}: {judged.text}", error=True)
        self._judged = kind

    def words_for(self, uid: str | None) -> str:
        """What is said of the run in the frame pane, while it is being taken."""
        taking = self.taking
        return taking.pace if taking is not None and taking.uid == uid else ""


def _essence(taking: Taking) -> tuple[object, ...]:
    """What of a run without an end is worth reading its card again."""
    return taking.uid, taking.shown, taking.state.pid
