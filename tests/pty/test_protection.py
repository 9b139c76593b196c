"""The running app has given up the right to write near the data, unless it was asked not to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.pty.terminal import Terminal, resonance_tui

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")


def has_given_up_privileges(pid: int) -> bool:
    """What a process must do before Landlock binds it, and which nothing else here does."""
    return "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize(("flags", "given_up"), [([], True), (["--no-landlock"], False)], ids=str)
def test_the_flag_decides(small_beamtime: Path, flags: list[str], given_up: bool) -> None:
    with Terminal(resonance_tui(*flags, small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        assert has_given_up_privileges(terminal.process.pid) == given_up
        assert terminal.quit() == 0


def test_the_demo_removes_its_folder_all_the_same(tmp_path: Path) -> None:
    with Terminal(resonance_tui("demo", "--frame-size", "256"), env={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.until("demo.db")
        assert len(list(tmp_path.iterdir())) == 1
        assert terminal.quit() == 0
    assert list(tmp_path.iterdir()) == []
