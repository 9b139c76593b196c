"""The first picture does not wait for the large libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.pty.terminal import terminal_environment

LARGE = [
    "numpy",
    "pandas",
    "zarr",
    "numcodecs",
    "plotext",
    "textual_plotext",
    "resonance_tui.simulator.writer",
    "resonance_tui.simulator.demo",
]

# Nothing is read, so that only what the first picture needs is imported.
_UNTIL_PAINTED = """\
import asyncio, json, sys
from pathlib import Path
from resonance_tui.cli.arguments import build_parser
from resonance_tui.cli.main import _checked
from resonance_tui.app.app import ResonanceApp
from resonance_tui.session.monitor import BeamtimeMonitor
from resonance_tui.session.tasks import TaskRunner

asked = []
TaskRunner.submit = lambda self, task, *, finish=False: asked.append(task.kind)
BeamtimeMonitor.start = lambda self: None  # it may be quicker than the picture

async def first_picture():
    app = ResonanceApp(_checked(Path(build_parser().parse_args(sys.argv[1:]).path)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        lines = ["".join(s.text for s in strip) for strip in screen._compositor.render_strips()]
        return lines

lines = asyncio.run(first_picture())
print(json.dumps({"screen": "\\n".join(lines), "asked": asked, "modules": sorted(sys.modules)}))
"""

_UNTIL_THE_END = """\
import json, sys
from resonance_tui.cli.main import main

try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(sys.modules)))
"""


def test_the_first_picture_needs_none_of_the_large_libraries(small_beamtime: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNTIL_PAINTED, str(small_beamtime)],
        capture_output=True,
        text=True,
        timeout=60,
        env=terminal_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for title in ("Runs", "Events", "Plot", "Frame"):
        assert title in found["screen"]
    assert found["asked"] == ["runs"]
    assert [name for name in LARGE if name in found["modules"]] == []


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_what_needs_no_screen_does_not_import_the_app(argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNTIL_THE_END, argument],
        capture_output=True,
        text=True,
        timeout=60,
        env=terminal_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.splitlines()[-1])
    assert [name for name in (*LARGE, "textual", "rich", "numpy", "sqlite3") if name in modules] == []
