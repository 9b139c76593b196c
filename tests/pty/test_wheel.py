"""What is built and installed starts by itself: its stylesheets are in the wheel and are found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.pty.terminal import ROOT, Terminal, terminal_environment

CLEAN = {"PYTHONPATH": None, "PYTHONHOME": None, "VIRTUAL_ENV": None}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: the repository stays as it is."""
    copy, built = tmp_path_factory.mktemp("source") / "copy", tmp_path_factory.mktemp("wheel")
    unneeded = shutil.ignore_patterns(
        ".*", "__pycache__", "tests", "benchmarks", "build", "dist", "*.egg-info"
    )
    shutil.copytree(ROOT, copy, ignore=unneeded)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", built, copy)
    (path,) = built.glob("resonance_tui-*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The interpreter of a clean environment that the wheel was installed into, with what it depends on."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel)
    yield python
    shutil.rmtree(folder)  # thousands of files; pytest would keep them for three more times


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
        env=terminal_environment({**CLEAN, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_its_styles_and_its_licence_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for sheet in (ROOT / "tcss").glob("*.tcss"):
        assert f"resonance_tui/tcss/{sheet.name}" in names
    assert "resonance_tui/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"resonance_tui"}


def test_the_installed_app_finds_its_styles(installed: Path, tmp_path: Path) -> None:
    code = "from resonance_tui.app.stylesheets import sheet_folder; print(sheet_folder())"
    folder = Path(run(installed, "-c", code, cwd=tmp_path).strip())
    assert folder.is_dir()
    assert folder.parts[-3:] == ("site-packages", "resonance_tui", "tcss")
    assert installed.parent.parent.resolve() in folder.resolve().parents


def test_the_installed_app_shows_its_panes(installed: Path, small_beamtime: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command: list[str | Path] = [installed, "-m", "resonance_tui", os.path.relpath(small_beamtime, elsewhere)]
    with Terminal(command, env=CLEAN, cwd=elsewhere) as terminal:
        for title in ("Runs  6 runs", "─Details─", "─Plot", "─Events", "─Frame"):
            terminal.until(title)
        terminal.press("j", "j", "j")
        terminal.until("Frame  1 of 6 ")
        terminal.until(" max ")
        assert terminal.quit() == 0


def test_the_console_script_starts(installed: Path, tmp_path: Path) -> None:
    assert run(installed.parent / "resonance-tui", "--version", cwd=tmp_path).startswith("resonance-tui ")
