"""Curves beside the frame: cuts, radial profile, histogram, and a region over the frames of the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...session.frame_series import RegionCurve
    from .controller import FrameDesk


class FramePanels:
    """Which curves are shown, and what is read for them."""

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self.kind: str | None = None
        self._made_of: object = None
        self._curve: RegionCurve | None = None

    def forget(self) -> None:
        """What was worked out is old."""
        self._made_of = self._curve = None

    def clear(self) -> None:
        """Another run."""
        if self.kind is not None:
            self._desk.pane.show_panel(None, "")

    def open(self, kind: str | None) -> None:
        """Show curves of a kind, or none."""
        desk = self._desk
        if desk.frames is None or (desk.sheet.shown and kind is not None):
            return
        self.kind = kind
        self._made_of = None
        desk.screen.tasks.cancel("panel")
        desk.pane.open_panel(kind is not None)
        if kind is not None:
            desk.pane.show_panel(None, "…")
        self.follow()

    def toggle(self, kind: str) -> None:
        """Show curves of a kind, or no longer."""
        self.open(None if self.kind == kind else kind)

    def cuts(self) -> None:
        """The row and the column through the crosshair, which is shown for it."""
        desk = self._desk
        if desk.frames is None or desk.sheet.shown:
            return
        if self.kind != "cuts" and desk.view.crosshair is None:
            desk.toggle_cross()
        self.toggle("cuts")

    def hub_to_cross(self) -> None:
        """The centre of the radial profile to the crosshair."""
        cross = self._desk.view.crosshair
        if cross is None:
            self._desk.words.hint("x shows the crosshair that c needs")
        else:
            self._set_hub((float(cross[0]), float(cross[1])))

    def hub_to_centroid(self) -> None:
        """The centre of the radial profile to the centroid of each frame."""
        self._set_hub(None)

    def _set_hub(self, hub: tuple[float, float] | None) -> None:
        self._desk.set_view(replace(self._desk.view, profile_centre=hub))
        if self.kind == "radial":
            self.follow()
        else:
            self._desk.words.hint("centre is set: o, radial profile")

    def follow(self) -> None:
        """The curves of what is shown now."""
        desk = self._desk
        shown, kind, uid = desk.shown, self.kind, desk.screen.selection.uid
        if shown is None or kind is None or uid is None:
            return
        if kind == "cuts":
            self._show_cuts()
            return
        if kind == "region":
            self._show_region_curve()
            return
        view = desk.view
        wanted = (
            kind,
            shown.subject,
            view.profile_centre if kind == "radial" else (view.stretch, shown.picture.limits),
        )
        if wanted == self._made_of:
            return
        self._made_of = wanted
        pictures, subject, limits = desk.pictures, shown.subject, shown.picture.limits
        desk.screen.ask(
            "panel", (uid, kind),
            lambda task: pictures.panel(uid, subject, kind, view, limits, task), finish=True,
        )  # fmt: skip

    def _show_cuts(self) -> None:
        from ...picture.side_plots import cuts_panel

        shown = self._desk.shown
        reading = shown.picture.reading if shown is not None else None
        if reading is None:
            self._desk.pane.show_panel(None, "no pixel under the crosshair")
            return
        self._desk.pane.show_panel(
            cuts_panel(reading.row, reading.column, reading.along_row, reading.along_column)
        )

    def loaded(self, panel: object) -> None:
        """Curves are there."""
        from ...picture.side_plots import Panel

        if isinstance(panel, Panel) and panel.kind == self.kind:
            self._desk.pane.show_panel(panel)

    def failed(self, reason: str) -> None:
        """There will be none."""
        self._made_of = None
        self._desk.pane.show_panel(None, reason)

    # -- a region ----------------------------------------------------------------------------------------

    def corner(self) -> None:
        """Begin a region at the crosshair, or end it there."""
        desk = self._desk
        if desk.frames is None or desk.sheet.shown:
            return
        from ...analysis.profiles import Region

        view = desk.view
        if view.crosshair is None:
            desk.toggle_cross()
            desk.words.hint("a sets a corner here")
        elif view.region_anchor is None:
            self._curve = None
            desk.look_with(
                replace(
                    view, region_anchor=view.crosshair, region=Region.between(view.crosshair, view.crosshair)
                )
            )
            desk.words.hint("move to the other corner, a again")
        else:
            desk.look_with(
                replace(view, region_anchor=None, region=Region.between(view.region_anchor, view.crosshair))
            )
            self.follow()

    def sum_region(self) -> None:
        """The region's sum over the frames of the run."""
        desk = self._desk
        uid, region = desk.screen.selection.uid, desk.view.region
        if uid is None or desk.frames is None:
            return
        if region is None or desk.view.region_anchor is not None:
            desk.words.hint("first a region: x, a, move, a")
            return
        series = desk.session.series
        self.open("region")
        desk.words.working("sum of the region…")
        desk.screen.ask("curve", (uid, region), lambda task: series.region_curve(uid, region, task))

    def curve_loaded(self, curve: RegionCurve) -> None:
        """Some more of the sum over the frames is there."""
        self._curve = curve
        n = len(curve.x)
        self._desk.words.working(
            "" if curve.done >= n else f"sum of the region: {curve.done:,} of {n:,}, esc stops"
        )
        if self.kind == "region":
            self._show_region_curve()

    def _show_region_curve(self) -> None:
        desk, curve = self._desk, self._curve
        if curve is None or curve.region != desk.view.region:
            desk.pane.show_panel(None, "A adds the region up over the frames")
            return
        from ...picture.side_plots import region_panel
        from ...text.printable import printable

        index = desk.index
        at = float(curve.x[index]) if index is not None and index < len(curve.x) else None
        desk.pane.show_panel(
            region_panel(printable(curve.x_name, 40), curve.x, curve.total, at, curve.done, len(curve.x))
        )
