"""Where there is no terminal or nothing to open: one plain line, at once, and an exit status."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

import resonance_tui
from resonance_tui.cli.process_guard import missing_terminal
from tests.pty.terminal import Terminal, terminal_environment
from tests.pty.terminal import resonance_tui as command
from tests.waiting import PATIENCE_S

NEEDS_A_TERMINAL = "resonance-tui: needs a terminal on standard input and output\n"


def run(*arguments: str | Path, stdin: int | IO[Any], stdout: int | IO[Any]) -> tuple[int, str, str]:
    done = subprocess.run(
        command(*arguments),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
        env=terminal_environment(),
        check=False,
    )
    return done.returncode, done.stdout or "", done.stderr


def test_without_a_terminal_it_says_so_and_ends_at_once(small_beamtime: Path) -> None:
    assert run(small_beamtime, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) == (2, "", NEEDS_A_TERMINAL)


@pytest.mark.parametrize("lacking", ["stdin", "stdout"])
def test_half_a_terminal_is_none(small_beamtime: Path, lacking: str) -> None:
    master, slave = os.openpty()
    try:
        ends: dict[str, int] = {"stdin": slave, "stdout": slave}
        ends[lacking] = subprocess.DEVNULL if lacking == "stdin" else subprocess.PIPE
        status, out, err = run(small_beamtime, **ends)
    finally:
        os.close(slave)
        os.close(master)
    assert (status, out, err) == (2, "", NEEDS_A_TERMINAL)


def test_the_demo_is_not_written_for_nobody(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        command("demo"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=tmp_path,
        env=terminal_environment({"TMPDIR": str(tmp_path)}),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", NEEDS_A_TERMINAL)
    assert set(tmp_path.iterdir()) == before


def test_help_works_without_a_terminal() -> None:
    status, out, err = run("--help", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert (status, err) == (0, "")
    assert out.startswith("usage: resonance-tui")
    assert "resonance-tui demo" in out
    assert "q quits" in out


def test_version_works_without_a_terminal() -> None:
    status, out, err = run("--version", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert (status, out, err) == (0, f"resonance-tui {resonance_tui.__version__}\n", "")


@pytest.mark.parametrize("driver", ["", "textual.drivers.headless_driver:HeadlessDriver"])
def test_another_driver_needs_no_terminal(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        monkeypatch.setenv("TEXTUAL_DRIVER", driver)
        assert (missing_terminal() is None) == bool(driver)


# -- nothing to open -------------------------------------------------------------------------------------


def refusal(path: Path | str, cwd: Path | None = None) -> str:
    """The one line with which the app refuses to open a path; it never took the screen over."""
    with Terminal(command(path), size=(400, 24), cwd=cwd) as terminal:
        assert terminal.wait_exit() == 1, terminal.framed()
        lines = [line for line in terminal.lines() if line]
        assert len(lines) == 1, terminal.framed()
        assert lines[0].startswith("resonance-tui: ")
        assert b"\x1b" not in terminal.raw
        assert b"Traceback" not in terminal.raw
        return lines[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "not there.db"
    assert str(path) in refusal(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no folder" / "beamtime.db"
    assert str(path.parent) in refusal(path)


def test_a_folder_without_a_beamtime_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in refusal(tmp_path)
    assert str(tmp_path) in refusal(".", cwd=tmp_path)


def test_a_text_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database, just some notes\n" * 100)
    assert str(path) in refusal(path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert str(path) in refusal(path)


def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.db"
    os.mkfifo(path)
    assert str(path) in refusal(path)


def test_a_name_with_control_characters_moves_nothing_on_the_terminal(tmp_path: Path) -> None:
    line = refusal(tmp_path / "a\x1b[2Jb\x07\x9b\nc.db")
    assert "[2Jb" in line
    assert "c.db" in line


def test_a_beamtime_of_another_schema_is_refused_inside_the_app(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (id INTEGER)")
    connection.close()
    with Terminal(command(path)) as terminal:
        terminal.until("other.db")
        terminal.until_matches(r"not a beamtime|schema|no table|lacks")
        assert terminal.quit() == 0


@pytest.mark.parametrize("before", [[], ["doctor"], ["simulate"]], ids=["browse", "doctor", "simulate"])
def test_what_was_typed_wrongly_is_shown_literally(tmp_path: Path, before: list[str]) -> None:
    wrong = ["--bogus\x1b]52;c;aGk=\x07", "b.db\x1b[2J"]
    done = subprocess.run(
        [sys.executable, "-m", "resonance_tui", *before, "a.db", *wrong],
        capture_output=True, text=True, cwd=tmp_path, env=terminal_environment(None), check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert "␛]52;c;aGk=␇" in done.stderr
