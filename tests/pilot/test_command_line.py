"""What is typed on the command line reaches the frame pane and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resonance_tui import cli
from resonance_tui.picture.palettes import SATURATED
from tests.beamtime import BeamtimeBuilder
from tests.pilot.driving import driving
from tests.pilot.frames import in_frame

SIDE = 128


@pytest.fixture
def one_frame(beamtime: Callable[..., BeamtimeBuilder]) -> Path:
    """A frame of 1000 counts, but for twenty pixels of 5000."""
    frame = np.full((SIDE, SIDE), 1000, dtype=np.int32)
    frame[60:64, 60:65] = 5000
    with beamtime("one.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": frame[None]})
    return builder.path


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("", ""),
        ("--saturated 4000", "OVEREXPOSED 20 px"),
        ("--saturated 4000 --over-pixels 1200", "OVEREXPOSED 20 px"),  # of 1024×1024: 19 of these
        ("--saturated 4000 --over-pixels 1400", ""),
        ("--dim 1500", "UNDEREXPOSED"),
        ("--dim 1500 --under-share 1", ""),
        ("--dim 4e3 --saturated 6e3 --under-share 0.99", "UNDEREXPOSED"),
    ],
)
async def test_thresholds_typed_on_the_command_line_reach_the_verdict(
    one_frame: Path, typed: str, verdict: str
) -> None:
    options = cli._options(cli.build_parser().parse_args([str(one_frame), *typed.split()]))
    async with driving(one_frame, options=options) as drive:
        state = await in_frame(drive)
        await drive.until(lambda: 0 in state.exposures, "the verdict")
        await drive.settled()
        title = drive.title("frame")
        assert verdict in title
        assert ("EXPOSED" in title) == bool(verdict)
        assert state.shown is not None
        seen = bool((state.shown.picture.codes == SATURATED).any())
        assert seen == ("--saturated 4000" in typed), "what is saturated is drawn so"


@pytest.mark.parametrize("typed", ["--under-share 1.5", "--saturated 0", "--dim -1", "--over-pixels inf"])
def test_thresholds_that_are_none_are_refused(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.build_parser().parse_args(["x.db", *typed.replace(" ", "=").split()])
    assert typed.split()[0] in capsys.readouterr().err


async def test_no_color_draws_frames_without_colours(
    one_frame: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(one_frame) as drive:
        state = await in_frame(drive)
        assert state.shown is not None
        assert state.shown.picture.palette.depth == "mono"
