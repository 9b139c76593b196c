"""How well the frames of a run are exposed: that under the cursor at once, the others when there is time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...session.frame_series import Exposures

if TYPE_CHECKING:
    from ...analysis.exposure import Exposure, FrameMark
    from .controller import FrameDesk

_TIME = 0.25
"""Seconds that frames are looked at for before all others of the run are assessed."""


class FrameExposures:
    """What is known by now, by frame.

    Attributes
    ----------
    known : dict
        Exposures.
    others : dict
        Marks of frames that have none: damaged, or not on disk.
    seconds : dict
        The exposures the events tell, of frames that were under the cursor.
    """

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self.forget()

    def forget(self) -> None:
        """Nothing is known of the frames' pixels."""
        self.known: dict[int, Exposure] = {}
        self.others: dict[int, FrameMark] = {}
        self.seconds: dict[int, float | None] = {}

    def look(self) -> None:
        """Another frame is shown: judge it once the cursor rests, and at first the others too."""
        screen = self._desk.screen
        screen.after("verdict", screen.settle, self._read_one)
        if not self.known and "strip" not in screen.pending:
            screen.after("strip", _TIME, self._read_all)

    def _read_one(self) -> None:
        desk = self._desk
        uid, index = desk.screen.selection.uid, desk.index
        if uid is None or index is None or desk.kind != "frame":
            return
        if index in self.known and index in self.seconds:
            return
        position, series = desk.screen.selection.position, desk.session.series
        desk.screen.ask("verdict", (uid, index), lambda task: series.exposure(uid, index, position, task))

    def _read_all(self, *, however_many: bool = False) -> None:
        desk = self._desk
        uid = desk.screen.selection.uid
        if uid is None or desk.frames is None:
            return
        series, known, tasks = desk.session.series, tuple(self.known), desk.screen.tasks
        desk.screen.ask(
            "strip", (uid, "strip"),
            lambda task: series.exposures(
                uid, known, task, lambda: tasks.busy("frame", "ahead"), all_of_them=however_many
            ),
        )  # fmt: skip

    def check_all(self) -> None:
        """Judge every frame of the run, however many there are."""
        desk = self._desk
        if desk.frames is not None and len(self.known) + len(self.others) >= desk.frames.shape[0]:
            desk.words.hint("all frames are checked")
        else:
            desk.words.working("checking the exposures…")
            self._read_all(however_many=True)

    def loaded(self, group: str, assessed: Exposures, *, final: bool) -> None:
        """Some more is known."""
        desk = self._desk
        self.known.update(assessed.exposures)
        self.others.update(assessed.others)
        for index in assessed.exposures:
            self.others.pop(index, None)
            if group == "verdict":
                self.seconds[index] = assessed.seconds
        if group == "strip" and final:
            desk.words.working("")
        desk.words.describe()
        desk.sheet.draw()
