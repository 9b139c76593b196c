"""How curves are looked at: the spec, the part of x, the overlay, and what is kept for each kind of scan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from ..actions import PlotAction
from .overlay import Overlay

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.axes import Kind as ScanKind
    from ...analysis.curves import PlotSpec, RunColumns
    from ..actions import Action

Limits = tuple[float, float]

Kind = tuple["ScanKind", "str | None"]
"""A kind of scan, and what was swept: what is chosen for one is kept for others of the kind."""

ZOOM_FACTOR = 0.5
MIN_SHARE = 1e-6
"""Of the whole range of x: no smaller part is shown."""


@dataclass(frozen=True, slots=True)
class PlotState:
    """What the user has set in the plot.

    Attributes
    ----------
    own_spec, overlay_spec : PlotSpec or None
        How the curves of the selected run are made, and those of overlaid runs; None, as a scientist would.
    kind, overlay_kind : Kind or None
        What kind of scan they are.
    chosen : mapping
        Kind → what was chosen for runs of that kind.
    window : tuple of float or None
        The part of x that is shown; None, all of it.
    overlay : Overlay
    braille : bool
        Whether curves are drawn with braille dots.
    """

    own_spec: PlotSpec | None = None
    overlay_spec: PlotSpec | None = None
    kind: Kind | None = None
    overlay_kind: Kind | None = None
    chosen: Mapping[Kind, Mapping[str, Any]] = field(default_factory=dict)
    window: Limits | None = None
    overlay: Overlay = field(default_factory=Overlay)
    braille: bool = False

    @property
    def spec(self) -> PlotSpec | None:
        """How the curves that are shown are made."""
        return self.overlay_spec if self.overlay else self.own_spec

    def for_next_run(self) -> PlotState:
        """Return what stays for another run: marked runs stay overlaid, those that were like the last one do not."""
        overlay = Overlay() if self.overlay.alike else self.overlay
        return replace(self, own_spec=None, kind=None, window=None, overlay=overlay)

    def drawn(self, spec: PlotSpec, kind: Kind) -> PlotState:
        """Return the state once curves were made by this spec, of that kind of scan."""
        if self.overlay:
            return replace(self, overlay_spec=spec, overlay_kind=kind)
        return replace(self, own_spec=spec, kind=kind)

    def using(self, spec: PlotSpec) -> PlotState:
        """Return the state with another spec, kept for other runs of the kind."""
        kind, before = self.overlay_kind if self.overlay else self.kind, self.spec
        chosen = dict(self.chosen)
        if kind is not None and before is not None:
            changes = {one.name: getattr(spec, one.name) for one in fields(spec)}
            changes = {name: value for name, value in changes.items() if value != getattr(before, name)}
            chosen[kind] = {**chosen.get(kind, {}), **changes}
        state = replace(self, chosen=chosen)
        if self.overlay:
            state = replace(state, overlay_spec=spec)
        return replace(state, own_spec=spec) if kind == self.kind else state

    def reset(self) -> PlotState:
        """Return the state in which runs of these kinds are drawn as at first."""
        forgotten = (self.kind, self.overlay_kind)
        chosen = {kind: changes for kind, changes in self.chosen.items() if kind not in forgotten}
        return replace(self, chosen=chosen, window=None, overlay_spec=None, own_spec=None)

    def overlaying(self, overlay: Overlay) -> PlotState:
        """Return the state with other runs overlaid, or none."""
        return replace(self, overlay=overlay, overlay_spec=None, window=None)

    def zoomed(self, factor: float, x: float, shown: Limits, whole: Limits | None) -> PlotState:
        """Return the state that shows a smaller or larger part of x, around an x that is in sight.

        Parameters
        ----------
        shown, whole : tuple of float
            The part of x that is drawn now, and all of it.
        """
        low, high = shown
        middle = x if math.isfinite(x) and low <= x <= high else (low + high) / 2
        half = (high - low) / 2 * factor
        if whole is None or half < MIN_SHARE * (whole[1] - whole[0]):
            return self
        window = (max(whole[0], middle - half), min(whole[1], middle + half))
        return replace(self, window=None if window == whole else window)

    def keeping_in_sight(self, x: float) -> PlotState:
        """Return the state whose window is moved to where an x is, if it has left it."""
        if self.window is None or not math.isfinite(x) or self.window[0] <= x <= self.window[1]:
            return self
        half = (self.window[1] - self.window[0]) / 2
        return replace(self, window=(x - half, x + half))


def step(state: PlotState, action: Action) -> PlotState:
    """Return the state after a key that needs to know nothing but the state."""
    from ...analysis.curves import NO_BEAM, NORMALISATIONS, SCALES

    spec = state.spec
    match action:
        case PlotAction.WHOLE:
            return replace(state, window=None)
        case PlotAction.DOTS:
            return replace(state, braille=not state.braille)
        case PlotAction.COMPARE:
            return replace(state, overlay=state.overlay.compared_next())
        case PlotAction.RESET:
            return state.reset()
    if spec is None:
        return state
    match action:
        case PlotAction.SCALE:
            return state.using(replace(spec, scale=_next(SCALES, spec.scale)))
        case PlotAction.DERIVATIVE:
            return state.using(replace(spec, derivative=not spec.derivative))
        case PlotAction.OFFSET:
            return state.using(replace(spec, offset=not spec.offset))
        case PlotAction.CUT_OFF if spec.normalisation != "none":
            return state.using(replace(spec, no_beam=_next(NO_BEAM, spec.no_beam)))
        case PlotAction.NORMALISATION:
            known = [way for way in NORMALISATIONS if spec.monitor is not None or way != "ratio"]
            return state.using(replace(spec, normalisation=_next(known, spec.normalisation)))
    return state


def _next(values: Any, now: Any) -> Any:
    at = values.index(now) if now in values else 0
    return values[(at + 1) % len(values)]


def kind_of(axes: Axes) -> Kind:
    """Return the kind of a scan."""
    return axes.kind, axes.fast


def with_x(spec: PlotSpec, x: str, axes: Axes) -> PlotSpec:
    """Return the spec over another x: what is x now tells no curves apart; what was may."""
    group_by = tuple(name for name in spec.group_by if name != x)
    return replace(spec, x=x, group_by=axes.slow if x == axes.fast else group_by)


def first_of(run: RunColumns, axes: Axes, chosen: Mapping[str, Any]) -> PlotSpec | None:
    """Return how a run is drawn: as it was chosen for its kind, or else as a scientist would."""
    from ...analysis.curves import first_spec

    first = first_spec(run, axes)
    return first and as_chosen(first, run, chosen)


def as_chosen(first: PlotSpec, run: RunColumns, chosen: Mapping[str, Any]) -> PlotSpec:
    """Return a spec with what was chosen for scans of the kind, as far as this run has the fields."""
    known = dict(chosen)
    if known.get("x", first.x) not in run.columns:
        known.pop("x")
        known.pop("group_by", None)
    for several in ("ys", "group_by"):
        names = tuple(name for name in known.get(several, ()) if name in run.columns)
        if known.get(several) and not names:
            known.pop(several)
        elif several in known:
            known[several] = names
    made = replace(first, **known)
    return replace(made, group_by=tuple(name for name in made.group_by if name != made.x))
