"""How frames are looked at: the view, what is shown of them, the mark, the contact sheet, curves beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...session.frames import STACKS, Kind
from ..actions import Action, FrameAction, Move

if TYPE_CHECKING:
    from ...picture.view import View

TO_THE_END = 10**9
"""Frames to step: to the last, or with a minus to the first."""

Limits = tuple[float, float]
Size = tuple[int, int]

OWN_LIMITS: tuple[Kind, ...] = ("difference", "sum")
"""What is in other counts than a frame, so that limits cannot be shared."""

ON_THE_SHEET = frozenset((
    FrameAction.CONTACT_SHEET, FrameAction.GO_TO, FrameAction.STRETCH, FrameAction.PERCENTILES,
    FrameAction.TYPE_LIMITS, FrameAction.LOCK_LIMITS, FrameAction.NEXT_MAP, FrameAction.PREVIOUS_MAP,
    FrameAction.PLAY, FrameAction.CHECK_EXPOSURES, FrameAction.MARK, FrameAction.STACK,
))  # fmt: skip
"""Keys that work on the contact sheet, too."""

WITHOUT_A_FRAME = frozenset((
    FrameAction.CONTACT_SHEET, FrameAction.GO_TO, FrameAction.STACK, FrameAction.PLAY,
    FrameAction.CHECK_EXPOSURES,
))  # fmt: skip
"""Keys that work where the event under the cursor has no frame, too."""

_PANS: dict[Action, tuple[int, int]] = {
    FrameAction.PAN_UP: (-1, 0), FrameAction.PAN_DOWN: (1, 0),
    FrameAction.PAN_LEFT: (0, -1), FrameAction.PAN_RIGHT: (0, 1),
}  # fmt: skip
_DIRECTIONS = {Move.UP: (-1, 0), Move.DOWN: (1, 0), Move.LEFT: (0, -1), Move.RIGHT: (0, 1)}
_FAR_DIRECTIONS = {Move.PAGE_UP: (-1, 0), Move.PAGE_DOWN: (1, 0), Move.FIRST: (0, -1), Move.LAST: (0, 1)}


@dataclass(frozen=True, slots=True)
class FrameState:
    """What the user has set in the frame pane.

    Attributes
    ----------
    own_view : View or None
        Contrast, zoom, crosshair, region; None until anything was drawn.
    kind : {"frame", "difference", "mean", "max", "sum"}
        What is shown.
    marked : int or None
        The frame that others are compared with.
    playing, blinking : bool
        Whether frames follow on one another, or this one and the marked one in turn.
    on_marked : bool
        Whether the marked one is shown now, while blinking.
    blink_limits : tuple of float or None
        The limits of both frames meanwhile: a difference is then seen as one.
    on_sheet : bool
        Whether the contact sheet is shown.
    side : str or None
        The kind of curves beside the frame.
    """

    own_view: View | None = None
    kind: Kind = "frame"
    marked: int | None = None
    playing: bool = False
    blinking: bool = False
    on_marked: bool = False
    blink_limits: Limits | None = None
    on_sheet: bool = False
    side: str | None = None

    @property
    def view(self) -> View:
        """How frames are looked at."""
        if self.own_view is not None:
            return self.own_view
        from ...picture.view import View

        return View()

    @property
    def drawn_view(self) -> View:
        """How the picture is drawn: while blinking with shared limits, of a difference or a sum with its own."""
        view = self.view
        if self.kind in OWN_LIMITS:
            return replace(view, fixed=None)
        if self.blinking and self.blink_limits is not None and view.fixed is None:
            return replace(view, fixed=self.blink_limits)
        return view

    @property
    def is_stack(self) -> bool:
        """Whether all frames together are shown."""
        return self.kind in STACKS

    def looking(self, view: View) -> FrameState:
        """Return the state with another view."""
        return replace(self, own_view=view)

    def for_next_run(self) -> FrameState:
        """Return what stays for another run: how frames are looked at, and which curves stand beside them."""
        return FrameState(self.own_view, side=self.side)

    def for_other_shape(self) -> FrameState:
        """Return the state without what was set in other pixels."""
        if self.own_view is None:
            return self
        view = replace(
            self.own_view, zoom=0, view_centre=None, crosshair=None, region_anchor=None, region=None,
            profile_centre=None,
        )  # fmt: skip
        return replace(self, own_view=view)

    def at_rest(self) -> FrameState:
        """Return the state without blinking."""
        return replace(self, blinking=False, on_marked=False)

    def without_mark(self) -> FrameState:
        """Return the state without a mark, and what needs one."""
        kind: Kind = "frame" if self.kind == "difference" else self.kind
        return replace(self.at_rest(), marked=None, playing=False, kind=kind)

    def next_stack(self) -> Kind:
        """Return what the key for all frames together shows next."""
        order: tuple[Kind, ...] = ("frame", *STACKS)
        at = order.index(self.kind) if self.kind in order else 0
        return order[(at + 1) % len(order)]


def step(state: FrameState, action: Action, shape: Size, room: Size) -> FrameState:
    """Return the state after a key that only changes how a frame is looked at.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the frame.
    room : tuple of int
        Square pixels of the screen for the picture: across, and down.
    """
    view = state.view
    looks: dict[FrameAction, Callable[[], View]] = {
        FrameAction.REDUCTION: view.other_reduction,
        FrameAction.STRETCH: view.next_stretch,
        FrameAction.PERCENTILES: view.next_limits,
        FrameAction.NEXT_MAP: lambda: view.next_map(1),
        FrameAction.PREVIOUS_MAP: lambda: view.next_map(-1),
        FrameAction.ZOOM_IN: lambda: view.zoomed(1, shape, *room),
        FrameAction.ZOOM_OUT: lambda: view.zoomed(-1, shape, *room),
        FrameAction.WHOLE: lambda: replace(view, zoom=0, view_centre=None),
    }
    if action in _PANS:
        down, right = _PANS[action]
        return state.looking(view.panned(down, right, shape, *room))
    look = looks.get(action) if isinstance(action, FrameAction) else None
    return state if look is None else state.looking(look())


def move_crosshair(state: FrameState, where: Move, shape: Size, room: Size) -> FrameState:
    """Return the state with the crosshair moved, and with it the corner of a region that is being set."""
    far = where in _FAR_DIRECTIONS
    way = _FAR_DIRECTIONS[where] if far else _DIRECTIONS[where]
    view = state.view.moved_cross(*way, shape, *room, far=far)
    if view.region_anchor is not None and view.crosshair is not None:
        from ...analysis.profiles import Region

        view = replace(view, region=Region.between(view.region_anchor, view.crosshair))
    return state.looking(view)
