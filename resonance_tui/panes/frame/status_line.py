"""What is said around a frame: the pane's title, and the line below the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...text import live_run as words
from ..later import Later

if TYPE_CHECKING:
    from ...session.frames import Frames
    from .scene import Scene

SOON_S = 0.03
"""Seconds that the words may wait for the picture they belong to."""


class StatusLine:
    """The title, how far long work is, what a key needs, and the strip of exposures."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._work = self._hint = self._prompt = ""
        self._soon = Later(scene.host)
        self.scanned: Mapping[int, str] = {}
        """Position → what the event was taken at."""
        self.sheet_text = ""
        """Which frames the contact sheet shows."""

    def clear(self) -> None:
        """Forget what was said; another run."""
        self._soon.stop()
        self._work = self._hint = ""

    def working(self, text: str) -> None:
        """Say how far long work is, until it says something else."""
        self._work = text
        self.draw_line()

    def hint(self, text: str) -> None:
        """Say something until the next key."""
        self._hint = text
        self.draw_line()

    def prompt(self, text: str) -> None:
        """Show a line that is typed."""
        self._prompt = text
        self.draw_line()

    def key_pressed(self) -> None:
        """Say no longer what was said about the last key."""
        if self._hint:
            self.hint("")

    # -- the title -----------------------------------------------------------------------------------------

    def describe_soon(self) -> None:
        """Say what is shown, with the picture if that comes soon."""
        if not self._soon.pending:
            self._soon.start(SOON_S, self.describe)

    def describe(self) -> None:
        """Say what is shown, above and below."""
        scene = self._scene
        frames, state = scene.frames, scene.state
        if frames is None:
            return
        self._soon.stop()
        kept = f"marked {state.marked + 1:,}" if state.marked is not None and state.kind == "frame" else ""
        scanned = "" if state.is_stack else self.scanned.get(scene.target_position, "")
        where = self._where() if frames.live else ""
        first = " ".join(part for part in ("▶" if state.playing else "", self._place(frames), where) if part)
        room = scene.pane.size.width - len(first) - len(scene.pane.TITLE) - 8
        pace = words.pace(scene.live) if frames.live and scene.live is not None else ""
        parts = (pace, scanned, kept, self._size(frames), frames.field)
        said = " · ".join(part for part in parts if part)
        scene.pane.caption(said, first=first, alarm=self._alarm(room))
        self.draw_line()

    def _where(self) -> str:
        """Return where frames are that the catalog does not know."""
        live = self._scene.live
        goes_on = live is not None and live.goes_on
        return "live, not in the catalog yet" if goes_on else "on disk, no events saved"

    def _place(self, frames: Frames) -> str:
        """Return which frame it is, of how many."""
        scene, state = self._scene, self._scene.state
        n, index, marked = frames.shape[0], scene.index, state.marked
        if state.is_stack:
            if scene.shown is None or scene.shown.subject.kind != state.kind:
                return f"adding up: {state.kind} of {n:,} frames"
            used = scene.shown.used
            few = "" if used in (None, n) else f"{used:,} of "
            return f"{state.kind} of {few}{n:,} frames"
        if index is None:
            return f"none of {n:,}"
        if marked is not None and state.kind == "difference":
            return f"{index + 1:,} − {marked + 1:,} of {n:,}"
        if marked is not None and state.blinking:
            target = scene.target
            other = index if target == marked else marked
            return f"{1 + (index if target is None else target):,} (blinking with {other + 1:,})"
        return f"{index + 1:,} of {n:,}"

    def _size(self, frames: Frames) -> str:
        """Return shape and dtype: those of the array, and where they differ, also those of the catalog."""
        listed = f"{frames.shape[1]}×{frames.shape[2]} {frames.dtype}".rstrip()
        shown = self._scene.shown
        if shown is None or shown.subject.kind != "frame":
            return listed
        rows, columns = shown.picture.shape
        real = f"{rows}×{columns} {shown.dtype}"
        return listed if real == listed else f"{real} (listed as {listed})"

    def _alarm(self, room: int) -> str:
        """Return what is wrong with the exposure of the frame that is shown, as far as there is room to say it."""
        scene = self._scene
        index = scene.target
        if scene.state.kind != "frame" or index is None or index not in scene.exposed.known:
            return ""
        from ...text.exposure import verdict_texts

        texts = verdict_texts(
            scene.exposed.known[index], scene.session.thresholds, scene.exposed.seconds.get(index)
        )
        return next((text for text in texts if len(text) <= room), texts[-1] if texts else "")

    # -- the line below ------------------------------------------------------------------------------------

    def draw_line(self) -> None:
        """Draw the line below the picture again."""
        if self.set_line():
            self._scene.host.flow.words_sent(self._scene.pane.draw_line())

    def set_line(self) -> bool:
        """Prepare the line for the next picture; whether there is anything new in it."""
        scene = self._scene
        if scene.frames is None:
            return False
        from ...picture.exposure_strip import strip_of

        n, width = scene.count, scene.pane.strip_room
        said, typing = self._said(width - min(n, width // 2) - 2), bool(self._prompt)
        room = width - (len(said) + 2 if said else 0)
        first, verdicts = strip_of(scene.exposed.known, scene.exposed.others, n, scene.index, room)
        return scene.pane.set_line(said, typing, first, verdicts, scene.index)

    def _said(self, room: int) -> str:
        if self._prompt:
            return self._prompt
        if self._scene.show_stats:
            return self._scene.host.flow.text()
        return self._work or self._hint or self._of_the_frame(room)

    def _of_the_frame(self, room: int) -> str:
        """Return what can be said of what is shown, where it leaves room for the strip."""
        scene = self._scene
        if scene.state.on_sheet:
            return self.sheet_text
        exposure = scene.exposed.known.get(-1 if scene.target is None else scene.target)
        if scene.state.kind != "frame" or exposure is None:
            return ""
        from ...text.exposure import extremes_texts

        return next((text for text in extremes_texts(exposure) if len(text) <= room), "")
