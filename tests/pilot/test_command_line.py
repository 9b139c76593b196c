"""What is typed on the command line reaches the frame pane and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.widgets import Static

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.options import Options
from resonance_tui.cli import main as cli
from resonance_tui.cli.arguments import build_parser
from resonance_tui.panes.events.controller import EventsController
from resonance_tui.picture.palettes import SATURATED
from resonance_tui.user_files.log import end_log, start_log
from resonance_tui.user_files.state import StateFile
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
    options = cli._options(build_parser().parse_args([str(one_frame), *typed.split()]))
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
        build_parser().parse_args(["x.db", *typed.replace(" ", "=").split()])
    assert typed.split()[0] in capsys.readouterr().err


async def test_what_cannot_be_shown_costs_its_pane_only(
    one_frame: Path, monkeypatch: pytest.MonkeyPatch, not_shown: list[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TypeError("a fault of ours")

    monkeypatch.setattr(EventsController, "take_page", fail)
    async with driving(one_frame) as drive:
        await in_frame(drive)
        events = drive.events
        assert events.is_noted
        assert "this cannot be shown (unexpected TypeError)" in str(events.query_one(".note", Static).content)
        assert drive.frame.has_content
    assert any("a fault of ours" in found for found in not_shown)
    not_shown.clear()


@pytest.mark.parametrize("folder", ["", "mine"])
async def test_the_beamtime_is_remembered_where_there_is_a_folder_for_it(
    one_frame: Path, tmp_path: Path, folder: str
) -> None:
    state = StateFile(tmp_path / "mine" / "state.json")
    state.path.parent.mkdir()
    options = Options(state_folder=tmp_path / folder if folder else None)
    async with driving(one_frame, options=options) as drive:
        await drive.settled()
        if folder:
            await drive.until(state.path.exists, "the state")
            last = state.load().last_beamtime
            assert last is not None
            assert last.path == str(one_frame)
    assert state.path.exists() == bool(folder)


async def test_an_exception_in_a_handler_is_put_into_one_line(one_frame: Path, tmp_path: Path) -> None:
    start_log(tmp_path / "x.log")
    app = ResonanceApp(one_frame)

    def fail() -> None:
        raise TypeError("a fault of ours")

    try:
        with pytest.raises(TypeError, match="a fault of ours"):  # noqa: PT012 - as it ends, it is raised again
            async with app.run_test() as pilot:
                app.call_later(fail)
                await pilot.pause()
        assert app.return_code == 1
        assert app.failure == f"ended by an unexpected TypeError; details in {tmp_path / 'x.log'}"
        assert "TypeError: a fault of ours" in (tmp_path / "x.log").read_text()
    finally:
        end_log()


async def test_no_color_draws_frames_without_colours(
    one_frame: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(one_frame) as drive:
        state = await in_frame(drive)
        assert state.shown is not None
        assert state.shown.picture.palette.depth == "mono"
