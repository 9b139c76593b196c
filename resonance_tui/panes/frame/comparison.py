"""Several frames at once: one against a marked one, one after the other, all of a run together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.frames import STACKS, Kind

if TYPE_CHECKING:
    from ...picture.view import View
    from .controller import FrameDesk

_TICK = 0.1  # seconds between frames that are played, at least
_BLINK = 0.5


class FrameSeveral:
    """The mark, the difference from it, blinking, playing, and the sum of a run."""

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self.marked: int | None = None
        self.playing = False
        self.blinking = False
        self._on_marked = False
        self._limits: tuple[float, float] | None = None

    def clear(self) -> None:
        """Another run."""
        self.marked = None
        self.playing = False
        self.stop_blinking()

    def target(self, index: int | None) -> int | None:
        """The frame to show: that under the cursor, or while blinking sometimes the marked one."""
        if index is None:
            return None
        return self.marked if self._on_marked and self.marked is not None else index

    def view(self, view: View) -> View:
        """While blinking, both frames have the same limits: a difference is then seen as one."""
        if not self.blinking or self._limits is None or view.fixed is not None:
            return view
        return replace(view, fixed=self._limits)

    def mark(self) -> None:
        """Mark the frame under the cursor, or take its mark away."""
        desk = self._desk
        if desk.index is None:
            return
        self.marked = None if self.marked == desk.index else desk.index
        blinked = self.blinking
        self.stop_blinking()
        if desk.kind == "difference":
            desk.set_kind("frame")
        elif blinked:
            desk.request()
        if desk.kind in STACKS:
            desk.words.hint(
                "no frame is marked" if self.marked is None else f"frame {self.marked + 1:,} is marked"
            )
        desk.words.describe()

    def difference(self) -> None:
        """Show the difference from the marked frame, or the frame itself again."""
        if self._desk.kind != "difference" and self._needs_mark():
            return
        self.stop_blinking()
        self._desk.set_kind("frame" if self._desk.kind == "difference" else "difference")

    def blink(self) -> None:
        """Blink between the frame under the cursor and the marked one, or stop."""
        if self.blinking:
            self.stop_blinking()
            self._desk.request()
            self._desk.words.describe()
        elif not self._needs_mark():
            shown = self._desk.shown
            self._limits = (
                shown.picture.limits if shown is not None and shown.subject.kind == "frame" else None
            )
            self._desk.set_kind("frame")
            self.blinking = True
            self._blink()

    def _needs_mark(self) -> bool:
        if self.marked is None and self._desk.frames is not None:
            self._desk.words.hint("d marks a frame to compare with")
        return self.marked is None or self._desk.index is None

    def _blink(self) -> None:
        if not self.blinking:
            return
        screen = self._desk.screen
        if not screen.flow.busy:
            self._on_marked = not self._on_marked
            self._desk.request()
        screen.after("blink", _BLINK, self._blink)

    def stop_blinking(self) -> None:
        """Show the frame under the cursor only."""
        self.blinking = self._on_marked = False
        self._desk.screen.cancel("blink")

    def play(self) -> None:
        """Play the frames from here, or stop; from the last one, from the first."""
        desk = self._desk
        self.playing = not self.playing and desk.frames is not None
        if self.playing:
            self.stop_blinking()
            if self._at_end():
                desk.go_to(0)
            self._play()
        desk.words.describe()

    def stop_playing(self) -> None:
        """Stay where we are."""
        self.playing = False
        self._desk.words.describe()

    def _at_end(self) -> bool:
        frames = self._desk.frames
        return frames is None or self._desk.screen.selection.position >= frames.positions[-1]

    def _play(self) -> None:
        desk = self._desk
        if not self.playing:
            return
        if self._at_end():
            self.stop_playing()
            return
        # no faster than the terminal shows them
        if desk.is_settled and not desk.screen.flow.busy:
            desk.step(1)
        desk.screen.after("play", _TICK, self._play)

    def all_frames(self) -> None:
        """The mean of all frames, their largest values, their sum, and the frame again."""
        desk = self._desk
        order: tuple[Kind, ...] = ("frame", *STACKS)
        self.stop_blinking()
        self.playing = False
        at = order.index(desk.kind) if desk.kind in order else 0
        desk.set_kind(order[(at + 1) % len(order)])
