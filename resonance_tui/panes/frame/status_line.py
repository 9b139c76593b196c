"""What is said around a frame: the pane's title, and the line below the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...session.frames import STACKS, Frames

if TYPE_CHECKING:
    from .controller import FrameDesk


class FrameWords:
    """The title, how far long work is, what a key needs, and the strip of exposures."""

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self._work = ""
        self._hint = ""

    def clear(self) -> None:
        """Another run."""
        self._work = self._hint = ""

    def working(self, text: str) -> None:
        """Say how far long work is, until it says something else."""
        self._work = text
        self.draw_line()

    def hint(self, text: str) -> None:
        """Say something until the next key."""
        self._hint = text
        self.draw_line()

    def key_pressed(self) -> None:
        """What was said about the last key is done with."""
        if self._hint:
            self.hint("")

    # -- the title ---------------------------------------------------------------------------------------

    def describe(self) -> None:
        """Say what is shown, above and below."""
        desk = self._desk
        frames = desk.frames
        if frames is None:
            return
        desk.screen.cancel("describe")
        marked, playing = desk.several.marked, "▶" if desk.several.playing else ""
        kept = f"marked {marked + 1:,}" if marked is not None and desk.kind == "frame" else ""
        scanned = "" if desk.kind in STACKS else desk.screen.scanned_values(desk.target_position)
        where = "" if not frames.live else self._where(frames)
        first = " ".join(part for part in (playing, self._place(frames), where) if part)
        room = desk.pane.size.width - len(first) - len(desk.pane.TITLE) - 8
        pace = desk.screen.live.words_for(desk.screen.selection.uid) if frames.live else ""
        parts = (pace, scanned, kept, self._size(frames), frames.field)
        desk.pane.caption(" · ".join(part for part in parts if part), first=first, alarm=self._alarm(room))
        self.draw_line()

    def _where(self, frames: Frames) -> str:
        """Where frames are that the catalog does not know."""
        live_run = self._desk.screen.live.live_run
        going_on = (
            live_run is not None and live_run.uid == self._desk.screen.selection.uid and live_run.goes_on
        )
        return "live, not in the catalog yet" if going_on else "on disk, no events saved"

    def _place(self, frames: Frames) -> str:
        """Which frame of how many."""
        desk = self._desk
        n, index, marked = frames.shape[0], desk.index, desk.several.marked
        if desk.kind in STACKS:
            if desk.shown is None or desk.shown.subject.kind != desk.kind:
                return f"adding up: {desk.kind} of {n:,} frames"
            used = desk.shown.used
            few = "" if used in (None, n) else f"{used:,} of "
            return f"{desk.kind} of {few}{n:,} frames"
        if index is None:
            return f"none of {n:,}"
        if marked is not None and desk.kind == "difference":
            return f"{index + 1:,} − {marked + 1:,} of {n:,}"
        if marked is not None and desk.several.blinking:
            target = desk.target
            other = index if target == marked else marked
            return f"{1 + (index if target is None else target):,} (blinking with {other + 1:,})"
        return f"{index + 1:,} of {n:,}"

    def _size(self, frames: Frames) -> str:
        """Shape and dtype: those of the array, and where they differ, also those of the database."""
        listed = f"{frames.shape[1]}×{frames.shape[2]} {frames.dtype}".rstrip()
        shown = self._desk.shown
        if shown is None or shown.subject.kind != "frame":
            return listed
        rows, columns = shown.picture.shape
        real = f"{rows}×{columns} {shown.dtype}"
        return listed if real == listed else f"{real} (listed as {listed})"

    def _alarm(self, room: int) -> str:
        """What is wrong with the exposure of the frame that is shown, as long as there is room to say it."""
        desk = self._desk
        index = desk.target
        if desk.kind != "frame" or index is None or index not in desk.exposures.known:
            return ""
        from ...text.exposure import verdict_texts

        texts = verdict_texts(
            desk.exposures.known[index], desk.session.thresholds, desk.exposures.seconds.get(index)
        )
        return next((text for text in texts if len(text) <= room), texts[-1] if texts else "")

    # -- the line below ----------------------------------------------------------------------------------

    def draw_line(self) -> None:
        """Draw the line below the picture anew."""
        if self.set_line():
            self._desk.screen.flow.words_sent(self._desk.pane.draw_line())

    def set_line(self) -> bool:
        """Prepare the line for the next picture; whether there is anything new in it."""
        desk = self._desk
        frames = desk.frames
        if frames is None:
            return False
        from ...picture.exposure_strip import strip_of

        n, width = frames.shape[0], desk.pane.strip_room
        words, typing = self._words(width - min(n, width // 2) - 2), desk.entry.text is not None
        room = width - (len(words) + 2 if words else 0)
        first, verdicts = strip_of(desk.exposures.known, desk.exposures.others, n, desk.index, room)
        return desk.pane.set_line(words, typing, first, verdicts, desk.index)

    def _words(self, room: int) -> str:
        desk = self._desk
        if desk.entry.text is not None:
            return desk.entry.prompt
        if desk.screen.show_stats:
            return desk.screen.flow.text()
        return self._work or self._hint or self._facts(room)

    def _facts(self, room: int) -> str:
        """What can be said of what is shown, where it leaves room for the strip."""
        desk = self._desk
        if desk.sheet.shown:
            return desk.sheet.text
        exposure = desk.exposures.known.get(-1 if desk.target is None else desk.target)
        if desk.kind != "frame" or exposure is None:
            return ""
        from ...text.exposure import extremes_texts

        return next((text for text in extremes_texts(exposure) if len(text) <= room), "")
