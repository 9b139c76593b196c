"""The plot pane: what is drawn at first, and what its keys change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.events import Paste

from tests.beamtime import BeamtimeBuilder, angle_run
from tests.pilot.driving import LARGE, SMALL, Drive, driving


@pytest.fixture(scope="module")
def angles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("angles") / "angles.db"
    angle_run(path, 200)
    return path


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Newest first: a map of 20 lines, two knife edges, two spectra of one sample, a run of one point, one of NaN."""
    path = tmp_path_factory.mktemp("scans") / "scans.db"
    x = np.linspace(-3, 3, 61)
    energy = np.linspace(270, 370, 101)
    with BeamtimeBuilder(path) as b:
        ps, grid = b.sample("ps"), b.sample("grid")
        b.run(
            grid,
            events=[{"energy_position": 280.0 + i, "tey_signal": float("nan"), "i0": 1.0} for i in range(9)],
        )
        b.run(grid, events=[{"energy_position": 280.0, "tey_signal": 1.0, "i0": 0.5}])
        for size in (1.0, 2.0):
            b.run(ps, events=[
                {"energy_position": float(e), "tey_signal": size * (0.1 + np.exp(-((e - 290) ** 2) / 8)),
                 "photodiode": -0.1, "i0": 0.5 if e > 275 else 1e-4} for e in energy
            ])  # fmt: skip
        for at in (0.3, 0.5):
            b.run(grid, events=[
                {"sam_z_position": float(z), "tey_signal": 0.5, "photodiode": float(1 / (1 + np.exp(8 * (z - at))))}
                for z in x
            ])  # fmt: skip
        b.run(grid, events=[
            {"sam_x_position": float(i % 15), "sam_y_position": float(i // 15), "tey_signal": float(i), "i0": 1.0}
            for i in range(300)
        ])  # fmt: skip
    return path


async def to(drive: Drive, run: int) -> None:
    """Go to a run of the list, from its plot pane."""
    await drive.press("1", "g", *["j"] * run, "3")


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])
async def test_the_first_plot_of_each_scan_needs_no_key(scans: Path, size: tuple[int, int]) -> None:
    async with driving(scans, size) as drive:
        titles = []
        for run in range(7):
            await to(drive, run)
            titles.append(drive.title("plot").removeprefix("Plot  ").split(" · ")[0])
        assert titles == [
            "tey_signal over sam_x (mm) × 20 sam_y",
            "photodiode over sam_z (mm)",
            "photodiode over sam_z (mm)",
            "tey_signal ÷ i0 over energy (eV)",
            "tey_signal ÷ i0 over energy (eV)",
            "tey_signal over event",
            "i0 over energy (eV)",
        ]


async def test_the_list_says_what_kind_of_scan_it_was(scans: Path) -> None:
    async with driving(scans) as drive:
        await drive.press("1")
        lines = "\n".join(drive.runs_in_view())
        for kind in (
            "map sam_x × sam_y (15 × 20)",
            "line-up sam_z -3→3 (61)",
            "energy 270→370 (101)",
            " count ",
        ):
            assert kind in lines


async def test_i_divides_and_the_title_says_what_is_left_out(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 3)
        assert (
            drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV) · 6 points hidden (|i0| < 0.035)"
        )
        await drive.press("i")
        assert "−ln(tey_signal ÷ i0)" in drive.title("plot")
        await drive.press("i")
        assert "edge step normalised" in drive.title("plot")
        await drive.press("i")
        assert drive.title("plot") == "Plot  tey_signal over energy (eV)"
        await drive.press("i", "I")
        assert "6 points hidden (|i0| < 0.0005)" in drive.title("plot")


async def test_a_negative_signal_has_no_logarithm_and_the_pane_says_so(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 3)
        await drive.press("y", *"photo", "enter", "i")
        assert "Nothing to draw of −ln(photodiode ÷ i0)" in drive.note("plot")
        assert "95 points hidden (≤ 0" in drive.note("plot")
        await drive.press("a")
        assert drive.note("plot") == ""
        assert "tey_signal ÷ i0" in drive.title("plot")


