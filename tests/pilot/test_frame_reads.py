"""What is read for the frame pane, in which order, and what becomes of it where the cursor has moved on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import zarr

from resonance_tui.session import frame_series
from tests.beamtime import BeamtimeBuilder, chunk_file, small_frames
from tests.pilot.driving import Gate, driving
from tests.pilot.frames import N, in_frame, line

Hold = Callable[..., Gate]


def of_frame(*indices: int) -> Callable[..., bool]:
    """Holds the pictures of these frames."""
    return lambda uid, subject, *_: subject.kind == "frame" and subject.index in indices


# a frame that was not there yet


async def test_a_frame_that_was_not_there_yet_shows_by_itself_once_its_chunk_is_written(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    frames = small_frames(4)
    events = [{"energy_position": 270.0 + i, "i0": 0.5} for i in range(4)]
    with beamtime("live.db") as builder:
        uid = builder.run(None, stop=None, events=events, frames={"detector_image": frames[:3]}, refs=False)
    async with driving(builder.path) as drive:
        await drive.press("2", "G")
        await drive.until(lambda: "Frame 4 is not there yet" in drive.note("frame"), "it is said")
        array = zarr.open_array(str(builder.zarr_path), path=f"runs/{uid}/detector_image")
        array.resize((4, *frames.shape[1:]))
        array[3] = frames[3]
        await drive.until(lambda: drive.frame.picture is not None, "the picture, without a key")
        assert drive.note("frame") == ""
        assert drive.frame.picture is not None
        assert drive.frame.picture.lowest == frames[3].min()
        assert drive.position == 3
        assert "4 of 4" in drive.title("frame")


# a series of frames, faster than they are read


async def test_while_a_key_is_held_some_of_the_frames_are_shown_and_the_newest_at_last(
    frames_beamtime: Path, hold: Hold
) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        slow, last = hold("picture", of_frame(1)), hold("picture", of_frame(5))
        await drive.pilot.press("]")
        await drive.until(slow.held.is_set, "the second frame is being read")
        await drive.pilot.press("]", "]", "]", "]")
        slow.open()
        await drive.until(last.held.is_set, "the newest one is being read")
        await drive.pilot.pause()
        assert state.shown is not None
        assert state.shown.subject.index == 1, "what was under way is shown, though the cursor is further"
        assert state.index == 5
        last.open()
        await drive.settled()
        assert state.shown.subject.index == 5
        assert [subject.index for _, subject, *_ in last.calls[:2]] == [1, 5], "those between were never read"


async def test_what_goes_wrong_with_a_frame_already_left_is_not_said(
    beamtime: Callable[..., BeamtimeBuilder], hold: Hold
) -> None:
    with beamtime("broken.db") as builder:
        uid = builder.run(None, frames={"detector_image": small_frames(4)})
    chunk = chunk_file(builder.zarr_path, f"runs/{uid}/detector_image", 1)
    chunk.write_bytes(chunk.read_bytes()[:20])
    async with driving(builder.path) as drive:
        state = await in_frame(drive)
        broken, good = hold("picture", of_frame(1)), hold("picture", of_frame(2))
        await drive.pilot.press("]")
        await drive.until(broken.held.is_set, "the damaged frame is being read")
        await drive.pilot.press("]")
        broken.open()
        await drive.until(good.held.is_set, "the next one is being read")
        await drive.pilot.pause()
        assert drive.note("frame") == ""
        assert state.shown is not None
        assert state.shown.subject.index == 0, "the last picture stays until the next is there"
        good.open()
        await drive.settled()
        assert drive.note("frame") == ""
        assert state.shown.subject.index == 2
        await drive.press("[")
        assert "damaged or incomplete" in drive.note("frame"), "where one stays, it is said"


# frames that are read before they are asked for


async def test_frames_are_read_ahead_in_the_direction_in_which_one_goes(
    frames_beamtime: Path, hold: Hold
) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        ahead = hold("ahead", lambda *_: False).calls
        for key, wanted in (
            ("]", [2, 3, 4, 5]), ("right_curly_bracket", []), ("[", [9, 8, 7, 6]), ("[", [8, 7, 6, 5]),
            ("left_curly_bracket", []), ("]", [2, 3, 4, 5]),
        ):  # fmt: skip
            await drive.press(key)
            assert list(ahead[-1][1]) == wanted, key
        assert len(ahead) == 6


# checking every exposure


async def test_v_checks_frames_that_are_too_many_to_be_checked_unasked_and_tells_them_in_parts(
    frames_beamtime: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_series, "_UNASKED_BYTES", 1)
    monkeypatch.setattr(frame_series, "_REPORT_EVERY_S", 0.0)
    unasked = hold("exposures", lambda *_, **__: False).calls
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.until(lambda: unasked and not drive.busy("strip"), "it was looked how many there are")
        assert set(state.exposures) == {0}
        gate = hold("one of many", lambda images, uid, index: index == 7)
        await drive.pilot.press("v")
        assert "checking the exposures" in line(drive)
        await drive.until(gate.held.is_set, "the eighth is being read")
        await drive.until(lambda: set(state.exposures) == set(range(7)), "those before it are told")
        gate.open()
        await drive.settled()
        assert set(state.exposures) == set(range(N))
        assert "checking" not in line(drive)
        await drive.press("v")
        assert "all frames are checked" in line(drive)
        assert [index for *_, index in gate.calls] == list(range(1, N)), "each is read once"


@pytest.mark.parametrize("wanted", ["picture", "ahead"])
async def test_checking_the_exposures_waits_while_frames_are_read_that_the_user_asked_for(
    frames_beamtime: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(frame_series, "_UNASKED_BYTES", 1)
    unasked = hold("exposures", lambda *_, **__: False).calls
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.until(lambda: unasked and not drive.busy("strip"), "it was looked how many there are")
        urgent, checked = hold(wanted), hold("one of many", lambda *_: False).calls
        pauses = hold("pause", lambda *_: False).calls
        await drive.pilot.press("]")
        await drive.until(urgent.held.is_set, "a frame is being read")
        await drive.pilot.press("v")
        await drive.until(lambda: len(pauses) > 2, "it waits, and looks again, and waits")
        assert checked == []
        urgent.open()
        await drive.until(lambda: set(state.exposures) == set(range(N)), "then all are checked")
