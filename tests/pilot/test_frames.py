"""The keys of the frame pane, on a run of a few frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.options import Options
from resonance_tui.picture.palettes import MAPS, MISSING, NAN, NEGATIVE, SATURATED
from tests.beamtime import BeamtimeBuilder, chunk_file
from tests.pilot.driving import LARGE, SMALL, Drive, driving
from tests.pilot.frames import SIDE, N, in_frame, line, ring_frames, words


async def test_contrast_and_colours_change_by_keys_and_are_said(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        assert "sqrt 1–99.5%" in words(drive)
        await drive.press("s")
        assert "log 1–99.5%" in words(drive)
        await drive.press("percent_sign", "percent_sign", "percent_sign", "b")
        assert "log min–max · max" in words(drive)
        assert state.shown is not None
        assert state.shown.picture.limits == (70.0, float(ring_frames()[0].max()))
        for name in [*MAPS[1:], MAPS[0]]:
            await drive.press("m")
            assert state.shown.picture.palette.name == name
        await drive.press("M")
        assert state.shown.picture.palette.name == MAPS[-1]


async def test_locked_and_typed_limits_stay_from_frame_to_frame(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        assert state.shown is not None
        limits = state.shown.picture.limits
        await drive.press("w", "]", "]")
        assert state.shown.subject.index == 2
        assert state.shown.picture.limits == limits
        assert "locked" in words(drive)
        await drive.press("w")
        assert state.shown.picture.limits != limits
        await drive.press("W", *"100 x", "escape", "W", *"100 900", "enter")
        assert state.shown.picture.limits == (100.0, 900.0)
        await drive.press("W", *"9 1", "enter")
        assert "smaller" in line(drive)
        assert state.shown.picture.limits == (100.0, 900.0)


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])
async def test_one_zooms_down_to_single_pixels_and_pans(frames_beamtime: Path, size: tuple[int, int]) -> None:
    async with driving(frames_beamtime, size) as drive:
        state = await in_frame(drive)
        assert state.shown is not None
        whole = state.shown.picture.window
        await drive.press(*"+" * 9)
        near = state.shown.picture.window
        assert near.magnified >= 4
        assert f"{near.top}–{near.bottom - 1}" in words(drive)
        await drive.press("L", "J")
        moved = state.shown.picture.window
        assert (moved.left, moved.top) > (near.left, near.top)
        await drive.press("H", "K", "-", "0")
        assert state.shown.picture.window == whole


async def test_the_crosshair_reads_a_pixel_and_its_cuts(frames_beamtime: Path) -> None:
    frame = ring_frames()[0]
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("x", "j", "l", "l", "pageup")
        assert state.shown is not None
        reading = state.shown.picture.reading
        assert reading is not None
        row, column = reading.row, reading.column
        assert reading.value == frame[row, column]
        assert reading.around == pytest.approx(frame[row - 2 : row + 3, column - 2 : column + 3].mean())
        assert f"row {row} col {column}" in words(drive)
        assert drive.position == 0, "the crosshair moved, not the frame"
        await drive.press("u")
        panel = drive.frame.panel.panel
        assert panel is not None
        np.testing.assert_array_equal(panel.lines[0].y, frame[row])
        np.testing.assert_array_equal(panel.lines[1].y, frame[:, column])
        await drive.press("escape")
        assert state.view.crosshair is None
        assert not drive.frame.panel.display


async def test_the_radial_profile_has_the_centroid_or_the_crosshair_as_its_centre(
    frames_beamtime: Path,
) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("o")
        panel = drive.frame.panel.panel
        assert panel is not None
        assert "centroid" in panel.title
        assert np.nanargmax(panel.lines[0].y) <= 2, "brightest in the middle of the blob"
        await drive.press("x", "pagedown", "home", "c")
        panel = drive.frame.panel.panel
        assert panel is not None
        assert "centroid" not in panel.title
        assert state.view.crosshair is not None
        assert f"{state.view.crosshair[0]}, {state.view.crosshair[1]}" in panel.title
        assert np.nanargmax(panel.lines[0].y) > 2
        await drive.press("C")
        panel = drive.frame.panel.panel
        assert panel is not None
        assert "centroid" in panel.title


async def test_the_histogram_counts_every_pixel(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("i")
        panel = drive.frame.panel.panel
        assert panel is not None
        assert (10 ** panel.lines[0].y).sum() == pytest.approx(SIDE * SIDE)
        await drive.press("i")
        assert not drive.frame.panel.display


async def test_a_region_is_summed_over_the_frames(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("A")
        assert "region" in line(drive)
        await drive.press("a", "a", "j", "j", "l", "l", "l", "a")
        region = state.view.region
        assert region is not None
        assert region.bottom - region.top > 1
        inside = ring_frames()[:, region.top : region.bottom, region.left : region.right]
        assert "Σ" in words(drive)
        assert state.shown is not None
        assert state.shown.picture.region is not None
        assert state.shown.picture.region.total == inside[0].sum()
        await drive.press("A")
        panel = drive.frame.panel.panel
        assert panel is not None
        np.testing.assert_array_equal(panel.lines[0].y, inside.sum(axis=(1, 2)))
        assert panel.x_name == "energy"


async def test_one_steps_by_ten_to_the_ends_and_to_a_number(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        for keys, number in (
            ("}", 11), ("}", 12), ("{", 2), ("[", 1), ("G", 12), ("g", 1), (":7\r", 7), (":12\r", 12),
            (":99\r", 12), (":3\b4\r", 4), (":-1\r", 12), (":4\r", 4),
        ):  # fmt: skip
            await drive.press(
                *[{"\r": "enter", "\b": "backspace", ":": "colon"}.get(key, key) for key in keys]
            )
            assert state.index == number - 1, keys
            assert state.shown is not None
            assert state.shown.subject.index == number - 1
            assert f"{number} of 12" in drive.title("frame")
        await drive.press("colon", "5")
        assert "▸ 5_" in line(drive)
        await drive.press("escape")
        assert "go to" not in line(drive)
        assert state.index == 3


async def test_playing_goes_on_to_the_last_frame_and_stops_there(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("g")
        await drive.pilot.press("p")
        assert state.playing
        await drive.until(lambda: "▶" in drive.title("frame"), "it says that it plays")
        await drive.until(lambda: not state.playing, "the end")
        await drive.settled()
        assert state.index == N - 1
        await drive.pilot.press("p")
        await drive.until(lambda: 0 < (state.index or 0) < N - 1, "from the first again")
        await drive.press("p")
        at = state.index
        assert not state.playing
        await drive.settled()
        assert state.index == at


async def test_all_frames_together_are_their_mean_largest_and_sum(frames_beamtime: Path) -> None:
    stack = ring_frames().astype(np.float64)
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        for kind, values in (
            ("mean", stack.mean(axis=0)), ("max", stack.max(axis=0)), ("sum", stack.sum(axis=0)),
        ):  # fmt: skip
            await drive.press("F")
            assert f"{kind} of 12 frames" in drive.title("frame")
            await drive.press("x")
            assert state.shown is not None
            reading = state.shown.picture.reading
            assert reading is not None
            assert reading.value == pytest.approx(values[reading.row, reading.column])
            await drive.press("x")
        await drive.press("F")
        assert "1 of 12" in drive.title("frame")


async def test_a_frame_is_compared_with_the_marked_one(frames_beamtime: Path) -> None:
    stack = ring_frames()
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("D")
        assert "d marks" in line(drive)
        await drive.press("d", "]", "]", "D", "x")
        assert "3 − 1 of 12" in drive.title("frame")
        assert state.shown is not None
        reading = state.shown.picture.reading
        assert reading is not None
        assert reading.value == stack[2, reading.row, reading.column] - stack[0, reading.row, reading.column]
        low, high = state.shown.picture.limits
        assert low == -high
        await drive.press("escape", "y")
        shown, limits = set(), set()
        for _ in range(2):
            before = state.shown.subject.index
            shown.add(before)
            limits.add(state.shown.picture.limits)
            assert f"{before + 1} (blinking with" in drive.title("frame")
            await drive.until(lambda before=before: state.shown.subject.index != before, "the other one")
        assert shown == {0, 2}
        assert len(limits) == 1, "what differs is not the scale"
        await drive.press("y")
        assert state.shown.subject.index == 2


async def test_the_contact_sheet_is_walked_with_the_cursor(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("t")
        assert state.on_sheet
        text = words(drive)
        assert all(f" {number} " in text.replace("▸", " ") for number in range(1, N + 1))
        await drive.press("l", "l")
        assert "▸3" in words(drive)
        await drive.press("j")
        below = state.index
        assert below is not None
        assert below > 2
        await drive.press("k")
        assert state.index == 2
        await drive.press("enter")
        assert not state.on_sheet
        assert state.shown is not None
        assert state.shown.subject.index == 2


async def test_bad_exposures_are_told_in_the_title_and_in_the_strip(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    good = ring_frames(1)[0]
    over, zero = good.copy(), np.zeros_like(good)
    over[:10, :20] = 300_000
    under = np.full_like(good, 20)
    with beamtime("bad.db") as builder:
        builder.run(
            builder.sample("PS"), "rsoxs", frames={"detector_image": np.stack([good, over, under, zero])}
        )
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.until(lambda: len(state.exposures) + len(state.unexposed) == 4, "all are judged")
        assert "EXPOSED" not in drive.title("frame")
        assert "▪▲▼○" in line(drive)
        await drive.press("]")
        assert "OVEREXPOSED 200 px" in drive.title("frame")
        await drive.press("]")
        assert "UNDEREXPOSED 100% dim" in drive.title("frame")
        await drive.press("]")
        assert "no chunk on disk" in words(drive)


async def test_the_exposure_that_would_be_right_is_told_where_the_event_has_one(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    frame = np.full((SIDE, SIDE), 40, dtype=np.int32)
    frame[:20, :20] = 540
    events = [{"energy_position": 270.0, "exposure": 0.5}]
    with beamtime("bad.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", events=events, frames={"detector_image": frame[None]})
    async with driving(builder.path) as drive:
        await in_frame(drive)
        await drive.until(lambda: "UNDEREXPOSED" in drive.title("frame"), "the verdict")
        # 500 counts above the dark ones are too few to reckon from
        assert "try far longer" in drive.title("frame")


async def test_pixels_that_no_map_shows_have_colours_of_their_own_and_a_legend(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    frame = np.full((32, 32), 500.0, dtype=np.float32)
    frame[:4], frame[4:8], frame[8:12] = 3e5, -40.0, np.nan
    with beamtime("odd.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": frame[None]})
    async with driving(builder.path) as drive:
        await in_frame(drive)
        picture = drive.frame.picture
        assert picture is not None
        assert {SATURATED, NEGATIVE, NAN} < set(np.unique(picture.codes).tolist())
        assert MISSING not in picture.codes
        for name in ("≥ 200000", "negative", "not a number"):
            assert name in words(drive)


async def test_another_run_forgets_what_belongs_to_the_frames_of_the_last(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("two.db") as builder:
        sample = builder.sample("PS")
        builder.run(sample, "rsoxs", frames={"detector_image": ring_frames(4, 64)})
        builder.run(sample, "rsoxs", frames={"detector_image": ring_frames(4)})
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("w", "s", "d", "x", "+", "t", "escape")
        locked = state.view.fixed
        await drive.press(*["escape"] * 5, "j")
        assert state.marked is None
        assert not state.on_sheet
        assert state.view.zoom == 0, "the other run's frames have other pixels"
        assert state.view.crosshair is None
        assert state.view.fixed == locked, "what is locked is locked across runs"
        assert state.shown is not None
        assert state.shown.picture.shape == (64, 64)


@pytest.mark.parametrize("colours", ["256", "16", "mono"])
async def test_fewer_colours_show_the_same_frame(frames_beamtime: Path, colours: str) -> None:
    app = ResonanceApp(frames_beamtime, settle=0.0, options=Options(colours=colours))
    async with app.run_test(size=LARGE) as pilot:
        drive = Drive(pilot)
        await drive.settled()
        state = await in_frame(drive)
        assert state.shown is not None
        assert state.shown.picture.palette.depth == colours
        codes = state.shown.picture.codes
        row, column = (places.mean() for places in np.nonzero(codes == codes.max()))
        assert row / codes.shape[0] == pytest.approx(0.4, abs=0.1)
        assert column / codes.shape[1] == pytest.approx(0.6, abs=0.1)


async def test_what_is_kept_in_memory_is_bounded(frames_beamtime: Path) -> None:
    limit = 200_000  # three frames of 64 KB
    app = ResonanceApp(frames_beamtime, settle=0.0, options=Options(cache_bytes=limit))
    async with app.run_test(size=LARGE) as pilot:
        drive = Drive(pilot)
        await drive.settled()
        state = await in_frame(drive)
        for key in "]]]]]]][[[[tfff":
            await drive.press(key)
            assert state.bytes_kept <= limit
        assert state.bytes_kept > 0


async def test_what_is_wrong_on_disk_is_said_in_words_and_never_a_black_picture(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("broken.db") as builder:
        uid = builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(7)})
        group = f"runs/{uid}/detector_image"

        def chunk(index: int) -> Path:
            return chunk_file(builder.zarr_path, group, index)

        chunk(1).unlink()
        chunk(2).write_bytes(chunk(2).read_bytes()[:200])
        chunk(3).unlink()
        chunk(3).symlink_to(builder.path)
        builder.raw("UPDATE image_refs SET index_in_stack = -1 WHERE index_in_stack = 4")
        builder.raw("UPDATE image_refs SET index_in_stack = 99 WHERE index_in_stack = 5")
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("]")
        assert "no chunk on disk: all zero, or missing" in words(drive)
        assert state.shown is not None
        assert set(np.unique(state.shown.picture.codes)) == {MISSING}
        for said in ("damaged or incomplete", "leads out of", "index -1 of", "index 99 of"):
            await drive.press("]")
            assert said in drive.note("frame")
            assert drive.frame.picture is None
        await drive.press("]")
        assert drive.note("frame") == ""
        assert drive.frame.picture is not None
        await drive.until(lambda: len(state.exposures) == 2, "what can be read is judged")
        await drive.settled()
        assert line(drive).endswith("▪○××××▪")
        await drive.press("F")
        assert "mean of 2 of 7 frames" in drive.title("frame")


async def test_an_array_that_is_not_as_the_database_lists_it_is_shown_as_it_is_and_that_said(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("other.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(2)})
        builder.raw("UPDATE image_refs SET shape_x = 1024, shape_y = 1024, dtype = 'uint16'")
    async with driving(builder.path) as drive:
        await in_frame(drive)
        assert "128×128 int32 (listed as 1024×1024 uint16)" in drive.title("frame")


async def test_a_frame_that_is_written_late_is_shown_when_one_comes_back_to_it(
    beamtime: Callable[..., BeamtimeBuilder], tmp_path: Path
) -> None:
    with beamtime("late.db") as builder:
        uid = builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(3)})
    chunk = chunk_file(builder.zarr_path, f"runs/{uid}/detector_image", 1)
    chunk.rename(tmp_path / "chunk")
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("]")
        assert "no chunk on disk" in words(drive)
        await drive.until(lambda: 1 in state.unexposed, "it is noticed")
        (tmp_path / "chunk").rename(chunk)
        await drive.press("s")
        assert "no chunk on disk" not in words(drive)
        assert state.shown is not None
        assert state.shown.picture.stored
        assert state.shown.picture.highest > 1000
        assert "ALL ZERO" not in drive.title("frame")
        await drive.press("r")
        await drive.until(lambda: len(state.exposures) == 3, "all are judged anew")
        await drive.settled()
        assert line(drive).endswith("▪▪▪")
        assert "ALL ZERO" not in drive.title("frame")


async def test_a_difference_from_a_frame_that_is_missing_is_no_picture(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("late.db") as builder:
        uid = builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(3)})
    chunk_file(builder.zarr_path, f"runs/{uid}/detector_image", 1).unlink()
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("]", "d", "]", "D")
        assert "no chunk on disk" in words(drive)
        assert state.shown is not None
        assert set(np.unique(state.shown.picture.codes)) == {MISSING}


async def test_on_an_event_without_a_frame_no_other_frame_is_shown(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("gap.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(4)})
        builder.raw("DELETE FROM image_refs WHERE index_in_stack = 1")
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("]", "d", "D")
        for keys in ([], ["escape"], ["y"], ["D"], ["s", "b", "m"]):
            if not keys:
                drive.go_to_event(1)
            await drive.press(*keys)
            await drive.settled()
            assert drive.position == 1, keys
            assert "has no frame" in drive.note("frame"), keys
            assert drive.frame.picture is None
            assert "none of 3" in drive.title("frame")
        assert state.kind == "frame"


async def test_limits_of_a_difference_or_a_sum_are_not_locked_for_frames(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("d", "]", "D", "w")
        assert "limits of its own" in line(drive)
        await drive.press("D", "F", "F", "F", "w", "W")
        assert "sum" in drive.title("frame")
        assert state.view.fixed is None
        assert state.typed is None


async def test_on_the_contact_sheet_keys_of_a_frame_do_nothing_unseen(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        before = state.view
        await drive.press("t", "+", "x", "o", "A")
        assert "enter opens" in line(drive)
        assert state.view == before
        assert state.curves is None


async def test_marking_while_it_blinks_leaves_the_frame_under_the_cursor(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("d", "]", "]", "y")
        await drive.until(
            lambda: state.shown is not None and state.shown.subject.index == 0, "the marked one"
        )
        await drive.press("d")
        assert state.shown is not None
        assert state.shown.subject.index == 2
        assert "3 of 12" in drive.title("frame")


async def test_the_sheet_takes_the_place_of_a_sum_that_is_not_done(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.pilot.press("F", "t")
        await drive.settled()
        assert state.on_sheet
        assert "adding up" not in drive.title("frame")
        assert "esc stops" not in line(drive)
        assert "of 12" in line(drive)


async def test_when_all_frames_are_gone_on_reading_anew_nothing_of_them_is_left(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("gone.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames(3)})
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        await drive.press("d", "t")
        with BeamtimeBuilder.reopened(builder.path) as again:
            again.raw("DELETE FROM image_refs")
        await drive.press("r")
        assert drive.note("frame") == "This run has no frames."
        assert not state.on_sheet
        assert state.marked is None
        await drive.press("2")
        assert drive.focused is drive.events


async def test_no_picture_is_sent_past_a_dialog_that_lies_over_it(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "4", "]")
        view = drive.frame.view
        view._painted, view._painted_at = view.cells, view.region  # as where a terminal shows it
        assert view.cells is not None
        assert view._send_changes(view.cells) == 0
        for key in ("?", "ctrl+p"):
            await drive.press_anywhere(key)
            await drive.until(lambda: drive.pilot.app.screen is not view.screen, "a dialog is open")
            assert view.screen.is_current  # it shines through
            view._painted, view._painted_at = view.cells, view.region  # a picture that came meanwhile
            assert view._send_changes(view.cells) is None
            await drive.press_anywhere("escape")
            await drive.until(lambda: drive.pilot.app.screen is view.screen, "it is closed")
