"""All that happens around the frame pane: which frame, how it is looked at, and what is read for it.

The screen has the one cursor and the loads; this has what only concerns frames. It keeps to one picture in
flight: while the terminal still draws, a picture that is ready waits, and a newer one takes its place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...picture.palettes import DIVERGING, LEVELS, Depth, Palette, palette
from ...session.frame_series import Exposures, RegionCurve
from ...session.frames import STACKS, Frames, Kind, Subject
from ...session.tasks import Progress
from .comparison import FrameSeveral
from .contact_sheet import FrameSheet
from .exposures import FrameExposures
from .picture_maker import PictureMaker, Shown
from .prompt import FrameEntry
from .side_curves import FramePanels
from .status_line import FrameWords

if TYPE_CHECKING:
    from ...app.browse import BrowseScreen
    from ...picture.order import Order
    from ...picture.view import View
    from ...session.beamtime import BeamtimeSession
    from .pane import FramePane

STILL_READING = 0.25

GROUPS = ("frames", "frame", "ahead", "verdict", "strip", "panel", "curve", "sheet")
"""The loads that concern the frames of one run."""

_OWN_LIMITS = ("difference", "sum")
"""What is in other counts than a frame, so that limits cannot be shared."""

_ON_THE_SHEET = frozenset(
    ("sheet", "number", "stretch", "limits", "limits_entry", "lock", "map_next", "map_before", "play", "check", "mark",
     "stack")
)  # fmt: skip
_WITHOUT_A_FRAME = frozenset(("sheet", "number", "stack", "play", "check"))
_FAR_AWAY = 10**8
_SOON = 0.03
_REST = 0.35  # after it, what was drawn coarsely over a slow link is drawn again in full
_QUALITY = ((LEVELS, 0.5), (14, 0.75), (10, 0.75), (7, 0.75))
_PANNING = {"pan_up": (-1, 0), "pan_down": (1, 0), "pan_left": (0, -1), "pan_right": (0, 1)}
_DIRECTIONS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
_FAR = {"page_up": (-1, 0), "page_down": (1, 0), "first": (0, -1), "last": (0, 1)}


class FrameDesk:
    """The frames of the selected run.

    Parameters
    ----------
    screen : BrowseScreen
    session : BeamtimeSession
    depth : {"truecolor", "256", "16", "mono"}
        Colours the terminal shows.
    """

    def __init__(self, screen: BrowseScreen, session: BeamtimeSession, depth: Depth) -> None:
        self.screen = screen
        self.session = session
        self.pictures = PictureMaker(session)
        self.depth = depth
        self.entry = FrameEntry(self)
        self.panels = FramePanels(self)
        self.several = FrameSeveral(self)
        self.sheet = FrameSheet(self)
        self.exposures = FrameExposures(self)
        self.words = FrameWords(self)
        self.frames: Frames | None = None
        self.known = False
        """Whether it is known if the run has frames."""
        self._view: View | None = None
        self._shape: tuple[int, int] | None = None
        self.kind: Kind = "frame"
        self._shown: Shown | None = None
        self._held: Shown | None = None
        self._looked_around: Subject | None = None
        self._forward = True
        self._steps = 0
        self._serial = 0

    # -- what there is -----------------------------------------------------------------------------------

    @property
    def pane(self) -> FramePane:
        """The frame pane."""
        return self.screen.frame

    @property
    def view(self) -> View:
        """How frames are looked at."""
        if self._view is None:
            from ...picture.view import View

            self._view = View()
        return self._view

    @property
    def shown(self) -> Shown | None:
        """The picture that is shown."""
        return self._shown

    @property
    def index(self) -> int | None:
        """Which frame belongs to the event under the cursor."""
        if self.frames is None:
            return None
        positions, here = self.frames.positions, self.screen.selection.position
        place = bisect_left(positions, here)
        return place if place < len(positions) and positions[place] == here else None

    @property
    def is_settled(self) -> bool:
        """Whether what is under the cursor is shown, or nothing more is being read for it."""
        shown = self._shown is not None and self._shown.subject.index == self.index
        return shown or self.sheet.shown or self.kind in STACKS or not self.screen.tasks.busy("frame")

    @property
    def target(self) -> int | None:
        """The frame to show: that under the cursor, or while blinking sometimes the marked one."""
        return self.several.target(self.index)

    @property
    def target_position(self) -> int:
        """The event of the frame to show."""
        target = self.target
        if self.frames is None or target is None or not target < len(self.frames.positions):
            return self.screen.selection.position
        return self.frames.positions[target]

    @property
    def _room(self) -> tuple[int, int]:
        """Square pixels of the screen for the picture."""
        from ...picture.legend import legend_lines

        width, height = self.pane.room
        return width, 2 * max(1, height - legend_lines(self.view))

    def palette(self, *, best: bool = True) -> Palette:
        """The colours to draw with; fewer where the link is slow, unless the `best` are wanted."""
        name = DIVERGING if self.kind == "difference" else self.view.map
        steps = 0 if best else self.screen.flow.quality_steps_down
        return palette(name, self.depth, _QUALITY[steps][0], self.pane.theme_colours)

    # -- another run, another frame ----------------------------------------------------------------------

    def clear(self) -> None:
        """Another run: nothing is known of its frames yet."""
        self.frames = None
        self.known = False
        self._steps = 0
        self.stop_pictures()
        self.sheet.shown = False
        self.several.clear()
        self.panels.clear()
        self._forget()
        self.words.clear()
        self.entry.text = None
        self.screen.cancel("play", "best", "verdict", "strip", "settle-frame", "describe")

    def _forget(self) -> None:
        """Nothing is known of the frames' pixels."""
        self.exposures.forget()
        self._looked_around = None
        self.panels.forget()
        self.sheet.forget()

    def stop_pictures(self) -> None:
        """No frame is shown, and none is awaited."""
        self.kind = "frame"
        self._shown = self._held = None
        self.screen.tasks.cancel("frame")
        self.screen.cancel("frame", "best")
        self.words.working("")

    def show_frames(self, frames: Frames | None) -> None:
        """It is known now which frames the run has."""
        self._forget()  # read anew, all that was worked out is old
        self.frames, self.known = frames, True
        if frames is None:
            self.sheet.shown = False
            self.several.clear()
            self.pane.caption("")
            self.pane.say("This run has no frames.")
            return
        if self.several.marked is not None and self.several.marked >= frames.shape[0]:
            self.several.clear()
        shape = frames.shape[1:]
        if shape != self._shape and self._view is not None:
            # what was set in other pixels has no meaning here
            self._view = replace(
                self._view,
                zoom=0,
                view_centre=None,
                crosshair=None,
                region_anchor=None,
                region=None,
                profile_centre=None,
            )
        self._shape = shape
        steps, self._steps = self._steps, 0
        if steps:
            self.step(steps)
        self.show_again()

    def grow(self, n: int) -> None:
        """There are `n` frames by now, of a run that is being taken; what is looked at stays."""
        frames = self.frames
        if frames is None or not frames.live:
            if self.known:  # the first ones
                self.screen.ask_frames()
            return
        if n > frames.shape[0]:
            self.frames = replace(frames, positions=list(range(n)), shape=(n, *frames.shape[1:]))
            if self.index is not None and self._shown is None:  # that is now there which was not
                self.request()

    def go_to_last(self) -> None:
        """Go to the newest frame."""
        if self.frames is not None:
            self.go_to(self.frames.shape[0] - 1)

    def show_again(self) -> None:
        """Show what is selected in another size, or read anew."""
        self.cursor_moved()
        if self.kind in STACKS:  # which no cursor moves
            self.request()

    def step(self, step: int) -> None:
        """Go to the event of the frame `step` further."""
        frames = self.frames
        if frames is None:
            self._steps += 0 if self.known else step  # for when it is known where the frames are
            return
        self.words.key_pressed()
        self._forward = step > 0
        here = self.screen.selection.position
        # by events: several frames of one event are one place
        if step > 0:
            place = bisect_right(frames.positions, here) + step - 1
        else:
            place = bisect_left(frames.positions, here) + step
        self.go_to(place)

    def go_to(self, index: int) -> None:
        """Go to the event of a frame; the first or the last where there is no such."""
        if self.frames is None:
            return
        positions = self.frames.positions
        if not 0 <= index < len(positions) and abs(index) < _FAR_AWAY:
            self.words.hint(f"frames 1 to {len(positions):,}")
        if self.kind in STACKS:  # whoever goes to a frame wants to see it
            self.set_kind("frame")
        self.screen.move_to(positions[max(0, min(len(positions) - 1, index))])

    def cursor_moved(self) -> None:
        """The cursor is on another event."""
        if self.frames is None:
            return
        self.screen.cancel("frame", "settle-frame", "verdict", "best")
        if self.sheet.shown or self.kind in STACKS or self.target is None:
            self.words.describe()
        elif "describe" not in self.screen.pending:  # with the picture, if that comes soon
            self.screen.after("describe", _SOON, self.words.describe)
        if self.sheet.shown:
            self.sheet.show()
            return
        if self.kind in STACKS:
            return
        if self.target is None:
            self.screen.tasks.cancel("frame")
            self._shown = self._held = None
            number = self.screen.selection.position + 1
            if self.frames.live:
                self.pane.say(f"Frame {number:,} is not there yet.")
            else:
                self.pane.say(f"Event {number:,} has no frame: [ and ] go to one that has.")
            return
        self.request()

    # -- pictures ----------------------------------------------------------------------------------------

    def request(self, *, best: bool = False) -> None:
        """Ask for the picture of what is selected, in the way it is looked at now."""
        uid, index = self.screen.selection.uid, self.target
        if uid is None or self.frames is None or self.sheet.shown:
            return
        if index is None and self.kind not in STACKS:  # an event without a frame
            return
        marked = self.several.marked if self.kind == "difference" else None
        subject = Subject(self.kind, 0 if self.kind in STACKS else index or 0, marked)
        order = self._order(best=best)
        shown = self._shown
        previous = (
            shown.picture if shown is not None and shown.subject.kind == self.kind and not best else None
        )
        self._serial += 1
        key = (uid, subject, self._serial)
        pictures = self.pictures
        # what is under way is finished: held keys then show a frame now and then, not none until they rest
        self.screen.ask(
            "frame", key, lambda task: pictures.picture(uid, subject, order, previous, task), finish=True
        )
        if self.kind in STACKS:
            self.words.working(f"{self.kind} of all frames…")
        else:
            self.screen.say_if_slow("frame", self.pane, "Reading the frame…")

    def _order(self, *, best: bool) -> Order:
        from ...picture.order import Order

        width, height = self.pane.room
        steps = 0 if best else self.screen.flow.quality_steps_down
        view = self.several.view(self.view)
        if self.kind in _OWN_LIMITS:
            view = replace(view, fixed=None)
        return Order(
            view, width, height, self.palette(best=best), self.session.thresholds.saturated,
            tolerance=_QUALITY[steps][1],
        )  # fmt: skip

    def loaded(self, group: str, value: object, *, final: bool) -> None:
        """Something arrived for the selected run."""
        if isinstance(value, Progress):
            self.words.working(f"{self.kind} of all frames: {value.done:,} of {value.total:,}, esc stops")
        elif isinstance(value, Shown):
            self._take(value)
        elif isinstance(value, Exposures):
            self.exposures.loaded(group, value, final=final)
        elif isinstance(value, RegionCurve):
            self.panels.curve_loaded(value)
        elif group == "panel":
            self.panels.loaded(value)
        elif group == "sheet" and isinstance(value, dict):
            self.sheet.add(value)

    def _take(self, shown: Shown) -> None:
        if shown.subject.kind != self.kind or self.sheet.shown:
            return
        self._held = shown
        if not self.screen.flow.busy:
            self.place()

    def place(self) -> None:
        """Show what waits for the terminal, where there is something."""
        self.sheet.draw_late()
        shown, self._held = self._held, None
        if shown is None or shown.subject.kind != self.kind or self.sheet.shown:
            return
        if self.target is None and self.kind not in STACKS:
            return
        self._shown = shown
        if self.kind in STACKS:
            self.words.clear()
        self.words.set_line()
        self.screen.sent(self.pane.show_picture(shown.picture))
        self.words.describe()
        self.panels.follow()
        if self.kind in STACKS or shown.subject.index == (self.target or 0):
            if self._looked_around != shown.subject:
                self._looked_around = shown.subject
                self._read_around()
            if self.several.blinking:
                return
            if shown.after_another or shown.levels < self.palette().levels:  # at rest, as it is by itself
                self.screen.after("best", _REST, lambda: self.request(best=True))

    def _read_around(self) -> None:
        """The frames one will want next, and what is wrong with this one."""
        uid, index, frames = self.screen.selection.uid, self.index, self.frames
        if uid is None or index is None or frames is None:
            return
        pictures, order = self.pictures, self._order(best=True)
        near = self.session.frames.ahead(frames)
        step = 1 if self._forward else -1
        wanted = [n for n in (index + step * k for k in range(1, near + 1)) if 0 <= n < frames.shape[0]]
        self.screen.ask("ahead", (uid, index), lambda task: pictures.read_ahead(uid, wanted, order, task))
        self.exposures.look()

    def failed(self, group: str, key: object, reason: str) -> bool:
        """A load failed; True where no more needs to be said about it."""
        if group == "frames":
            self.frames, self.known = None, True
        elif group == "frame" and isinstance(key, tuple):
            subject = key[1]
            if self.kind != subject.kind or self.sheet.shown:
                return True
            if self.kind == "frame" and subject.index != self.target:  # gone by in a series
                return True
            self._shown = self._held = None
            self.words.clear()
        elif group == "strip":
            self.words.working("")
        elif group in ("panel", "curve"):
            self.panels.failed(reason)
            self.words.clear()
            return True
        return group in GROUPS and group not in ("frames", "frame")

    def theme_changed(self) -> None:
        """The theme_colours are others now."""
        if self.frames is not None:
            self.look_with(self.view)
            self.pane.panel.redraw()

    # -- keys --------------------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """What a key of the frame pane asks for."""
        self.words.key_pressed()
        if self.sheet.shown and what not in _ON_THE_SHEET:
            self.words.hint("on a frame only: enter opens this one")
            return
        if self.target is None and self.kind not in STACKS and what not in _WITHOUT_A_FRAME:
            if self.frames is not None:
                self.words.hint("this event has no frame")
            return
        actions: dict[str, Callable[[], object]] = {
            "lock": self._toggle_lock,
            "number": self.entry.begin_number,
            "limits_entry": self.entry.begin_limits,
            "cross": self.toggle_cross,
            "cuts": self.panels.cuts,
            "radial": lambda: self.panels.toggle("radial"),
            "hub": self.panels.hub_to_cross,
            "centroid": self.panels.hub_to_centroid,
            "histogram": lambda: self.panels.toggle("histogram"),
            "region": self.panels.corner,
            "region_curve": self.panels.sum_region,
            "sheet": self.sheet.toggle,
            "play": self.several.play,
            "stack": self.several.all_frames,
            "mark": self.several.mark,
            "difference": self.several.difference,
            "blink": self.several.blink,
            "check": self.exposures.check_all,
        }
        if what in actions:
            actions[what]()
        else:
            self._look(what)

    def _look(self, what: str) -> None:
        """Another way to look at the frame: from memory, at once."""
        if self.frames is None:
            return
        view, shape = self.view, self._seen_shape
        changes: dict[str, Callable[[], View]] = {
            "reduction": view.other_reduction,
            "stretch": view.next_stretch,
            "limits": view.next_limits,
            "map_next": lambda: view.next_map(1),
            "map_before": lambda: view.next_map(-1),
            "nearer": lambda: view.zoomed(1, shape, *self._room),
            "further": lambda: view.zoomed(-1, shape, *self._room),
            "whole": lambda: replace(view, zoom=0, view_centre=None),
        }
        if what in _PANNING:
            self.look_with(view.panned(*_PANNING[what], shape, *self._room))
        else:
            self.look_with(changes[what]())

    @property
    def _seen_shape(self) -> tuple[int, int]:
        if self._shown is not None:
            return self._shown.picture.shape
        return self.frames.shape[1:] if self.frames is not None else (1, 1)

    def set_view(self, view: View) -> None:
        """Look at frames in another way from the next picture on."""
        self._view = view

    def look_with(self, view: View) -> None:
        """Draw again with another view."""
        self._view = view
        if self.sheet.shown:
            self.sheet.draw()
        else:
            self.request()

    def own_limits(self) -> bool:
        """Whether what is shown has limits that cannot be those of frames; then that is said."""
        if self.kind in _OWN_LIMITS:
            self.words.hint(f"a {self.kind} has limits of its own")
        return self.kind in _OWN_LIMITS

    def _toggle_lock(self) -> None:
        if self.own_limits():
            return
        if self.view.fixed is not None:
            self.look_with(replace(self.view, fixed=None))
        elif self._shown is not None:
            self.look_with(replace(self.view, fixed=self._shown.picture.limits))
        else:
            self.words.hint("enter opens a frame to lock its limits")

    def toggle_cross(self) -> None:
        """Show the crosshair, in the middle of what is seen, or no longer."""
        if self.frames is None or self.sheet.shown:
            return
        if self.view.crosshair is not None:
            self.look_with(replace(self.view, crosshair=None, region_anchor=None))
            if self.panels.kind == "cuts":
                self.panels.open(None)
        else:
            self.look_with(self.view.with_cross(self._seen_shape, *self._room))

    def set_kind(self, kind: Kind) -> None:
        """Show the frame, its difference from the marked one, or all frames together."""
        if self.frames is None:
            return
        self.sheet.shown = False
        if kind != self.kind:
            self.screen.tasks.cancel("frame")
            self.kind = kind
            self.words.clear()
            self.words.describe()
            if kind == "frame" and self.index is None:
                self.cursor_moved()
                return
        self.request()

    def back(self) -> bool:
        """`esc`: out of the innermost of what is on; False where nothing is."""
        tasks = self.screen.tasks
        self.words.key_pressed()
        if self.kind in STACKS and self._shown is not None and self._shown.subject.kind != self.kind:
            self.set_kind("frame")  # still being added up
        elif tasks.busy("curve"):
            tasks.cancel("curve")
            self.words.working("")
            self.words.hint("stopped")
        elif self.several.playing:
            self.several.stop_playing()
        elif self.several.blinking:
            self.several.stop_blinking()
            self.cursor_moved()
        elif self.sheet.shown:
            self.sheet.close()
        elif self.kind != "frame":
            self.set_kind("frame")
        elif self.view.crosshair is not None:
            self.toggle_cross()
        elif self.view.region is not None:
            self.look_with(replace(self.view, region=None, region_anchor=None))
            if self.panels.kind == "region":
                self.panels.open(None)
        elif self.panels.kind is not None:
            self.panels.open(None)
        elif self.view.zoom > 0:
            self.look_with(replace(self.view, zoom=0, view_centre=None))
        else:
            return False
        return True

    def move(self, where: str) -> None:
        """A key that moves: on the contact sheet, the crosshair, or from frame to frame."""
        self.words.key_pressed()
        if self.sheet.shown:
            self.sheet.walk(where)
        elif self.view.crosshair is not None and self._shown is not None:
            far = where in _FAR
            way = _FAR[where] if far else _DIRECTIONS[where]
            view = self.view.moved_cross(*way, self._seen_shape, *self._room, far=far)
            if view.region_anchor is not None and view.crosshair is not None:
                from ...analysis.profiles import Region

                view = replace(view, region=Region.between(view.region_anchor, view.crosshair))
            self.look_with(view)
        else:
            self.pane.move(where)
