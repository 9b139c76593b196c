"""The crosshair and what is set with it, limits, and the curves beside the frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resonance_tui.analysis.profiles import Region
from resonance_tui.panes.actions import FrameAction, Move
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.signals import ColumnsReady
from resonance_tui.session.frame_series import RegionCurve
from resonance_tui.text.labels import ScanLabel
from tests.beamtime import ABORTED_UID, RSOXS_UID
from tests.columns import run_columns
from tests.unit.panes.frame.recorded_pane import Bench

REGION = (FrameAction.REGION, FrameAction.REGION, FrameAction.REGION)

# -- the crosshair ---------------------------------------------------------------------------------------


def test_a_pixel_that_was_typed_is_under_the_crosshair(shown: Bench) -> None:
    shown.controller.handle(FrameAction.GO_TO)
    shown.type("3,5")
    assert shown.picture.view.crosshair == (3, 5)
    assert shown.picture.reading is not None
    assert shown.picture.reading.value == 1000 + 3 * 50 + 5


def test_a_pixel_outside_of_the_frame_is_refused_with_what_there_is(shown: Bench) -> None:
    shown.controller.handle(FrameAction.GO_TO)
    shown.type("32,5")
    assert shown.pane.words == "rows 0 to 31, columns 0 to 47"
    assert shown.scene.state.view.crosshair is None


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("-1", 5, ""), ("0", 0, "there are frames 1 to 6"), ("7", 5, "there are frames 1 to 6"),
        ("x", 0, "x is no frame, no row,column and no value"),
    ],
)  # fmt: skip
def test_what_was_typed_leads_to_a_frame_or_it_is_said_why_not(
    shown: Bench, text: str, position: int, said: str
) -> None:
    shown.controller.handle(FrameAction.GO_TO)
    shown.type(text)
    assert (shown.host.selection.position, shown.pane.words) == (position, said)


def test_a_value_that_no_frame_has_leads_nowhere(shown: Bench) -> None:
    numbers = np.arange(6.0)
    columns = run_columns(RSOXS_UID, {"seq_num": numbers + 1, "time": numbers, "energy": np.full(6, np.nan)})
    shown.host.publish(
        ColumnsReady(columns, replace(columns.find_axes(), fast="energy"), ScanLabel("", "", ""))
    )
    shown.controller.handle(FrameAction.GO_TO)
    shown.type("270.5 eV")
    assert shown.pane.words == "no frame has such a value"


def test_cuts_bring_the_crosshair_and_go_with_it(shown: Bench) -> None:
    shown.press(FrameAction.CUTS)
    assert shown.picture.view.crosshair == (16, 24)
    assert shown.panel.kind == "cuts"
    np.testing.assert_array_equal(shown.panel.lines[0].y, 1000 + 16 * 50 + np.arange(48))
    shown.press(FrameAction.CROSSHAIR)
    assert not shown.pane.side_is_open


def test_cuts_go_and_the_crosshair_stays(shown: Bench) -> None:
    shown.press(FrameAction.CUTS, FrameAction.CUTS)
    assert not shown.pane.side_is_open
    assert shown.scene.state.view.crosshair is not None


def test_on_a_picture_without_a_crosshair_cuts_say_what_is_missing(shown: Bench) -> None:
    shown.controller.side_curves.open("cuts")
    assert shown.pane.side_panel.note == "no pixel under the crosshair"


# -- the radial profile ----------------------------------------------------------------------------------


def test_the_centre_of_the_radial_profile_is_the_centroid_or_where_the_crosshair_stands(
    shown: Bench,
) -> None:
    shown.press(FrameAction.CENTRE_HERE)
    assert shown.pane.words == "x shows the crosshair that c needs"
    shown.press(FrameAction.RADIAL_PROFILE)
    assert shown.panel.title.endswith("(centroid)")
    shown.press(FrameAction.CROSSHAIR, FrameAction.CENTRE_HERE)
    assert "centre 16, 24" in shown.panel.title
    shown.press(FrameAction.CENTROID)
    assert shown.panel.title.endswith("(centroid)")


def test_a_centre_set_without_a_profile_says_what_shows_one(shown: Bench) -> None:
    shown.press(FrameAction.CROSSHAIR, FrameAction.CENTRE_HERE)
    assert shown.pane.words == "centre is set: o, radial profile"


def test_curves_follow_the_frame_and_are_not_worked_out_twice(shown: Bench) -> None:
    shown.press(FrameAction.RADIAL_PROFILE)
    read = shown.times(FrameTask.SIDE_CURVES)
    shown.press(FrameAction.NEXT_MAP)
    assert shown.times(FrameTask.SIDE_CURVES) == read
    shown.go(1)
    assert shown.times(FrameTask.SIDE_CURVES) == read + 1


def test_the_histogram_follows_the_limits_of_the_picture(shown: Bench) -> None:
    shown.press(FrameAction.HISTOGRAM)
    read = shown.times(FrameTask.SIDE_CURVES)
    shown.press(FrameAction.PERCENTILES)
    assert shown.times(FrameTask.SIDE_CURVES) == read + 1


def test_curves_that_cannot_be_worked_out_leave_the_reason(shown: Bench) -> None:
    shown.controller.handle(FrameAction.HISTOGRAM)
    assert shown.pane.side_panel.note == "…"
    shown.host.fail(FrameTask.SIDE_CURVES, "no chunk on disk")
    assert shown.pane.side_panel.note == "no chunk on disk"
    assert shown.pane.side_panel.panel is None


# -- a region --------------------------------------------------------------------------------------------


def test_a_region_is_set_by_two_corners(shown: Bench) -> None:
    shown.press(FrameAction.REGION)
    assert shown.pane.words == "a sets a corner here"
    shown.press(FrameAction.REGION)
    assert shown.pane.words == "move to the other corner, a again"
    shown.controller.move(Move.DOWN)
    shown.controller.move(Move.RIGHT)
    shown.do()
    shown.press(FrameAction.REGION)
    assert shown.picture.view.region == Region.between((16, 24), (17, 25))
    assert shown.picture.view.region_anchor is None


def test_without_a_region_the_sum_says_how_to_set_one(shown: Bench) -> None:
    shown.press(FrameAction.REGION_CURVE)
    assert shown.pane.words == "first a region: x, a, move, a"
    shown.press(FrameAction.REGION, FrameAction.REGION, FrameAction.REGION_CURVE)
    assert shown.pane.words == "first a region: x, a, move, a", "it has but one corner"


def test_a_region_is_added_up_over_all_frames(shown: Bench) -> None:
    shown.press(*REGION, FrameAction.REGION_CURVE)
    np.testing.assert_array_equal(shown.panel.lines[0].y, 1000 * np.arange(1, 7) + 16 * 50 + 24)
    assert shown.panel.marks == (270.0,)
    shown.go(2)
    assert shown.panel.marks == (272.0,), "the frame under the cursor is marked"
    assert shown.times(FrameTask.REGION_CURVE) == 1


def test_while_a_region_is_added_up_it_is_said_how_far_that_is_and_esc_stops_it(shown: Bench) -> None:
    shown.press(*REGION)
    shown.controller.handle(FrameAction.REGION_CURVE)
    assert shown.pane.words == "sum of the region…"
    region = shown.scene.state.view.region
    assert region is not None
    part = RegionCurve(region, "energy", np.arange(6.0), np.full(6, np.nan), 2)
    shown.controller.side_curves._take_region_curve(part)
    assert shown.pane.words == "sum of the region: 2 of 6, esc stops"
    assert shown.controller.back()
    assert shown.pane.words == "stopped"
    assert not shown.host.busy(FrameTask.REGION_CURVE)


def test_another_region_is_to_be_added_up_anew(shown: Bench) -> None:
    shown.press(*REGION, FrameAction.REGION_CURVE)
    shown.controller.move(Move.DOWN)
    shown.do()
    shown.press(FrameAction.REGION)
    shown.controller.move(Move.DOWN)
    shown.do()
    shown.press(FrameAction.REGION)
    assert shown.pane.side_panel.note == "A adds the region up over the frames"


def test_with_the_region_its_curve_goes(shown: Bench) -> None:
    shown.press(*REGION, FrameAction.REGION_CURVE)
    assert shown.controller.back()
    assert shown.controller.back()
    assert shown.scene.state.view.region is None
    assert not shown.pane.side_is_open


def test_a_sum_that_fails_leaves_other_curves_alone(shown: Bench) -> None:
    shown.press(*REGION)
    shown.controller.handle(FrameAction.REGION_CURVE)
    shown.controller.handle(FrameAction.HISTOGRAM)
    shown.host.do(FrameTask.SIDE_CURVES)
    shown.host.fail(FrameTask.REGION_CURVE, "the store is gone")
    assert shown.panel.kind == "histogram"


def test_the_curve_of_a_region_of_another_run_is_not_shown(shown: Bench) -> None:
    shown.press(*REGION, FrameAction.REGION_CURVE)
    shown.show(ABORTED_UID)
    assert shown.pane.side_panel.panel is None
    assert shown.pane.side_panel.note == "A adds the region up over the frames"


# -- limits ----------------------------------------------------------------------------------------------


def test_limits_are_locked_and_freed(shown: Bench) -> None:
    limits = shown.picture.limits
    shown.press(FrameAction.LOCK_LIMITS)
    shown.go(5)
    assert shown.picture.limits == limits
    shown.press(FrameAction.LOCK_LIMITS)
    assert shown.picture.limits != limits


def test_limits_that_were_typed_are_those_of_the_picture(shown: Bench) -> None:
    shown.press(FrameAction.TYPE_LIMITS)
    assert shown.pane.words.startswith("limits: low high ▸ _")
    shown.type("100, 5e3")
    assert shown.picture.limits == (100.0, 5000.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5", "limits are two numbers: low high"), ("a b", "limits are two numbers: low high"),
        ("1 2 3", "limits are two numbers: low high"), ("9 1", "the first limit must be the smaller one"),
        ("nan 1", "the first limit must be the smaller one"), ("0 inf", "the first limit must be the smaller one"),
    ],
)  # fmt: skip
def test_limits_that_are_none_change_nothing(shown: Bench, text: str, said: str) -> None:
    shown.press(FrameAction.TYPE_LIMITS)
    shown.type(text)
    assert shown.pane.words == said
    assert shown.scene.state.view.fixed is None


@pytest.mark.parametrize("action", [FrameAction.LOCK_LIMITS, FrameAction.TYPE_LIMITS])
def test_a_sum_has_limits_of_its_own(shown: Bench, action: FrameAction) -> None:
    shown.press(*[FrameAction.STACK] * 3, action)
    assert shown.pane.words == "a sum has limits of its own"
    assert not shown.controller.line.is_open


def test_on_the_contact_sheet_there_is_no_picture_whose_limits_could_be_locked(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET, FrameAction.LOCK_LIMITS)
    assert shown.pane.words == "enter opens a frame to lock its limits"
