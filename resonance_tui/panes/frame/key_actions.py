"""What keys of the frame pane do that is more than another look at the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..actions import Action, FrameAction

if TYPE_CHECKING:
    from .crosshair import Crosshair
    from .exposures import ExposureReads
    from .limits import Limits
    from .several import SeveralFrames
    from .side_curves import SideCurves


def key_actions(
    ask_where: Callable[[], object],
    limits: Limits,
    crosshair: Crosshair,
    side_curves: SideCurves,
    several: SeveralFrames,
    exposures: ExposureReads,
) -> dict[Action, Callable[[], object]]:
    """Return what each of these keys does; every other one is a `step` of the state."""
    return {
        FrameAction.GO_TO: ask_where,
        FrameAction.LOCK_LIMITS: limits.toggle_lock,
        FrameAction.TYPE_LIMITS: limits.ask,
        FrameAction.CROSSHAIR: crosshair.toggle,
        FrameAction.CUTS: crosshair.cuts,
        FrameAction.CENTRE_HERE: crosshair.centre_here,
        FrameAction.CENTROID: lambda: side_curves.set_centre(None),
        FrameAction.REGION: crosshair.region_corner,
        FrameAction.REGION_CURVE: side_curves.sum_region,
        FrameAction.RADIAL_PROFILE: lambda: side_curves.toggle("radial"),
        FrameAction.HISTOGRAM: lambda: side_curves.toggle("histogram"),
        FrameAction.CONTACT_SHEET: several.toggle_sheet,
        FrameAction.PLAY: several.toggle_play,
        FrameAction.STACK: several.next_stack,
        FrameAction.MARK: several.mark,
        FrameAction.DIFFERENCE: several.toggle_difference,
        FrameAction.BLINK: several.toggle_blink,
        FrameAction.CHECK_EXPOSURES: exposures.check_all,
    }
