"""Curves beside the frame: cuts, radial profile, histogram, and a region over the frames of the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.tasks import Task
from .tasks import FrameTask

if TYPE_CHECKING:
    from ...picture.side_plots import Panel
    from ...session.frame_series import RegionCurve
    from ..curve_renderer import Drawing
    from .picture_maker import PictureMaker
    from .scene import Scene
    from .status_line import StatusLine

Drawn = tuple["Panel", "Drawing | None"]


class SideCurves:
    """Which curves are shown beside the frame, and what is read and drawn for them."""

    def __init__(self, scene: Scene, status: StatusLine, maker: PictureMaker) -> None:
        self._scene, self._status, self._maker = scene, status, maker
        self._made_of: object = None
        self._curve: RegionCurve | None = None
        self._panel: Panel | None = None

    @property
    def kind(self) -> str | None:
        """The kind of curves that are shown."""
        return self._scene.state.side

    def forget(self) -> None:
        """Forget what was worked out, which is old."""
        self._made_of = self._curve = None

    def clear(self) -> None:
        """Another run."""
        self.forget()
        self._panel = None
        if self.kind is not None:
            self._scene.pane.side_panel.show(None, None)

    def open(self, kind: str | None) -> None:
        """Show curves of a kind, or none."""
        scene = self._scene
        if scene.frames is None or (scene.state.on_sheet and kind is not None):
            return
        scene.state = replace(scene.state, side=kind)
        self._made_of = None
        scene.host.cancel(FrameTask.SIDE_CURVES)
        scene.pane.open_side_panel(kind is not None)
        if kind is not None:
            self._note("…")
        self.follow()

    def toggle(self, kind: str) -> None:
        """Show curves of a kind, or no longer."""
        self.open(None if self.kind == kind else kind)

    def _note(self, text: str) -> None:
        """Say why there are no curves yet."""
        self._panel = None
        self._scene.pane.side_panel.show(None, None, text)

    def follow(self) -> None:
        """Show the curves of what is shown now."""
        scene, kind = self._scene, self.kind
        shown, uid = scene.shown, scene.uid
        if shown is None or kind is None or uid is None:
            return
        if kind == "cuts":
            self._show_cuts()
            return
        if kind == "region":
            self._show_region_curve()
            return
        view, subject, limits = scene.state.view, shown.subject, shown.picture.limits
        wanted = (kind, subject, view.profile_centre if kind == "radial" else (view.stretch, limits))
        if wanted == self._made_of:
            return
        self._made_of = wanted
        maker, (width, height), dark = self._maker, scene.pane.side_panel.room, scene.pane.is_dark

        def work(task: Task[Drawn]) -> Drawn:
            from .side_drawing import draw_side_curves

            panel = maker.panel(uid, subject, kind, view, limits, task)
            return panel, draw_side_curves(panel, width, height, dark=dark)

        scene.reads.read(FrameTask.SIDE_CURVES, (uid, kind), work, self._take, failed=self._fail, finish=True)

    def _take(self, drawn: Drawn) -> None:
        panel, drawing = drawn
        if panel.kind == self.kind:
            self._panel = panel
            self._scene.pane.side_panel.show(panel, drawing)

    def _fail(self, reason: str) -> None:
        self._made_of = None
        self._note(reason)
        self._status.clear()

    def _draw(self, panel: Panel) -> None:
        """Draw curves that are in memory, off the event loop all the same."""
        scene = self._scene
        (width, height), dark = scene.pane.side_panel.room, scene.pane.is_dark
        self._panel = panel

        def work(_: Task[Drawn]) -> Drawn:
            from .side_drawing import draw_side_curves

            return panel, draw_side_curves(panel, width, height, dark=dark)

        scene.reads.read(
            FrameTask.SIDE_CURVES, (scene.uid, panel.kind), work, self._take, failed=self._fail, finish=True
        )

    def draw_again(self) -> None:
        """Draw the same curves in another size, or in other colours."""
        if self._panel is not None:
            self._draw(self._panel)

    # -- cuts and centre -----------------------------------------------------------------------------------

    def _show_cuts(self) -> None:
        from ...picture.side_plots import cuts_panel

        shown = self._scene.shown
        reading = shown.picture.reading if shown is not None else None
        if reading is None:
            self._note("no pixel under the crosshair")
        else:
            self._draw(cuts_panel(reading.row, reading.column, reading.along_row, reading.along_column))

    def set_centre(self, centre: tuple[float, float] | None) -> None:
        """Put the centre of the radial profile on a pixel, or on the centroid of each frame."""
        scene = self._scene
        scene.state = scene.state.looking(replace(scene.state.view, profile_centre=centre))
        if self.kind == "radial":
            self.follow()
        else:
            self._status.hint("centre is set: o, radial profile")

    # -- a region ------------------------------------------------------------------------------------------

    def sum_region(self) -> None:
        """Add the region up over the frames of the run."""
        scene = self._scene
        uid, view = scene.uid, scene.state.view
        region = view.region
        if uid is None or scene.frames is None:
            return
        if region is None or view.region_anchor is not None:
            self._status.hint("first a region: x, a, move, a")
            return
        series = scene.session.series
        self.open("region")
        self._status.working("sum of the region…")
        scene.reads.read(
            FrameTask.REGION_CURVE,
            (uid, region),
            lambda task: series.region_curve(uid, region, task),
            self._take_region_curve,
            failed=self._fail_region_curve,
        )

    def _fail_region_curve(self, reason: str) -> None:
        self._status.working("")
        if self.kind == "region":
            self._note(reason)
        else:  # other curves stand there by now
            self._status.hint(reason)

    def stop_summing(self) -> bool:
        """Stop adding up; False where that is not under way."""
        if not self._scene.host.busy(FrameTask.REGION_CURVE):
            return False
        self._scene.host.cancel(FrameTask.REGION_CURVE)
        self._status.working("")
        self._status.hint("stopped")
        return True

    def forget_region(self) -> None:
        """Forget the sum of a region, as a new one is begun."""
        self._curve = None

    def _take_region_curve(self, curve: RegionCurve) -> None:
        self._curve = curve
        n = len(curve.x)
        said = f"sum of the region: {curve.done:,} of {n:,}, esc stops"
        self._status.working("" if curve.done >= n else said)
        if self.kind == "region":
            self._show_region_curve()

    def _show_region_curve(self) -> None:
        scene, curve = self._scene, self._curve
        if curve is None or curve.region != scene.state.view.region:
            self._note("A adds the region up over the frames")
            return
        from ...picture.side_plots import region_panel
        from ...text.printable import printable

        index = scene.index
        at = float(curve.x[index]) if index is not None and index < len(curve.x) else None
        self._draw(
            region_panel(printable(curve.x_name, 40), curve.x, curve.total, at, curve.done, len(curve.x))
        )