async def test_x_y_and_the_curves_are_picked_from_a_list_one_types_into(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("3", "x", *"sam", "enter")
        assert "over sam_th (°)" in drive.title("plot")
        await drive.press("a", "y", *"i0", "space", "enter")
        assert drive.title("plot").startswith("Plot  tey_signal ÷ i0, i0 over energy")
        await drive.press("y", *"nothing like it", "enter", "escape")
        assert drive.title("plot").startswith("Plot  tey_signal ÷ i0, i0 over energy")
        await drive.press("a", "c", "home", "enter")
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"


async def test_keys_typed_in_one_go_are_the_lists_from_its_opening_on(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.pilot.press("3")
        await drive.pilot.press("x", *"time", "enter", "d")
        await drive.settled()
        assert drive.title("plot").startswith("Plot  d(tey_signal ÷ i0)/d time over time (s)")


async def test_a_text_that_is_pasted_narrows_the_list(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("3", "x")
        drive.screen.post_message(Paste("sam"))
        await drive.press("enter")
        assert "over sam_th (°)" in drive.title("plot")


async def test_what_was_chosen_is_kept_for_scans_of_the_kind(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 3)
        await drive.press("i", "L")
        await to(drive, 4)
        assert "−ln(tey_signal ÷ i0)" in drive.title("plot")
        assert " · log" in drive.title("plot")
        await to(drive, 1)
        assert drive.title("plot") == "Plot  photodiode over sam_z (mm)"


async def test_what_was_chosen_for_one_angle_leaves_five_their_curves(tmp_path: Path) -> None:
    angle_run(tmp_path / "angles.db", 200)
    with BeamtimeBuilder.reopened(tmp_path / "angles.db") as b:
        b.run(
            None, events=[{"energy_position": 270.0 + i, "tey_signal": 1.0 + i, "i0": 0.5} for i in range(20)]
        )
    async with driving(tmp_path / "angles.db") as drive:
        await drive.press("3", "L")
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV) · log"
        await to(drive, 1)
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV) × 5 sam_th · log"


async def test_of_many_lines_the_one_under_the_cursor_is_drawn_with_its_neighbours(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 0)
        assert drive.plot.legend.endswith("■ 0  ■ 1")
        await drive.press("j", "j", "j", "j")
        assert drive.position == 60
        assert drive.plot.legend.endswith("■ 3  ■ 4  ■ 5")
        await drive.press(*["l"] * 15)  # along the line into the next
        assert drive.plot.legend.endswith("■ 4  ■ 5  ■ 6")


async def test_a_line_up_says_its_half_cut_and_copies_it(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 1)
        await drive.until(lambda: drive.plot.readings, "the curve is read")
        assert drive.plot.readings[:2] == ("half height at 0.5 mm", "falling 1 → 3.38e-8")
        await drive.press("Y")
        assert drive.pilot.app.clipboard == "0.5"
        assert drive.plot.under_cursor.startswith("0.5 sent to the terminal's clipboard")
        await drive.press("m", "m", "Y")
        assert drive.pilot.app.clipboard == "1"  # the maximum
        await drive.press("m", "Y")
        assert drive.pilot.app.clipboard == "-3"  # where it is
        await drive.press("l")  # what was said of a key is gone with the next move
        assert drive.plot.under_cursor.startswith("▸ sam_z -2.9")


async def test_what_is_read_is_read_in_the_visible_range(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 4)
        await drive.until(lambda: drive.plot.readings, "the curve is read")
        assert drive.plot.readings[:2] == ("max 2.2", "at 290 eV")
        await drive.press("G", "plus", "plus")
        await drive.until(lambda: drive.plot.readings == ("flat at 0.2",), "only the end is read")
        drawing = drive.plot.view.drawing
        assert drawing is not None
        assert drawing.x == (364.125, 370.0)
        await drive.press("g")  # the window goes where the cursor goes
        drawing = drive.plot.view.drawing
        assert drawing is not None
        assert drawing.x[0] <= 270.0 <= drawing.x[1]
        await drive.press("0")
        drawing = drive.plot.view.drawing
        assert drawing is not None
        assert drawing.x == (276.0, 370.0)  # where the beam was on


async def test_a_range_that_is_typed_is_shown(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 4)
        for text in ("283 292", "283-292", "292..283"):
            await drive.press("0", "colon", *text, "enter")
            drawing = drive.plot.view.drawing
            assert drawing is not None
            assert drawing.x == (283.0, 292.0)


async def test_the_legend_marks_the_curve_under_the_cursor(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("3", "j", "j")
        legend = drive.plot.query_one("#legend").render()
        marked = [
            legend.plain[span.start : span.end] for span in legend.spans if "underline" in str(span.style)
        ]
        assert marked == ["55"]


async def test_keys_pressed_before_anything_is_drawn_are_done_then(scans: Path) -> None:
    async with driving(scans) as drive:
        await drive.pilot.press("1", "g", "j", "j", "j", "j", "3", "d", "colon", *"290", "enter")
        await drive.settled()
        await drive.settled()
        assert drive.title("plot").startswith("Plot  d(tey_signal ÷ i0)/d energy")
        assert drive.position == 20


async def test_a_run_that_is_gone_does_not_cost_the_others(tmp_path: Path) -> None:
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        for size in (1.0, 2.0, 3.0):
            b.run(None, events=[{"energy_position": 270.0 + i, "tey_signal": size * i} for i in range(9)])
    async with driving(tmp_path / "b.db") as drive:
        await drive.press("space", "space", "space", "equals_sign")
        assert "3 runs" in drive.title("plot")
        with BeamtimeBuilder.reopened(tmp_path / "b.db") as b:
            b.raw("DELETE FROM runs WHERE rowid = 1")
        await drive.press("r")
        await drive.press("3", "a")
        assert "2 runs" in drive.title("plot")
        assert drive.note("plot") == ""


# runs over one another


async def test_marked_runs_are_drawn_over_one_another_and_compared(scans: Path) -> None:
    async with driving(scans) as drive:
        await drive.press("j", "j", "j", "space", "space")
        assert drive.title("runs") == "Runs  7 runs · 2 marked"
        await drive.press("equals_sign")
        assert "2 runs" in drive.title("plot")
        legend = drive.plot.legend
        assert legend == "■ 03:30  ■ 03:13"  # what they share is left out
        assert "ps" in drive.runs_in_view()[3]
        assert drive.plot.plot is not None
        assert drive.plot.plot.uid in drive.runs.marks  # so that there is a cursor on one of them
        await drive.press("3", "D")
        assert "tey_signal ÷ i0 − first run" in drive.title("plot")
        await drive.press("D")
        assert "tey_signal ÷ i0 ÷ first run" in drive.title("plot")
        plot = drive.plot.plot
        assert plot is not None
        assert np.nanmax(np.abs(plot.curves[1].y - 0.5)) < 1e-9  # the second has half of the first
        await drive.press("equals_sign")
        assert "runs" not in drive.title("plot")
        await drive.press("1", "escape")
        assert drive.title("runs") == "Runs  7 runs"


async def test_without_marks_the_last_of_the_sample_and_kind_are_laid_over(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 1)
        await drive.press("equals_sign")
        plot = drive.plot.plot
        assert plot is not None
        assert len(plot.curves) == 2  # not the map, not the energies
        assert [line[:2] for line in drive.runs_in_view()].count("✓◇") == 2  # the list shows their colours
        assert plot.curves[0].positions.size == 61
        await drive.press("l", "l")
        assert drive.event_under_cursor() == "3"
        await to(drive, 3)  # they were meant for that run
        assert "runs" not in drive.title("plot")


async def test_a_run_keeps_its_colour(scans: Path) -> None:
    async with driving(scans) as drive:
        await drive.press("j", "j", "j", "space", "space", "equals_sign")
        plot = drive.plot.plot
        assert plot is not None
        colour_indices = {curve.label: curve.colour_index for curve in plot.curves}
        await drive.press("j", "space", "equals_sign", "equals_sign")
        plot = drive.plot.plot
        assert plot is not None
        again = {curve.label: curve.colour_index for curve in plot.curves}
        assert len(set(again.values())) == 3
        assert {
            again[label] for label in again if label[-5:] in {known[-5:] for known in colour_indices}
        } == set(colour_indices.values())


# what goes wrong


async def test_what_cannot_be_done_is_said_in_the_pane(scans: Path) -> None:
    async with driving(scans) as drive:
        await to(drive, 1)
        for keys, words in [
            (["i"], "no i0"), (["D"], "only overlaid runs"), (["c"], "one curve"), (["o"], "one curve"),
            (["colon", "x", "enter"], "neither an x"), (["colon", *"999", "enter"], "outside of -3…3"),
        ]:  # fmt: skip
            await drive.press(*keys)
            assert words in drive.plot.under_cursor, keys


async def test_a_key_pressed_while_the_events_are_read_is_answered(scans: Path) -> None:
    async with driving(scans) as drive:
        await drive.pilot.press("1", "g", "j", "3", "p")
        await drive.settled()
        assert drive.plot.position == int(np.argmin(np.abs(np.linspace(-3, 3, 61) + 3)))


@pytest.mark.parametrize(
    "values", [[float("inf"), 1e300, -1e305, 1.0], [float("nan")] * 3, [5e-324, 0.0, 1e-300]]
)
async def test_values_that_cannot_be_drawn_do_not_end_the_program(tmp_path: Path, values: list[Any]) -> None:
    with BeamtimeBuilder(tmp_path / "odd.db") as b:
        b.run(
            b.sample("odd"),
            events=[{"energy_position": 270.0 + i, "tey_signal": v} for i, v in enumerate(values)],
        )
    async with driving(tmp_path / "odd.db") as drive:
        await drive.press("3", "L", "L", "L", "d", "o", "i", "i", "i", "i", "p", "plus", "minus", "0")
        assert drive.pilot.app.is_running
        assert drive.title("plot").startswith("Plot  ")


async def test_runs_of_different_kinds_are_overlaid_as_far_as_they_have_an_axis_in_common(beamtime) -> None:
    b = beamtime()
    b.run(b.sample("A"), events=[{"sam_z_position": 0.1 * i, "photodiode": 1.0 * i * i} for i in range(9)])
    angles = [
        {"energy_position": 280.0 + i, "sam_th_position": th, "photodiode": 1.0 * i}
        for th in (20.0, 55.0)
        for i in range(9)
    ]
    b.run(b.sample("B"), events=angles)
    b.close()
    async with driving(b.path) as drive:
        for marks in (("space", "space"), ("j", "space", "k", "space")):
            await drive.press(*marks, "equals_sign")
            assert drive.note("plot") == ""
            assert "not drawn, as" in drive.title("plot")
            assert drive.plot.plot is not None
            assert (drive.plot.plot.over, drive.plot.plot.wanted) == (1, 2)
            await drive.press("equals_sign", "escape")
