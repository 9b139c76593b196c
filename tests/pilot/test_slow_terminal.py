"""A terminal that is still drawing: cursors and pictures wait for it, and then only the newest is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beamtime import angle_run
from tests.pilot.driving import Drive, driving
from tests.pilot.frames import in_frame, words

PER_ANGLE = 20


@pytest.fixture(scope="module")
def angles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The energy at five angles, and a frame at every tenth event."""
    path = tmp_path_factory.mktemp("angles") / "angles.db"
    angle_run(path, 5 * PER_ANGLE, 5, 10)
    return path


def cursors_shown(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where the cursors of table and plot are put from here on."""
    put: list[tuple[str, int]] = []
    for name, pane in (("events", drive.events), ("plot", drive.plot)):
        show = pane.show_cursor

        def shown(position: int, name: str = name, show=show) -> None:
            put.append((name, position))
            show(position)

        monkeypatch.setattr(pane, "show_cursor", shown)
    return put


async def test_the_cursors_wait_while_the_terminal_draws_and_catch_up_once_with_the_newest(
    angles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(angles) as drive:
        drive.terminal_draws(monkeypatch)
        put = cursors_shown(drive, monkeypatch)
        await drive.press("]", "]", "]")
        assert drive.position == 30
        assert put == []
        assert drive.event_under_cursor() == "1"
        assert drive.plot.under_cursor.startswith("▸ energy 270 ")
        drive.terminal_is_ready()
        await drive.settled()
        assert put == [("events", 30), ("plot", 30)]
        assert drive.event_under_cursor() == "31"
        assert drive.plot.under_cursor.startswith("▸ energy 322.632")
        await drive.press("]")  # it answers at once again
        assert put[2:] == [("events", 40), ("plot", 40)]


async def test_a_pane_in_which_one_moves_counts_each_key_while_the_terminal_draws(
    angles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(angles) as drive:
        await drive.press("2")
        drive.terminal_draws(monkeypatch)
        await drive.press("j", "j", "j")
        assert drive.event_under_cursor() == "4"
        assert drive.plot.under_cursor.startswith("▸ energy 270 ")
        drive.terminal_is_ready()
        await drive.settled()
        assert drive.plot.under_cursor.startswith("▸ energy 285.789")


async def test_a_move_in_the_other_pane_counts_from_the_event_under_the_cursor_while_the_terminal_draws(
    angles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(angles) as drive:
        await drive.press("2")
        drive.terminal_draws(monkeypatch)
        await drive.press("j", "j", "j", "3", "l", "l")
        assert drive.position == 5


async def test_what_is_read_of_the_curve_counts_from_where_the_cursor_was_when_it_began_to_wait(
    angles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(angles) as drive:
        await drive.press("3")
        await drive.until(lambda: drive.plot.readings, "the first curve is read")
        read = drive.plot_readings(monkeypatch)
        drive.terminal_draws(monkeypatch)
        await drive.press("j", "l", "l")  # to the next curve, and on along it
        assert read == []
        drive.terminal_is_ready()
        await drive.settled()
        assert read == [1], "the second curve, though the last moves were along it"


async def test_of_pictures_that_were_ready_meanwhile_only_the_newest_is_shown(
    frames_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        drive.terminal_draws(monkeypatch)
        pictures = drive.pictures_shown(monkeypatch)
        for _ in range(3):
            await drive.press("]")  # each of them is ready, and waits
        assert state.index == 3
        assert state.shown is not None
        assert state.shown.subject.index == 0
        assert pictures == []
        drive.terminal_is_ready()
        assert state.shown.subject.index == 3
        assert len(pictures) == 1


async def test_the_contact_sheet_is_drawn_once_the_terminal_is_ready(
    frames_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        drive.terminal_draws(monkeypatch)
        await drive.press("t", "l", "l")
        assert state.on_sheet
        assert "▸" not in words(drive)
        drive.terminal_is_ready()
        assert "▸3" in words(drive)
