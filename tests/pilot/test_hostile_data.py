"""A beamtime from anybody: what it holds is shown or named, and nothing of it acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.widgets import Static

from tests.beamtime import RSOXS_UID, small_frames
from tests.hostile import executing_array
from tests.pilot.driving import driving

GROUP = f"runs/{RSOXS_UID}/detector_image"


async def test_resting_on_a_run_with_a_pickle_for_a_frame_runs_nothing(
    small_beamtime: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    executing_array(small_beamtime.with_suffix(".zarr") / GROUP, trace)
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        assert "is not read: dtype |O" in drive.note("frame")
        assert drive.note("events") == ""
        await drive.press("4", "v", "t", "]")
        assert not trace.exists()


async def test_frames_of_complex_numbers_are_said_to_be_none_that_can_be_drawn(beamtime) -> None:
    b = beamtime()
    frames = np.ones((3, 6, 8), dtype=np.complex64)
    b.run(None, events=[{"x_position": float(i)} for i in range(3)], frames={"detector_image": frames})
    b.close()
    async with driving(b.path) as drive:
        assert "complex numbers, which are not drawn" in drive.note("frame")


async def test_a_plain_text_in_a_widget_would_be_noticed(small_beamtime: Path, raw_texts: list[str]) -> None:
    async with driving(small_beamtime) as drive:
        assert raw_texts == []
        drive.detail.query_one("#detail-text", Static).update("raw")
        await drive.pilot.pause()
        assert raw_texts == ["Static#detail-text: 'raw'"]
        raw_texts.clear()


async def test_the_name_of_a_stream_is_no_command_to_the_terminal(beamtime) -> None:
    b = beamtime()
    uid = b.run(None, events=[{"x_position": 1.0}])
    b.stream(uid, "dark\x1b]52;c;aGVsbG8=\x07", [{"a\x1b[2J": 1.0}], {"a\x1b[2J": {"dtype": "number"}})
    b.close()
    async with driving(b.path) as drive:
        await drive.press("5")
        text = str(drive.detail.query_one("#detail-text", Static).render())
        assert "Stream dark␛]52;c;aGVsbG8=␇" in text
        assert "a␛[2J" in text
        assert not any(character < " " and character != "\n" for character in text)


async def test_one_odd_run_costs_its_own_details_only(beamtime, monkeypatch: pytest.MonkeyPatch) -> None:
    from resonance_tui.session.columns import EventColumns

    b = beamtime()
    uids = [
        b.run(
            None,
            events=[{"x_position": float(i), "i0": 1.0} for i in range(3)],
            frames={"side": small_frames(3)},
        )
        for _ in range(3)
    ]
    b.close()
    real = EventColumns.stream

    def fail(self: EventColumns, uid: str, *args: Any, **how: Any) -> object:
        if uid == uids[1]:
            raise OverflowError("cannot convert float infinity to integer")
        return real(self, uid, *args, **how)

    monkeypatch.setattr(EventColumns, "stream", fail)
    async with driving(b.path) as drive:
        lines = drive.runs_in_view()
        assert "unreadable" in lines[1]
        for line in (lines[0], lines[2]):
            assert "line-up x 0→2" in line
            assert line.split()[-4:-2] == ["3", "3"]


async def test_what_one_look_cannot_do_is_said_and_the_next_goes_on(
    beamtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resonance_tui.session.monitor import BeamtimeMonitor

    b = beamtime()
    b.run(None, events=[{"x_position": 1.0}], status=None, stop=None)
    real = BeamtimeMonitor._live
    broken = True

    def fail(self: BeamtimeMonitor, *arguments: object) -> object:
        if broken:
            raise ZeroDivisionError("float division by zero")
        return real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(BeamtimeMonitor, "_live", fail)
    async with driving(b.path) as drive:
        said = "the run in progress cannot be looked at (unexpected ZeroDivisionError)"
        await drive.until(lambda: said in drive.title_bar.text, "it is said at the top")
        later = b.run(None, events=[{"x_position": 1.0}])
        await drive.until(lambda: drive.row_of(later) is not None, "a later run appears")
        broken = False
        await drive.until(lambda: said not in drive.title_bar.text, "it is over")
