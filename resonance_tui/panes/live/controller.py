"""What happens while the experiment runs: new runs, the run in progress, a locked catalog; follow mode."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from ...catalog.watch import Changes, FileState
from ...session.beamtime import Waiting
from ...session.monitor import LiveRun
from ...session.tasks import Lane, Progress, Task
from ...text import live_run as words
from ...text.exposure import verdict_texts
from ...text.run_overview import run_row_of
from ...text.states import State, shown_state
from ..actions import LiveAction
from ..signals import (
    BeamtimeReplaced,
    EventSelected,
    EventsGrown,
    FollowNewest,
    FramesGrown,
    FramesReady,
    LastWanted,
    LiveRunChanged,
    LockReleased,
    Notice,
    PageShown,
    RunEnded,
    RunOvertaken,
    RunReread,
    RunSelected,
    RunsListed,
    RunsStarted,
    StatisticsToggled,
)
from .news import FILE_TEXTS, News
from .state import FollowState

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...session.frame_series import NewestExposure
    from ...session.monitor import BeamtimeChanged
    from ..host import Host
    from ..signals import Signal
    from .title_bar import TitleBar

MAX_OVERTAKEN = 8
"""Runs without an end that are remembered once a newer one has begun."""

SHORTLY_S = 5.0


class LiveTask(StrEnum):
    """What is read while the experiment runs."""

    NEWEST = "newest"
    COPY = "copy"


class LiveController:
    """Tells the panes what changes in the beamtime, and goes to the newest in follow mode.

    Parameters
    ----------
    host : Host
    session : BeamtimeSession
    bar : TitleBar
    is_occupied : callable
        Whether the user types or picks something, or looks at all frames together: nothing is followed then.
    ring : callable
        Rings the bell, and sends a text to the desktop.
    notifies : bool
        Whether news do that.
    """

    def __init__(
        self,
        host: Host,
        session: BeamtimeSession,
        bar: TitleBar,
        *,
        is_occupied: Callable[[], bool],
        ring: Callable[[str], object],
        notifies: bool = False,
    ) -> None:
        self.host, self.session, self.notifies = host, session, notifies
        self.news = News(host, bar)
        self.follow = FollowState()
        self.changes = Changes()
        self._is_occupied, self._ring = is_occupied, ring
        self._live: LiveRun | None = None
        self._overtaken: dict[str, LiveRun] = {}
        self._newest: str | None = None
        self._shows_any = False
        self._is_unread = False
        self._stall_told = self._stall_said = ""
        self._newest_verdict: tuple[str, str] | None = None
        self._not_in_copy = 0
        self._shows_statistics = False

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: Signal) -> None:
        """Take what a pane, or the screen, has published."""
        match signal:
            case RunsListed(newest=newest, shows_any=shows_any):
                self._newest, self._shows_any = newest, shows_any
                self._go_on()
            case RunSelected(by_user=True) | EventSelected(by_user=True):
                self._pause()
            case FramesReady():
                self._go_on()
            case Notice():
                self._say(signal)
            case LastWanted() if self.follow.is_paused and self.host.selection.uid == self._newest:
                self.toggle()
            case PageShown() if self._live is None or not self._live.frames:
                self._go_on()
            case _:
                pass

    def _say(self, notice: Notice) -> None:
        if notice.instead_of is not None:
            self.news.take_back(notice.instead_of)
        elif notice.is_news:
            self.tell(notice.text, error=notice.error)
        else:
            self.news.tell(notice.text, error=notice.error)

    def handle(self, action: LiveAction) -> None:
        """Do what a key that concerns the whole beamtime asks for."""
        match action:
            case LiveAction.FOLLOW:
                self.toggle()
            case LiveAction.COPY:
                self.toggle_copy()
            case LiveAction.NOTIFICATIONS:
                self.toggle_notifications()
            case LiveAction.RELOAD:
                self.reload()
            case LiveAction.STATISTICS:
                self._shows_statistics = not self._shows_statistics
                self.host.publish(StatisticsToggled(self._shows_statistics))

    # -- what has changed ----------------------------------------------------------------------------------

    def changed(self, seen: BeamtimeChanged) -> None:
        """Tell the panes what has changed in the beamtime."""
        changes, before, was = seen.changes, self.changes, self._live
        self.changes, self._live = changes, seen.live
        if changes.file is not before.file and changes.file in (FileState.REPLACED, FileState.RETURNED):
            self.reload()
            self.tell(FILE_TEXTS[changes.file])
        self.say_state()
        self._tell_runs(changes, was)
        self._publish_live()
        can_read = (
            changes.file is not FileState.DELETED
            and changes.locks.supported
            and not (changes.locks.readers_blocked or changes.locks.interrupted)
        )
        if (before.locks.readers_blocked or before.locks.interrupted) and can_read:
            self._lock_released()
        if changes.committed and changes.open_run is not None:
            events = changes.state.events if changes.state is not None else None
            self.host.publish(EventsGrown(changes.open_run.uid, events or 0))
        self._tell_frames(was)
        self._watch_for_stalls()

    def _publish_live(self) -> None:
        seen = dict(self._overtaken)
        if self._live is not None:
            seen[self._live.uid] = self._live
        unread = self._live is not None and self.changes.open_run is None and self.session.copied is None
        self._is_unread = unread and not self._shows_any
        self.host.publish(LiveRunChanged(self._live, seen, unread, self.changes.locks.readers_blocked))

    def _tell_runs(self, changes: Changes, was: LiveRun | None) -> None:
        """Tell which runs are new, and which have ended or were overtaken; `was` was in progress until now."""
        for run in changes.ended:
            self._overtaken.pop(run.uid, None)
            self.host.publish(RunEnded(run))
            if run.uid == self.host.selection.uid:
                self._reread(run.uid)
        for run, seen in changes.left:
            self._overtake(LiveRun(run.uid, seen, frames=seen.frames or 0, began=run.time_start), was)
        if self.session.copied is not None:  # it has none of the new ones
            self._not_in_copy += len(changes.new_runs)
            if changes.new_runs:
                self.say_state()
            return
        live, open_uid = self._live, changes.open_run.uid if changes.open_run else None
        is_open = live is not None and live.uid == open_uid
        state = shown_state(live.state) if live is not None and is_open else State.ABANDONED
        rows = [
            run_row_of(run, state if run.uid == open_uid else State.ABANDONED) for run in changes.new_runs
        ]
        if rows:
            self.host.publish(RunsStarted(rows[::-1]))
            self._count_newer(len(rows))

    def _overtake(self, run: LiveRun, was: LiveRun | None) -> None:
        known = was if was is not None and was.uid == run.uid else self._overtaken.get(run.uid)
        while len(self._overtaken) >= MAX_OVERTAKEN:
            del self._overtaken[next(iter(self._overtaken))]
        self._overtaken[run.uid] = run
        self.host.publish(RunOvertaken(run, known is None or known.goes_on))

    def _reread(self, uid: str) -> None:
        self.session.forget_run(uid)
        self.host.publish(RunReread(uid))

    def _lock_released(self) -> None:
        self.session.unlocked()
        if self.session.copied is not None:
            self._drop_copy()
        self.host.publish(LockReleased())

    def _tell_frames(self, was: LiveRun | None) -> None:
        """Frames of the run in progress, as they are written."""
        live = self._live
        if live is None:
            return
        more = live.frames - (was.frames if was is not None and was.uid == live.uid else 0)
        if more > 0:
            self.host.publish(FramesGrown(live.uid, live.frames))
            self._assess_newest(live)
            self._count_newer(more)
            self._go_on()

    # -- the title bar -------------------------------------------------------------------------------------

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say a piece of news: with the bell and a desktop notification, where they are wanted."""
        self.news.tell(text, error=error)
        if self.notifies:
            self._ring(text)

    def say_state(self) -> None:
        """Say what keeps the catalog from being read, or what is read instead."""
        if not self.host.busy(LiveTask.COPY):  # how far that is stands there
            frames = bool(self._live and self._live.frames)
            unread = self._is_unread or not self._shows_any
            self.news.say_state(
                self.changes, self.session.copied, self._not_in_copy, frames=frames, unread=unread
            )

    def toggle_notifications(self) -> None:
        """Ring the bell at news, and send them to the desktop, or no longer."""
        self.notifies = not self.notifies
        self.news.tell("notifications on" if self.notifies else "notifications off", for_s=SHORTLY_S)

    def _watch_for_stalls(self) -> None:
        live = self._live
        stalled = live is not None and live.silent is not None and live.goes_on
        if stalled and live is not None and self._stall_told != live.uid:
            self._stall_told, self._stall_said = (
                live.uid,
                f"stalled: no frame for {words.span(live.silent or 0.0)}",
            )
            self.tell(self._stall_said, error=True)
        elif not stalled and self._stall_told:
            self._stall_told = ""
            self.news.take_back(self._stall_said)

    def _assess_newest(self, live: LiveRun) -> None:
        """Have the newest frame assessed, whatever the user looks at meanwhile."""
        series, uid, field, newest = self.session.series, live.uid, live.field, live.frames - 1

        def work(task: Task[NewestExposure | None]) -> NewestExposure | None:
            return series.newest_exposure(uid, field, newest, task)

        task = Task(LiveTask.NEWEST, (uid, newest), work, Lane.BACKGROUND)
        self.host.submit(task, self.take_newest, failed=lambda _: None, finish=True)

    def take_newest(self, newest: NewestExposure | None) -> None:
        """Say that the newest frame is badly exposed, where the one before was not so."""
        if newest is None:
            return
        texts = verdict_texts(newest.exposure, self.session.thresholds, None)
        text = texts[0] if texts else ""
        verdict = (newest.uid, text.split(" ")[0])
        if verdict != self._newest_verdict and text:
            whose = "" if newest.uid == self.host.selection.uid else "the running scan, "
            self.tell(f"{whose}frame {newest.index + 1:,}: {text}", error=True)
        self._newest_verdict = verdict

    # -- follow mode ---------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Follow the newest run and its newest frame; go on after a pause; or no longer."""
        self._set_follow(self.follow.toggled())
        self._go_on()

    def _set_follow(self, follow: FollowState) -> None:
        self.follow = follow
        self.news.badge(follow.badge)

    def _pause(self) -> None:
        if self.follow.is_on:
            self._set_follow(self.follow.paused())

    def _count_newer(self, count: int) -> None:
        self._set_follow(self.follow.with_newer(count))

    def _go_on(self) -> None:
        """Go to the newest run, and there to its newest frame, or event where it has none."""
        newest, live = self._newest, self._live
        if self.follow.is_on and newest is not None and not self._is_occupied():
            frames = live is not None and live.uid == newest and bool(live.frames)
            self.host.publish(FollowNewest(newest, frames))

    # -- all again -----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read everything again; the cursor stays where it is."""
        self.session.forget()
        self.host.publish(BeamtimeReplaced())

    def toggle_copy(self) -> None:
        """Browse a private copy of the database, or the database itself again."""
        if self.session.copied is not None:
            self._drop_copy()
            return
        self.news.stand("taking a private copy of the database…")
        self.host.submit(
            Task(LiveTask.COPY, LiveTask.COPY, self.session.take_copy), lambda _: self._copy_changed(),
            failed=self._copy_failed, progress=self._say_copying,
        )  # fmt: skip

    def _say_copying(self, progress: Progress | Waiting) -> None:
        if isinstance(progress, Progress):
            self.news.stand(
                f"taking a private copy: {progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB"
            )

    def _copy_failed(self, reason: str) -> None:
        self._not_in_copy = 0
        self.say_state()
        self.tell(reason, error=True)

    def _drop_copy(self) -> None:
        self.session.drop_copy()
        self._copy_changed()

    def _copy_changed(self) -> None:
        self._not_in_copy = 0
        self.say_state()
        if (uid := self.host.selection.uid) is not None:
            self.session.forget_run(uid)
        self.host.publish(BeamtimeReplaced())
