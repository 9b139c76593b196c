"""What was chosen in the plot is kept for scans of the kind, marks for as long as their runs are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.beamtime import BeamtimeBuilder
from tests.pilot.driving import Drive, driving

ENERGY = np.linspace(280, 300, 21)


def spectrum(b: BeamtimeBuilder, sample: int, *, without: Sequence[str] = (), size: float = 1.0) -> str:
    """A run over the energy."""
    events = [
        {"energy_position": float(e), "tey_signal": size * (0.1 + i), "photodiode": 0.2 + i, "i0": 0.5}
        for i, e in enumerate(ENERGY)
    ]
    for event in events:
        for name in without:
            del event[name]
    return b.run(sample, events=events)


@pytest.fixture
def spectra(tmp_path: Path) -> Path:
    """Newest first: two spectra, one without a photodiode, a line-up, one of another sample."""
    with BeamtimeBuilder(tmp_path / "spectra.db") as b:
        ps, other = b.sample("ps"), b.sample("p3ht")
        spectrum(b, other, size=3.0)
        b.run(
            ps,
            events=[{"sam_z_position": float(z), "tey_signal": 1.0 + z, "photodiode": 2.0} for z in range(9)],
        )
        spectrum(b, ps, without=["photodiode"])
        spectrum(b, ps, size=2.0)
        spectrum(b, ps)
    return b.path


SPECTRUM, ITS_LIKE, WITHOUT_PHOTODIODE, LINE_UP, OTHER_SAMPLE = range(5)


async def to(drive: Drive, run: int) -> None:
    """Go to a run of the list, and to its plot."""
    await drive.press("1", "g", *["j"] * run, "3")


def plotted(drive: Drive) -> str:
    """What is drawn over what."""
    return drive.title("plot").removeprefix("Plot  ").split(" · ")[0]


# choices, for each kind of scan


async def test_the_fields_drawn_are_kept_for_scans_of_the_kind_as_far_as_they_have_them(
    spectra: Path,
) -> None:
    async with driving(spectra) as drive:
        await to(drive, SPECTRUM)
        await drive.press("y", *"photo", "enter", "i", "i", "i")
        assert plotted(drive) == "photodiode over energy (eV)"
        await to(drive, ITS_LIKE)
        assert plotted(drive) == "photodiode over energy (eV)"
        await to(drive, WITHOUT_PHOTODIODE)
        assert plotted(drive) == "tey_signal over energy (eV)", "its own signal, but not divided, as chosen"
        await to(drive, LINE_UP)
        assert plotted(drive) == "tey_signal over sam_z (mm)"
        await to(drive, ITS_LIKE)
        assert plotted(drive) == "photodiode over energy (eV)", "what one run lacks is not forgotten"


async def test_the_x_axis_is_kept_for_scans_of_the_kind_only(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await to(drive, SPECTRUM)
        await drive.press("x", *"time", "enter")
        await to(drive, ITS_LIKE)
        assert plotted(drive) == "tey_signal ÷ i0 over time (s)"
        await to(drive, LINE_UP)
        assert plotted(drive) == "tey_signal over sam_z (mm)"
        await drive.press("x", *"event", "enter", "d")
        assert plotted(drive) == "d(tey_signal)/d event over event"
        await to(drive, SPECTRUM)
        assert plotted(drive) == "tey_signal ÷ i0 over time (s)", "each kind has its own"


async def test_as_at_first_forgets_what_was_chosen_for_this_kind_and_no_other(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await to(drive, LINE_UP)
        await drive.press("d")
        await to(drive, SPECTRUM)
        await drive.press("L", "d", "a")
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"
        await to(drive, ITS_LIKE)
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"
        await to(drive, LINE_UP)
        assert plotted(drive) == "d(tey_signal)/d sam_z over sam_z (mm)"


async def test_what_was_chosen_is_kept_when_the_run_is_read_anew(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await to(drive, SPECTRUM)
        await drive.press("y", *"photo", "enter", "L")
        before = drive.title("plot")
        await drive.press("r")
        assert drive.title("plot") == before
        assert "photodiode" in before


# marks


async def test_marks_survive_reading_the_list_anew_as_long_as_their_runs_are_there(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await drive.press("space", "space", "j", "space", "k")
        marks = dict(drive.runs.marks)
        first, second, third = marks
        here = drive.uid
        assert len(set(marks.values())) == 3
        await drive.press("r")
        assert drive.runs.marks == marks
        assert drive.title("runs") == "Runs  5 runs · 3 marked"
        with BeamtimeBuilder.reopened(spectra) as b:
            b.raw("DELETE FROM runs WHERE uid = ?", (second,))
            newer = b.run(None, events=[{"energy_position": 1.0, "i0": 0.5}])
        await drive.press("r")
        assert drive.run_list.rows[0].uid == newer
        assert drive.runs.marks == {uid: marks[uid] for uid in (first, third)}, "in their colours"
        assert drive.title("runs") == "Runs  5 runs · 2 marked"
        assert [line[1] for line in drive.runs_in_view()] == [" ", "◆", " ", "◆", " "]
        assert drive.uid == here


# runs drawn over one another, and another run under the cursor


async def test_marked_runs_stay_drawn_whichever_run_is_under_the_cursor(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await drive.press("space", "space", "equals_sign", "3", "D")
        marked, legend, title = set(drive.runs.marks), drive.plot.legend, drive.title("plot")
        assert legend.count("■") == 2
        assert "first run" in title
        await to(drive, OTHER_SAMPLE)
        assert drive.uid not in marked
        assert drive.plot.legend == legend
        assert drive.title("plot") == title, "compared as before"
        await drive.press("2", "j")
        assert drive.event_under_cursor() == "2", "the run under the cursor is looked at all the same"
        assert drive.plot.under_cursor == "▸ the run under the cursor is not among them"
        await to(drive, ITS_LIKE)
        assert drive.plot.legend == legend
        await drive.press("l")
        assert drive.plot.under_cursor.startswith("▸ energy 281")


async def test_runs_found_for_another_run_are_not_drawn_over_the_next(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await to(drive, SPECTRUM)
        await drive.press("equals_sign", "D")
        assert "3 runs" in drive.title("plot")
        assert "first run" in drive.title("plot")
        await to(drive, ITS_LIKE)
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"
        assert "◇" not in "".join(drive.runs_in_view())
        await drive.press("equals_sign")
        assert "3 runs" in drive.title("plot")
        assert "first run" not in drive.title("plot"), "nor are they compared"


async def test_without_marks_any_more_the_run_under_the_cursor_is_drawn_alone(spectra: Path) -> None:
    async with driving(spectra) as drive:
        await drive.press("space", "space", "equals_sign", "j")
        assert "2 runs" in drive.title("plot")
        await drive.press("escape")
        assert drive.runs.marks == {}
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"
        plot = drive.plot.plot
        assert plot is not None
        assert plot.uid == drive.uid
