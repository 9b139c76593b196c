"""The line one types the limits of the picture into."""

from __future__ import annotations

from pathlib import Path

from tests.pilot.driving import driving
from tests.pilot.frames import in_frame, line


async def test_limits_that_are_none_are_refused_and_those_before_stay(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("W", *"100 900", "enter")
        for text, said in (
            ("900", "two numbers"), ("1 2 3", "two numbers"), ("1e", "two numbers"),
            ("900 100", "smaller"), ("5 5", "smaller"), ("1 1e999", "smaller"),
        ):  # fmt: skip
            await drive.pilot.press("W", *text)
            assert f"▸ {text}_" in line(drive)
            await drive.pilot.press("enter")
            assert said in line(drive), text
            assert state.typed is None
            assert state.view.fixed == (100.0, 900.0), text
        await drive.press("]")
        assert "smaller" not in line(drive), "it is said until the next key"
        assert state.shown is not None
        assert state.shown.picture.limits == (100.0, 900.0)


async def test_limits_may_be_set_apart_by_a_comma_and_be_negative(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("W", *"-1.5,2e3", "backspace", *"2", "enter")
        assert state.view.fixed == (-1.5, 200.0)


async def test_a_key_that_is_no_text_ends_the_line_and_does_what_it_does(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("W", *"100 9", "down")
        assert state.typed is None
        assert "▸" not in line(drive)
        assert state.view.fixed is None
        assert state.index == 1
        await drive.press("W", *"100 9", "tab")
        assert state.typed is None
        assert drive.focused is not drive.frame
        assert state.view.fixed is None


async def test_letters_typed_into_the_line_are_no_commands(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        before = state.view
        await drive.press("W", *"sx]t1", "space", *"2q", "backspace", "backspace", "backspace")
        assert state.typed == "sx]t1"
        assert state.view == before
        assert state.index == 0
        await drive.press("enter")
        assert "two numbers" in line(drive)
        assert drive.pilot.app.is_running
