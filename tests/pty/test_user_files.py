"""State and log of the running program: where they may lie, that they are written, and that neither is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from resonance_tui.user_files.locations import HOME_VARIABLE
from tests.beamtime import tree_state
from tests.pty.terminal import Terminal, resonance_tui, terminal_environment
from tests.waiting import PATIENCE_S

# The program with a fault of its own: a key whose handler fails, a title that cannot be drawn, …
_FAULTY = """\
import sys
from resonance_tui.{module} import {owner}
from resonance_tui.cli.main import main

def fail(*_, **__):
    raise TypeError("a fault\\n of \\x1b[2J ours")

{owner}.{name} = fail
main(sys.argv[1:])
"""


def faulty(module: str, owner: str, name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", _FAULTY.format(module=module, owner=owner, name=name), *map(str, arguments)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the user's files lie: beside the folder of the data, and not in it."""
    return tmp_path / "home"


def state_of(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((home / "state" / "state.json").read_text())
    return found


@pytest.mark.parametrize("flags", [[], ["--no-landlock"]], ids=str)
def test_the_beamtime_is_remembered_and_nothing_near_it_changed(
    small_beamtime: Path, home: Path, flags: list[str]
) -> None:
    before = tree_state(small_beamtime.parent)
    with Terminal(resonance_tui(*flags, small_beamtime), env={HOME_VARIABLE: str(home)}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.until_true((home / "state" / "state.json").exists, "nothing was remembered")
        assert terminal.quit() == 0
    last = state_of(home)["last_beamtime"]
    assert isinstance(last, dict)
    assert last["path"] == str(small_beamtime)
    assert (home / "log" / "resonance-tui.log").read_text() == ""
    assert tree_state(small_beamtime.parent) == before


def test_what_was_asked_is_logged_where_it_is_wanted(
    small_beamtime: Path, home: Path, tmp_path: Path
) -> None:
    """Beside the folder of the data Landlock lets nothing be made: the file is there before it closes the doors."""
    log = tmp_path / "asked.log"
    with Terminal(resonance_tui("--log", log, small_beamtime), env={HOME_VARIABLE: str(home)}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("j")
        terminal.until_matches(r"Events  .*1")
        assert terminal.quit() == 0
    lines = log.read_text().splitlines()
    assert lines[0].endswith(f"open {small_beamtime}")
    assert any(" INFO task-runs: runs " in line and " read in " in line for line in lines)
    assert any(" INFO task-events: " in line for line in lines)


def refused(*arguments: str | Path, cwd: Path | None = None) -> str:
    """The one line with which a log is refused; the screen was never taken over."""
    with Terminal(resonance_tui(*arguments), size=(400, 24), cwd=cwd) as terminal:
        assert terminal.wait_exit() == 2, terminal.framed()
        (line,) = filter(None, terminal.lines())
        assert line.startswith("resonance-tui: --log ")
        assert b"\x1b" not in terminal.raw
        return line


def test_a_log_near_the_data_is_refused_however_it_is_named(small_beamtime: Path, tmp_path: Path) -> None:
    folder = small_beamtime.parent
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "log link").symlink_to(folder / "x.log")
    (tmp_path / "db link").mkdir()
    (tmp_path / "db link" / "b.db").symlink_to(small_beamtime)
    before = tree_state(folder)
    for log in (
        folder / "x.log", folder / "sub" / "x.log", folder.with_suffix("") / ".." / folder.name / "x.log",
        folder / "beamtime.zarr" / "x.log", tmp_path / "link" / "x.log", tmp_path / "log link",
    ):  # fmt: skip
        assert "near the data" in refused("--log", log, small_beamtime)
        assert "near the data" in refused("--log", log, folder)
        assert "near the data" in refused("--log", log, tmp_path / "db link")
    assert "near the data" in refused("--log", "x.log", "--no-landlock", cwd=folder)
    assert tree_state(folder) == before


def test_a_log_that_cannot_be_is_named(small_beamtime: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("my thesis")
    assert "No such file or directory" in refused("--log", tmp_path / "no" / "x.log", small_beamtime)
    assert "no log of this program" in refused("--log", tmp_path / "thesis.txt", small_beamtime)
    assert "no log of this program" in refused("--log", "/dev/null", small_beamtime)
    assert (tmp_path / "thesis.txt").read_text() == "my thesis"


@pytest.mark.parametrize("case", ["missing", "empty", "a file", "a file in the way", "near the data"])
def test_without_a_place_for_them_the_program_goes_on(
    small_beamtime: Path, tmp_path: Path, case: str
) -> None:
    env: dict[str, str | None] = {HOME_VARIABLE: None, "HOME": "/nonexistent"}
    if case == "empty":
        env["HOME"] = ""
    elif case == "a file":
        env["HOME"] = str(tmp_path / "home")
    elif case == "a file in the way":
        env[HOME_VARIABLE] = str(tmp_path / "home")
    elif case == "near the data":
        env[HOME_VARIABLE] = str(small_beamtime.parent / "mine")
    (tmp_path / "home").touch()
    before = tree_state(tmp_path)
    with Terminal(resonance_tui(small_beamtime), env=env) as terminal:
        terminal.until("Runs  6 runs")
        assert terminal.quit() == 0
    assert tree_state(tmp_path) == before
    done = subprocess.run(
        [*resonance_tui("doctor"), str(small_beamtime)],
        capture_output=True, text=True, env=terminal_environment(env), timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    found = {line[:18].strip(): line[19:] for line in done.stdout.splitlines()}
    assert ": none, " in found["state"]
    assert ": none, " in found["log"]
    assert tree_state(tmp_path) == before


def test_a_full_disk_under_the_log_stops_nothing(small_beamtime: Path, home: Path) -> None:
    code = _FAULTY.replace(
        'raise TypeError("a fault\\\\n of \\\\x1b[2J ours")', 'raise OSError(28, "No space left")'
    )
    command = [
        sys.executable, "-c", code.format(module="user_files.log_file", owner="BoundedLogFile", name="write"),
        str(small_beamtime),
    ]  # fmt: skip
    with Terminal(command, env={HOME_VARIABLE: str(home)}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("j")
        terminal.until_under_cursor("Runs", "failed")
        assert terminal.quit() == 0


# -- exceptions that nobody foresaw ------------------------------------------------------------------------


def test_an_exception_in_a_read_costs_its_pane_which_names_the_log(small_beamtime: Path, home: Path) -> None:
    command = faulty("catalog.run", "Run", "event_pages", small_beamtime)
    with Terminal(command, (300, 40), {HOME_VARIABLE: str(home)}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("j")
        terminal.until(
            f"this cannot be shown (unexpected TypeError); details in {home}/log/resonance-tui.log"
        )
        terminal.press("j")
        terminal.until_under_cursor("Runs", "aborted")
        assert terminal.quit() == 0
    text = (home / "log" / "resonance-tui.log").read_text()
    assert "Traceback (most recent call last):" in text
    assert r"TypeError: a fault\n of \x1b[2J ours" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_an_exception_when_a_result_is_shown_costs_its_pane(small_beamtime: Path, home: Path) -> None:
    command = faulty("panes.events.controller", "EventsController", "take_page", small_beamtime)
    with Terminal(command, (300, 40), {HOME_VARIABLE: str(home)}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("j")
        terminal.until(
            f"this cannot be shown (unexpected TypeError); details in {home}/log/resonance-tui.log"
        )
        terminal.press("j")
        terminal.until_under_cursor("Runs", "aborted")
        assert terminal.quit() == 0
    assert "showing events" in (home / "log" / "resonance-tui.log").read_text()


@pytest.mark.parametrize(
    ("module", "owner", "name", "keys"),
    [
        ("app.browse", "BrowseScreen", "on_mount", ""),
        ("app.app", "ResonanceApp", "action_help", "?"),
        ("app.app", "ResonanceApp", "on_unmount", "q"),
        ("panes.runs.run_list_widget", "RunList", "render_line", ""),
    ],
    ids=["at the start", "at a key", "at the end", "in drawing"],
)
def test_an_exception_in_the_app_ends_it_with_one_line_that_names_the_log(
    small_beamtime: Path, home: Path, module: str, owner: str, name: str, keys: str
) -> None:
    command = faulty(module, owner, name, small_beamtime)
    with Terminal(command, size=(300, 40), env={HOME_VARIABLE: str(home)}) as terminal:
        if keys:
            terminal.until("Runs  6 runs")
            terminal.press(keys)
        assert terminal.wait_exit() == 1
        log = home / "log" / "resonance-tui.log"
        said = f"resonance-tui: ended by an unexpected TypeError; details in {log}"
        assert terminal.raw.endswith(f"{said}\r\n".encode())
        assert terminal.raw.count(b"resonance-tui: ") == 1
        assert b"Traceback" not in terminal.raw
        assert b"\x1b[?1049l" in terminal.raw[terminal.raw.rindex(b"\x1b[?1049h") :]
        assert terminal.attributes() == terminal.attributes_before
    text = log.read_text()
    assert "the app failed" in text
    assert "Traceback (most recent call last):" in text


def test_without_a_log_the_line_says_how_to_have_one(small_beamtime: Path) -> None:
    env: dict[str, str | None] = {HOME_VARIABLE: None, "HOME": "/nonexistent"}
    command = faulty("app.app", "ResonanceApp", "action_help", small_beamtime)
    with Terminal(command, size=(300, 40), env=env) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("?")
        assert terminal.wait_exit() == 1
        assert "run it with --log FILE to have the details" in terminal.text()


def test_two_programs_under_one_account_share_their_files(small_beamtime: Path, home: Path) -> None:
    command, env = faulty("catalog.run", "Run", "event_pages", small_beamtime), {HOME_VARIABLE: str(home)}
    with Terminal(command, env=env) as one, Terminal(command, env=env) as two:
        for terminal in (one, two):
            terminal.until("Runs  6 runs")
            terminal.press("j")
            terminal.until("unexpected TypeError")
        for terminal in (one, two):
            terminal.until_true((home / "state" / "state.json").exists, "nothing was remembered")
            assert terminal.quit() == 0
    text = (home / "log" / "resonance-tui.log").read_text()
    assert text.count("Traceback (most recent call last):") >= 2
    assert state_of(home)["version"] == 1
    assert sorted(os.listdir(home / "state")) == ["state.json"]
