"""What is in the frame pane: the frames of the selected run, which of them is to be shown, and which is shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...picture.palettes import DIVERGING, LEVELS, Depth, Palette, palette
from .state import FrameState

if TYPE_CHECKING:
    from ...analysis.exposure import Exposure, FrameMark
    from ...picture.order import Order
    from ...session.beamtime import BeamtimeSession
    from ...session.frames import Frames
    from ...session.monitor import LiveRun
    from ..host import Host
    from ..pane_reads import PaneReads
    from .pane import FramePane
    from .picture_maker import Shown

QUALITIES = ((LEVELS, 0.5), (14, 0.75), (10, 0.75), (7, 0.75))
"""Levels of the colour map, and how far limits may be off, by the steps that the quality is reduced on a slow link."""


@dataclass(slots=True)
class Exposed:
    """How well frames are exposed, as far as that is known.

    Attributes
    ----------
    known : dict
        Exposures, by frame.
    others : dict
        Marks of frames that have none: damaged, or not on disk.
    seconds : dict
        The exposure times the events tell, of frames that were under the cursor.
    """

    known: dict[int, Exposure] = field(default_factory=dict)
    others: dict[int, FrameMark] = field(default_factory=dict)
    seconds: dict[int, float | None] = field(default_factory=dict)


class Scene:
    """What all parts of the frame pane look at; the controller changes it.

    Parameters
    ----------
    depth : {"truecolor", "256", "16", "mono"}
        Colours the terminal shows.
    """

    def __init__(
        self, host: Host, session: BeamtimeSession, pane: FramePane, depth: Depth, reads: PaneReads
    ) -> None:
        self.host, self.session, self.pane, self.depth, self.reads = host, session, pane, depth, reads
        self.state = FrameState()
        self.frames: Frames | None = None
        self.is_known = False
        """Whether it is known if the run has frames."""
        self.shown: Shown | None = None
        self.exposed = Exposed()
        self.seen: Mapping[str, LiveRun] = {}
        """Runs without an end, by uid."""
        self.show_stats = False

    def clear(self) -> None:
        """Another run: nothing is known of its frames yet."""
        self.state = self.state.for_next_run()
        self.frames = self.shown = None
        self.is_known = False
        self.exposed = Exposed()

    @property
    def uid(self) -> str | None:
        """The selected run."""
        return self.host.selection.uid

    @property
    def live(self) -> LiveRun | None:
        """The selected run, where it has no end."""
        return self.seen.get(self.uid or "")

    @property
    def count(self) -> int:
        """How many frames the run has."""
        return self.frames.shape[0] if self.frames is not None else 0

    @property
    def index(self) -> int | None:
        """Which frame belongs to the event under the cursor."""
        if self.frames is None:
            return None
        positions, here = self.frames.positions, self.host.selection.position
        place = bisect_left(positions, here)
        return place if place < len(positions) and positions[place] == here else None

    @property
    def target(self) -> int | None:
        """The frame to show: that under the cursor, or while blinking sometimes the marked one."""
        index, state = self.index, self.state
        return state.marked if index is not None and state.on_marked and state.marked is not None else index

    @property
    def target_position(self) -> int:
        """The event of the frame to show."""
        target = self.target
        if self.frames is None or target is None or not target < len(self.frames.positions):
            return self.host.selection.position
        return self.frames.positions[target]

    @property
    def why_no_frame(self) -> str:
        """Why there is no frame to show of the event under the cursor."""
        number = self.host.selection.position + 1
        if self.frames is not None and self.frames.live:
            return f"Frame {number:,} is not there yet."
        return f"Event {number:,} has no frame: [ and ] go to one that has."

    def place_after(self, steps: int) -> int:
        """Return the frame so many steps further; several frames of one event are one place."""
        positions = self.frames.positions if self.frames is not None else []
        here = self.host.selection.position
        if steps > 0:
            return bisect_right(positions, here) + steps - 1
        return bisect_left(positions, here) + steps

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the picture that is shown, or of the frames."""
        if self.shown is not None:
            return self.shown.picture.shape
        return self.frames.shape[1:] if self.frames is not None else (1, 1)

    @property
    def room(self) -> tuple[int, int]:
        """Square pixels of the screen for the picture: across, and down."""
        from ...picture.legend import legend_lines

        width, height = self.pane.room
        return width, 2 * max(1, height - legend_lines(self.state.view))

    def palette(self, *, best: bool = True) -> Palette:
        """Return the colours to draw with; fewer where the link is slow, unless the `best` are wanted."""
        name = DIVERGING if self.state.kind == "difference" else self.state.view.map
        steps = 0 if best else self.host.flow.quality_steps_down
        return palette(name, self.depth, QUALITIES[steps][0], self.pane.theme_colours)

    def order(self, *, best: bool) -> Order:
        """Return how a picture is to be drawn now."""
        from ...picture.order import Order

        width, height = self.pane.room
        steps = 0 if best else self.host.flow.quality_steps_down
        return Order(
            self.state.drawn_view, width, height, self.palette(best=best), self.session.thresholds.saturated,
            tolerance=QUALITIES[steps][1],
        )  # fmt: skip

    def send(self, size: int) -> None:
        """Note that so many bytes of a picture are on their way to the terminal."""
        if size:
            self.host.flow.pictures_sent(size)
