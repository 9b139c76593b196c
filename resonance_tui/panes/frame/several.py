"""Several frames at once: the contact sheet, playing, all together, and one against a marked one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...session.frames import Kind
    from .contact_sheet import ContactSheet
    from .going import Going
    from .pictures import Pictures
    from .playback import Playback
    from .scene import Scene
    from .side_curves import SideCurves
    from .status_line import StatusLine


class SeveralFrames:
    """Does what keys for several frames ask for.

    Parameters
    ----------
    show_kind : callable
        Shows the frame, its difference from the marked one, or all frames together.
    cursor_moved : callable
        Shows the frame of the event under the cursor.
    """

    def __init__(
        self,
        scene: Scene,
        status: StatusLine,
        pictures: Pictures,
        side_curves: SideCurves,
        sheet: ContactSheet,
        playback: Playback,
        going: Going,
        *,
        show_kind: Callable[[Kind], object],
        cursor_moved: Callable[[], object],
    ) -> None:
        self._scene, self._status, self._pictures, self._side_curves = scene, status, pictures, side_curves
        self._sheet, self._playback, self._going = sheet, playback, going
        self._show_kind, self._cursor_moved = show_kind, cursor_moved

    def toggle_sheet(self) -> None:
        """Show the contact sheet, or the frame under its cursor."""
        scene = self._scene
        if scene.frames is None:
            return
        if scene.state.on_sheet:
            self.close_sheet()
            return
        self._playback.stop_blinking()
        self._side_curves.open(None)
        scene.state = replace(scene.state, kind="frame")
        self._pictures.stop()
        self._status.working("")
        self._sheet.open()
        if scene.index is None:
            self._going.step(1)
        self._status.describe()
        self._sheet.show()

    def close_sheet(self) -> None:
        """Show the frame under the cursor of the contact sheet."""
        self._sheet.close()
        self._cursor_moved()

    def toggle_play(self) -> None:
        """Play the frames from here, or stop; from the last one, from the first."""
        if self._scene.state.playing:
            self._playback.stop()
        elif self._scene.frames is not None:
            self._playback.stop_blinking()
            if self._playback.at_end:
                self._going.go_to(0)
            self._playback.play()
            self._status.describe()

    def next_stack(self) -> None:
        """Show the mean of all frames, their largest values, their sum, the frame again."""
        self._playback.stop_blinking()
        if self._scene.state.playing:
            self._playback.stop()
        self._show_kind(self._scene.state.next_stack())

    def mark(self) -> None:
        """Mark the frame under the cursor, or take its mark away."""
        scene, state = self._scene, self._scene.state
        if scene.index is None:
            return
        marked = None if state.marked == scene.index else scene.index
        self._playback.stop_blinking()
        scene.state = replace(scene.state, marked=marked)
        if state.kind == "difference":
            self._show_kind("frame")
        elif state.blinking:
            self._pictures.request()
        if state.is_stack:
            self._status.hint("no frame is marked" if marked is None else f"frame {marked + 1:,} is marked")
        self._status.describe()

    def _lacks_mark(self) -> bool:
        marked = self._scene.state.marked
        if marked is None and self._scene.frames is not None:
            self._status.hint("d marks a frame to compare with")
        return marked is None or self._scene.index is None

    def toggle_difference(self) -> None:
        """Show the difference from the marked frame, or the frame itself again."""
        is_on = self._scene.state.kind == "difference"
        if not is_on and self._lacks_mark():
            return
        self._playback.stop_blinking()
        self._show_kind("frame" if is_on else "difference")

    def toggle_blink(self) -> None:
        """Blink between the frame under the cursor and the marked one, or stop."""
        if self._scene.state.blinking:
            self._playback.stop_blinking()
            self._pictures.request()
            self._status.describe()
        elif not self._lacks_mark():
            shown = self._scene.shown
            is_frame = shown is not None and shown.subject.kind == "frame"
            limits = shown.picture.limits if shown is not None and is_frame else None
            self._show_kind("frame")
            self._playback.blink(limits)

    def back(self) -> bool:
        """Leave what is on of these, the innermost first; False where nothing is."""
        scene = self._scene
        state = scene.state
        if state.is_stack and scene.shown is not None and scene.shown.subject.kind != state.kind:
            self._show_kind("frame")  # still being added up
        elif self._side_curves.stop_summing():
            pass
        elif state.playing:
            self._playback.stop()
        elif state.blinking:
            self._playback.stop_blinking()
            self._cursor_moved()
        elif state.on_sheet:
            self.close_sheet()
        elif state.kind != "frame":
            self._show_kind("frame")
        else:
            return False
        return True
