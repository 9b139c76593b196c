"""Row, point and frame are one event, from whichever pane it is moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beamtime import BeamtimeBuilder, angle_run
from tests.pilot.driving import Drive, driving

N_FRAMES = 5
Scan = tuple[Path, int, int]
"""A beamtime, how many events its run has, and how many of them at one angle."""


@pytest.fixture(scope="module", params=[(10, 2), (3650, 5), (100_000, 5)], ids=["10", "3650", "100000"])
def angles(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """A run of so many events at some angles, with a frame at every fifth part of them."""
    path = tmp_path_factory.mktemp("angles") / "angles.db"
    n, n_angles = request.param
    angle_run(path, n, n_angles, N_FRAMES)
    return path, n, n // n_angles


def check(drive: Drive, position: int, n: int, per_angle: int) -> None:
    """The event is the same in all three panes."""
    assert drive.position == position
    assert drive.event_under_cursor() == str(position + 1)
    plot = drive.plot
    assert plot.position == position
    energy = 270 + 100 * (position % per_angle) / (per_angle - 1)
    assert plot.plot is not None
    assert plot.plot.x[position] == pytest.approx(energy, abs=1e-3)
    assert plot.under_cursor.startswith(f"▸ energy {round(energy, 3):.6g}")
    drawing = plot.view.drawing
    assert drawing is not None
    cell = drawing.cell_of(float(plot.plot.x[position]), float(plot.plot.shown[0][position]))
    assert cell is not None
    assert plot.view.render_line(cell[1]).text[cell[0]] == "●"
    frame, rest = divmod(position, n // N_FRAMES)
    if rest:
        assert f"Event {position + 1:,} has no frame" in drive.note("frame")
    else:
        assert f"{frame + 1} of {N_FRAMES}" in drive.title("frame")
        assert drive.frame.picture is not None


async def test_a_move_in_one_pane_is_a_move_in_all(angles: Scan) -> None:
    path, n, per_angle = angles
    async with driving(path) as drive:
        check(drive, 0, n, per_angle)
        await drive.press("2", "j")
        check(drive, 1, n, per_angle)
        await drive.press("G")
        check(drive, n - 1, n, per_angle)
        await drive.press("3", "h")  # along the curve
        check(drive, n - 2, n, per_angle)
        await drive.press("g")
        check(drive, 0, n, per_angle)
        await drive.press("j")  # to the next curve, at the same energy
        check(drive, per_angle, n, per_angle)
        await drive.press("p")  # to the maximum of that curve
        check(drive, 2 * per_angle - 1, n, per_angle)
        await drive.press("colon", *"270", "enter")
        check(drive, per_angle, n, per_angle)
        apart = n // N_FRAMES
        next_frame = (per_angle // apart + 1) * apart
        await drive.press("4", "]")
        check(drive, next_frame, n, per_angle)
        await drive.press("[", "[")
        check(drive, next_frame - 2 * apart, n, per_angle)
        await drive.press("escape", "slash", *"energy 370", "enter", "n")
        check(drive, 2 * per_angle - 1, n, per_angle)


async def test_the_event_stays_under_the_cursor_whatever_is_drawn_and_however_it_is_sorted(
    angles: Scan,
) -> None:
    path, n, per_angle = angles
    here = n // 2
    async with driving(path) as drive:
        await drive.press("2", "slash", *f"# {here + 1}", "enter")
        check(drive, here, n, per_angle)
        await drive.press("3", "i", "L", "d", "o", "a")
        check(drive, here, n, per_angle)
        await drive.press("x", *"time", "enter")
        assert drive.position == here
        assert drive.plot.under_cursor.startswith(f"▸ time {here}")
        await drive.press("a", "2", "l", "l", "s", "s")
        check(drive, here, n, per_angle)
        assert "by " in drive.title("events")
        await drive.press("r")
        check(drive, here, n, per_angle)


async def test_the_run_list_can_be_read_again_and_searched_without_moving_the_cursor(tmp_path: Path) -> None:
    path = tmp_path / "angles.db"
    uid = angle_run(path, 100)
    async with driving(path) as drive:
        await drive.press("3", "l", "l", "l")
        with BeamtimeBuilder.reopened(path) as b:
            b.run(b.sample("a newer one"), events=[{"energy_position": 1.0, "i0": 0.5}])
        await drive.press("r", "slash", *"angles", "enter")
        assert drive.uid == uid
        assert drive.position == 3
        assert drive.event_under_cursor() == "4"


async def test_keys_that_were_struck_before_a_page_arrives_are_not_undone_by_it(tmp_path: Path) -> None:
    path = tmp_path / "angles.db"
    angle_run(path, 10, 2, N_FRAMES)
    async with driving(path) as drive:
        await drive.press("2")
        for pane, key, reached in (("2", "down", 3), ("3", "right", 6)):
            await drive.press(pane)
            for _ in range(3):  # in one packet, and the page is on its way meanwhile
                drive.move_at_once(key)
            drive.deliver_page_again()
            await drive.settled()
            assert drive.position == reached
            assert drive.plot.position == reached
            assert drive.event_under_cursor() == str(reached + 1)
