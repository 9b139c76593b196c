"""Frames in time: playing them one after the other, and blinking between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..later import Later

if TYPE_CHECKING:
    from .scene import Scene
    from .state import Limits

PLAY_EVERY_S = 0.1
"""Seconds between frames that are played, at least."""

BLINK_EVERY_S = 0.5


class Playback:
    """Plays and blinks; no faster than the terminal shows the frames.

    Parameters
    ----------
    is_settled : callable
        Whether the last frame is shown.
    next_frame, draw : callable
        Goes to the next frame; draws what is to be seen now.
    changed : callable
        Called when it begins or ends, to say so.
    """

    def __init__(
        self,
        scene: Scene,
        is_settled: Callable[[], bool],
        next_frame: Callable[[], object],
        draw: Callable[[], object],
        changed: Callable[[], object],
    ) -> None:
        self._scene, self._is_settled = scene, is_settled
        self._next_frame, self._draw, self._changed = next_frame, draw, changed
        self._play_later = Later(scene.host, waited_for=False)
        self._blink_later = Later(scene.host, waited_for=False)

    @property
    def at_end(self) -> bool:
        """Whether the last frame is under the cursor."""
        frames = self._scene.frames
        return frames is None or self._scene.host.selection.position >= frames.positions[-1]

    def play(self) -> None:
        """Play the frames from here on."""
        scene = self._scene
        scene.state = replace(scene.state, playing=True)
        self._play()

    def stop(self) -> None:
        """Play no longer."""
        self._scene.state = replace(self._scene.state, playing=False)
        self._play_later.stop()
        self._changed()

    def _play(self) -> None:
        if not self._scene.state.playing:
            return
        if self.at_end:
            self.stop()
            return
        if self._is_settled() and not self._scene.host.flow.busy:
            self._next_frame()
        self._play_later.start(PLAY_EVERY_S, self._play)

    def blink(self, limits: Limits | None) -> None:
        """Blink between the frame under the cursor and the marked one, both with these limits."""
        scene = self._scene
        scene.state = replace(scene.state, blinking=True, blink_limits=limits)
        self._blink()

    def _blink(self) -> None:
        scene = self._scene
        if not scene.state.blinking:
            return
        if not scene.host.flow.busy:
            scene.state = replace(scene.state, on_marked=not scene.state.on_marked)
            self._draw()
        self._blink_later.start(BLINK_EVERY_S, self._blink)

    def stop_blinking(self) -> None:
        """Show the frame under the cursor only."""
        self._scene.state = self._scene.state.at_rest()
        self._blink_later.stop()

    def clear(self) -> None:
        """Another run."""
        self._play_later.stop()
        self._blink_later.stop()
