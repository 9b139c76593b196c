"""What is said of keys of the plot that do nothing here, or whose effect cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...text.printable import plural
from ..actions import PlotAction

if TYPE_CHECKING:
    from ...analysis.curves import PlotSpec
    from ..actions import Action
    from .model import Plot
    from .state import PlotState

_FEWEST = 2


def said_of(action: Action, spec: PlotSpec, state: PlotState, plot: Plot | None) -> str:
    """Return what is to be said of a key whose work is done.

    Parameters
    ----------
    spec : PlotSpec
        As it was before the key.
    state : PlotState
        As it is now.
    """
    match action:
        case PlotAction.NORMALISATION if spec.monitor is None:
            return "this run has no i0 to divide by"
        case PlotAction.CUT_OFF if spec.normalisation == "none":
            return "nothing is divided by i0: i does that"
        case PlotAction.CUT_OFF:
            share = state.spec.no_beam if state.spec is not None else 0.0
            hidden = f"points with less than {share:.1%} of the strong i0 are hidden"
            return hidden if share else "no point is hidden for its i0"
        case PlotAction.OFFSET if plot is not None and len(plot.curves) < _FEWEST and not spec.offset:
            return "there is one curve: nothing to set apart"
        case PlotAction.DOTS:
            return "finer dots, where the font has braille" if state.braille else "quarter cells"
    return ""


def overlay_prompt(plot: Plot) -> str:
    """Return what is said of overlaid runs, and which keys work on them."""
    if plot.over == plot.wanted:
        return f"{plural(plot.over, 'run')} overlaid · D difference/ratio · = end overlay"
    drawn = f"{plot.over} of {plural(plot.wanted, 'run')} overlaid"
    return f"{drawn}: no axis in common · = end overlay"
