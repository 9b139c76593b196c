"""All that happens around the frame pane: which frame, how it is looked at, and what is read for it.

The screen has the one cursor and the loads; this has what only concerns frames. It keeps to one picture in
flight: while the terminal still draws, a picture that is ready waits, and a newer one takes its place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.events import Key

from ..present.colours import DIVERGING, LEVELS, Depth, Palette, palette
from .frame_reading import STACKS, FrameReader, Frames, Judged, RegionCurve, Shown, Subject
from .loads import Progress, Ticket

if TYPE_CHECKING:
    from ..analysis.exposure import Exposure
    from ..present.panel import Panel
    from ..present.picture import Order
    from ..present.sheet import Sheet, Thumb
    from ..present.view import View
    from ..widgets.frame_pane import FramePane
    from .browse import BrowseScreen

STILL_READING = 0.25

GROUPS = ("frames", "frame", "ahead", "verdict", "strip", "panel", "curve", "sheet")
"""The loads that concern the frames of one run."""

_SOON = 0.03
_TICK = 0.1  # between frames that are played, at least
_BLINK = 0.5
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
    reader : FrameReader
    depth : {"truecolor", "256", "16", "mono"}
        Colours the terminal shows.
    """

    def __init__(self, screen: BrowseScreen, reader: FrameReader, depth: Depth) -> None:
        self._screen = screen
        self._reader = reader
        self.depth = depth
        self.frames: Frames | None = None
        self.known = False
        """Whether it is known if the run has frames."""
        self._view: View | None = None
        self._shape: tuple[int, int] | None = None
        self.kind = "frame"
        self.marked: int | None = None
        self.playing = False
        self.blinking = False
        self._blink_marked = False
        self.sheet_shown = False
        self._thumbs: dict[int, Thumb | None] = {}
        self.panel: str | None = None
        self._panel_of: object = None
        self._curve: RegionCurve | None = None
        self.exposures: dict[int, Exposure] = {}
        self._seconds: dict[int, float | None] = {}
        self.entry: str | None = None
        self._entry_is_limits = False
        self._shown: Shown | None = None
        self._held: Shown | None = None
        self._forward = True
        self._serial = 0
        self._work = ""

    # -- what there is -----------------------------------------------------------------------------------

    @property
    def pane(self) -> FramePane:
        """The frame pane."""
        return self._screen.frame

    @property
    def view(self) -> View:
        """How frames are looked at."""
        if self._view is None:
            from ..present.view import View

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
        positions, here = self.frames.positions, self._screen.selection.position
        place = bisect_left(positions, here)
        return place if place < len(positions) and positions[place] == here else None

    @property
    def _target(self) -> int | None:
        """The frame to show: that under the cursor, or while blinking sometimes the marked one."""
        return self.marked if self.blinking and self._blink_marked and self.marked is not None else self.index

    @property
    def _room(self) -> tuple[int, int]:
        """Square pixels of the screen for the picture."""
        from ..present.picture import foot

        width, height = self.pane.room
        return width, 2 * max(1, height - foot(self.view))

    def palette(self, *, best: bool = True) -> Palette:
        """The colours to draw with; fewer where the link is slow, unless the `best` are wanted."""
        name = DIVERGING if self.kind == "difference" else self.view.map
        steps = 0 if best else self._screen.link.steps_down
        return palette(name, self.depth, _QUALITY[steps][0], self.pane.inks)

    # -- another run, another frame ----------------------------------------------------------------------

    def clear(self) -> None:
        """Another run: nothing is known of its frames yet."""
        self.frames = None
        self.known = False
        self._stop_showing()
        self.exposures = {}
        self._seconds = {}
        self._thumbs = {}
        self._curve = None
        self._work = ""
        self.entry = None

    def _stop_showing(self) -> None:
        self.kind, self.marked = "frame", None
        self.playing = self.blinking = self.sheet_shown = False
        self._shown = self._held = None
        self._panel_of = None
        self._screen.cancel("play", "blink", "best", "verdict", "strip", "settle-frame", "describe")

    def show_frames(self, frames: Frames | None) -> None:
        """It is known now which frames the run has."""
        self.frames, self.known = frames, True
        if frames is None:
            self.pane.caption("")
            self.pane.say("This run has no frames.")
            return
        shape = frames.shape[1:]
        if shape != self._shape and self._view is not None:  # what was set in other pixels has no meaning here
            self._view = replace(
                self._view, zoom=0, middle=None, cross=None, corner=None, region=None, hub=None
            )
        self._shape = shape
        self.cursor_moved(at_once=True)

    def step(self, step: int) -> None:
        """Go to the event of the frame `step` further."""
        frames = self.frames
        if frames is None:
            return
        self._forward = step > 0
        here = self._screen.selection.position
        # by events: several frames of one event are one place
        if step > 0:
            place = bisect_right(frames.positions, here) + step - 1
        else:
            place = bisect_left(frames.positions, here) + step
        self.go_to(place)

    def go_to(self, index: int) -> None:
        """Go to the event of a frame; the first or the last where there is no such."""
        if self.frames is not None:
            positions = self.frames.positions
            self._screen.move_to(positions[max(0, min(len(positions) - 1, index))])

    def cursor_moved(self, *, at_once: bool = False) -> None:
        """The cursor is on another event."""
        if self.frames is None:
            return
        self._screen.cancel("frame", "settle-frame", "verdict", "best")
        if self.sheet_shown or self.kind in STACKS or self._target is None:
            self.describe()
        elif "describe" not in self._screen.pending:  # with the picture, if that comes soon
            self._screen.after("describe", _SOON, self.describe)
        if self.sheet_shown:
            self._show_sheet()
            return
        if self.kind in STACKS:
            return
        if self._target is None:
            self._screen.loads.drop("frame")
            self._shown = None
            number = self._screen.selection.position + 1
            self.pane.say(f"Event {number:,} has no frame: [ and ] go to one that has.")
            return
        self.request()

    # -- pictures ----------------------------------------------------------------------------------------

    def request(self, *, best: bool = False) -> None:
        """Ask for the picture of what is selected, in the way it is looked at now."""
        uid, index = self._screen.selection.uid, self._target
        if uid is None or self.frames is None or self.sheet_shown or (index is None and self.kind == "frame"):
            return
        marked = self.marked if self.kind == "difference" else None
        subject = Subject(self.kind, 0 if self.kind in STACKS else index or 0, marked)  # type: ignore[arg-type]
        order = self._order(best=best)
        previous = self._shown.picture if self._shown is not None and not best else None
        self._serial += 1
        key = (uid, subject, self._serial)
        reader = self._reader
        # what is under way is finished: held keys then show a frame now and then, not none until they rest
        self._screen.ask(
            "frame", key, lambda ticket: reader.picture(uid, subject, order, previous, ticket), finish=True
        )
        if self.kind in STACKS:
            self._say_work(f"{self.kind} of all frames…")
        else:
            self._screen.say_if_slow("frame", self.pane, "Reading the frame…")

    def _order(self, *, best: bool) -> Order:
        from ..present.picture import Order

        width, height = self.pane.room
        steps = 0 if best else self._screen.link.steps_down
        return Order(
            self.view, width, height, self.palette(best=best), self._reader.thresholds.saturated,
            tolerance=_QUALITY[steps][1],
        )  # fmt: skip

    def loaded(self, group: str, value: object) -> None:
        """Something arrived for the selected run."""
        if isinstance(value, Progress):
            self._say_work(f"{self.kind} of all frames: {value.done:,} of {value.total:,}, esc stops")
        elif isinstance(value, Shown):
            self._take(value)
        elif isinstance(value, Judged):
            self._judged(group, value)
        elif isinstance(value, RegionCurve):
            self._curve = value
            self._say_work("" if value.done >= len(value.x) else f"{value.done:,} of {len(value.x):,}, esc stops")
            self._draw_region_curve()
        elif group == "panel":
            self._show_panel(value)
        elif group == "sheet" and isinstance(value, dict):
            self._thumbs.update(value)
            self._draw_sheet()

    def _take(self, shown: Shown) -> None:
        if shown.subject.kind != self.kind or self.sheet_shown:
            return
        self._held = shown
        if not self._screen.link.busy:
            self.place()

    def place(self) -> None:
        """Show the picture that waits, where there is one."""
        shown, self._held = self._held, None
        if shown is None or shown.subject.kind != self.kind or self.sheet_shown:
            return
        first = self._shown is None or self._shown.subject != shown.subject
        self._shown = shown
        if self.kind in STACKS:
            self._work = ""
        self._set_line()
        self._screen.sent(self.pane.show_picture(shown.picture))
        self.describe()
        self._follow_panel()
        if self.kind in STACKS or shown.subject.index == (self._target or 0):
            if first:
                self._read_around()
            if shown.levels < self.palette().levels:
                self._screen.after("best", _REST, lambda: self.request(best=True))

    def _read_around(self) -> None:
        """The frames one will want next, and what is wrong with this one."""
        uid, index, frames = self._screen.selection.uid, self.index, self.frames
        if uid is None or index is None or frames is None:
            return
        reader, order = self._reader, self._order(best=True)
        near = reader.ahead(frames)
        step = 1 if self._forward else -1
        wanted = [n for n in (index + step * k for k in range(1, near + 1)) if 0 <= n < frames.shape[0]]
        self._screen.ask("ahead", (uid, index), lambda ticket: reader.read_ahead(uid, wanted, order, ticket))
        self._screen.after("verdict", self._screen.settle, self._read_verdict)
        if not self.exposures and "strip" not in self._screen.pending:
            self._screen.after("strip", STILL_READING, self.read_strip)

    def _read_verdict(self) -> None:
        uid, index = self._screen.selection.uid, self.index
        if uid is None or index is None or self.kind != "frame":
            return
        if index in self.exposures and index in self._seconds:
            return
        position, reader = self._screen.selection.position, self._reader
        self._screen.ask("verdict", (uid, index), lambda ticket: reader.exposure(uid, index, position, ticket))

    def read_strip(self, *, all_of_them: bool = False) -> None:
        """Judge the frames of the run that nobody has looked at."""
        uid = self._screen.selection.uid
        if uid is None or self.frames is None:
            return
        reader, known, loads = self._reader, tuple(self.exposures), self._screen.loads
        self._screen.ask(
            "strip", (uid, "strip"),
            lambda ticket: reader.exposures(
                uid, known, ticket, lambda: loads.busy("frame", "ahead"), all_of_them=all_of_them
            ),
        )  # fmt: skip

    def _judged(self, group: str, judged: Judged) -> None:
        self.exposures.update(judged.exposures)
        if group == "verdict":
            for index in judged.exposures:
                self._seconds[index] = judged.seconds
        self.describe()
        if self.sheet_shown:
            self._draw_sheet()

    def failed(self, group: str, key: object, reason: str) -> bool:
        """A load failed; True where no more needs to be said about it."""
        if group == "frames":
            self.frames, self.known = None, True
        elif group == "frame" and isinstance(key, tuple):
            subject = key[1]
            if self.kind != subject.kind or self.sheet_shown:
                return True
            if self.kind == "frame" and subject.index != self._target:  # gone by in a series
                return True
            self._shown = self._held = None
            self._say_work("")
        elif group in ("panel", "curve"):
            self.pane.show_panel(None, reason)
            return True
        return group in GROUPS and group not in ("frames", "frame")

    # -- words -------------------------------------------------------------------------------------------

    def describe(self) -> None:
        """The title, and the strip of exposures."""
        frames = self.frames
        if frames is None:
            return
        self._screen.cancel("describe")
        n, rows, columns = frames.shape
        index = self.index
        place = f"{index + 1:,} of {n:,}" if index is not None else f"none of {n:,}"
        scanned = self._screen.scanned_values()
        size = f"{rows}×{columns} {frames.dtype}"
        alarm = ""
        if self.kind == "difference" and self.marked is not None:
            place = f"{(index or 0) + 1:,} − {self.marked + 1:,} of {n:,}"
        elif self.kind in STACKS:
            used = self._shown.used if self._shown is not None else None
            place = f"{self.kind} of {n if used is None else used:,}{'' if used in (None, n) else f' of {n:,}'} frames"
            scanned = ""
        elif self.blinking and self.marked is not None:
            place = f"blinking {(index or 0) + 1:,} / {self.marked + 1:,}"
        elif index is not None and index in self.exposures:
            from ..present.exposure import verdict_text

            alarm = verdict_text(self.exposures[index], self._reader.thresholds, self._seconds.get(index))
        if self.kind in ("frame", "difference") and self._shown is not None:
            seen = self._shown.picture.shape
            if seen != (rows, columns):
                size = f"{seen[0]}×{seen[1]}, not {rows}×{columns} as listed"
        marked = f"marked {self.marked + 1:,}" if self.marked is not None and self.kind == "frame" else ""
        playing = "▶" if self.playing else ""
        self.pane.caption(
            " · ".join(part for part in (playing, place, scanned, marked, size, frames.field) if part), alarm
        )
        self._draw_line()

    def _draw_line(self) -> None:
        if self._set_line():
            self._screen.sent(self.pane.draw_line())

    def _set_line(self) -> bool:
        frames = self.frames
        if frames is None:
            return False
        strong = self._screen.show_stats or self.entry is not None
        if self.entry is not None:
            what = "limits: low high" if self._entry_is_limits else "go to frame"
            words = f"{what} ▸ {self.entry}_  ⏎"
        else:
            words = self._screen.link.text() if self._screen.show_stats else self._work
        from ..present.exposure import strip_of

        room = self.pane.strip_room - (len(words) + 2 if words else 0)
        first, verdicts = strip_of(self.exposures, frames.shape[0], self.index, room)
        return self.pane.set_line(words, strong, first, verdicts, self.index)

    def _say_work(self, text: str) -> None:
        self._work = text
        self._draw_line()

    # -- keys --------------------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """What a key of the frame pane asks for."""
        getattr(self, f"_do_{what}")() if hasattr(self, f"_do_{what}") else self._look(what)

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
            "whole": lambda: replace(view, zoom=0, middle=None),
            **{
                name: lambda way=way: view.panned(*way, shape, *self._room) for name, way in _PANNING.items()
            },
        }
        self.look_with(changes[what]())

    @property
    def _seen_shape(self) -> tuple[int, int]:
        if self._shown is not None:
            return self._shown.picture.shape
        return self.frames.shape[1:] if self.frames is not None else (1, 1)

    def look_with(self, view: View) -> None:
        """Draw again with another view."""
        self._view = view
        if self.sheet_shown:
            self._draw_sheet()
        else:
            self.request()

    def _do_lock(self) -> None:
        if self.view.fixed is not None:
            self.look_with(replace(self.view, fixed=None))
        elif self._shown is not None:
            self.look_with(replace(self.view, fixed=self._shown.picture.limits))

    def _do_cross(self) -> None:
        if self.frames is None or self.sheet_shown:
            return
        if self.view.cross is not None:
            self.look_with(replace(self.view, cross=None, corner=None))
            if self.panel == "cuts":
                self._open_panel(None)
        else:
            self.look_with(self.view.with_cross(self._seen_shape, *self._room))

    def _do_hub(self) -> None:
        """The centre of the radial profile to the crosshair."""
        if self.view.cross is None:
            self._say_work("c sets the centre to the crosshair: x shows it")
            return
        row, column = self.view.cross
        self._set_hub((float(row), float(column)))

    def _do_centroid(self) -> None:
        self._set_hub(None)

    def _set_hub(self, hub: tuple[float, float] | None) -> None:
        self._view = replace(self.view, hub=hub)
        self._panel_of = None
        self._say_work("")
        self._open_panel("radial")

    def _do_cuts(self) -> None:
        if self.frames is None:
            return
        if self.panel != "cuts" and self.view.cross is None and not self.sheet_shown:
            self._do_cross()
        self._open_panel(None if self.panel == "cuts" else "cuts")

    def _do_radial(self) -> None:
        self._open_panel(None if self.panel == "radial" else "radial")

    def _do_histogram(self) -> None:
        self._open_panel(None if self.panel == "histogram" else "histogram")

    def _do_region(self) -> None:
        """Begin a region at the crosshair, or end it there."""
        from ..analysis.profiles import Region

        view = self.view
        if view.cross is None:
            self._do_cross()
            self._say_work("a: a corner of the region at the crosshair, move, a again")
        elif view.corner is None:
            self._curve = None
            self._say_work("move to the opposite corner, a again")
            self.look_with(
                replace(view, corner=view.cross, region=Region.between(view.cross, view.cross))
            )
        else:
            self._say_work("")
            self.look_with(replace(view, corner=None, region=Region.between(view.corner, view.cross)))

    def _do_region_curve(self) -> None:
        """The region's sum over the frames of the run."""
        uid, region = self._screen.selection.uid, self.view.region
        if uid is None or self.frames is None:
            return
        if region is None or self.view.corner is not None:
            self._say_work("A needs a region: x shows the crosshair, a sets its corners")
            return
        reader = self._reader
        self._open_panel("region")
        self._say_work("sum of the region…")
        self._screen.ask("curve", (uid, region), lambda ticket: reader.region_curve(uid, region, ticket))

    def _do_mark(self) -> None:
        """Mark the frame under the cursor, or take its mark away."""
        if self.index is None:
            return
        self.marked = None if self.marked == self.index else self.index
        self._stop_blinking()
        if self.marked is None and self.kind == "difference":
            self.kind = "frame"
            self.request()
        self.describe()

    def _do_difference(self) -> None:
        if self._needs_mark():
            return
        self._stop_blinking()
        self._set_kind("frame" if self.kind == "difference" else "difference")

    def _do_blink(self) -> None:
        if self.blinking:
            self._stop_blinking()
            self.request()
        elif not self._needs_mark():
            self._set_kind("frame")
            self.blinking = True
            self._blink()

    def _needs_mark(self) -> bool:
        if self.marked is None and not self.blinking and self.kind != "difference":
            self._say_work("d marks this frame to compare others with")
            return True
        return False

    def _blink(self) -> None:
        if not self.blinking:
            return
        if not self._screen.link.busy:
            self._blink_marked = not self._blink_marked
            self.request()
            self.describe()
        self._screen.after("blink", _BLINK, self._blink)

    def _stop_blinking(self) -> None:
        self.blinking = self._blink_marked = False
        self._screen.cancel("blink")

    def _do_play(self) -> None:
        """Play the frames from here, or stop."""
        self.playing = not self.playing and self.frames is not None
        if self.playing:
            frames = self.frames
            if frames is not None and self._screen.selection.position >= frames.positions[-1]:
                self.go_to(0)
            self._play()
        self.describe()

    def _play(self) -> None:
        frames = self.frames
        if not self.playing or frames is None:
            return
        if self._screen.selection.position >= frames.positions[-1]:
            self.playing = False
            self.describe()
            return
        shown = self._shown is not None and self._shown.subject.index == self.index
        settled = shown or self.sheet_shown or self.kind in STACKS or not self._screen.loads.busy("frame")
        if settled and not self._screen.link.busy:
            self.step(1)
        self._screen.after("play", _TICK, self._play)

    def _do_stack(self) -> None:
        """The mean of all frames, their largest values, their sum, and back to the frame."""
        order = ("frame", *STACKS)
        self._stop_blinking()
        self.playing = False
        at = order.index(self.kind) if self.kind in order else 0
        self._set_kind(order[(at + 1) % len(order)])

    def _set_kind(self, kind: str) -> None:
        if self.frames is None:
            return
        self.sheet_shown = False
        if kind != self.kind:
            self._screen.loads.drop("frame")
            self.kind = kind
            self._work = ""
            self._panel_of = None
            self.describe()
            if kind == "frame" and self.index is None:
                self.cursor_moved()
                return
        self.request()

    def _do_check(self) -> None:
        self._say_work("")
        self.read_strip(all_of_them=True)

    def _do_limits_entry(self) -> None:
        self.entry, self._entry_is_limits = "", True
        self._draw_line()

    def take_key(self, event: Key) -> bool:
        """Take a key at once where it belongs to a number that is being typed."""
        character = event.character or ""
        if self.entry is None:
            if self.frames is None or not ("1" <= character <= "9"):
                return False
            self.entry, self._entry_is_limits = character, False
        elif event.key == "enter":
            text, self.entry = self.entry, None
            self._enter(text)
        elif event.key == "escape":
            self.entry = None
        elif event.key == "backspace":
            self.entry = self.entry[:-1] or (None if not self._entry_is_limits else "")
        elif character.isdigit() or (self._entry_is_limits and character and character in "+-.e ,"):
            self.entry = (self.entry + character)[:32]
        else:
            self.entry = None
            self._draw_line()
            return False
        self._draw_line()
        return True

    def _enter(self, text: str) -> None:
        self._work = ""
        if not self._entry_is_limits:
            if text:
                self.go_to(int(text) - 1)
            return
        try:
            low, high = (float(part) for part in text.replace(",", " ").split())
        except ValueError:
            self._work = "limits are two numbers: low high"
            return
        if not low < high < float("inf") or low == float("-inf"):
            self._work = "the first limit must be the smaller one"
            return
        self.look_with(replace(self.view, fixed=(low, high)))

    def back(self) -> bool:
        """`esc`: out of the innermost of what is on; False where nothing is."""
        loads = self._screen.loads
        if self.kind in STACKS and self._shown is not None and self._shown.subject.kind != self.kind:
            self._set_kind("frame")  # still being added up
        elif loads.busy("curve"):
            loads.drop("curve")
            self._say_work("stopped")
        elif self.playing:
            self.playing = False
            self.describe()
        elif self.blinking:
            self._stop_blinking()
            self.request()
            self.describe()
        elif self.sheet_shown:
            self.close_sheet()
        elif self.kind != "frame":
            self._set_kind("frame")
        elif self.view.cross is not None:
            self._do_cross()
        elif self.view.region is not None:
            self.look_with(replace(self.view, region=None, corner=None))
            if self.panel == "region":
                self._open_panel(None)
        elif self.panel is not None:
            self._open_panel(None)
        else:
            return False
        return True

    def move(self, where: str) -> None:
        """A key that moves: on the contact sheet, the crosshair, or from frame to frame."""
        if self.sheet_shown:
            self._walk_sheet(where)
        elif self.view.cross is not None and self.frames is not None:
            far = where in _FAR
            way = _FAR[where] if far else _DIRECTIONS[where]
            view = self.view.moved_cross(*way, self._seen_shape, *self._room, far=far)
            if view.corner is not None and view.cross is not None:
                from ..analysis.profiles import Region

                view = replace(view, region=Region.between(view.corner, view.cross))
            self.look_with(view)
        else:
            self.pane.move(where)

    # -- the contact sheet -------------------------------------------------------------------------------

    def _do_sheet(self) -> None:
        if self.frames is None:
            return
        if self.sheet_shown:
            self.close_sheet()
            return
        self._stop_blinking()
        self.kind = "frame"
        self._open_panel(None)
        self.sheet_shown = True
        self._screen.loads.drop("frame")
        self._screen.cancel("frame")
        self._shown = self._held = None
        if self.index is None:
            self.step(1)
        self._show_sheet()

    def close_sheet(self) -> None:
        """Back to the frame under the cursor."""
        self.sheet_shown = False
        self._screen.loads.drop("sheet")
        self.pane.view.repaint()
        self.cursor_moved(at_once=True)

    def _sheet(self) -> Sheet:
        from ..present.sheet import lay_out

        return lay_out(*self.pane.room)

    def _show_sheet(self) -> None:
        uid, frames = self._screen.selection.uid, self.frames
        if uid is None or frames is None:
            return
        sheet, n = self._sheet(), frames.shape[0]
        first = sheet.first(self.index or 0, n)
        wanted = [k for k in range(first, min(first + sheet.size, n)) if k not in self._thumbs]
        if wanted:
            reader = self._reader
            self._screen.ask("sheet", (uid, first), lambda ticket: reader.thumbs(uid, wanted, ticket))
        self._draw_sheet()

    def _draw_sheet(self) -> None:
        frames = self.frames
        if frames is None or not self.sheet_shown:
            return
        from ..present.sheet import draw_sheet

        width, height = self.pane.room
        colours = self.palette()
        cells = draw_sheet(
            self._sheet(), width, height, self._thumbs, frames.shape[0], self.index or 0, self.view, colours,
            self.exposures,
        )  # fmt: skip
        self._screen.sent(self.pane.show_cells(cells, colours))

    def _walk_sheet(self, where: str) -> None:
        sheet = self._sheet()
        steps = {
            "left": -1, "right": 1, "up": -sheet.columns, "down": sheet.columns,
            "page_up": -sheet.size, "page_down": sheet.size, "first": -(10**9), "last": 10**9,
        }  # fmt: skip
        self.step(steps[where])

    # -- curves beside the picture -----------------------------------------------------------------------

    def _open_panel(self, kind: str | None) -> None:
        if self.frames is None or (self.sheet_shown and kind is not None):
            return
        self.panel = kind
        self._panel_of = None
        self._screen.loads.drop("panel")
        self.pane.open_panel(kind is not None)
        if kind is not None:
            self.pane.show_panel(None, "…")
        self._follow_panel()

    def _follow_panel(self) -> None:
        """The curves of what is shown now."""
        shown, kind, uid = self._shown, self.panel, self._screen.selection.uid
        if shown is None or kind is None or uid is None:
            return
        if kind == "cuts":
            from ..present.panel import cuts_panel

            reading = shown.picture.reading
            if reading is not None:
                self.pane.show_panel(
                    cuts_panel(reading.row, reading.column, reading.along_row, reading.along_column)
                )
            return
        if kind == "region":
            self._draw_region_curve()
            return
        view = self.view
        wanted = (kind, shown.subject, view.hub if kind == "radial" else (view.stretch, shown.picture.limits))
        if wanted == self._panel_of:
            return
        self._panel_of = wanted
        reader, subject, limits = self._reader, shown.subject, shown.picture.limits
        self._screen.ask(
            "panel", (uid, self._serial),
            lambda ticket: reader.panel(uid, subject, kind, view, limits, ticket), finish=True,
        )  # fmt: skip

    def _show_panel(self, panel: object) -> None:
        from ..present.panel import Panel

        if isinstance(panel, Panel) and panel.kind == self.panel:
            self.pane.show_panel(panel)

    def _draw_region_curve(self) -> None:
        if self.panel != "region":
            return
        curve = self._curve
        if curve is None or curve.region != self.view.region:
            self.pane.show_panel(None, "A adds the region up over the frames")
            return
        from ..present.panel import region_panel

        index = self.index
        at = float(curve.x[index]) if index is not None and index < len(curve.x) else None
        self.pane.show_panel(region_panel(curve.label, curve.x, curve.total, at, curve.done, len(curve.x)))


