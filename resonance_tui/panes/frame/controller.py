"""The frame pane: which frame of the selected run is shown, how it is looked at, and what is read for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.frames import Frames, Kind
from .. import signals
from ..actions import Action, Move
from ..controller import Controller
from ..later import Later
from ..line_input import LineInput
from ..placement import Placement
from .contact_sheet import ContactSheet
from .crosshair import Crosshair
from .exposures import ExposureReads
from .going import Going
from .key_actions import key_actions
from .limits import Limits
from .picture_maker import PictureMaker
from .pictures import Pictures
from .playback import Playback
from .read_ahead import ReadAhead
from .scene import Scene
from .several import SeveralFrames
from .side_curves import SideCurves
from .state import ON_THE_SHEET, TO_THE_END, WITHOUT_A_FRAME, move_crosshair, step
from .status_line import StatusLine
from .tasks import FrameTask

if TYPE_CHECKING:
    from ...picture.palettes import Depth
    from ...picture.view import View
    from ...session.beamtime import BeamtimeSession
    from ..host import Host
    from .pane import FramePane

PAGE_FRAMES = 10
"""Frames that a page key goes on."""

_STEPS = {
    Move.DOWN: 1, Move.RIGHT: 1, Move.UP: -1, Move.LEFT: -1, Move.PAGE_DOWN: PAGE_FRAMES,
    Move.PAGE_UP: -PAGE_FRAMES, Move.FIRST: -TO_THE_END, Move.LAST: TO_THE_END,
}  # fmt: skip


class FrameController(Controller["FramePane"]):
    """Shows the frame of the event under the cursor.

    Parameters
    ----------
    depth : {"truecolor", "256", "16", "mono"}
        Colours the terminal shows.
    settle_s : float
        Seconds that the cursor, or another size, has to rest before anything is read for it.
    """

    def __init__(
        self, host: Host, session: BeamtimeSession, pane: FramePane, depth: Depth, settle_s: float
    ) -> None:
        super().__init__(host, session, pane)
        self.scene = scene = Scene(host, session, pane, depth, self.reads)
        self.status = StatusLine(scene)
        self.line: LineInput = LineInput(self.status.prompt)
        maker = PictureMaker(session)
        self.pictures = Pictures(scene, self.status, maker, self._placed)
        self.read_ahead = ReadAhead(scene, maker)
        self.exposures = ExposureReads(
            scene, self.status, settle_s, self.type_ahead, lambda: self.sheet.draw()
        )
        self.side_curves = SideCurves(scene, self.status, maker)
        self.sheet = ContactSheet(scene, self.status, maker)
        self.crosshair = Crosshair(scene, self.status, self.side_curves, self.look_with)
        self.going = Going(
            scene,
            self.status,
            self.read_ahead,
            self.crosshair,
            self.type_ahead,
            lambda: self.show_kind("frame"),
        )
        self.playback = Playback(
            scene, lambda: self.pictures.is_settled, lambda: self.going.step(1), self.pictures.request,
            self.status.describe,
        )  # fmt: skip
        self.several = SeveralFrames(
            scene, self.status, self.pictures, self.side_curves, self.sheet, self.playback, self.going,
            show_kind=self.show_kind, cursor_moved=self.cursor_moved,
        )  # fmt: skip
        self.limits = Limits(scene, self.status, self.line, self.look_with)
        self._key_actions = key_actions(
            self._ask_where, self.limits, self.crosshair, self.side_curves, self.several, self.exposures
        )
        self._fit_later = Later(host)
        self._placement = Placement(host, pane)
        self._settle_s = settle_s
        self._shape: tuple[int, int] | None = None

    @property
    def may_have_frames(self) -> bool:
        """Whether the run has frames, or it is not known yet."""
        return self.scene.frames is not None or not self.scene.is_known

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: signals.Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case signals.RunSelected():
                self._clear()
            case signals.RunSettled() | signals.RunReread() | signals.BeamtimeReplaced():
                self._ask_frames()
            case signals.EventSelected():
                self.cursor_moved()
            case signals.PageShown(scanned=scanned):
                self.status.scanned = scanned
                self.status.describe()
            case signals.ColumnsReady(columns=columns, axes=axes):
                self.going.scan_known(columns, axes)
            case _:
                self._receive_other(signal)

    def _receive_other(self, signal: signals.Signal) -> None:
        """Take what happens while the experiment runs, and what concerns the terminal."""
        scene = self.scene
        match signal:
            case signals.LiveRunChanged(seen=seen):
                scene.seen = seen
                self.status.describe()
            case signals.FramesGrown(uid=uid, frames=count) if uid == scene.uid:
                self._grow(count)
            case signals.FollowNewest(newest=newest, frames=True) if (
                newest == scene.uid and scene.frames is not None
            ):
                self.going.go_to(scene.count - 1, by_user=False)
            case signals.TerminalReady():
                self.sheet.draw_late()
                self.pictures.place()
                if scene.show_stats:
                    self.status.describe()
            case signals.StatisticsToggled(shown=shown):
                scene.show_stats = shown
                self.status.describe()
            case signals.ThemeChanged() if scene.frames is not None:
                self.look_with(scene.state.view)
                self.side_curves.draw_again()

    def _clear(self) -> None:
        """Another run: nothing is known of its frames yet."""
        self.host.cancel(*FrameTask)
        self.reads.forget_waits()
        self.type_ahead.clear()
        self.playback.clear()
        self._fit_later.stop()
        self._placement.clear()
        self.line.close()
        self.scene.clear()
        self.pictures.stop()
        self._forget()
        self.side_curves.clear()
        self.going.clear()
        self.status.scanned = {}
        self.status.clear()
        self.pane.clear()

    def _forget(self) -> None:
        """Nothing is known of the frames' pixels."""
        self.exposures.clear()
        self.pictures.forget()
        self.side_curves.forget()
        self.sheet.forget()

    # -- the frames of the run -----------------------------------------------------------------------------

    def _ask_frames(self) -> None:
        """Look where the frames of the run are."""
        uid, session = self.scene.uid, self.session
        if uid is not None:
            self.reads.read(
                FrameTask.FRAMES, uid, lambda _: session.frames.frames(uid), self.take_frames,
                failed=self._frames_failed, slow="" if self.scene.is_known else "Looking for frames…",
            )  # fmt: skip

    def _frames_failed(self, reason: str) -> None:
        self.scene.frames, self.scene.is_known = None, True
        self.pane.say(reason, error=True)
        self.host.publish(signals.FramesReady(None, failed=True))

    def take_frames(self, frames: Frames | None) -> None:
        """Show the frames of the run; read again, all that was worked out is old."""
        scene = self.scene
        self._forget()
        scene.frames, scene.is_known = frames, True
        if frames is None:
            self.playback.stop_blinking()
            scene.state = replace(scene.state.without_mark(), on_sheet=False)
            self.pane.caption("")
            self.pane.say("This run has no frames.")
        else:
            self._use_frames(frames)
        self.host.publish(signals.FramesReady(frames))
        self._placement.known()

    def _use_frames(self, frames: Frames) -> None:
        scene = self.scene
        if scene.state.marked is not None and scene.state.marked >= frames.shape[0]:
            self.playback.stop_blinking()
            scene.state = scene.state.without_mark()
        shape = frames.shape[1:]
        if shape != self._shape:  # what was set in other pixels has no meaning here
            scene.state = scene.state.for_other_shape()
        self._shape = shape
        self.type_ahead.release(signals.FramesReady)
        self._placement.then(self.show_again)

    def _grow(self, count: int) -> None:
        """There are more frames by now, of a run in progress; what is looked at stays."""
        scene = self.scene
        frames = scene.frames
        if frames is None or not frames.live:
            if scene.is_known:  # the first ones
                self._ask_frames()
            return
        if count > frames.shape[0]:
            positions, shape = list(range(count)), (count, *frames.shape[1:])
            scene.frames = replace(frames, positions=positions, shape=shape)
            if scene.index is not None and scene.shown is None:  # that is now there which was not
                self.pictures.request()

    # -- what is shown -------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the same in another size, once that rests."""
        if self.scene.frames is not None:
            self._fit_later.start(self._settle_s, self._fit)

    def _fit(self) -> None:
        if not self.pictures.fits:
            self.show_again()

    def show_again(self) -> None:
        """Show what is selected in another size, or read again."""
        self.cursor_moved()
        if self.scene.state.is_stack:  # which no cursor moves
            self.pictures.request()

    def cursor_moved(self) -> None:
        """Show the frame of the event under the cursor."""
        scene = self.scene
        if scene.index is None:
            self.pane.when_drawn(lambda: self.host.flow.pictures_sent(0))  # no picture follows that would ask
        if scene.frames is None:
            return
        self._fit_later.stop()
        self.exposures.moved()
        self.pictures.moved()
        state = scene.state
        if state.on_sheet or state.is_stack or scene.target is None:
            self.status.describe()
        else:
            self.status.describe_soon()
        if state.on_sheet:
            self.sheet.show()
        elif scene.target is None and not state.is_stack:
            self.pictures.stop()
            self.pane.say(scene.why_no_frame)
        elif not state.is_stack:
            self.pictures.request()

    def _placed(self, is_new: bool) -> None:
        """Show and read what belongs to a picture that is shown now."""
        self.side_curves.follow()
        if is_new:
            self.read_ahead.start()
            self.exposures.look()

    def look_with(self, view: View) -> None:
        """Draw again with another view."""
        self.scene.state = self.scene.state.looking(view)
        if self.scene.state.on_sheet:
            self.sheet.draw()
        else:
            self.pictures.request()

    def show_kind(self, kind: Kind) -> None:
        """Show the frame, its difference from the marked one, or all frames together."""
        scene = self.scene
        if scene.frames is None:
            return
        if scene.state.on_sheet:
            self.sheet.close()
        if kind != scene.state.kind:
            self.host.cancel(FrameTask.PICTURE)
            scene.state = replace(scene.state, kind=kind)
            self.status.clear()
            self.status.describe()
            if kind == "frame" and scene.index is None:
                self.cursor_moved()
                return
        self.pictures.request()

    # -- keys ----------------------------------------------------------------------------------------------

    def move(self, where: Move) -> None:
        """Move on the contact sheet, move the crosshair, or go from frame to frame."""
        scene = self.scene
        if where is Move.LAST:
            self.host.publish(signals.LastWanted())
        self.status.key_pressed()
        if scene.state.on_sheet:
            self.going.step(self.sheet.steps_to(where))
        elif scene.state.view.crosshair is not None and scene.shown is not None:
            self.look_with(move_crosshair(scene.state, where, scene.shape, scene.room).view)
        else:
            self.going.step(_STEPS[where])

    def handle(self, action: Action) -> None:
        """Do what a key of the frame pane asks for."""
        scene = self.scene
        self.status.key_pressed()
        if scene.state.on_sheet and action not in ON_THE_SHEET:
            self.status.hint("on a frame only: enter opens this one")
            return
        if scene.target is None and not scene.state.is_stack and action not in WITHOUT_A_FRAME:
            if scene.frames is not None:
                self.status.hint("this event has no frame")
            return
        if action in self._key_actions:
            self._key_actions[action]()
        elif scene.frames is not None:
            self.look_with(step(scene.state, action, scene.shape, scene.room).view)

    def enter(self) -> bool:
        """Open the frame under the cursor of the contact sheet; elsewhere the screen knows what to do."""
        if not self.scene.state.on_sheet:
            return False
        self.several.close_sheet()
        return True

    def back(self) -> bool:
        """Leave the innermost of what is on; False where nothing is."""
        state = self.scene.state
        self.status.key_pressed()
        if self.several.back() or self.crosshair.back():
            pass
        elif state.side is not None:
            self.side_curves.open(None)
        elif state.view.zoom > 0:
            self.look_with(replace(state.view, zoom=0, view_centre=None))
        else:
            return False
        return True

    def _ask_where(self) -> None:
        if self.scene.frames is not None or not self.scene.is_known:  # it can be typed meanwhile
            self.line.begin("go to 8 · row,col · 284.5 eV", self.going.go_to_typed)
