"""The log: what failed and what was asked, bounded, in plain lines, and in nobody's way."""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.user_files import log, log_file
from resonance_tui.user_files.atomic import UserFileError
from resonance_tui.user_files.log import (
    attach_log,
    end_log,
    log_asked,
    log_event,
    log_failure,
    log_path,
    start_log,
)
from resonance_tui.user_files.log_file import KEPT_FILES, BoundedLogFile
from resonance_tui.user_files.log_handler import failure_lines
from resonance_tui.user_files.plain import one_line
from tests.waiting import PATIENCE_S

RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \d+ (ERROR|INFO|WARNING) \S+: \S")


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "x.log"
    end_log()


def raised(error: BaseException) -> BaseException:
    """The error, with the traceback of having been raised here."""
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - any
        return caught


def written(path: Path) -> str:
    """What the log holds once all is written."""
    end_log(PATIENCE_S)
    return path.read_text()


# -- what is logged ----------------------------------------------------------------------------------------


def test_a_failure_is_logged_with_its_traceback_and_the_log_is_named(path: Path) -> None:
    start_log(path)
    assert log_path() == path
    assert log_failure("frame 5", raised(TypeError("no such thing"))) == path
    text = written(path)
    first, *rest = text.splitlines()
    assert RECORD.match(first)
    assert "ERROR" in first
    assert first.endswith("frame 5 failed: no such thing")
    assert rest[0] == "    Traceback (most recent call last):"
    assert f'File "{__file__}"' in text
    assert rest[-1] == "    TypeError: no such thing"


def test_by_default_neither_what_was_asked_nor_what_was_foreseen_is_logged(path: Path) -> None:
    start_log(path)
    log_event("open")
    log_asked("events", ("u", 1), 0.5)
    assert log_failure("events", raised(OSError("locked")), expected=True) is None
    assert written(path) == ""


def test_on_demand_all_is_logged(path: Path) -> None:
    start_log(path, everything=True)
    log_event("open /data/x.db")
    log_asked("events", ("8c26cf6d", 200), 0.0125)
    log_failure("events", raised(OSError("locked")), expected=True)
    lines = written(path).splitlines()
    assert lines[0].endswith("open /data/x.db")
    assert lines[1].endswith("events ('8c26cf6d', 200) read in 12.5 ms")
    assert lines[2].endswith("events failed: locked")
    assert lines[-1] == "    OSError: locked"


def test_before_it_is_started_nothing_is_logged_nor_printed(
    python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    code = """
from resonance_tui.user_files.log import *
assert log_path() is None and log_failure("x", ValueError("y")) is None
log_asked("x", 1, 1.0); log_event("x"); end_log()
"""
    done = python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_ends_a_thread_is_logged_and_not_printed(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    start_log(path)
    thread = threading.Thread(target=lambda: 1 / 0, name="watcher")
    thread.start()
    thread.join()
    text = written(path)
    assert "thread watcher ended" in text
    assert "ZeroDivisionError: division by zero" in text
    assert capfd.readouterr().err == ""


def test_what_asyncio_says_is_logged_and_not_printed(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    start_log(path)
    attach_log()
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    assert "never retrieved" in written(path)
    assert capfd.readouterr().err == ""


def test_once_ended_all_is_as_it_was(path: Path) -> None:
    hook = threading.excepthook
    start_log(path)
    assert threading.excepthook is not hook
    end_log()
    assert threading.excepthook is hook
    assert log_path() is None
    for name in log._LOGGERS:
        assert logging.getLogger(name).propagate
        assert not any(type(h).__name__ == "FileHandler" for h in logging.getLogger(name).handlers)


def test_a_failure_that_comes_again_and_again_is_told_once_in_full(path: Path) -> None:
    start_log(path)
    for _ in range(50):
        log_failure("events", raised(ValueError("the same")))
    log_failure("events", raised(ValueError("another")))
    text = written(path)
    assert text.count("Traceback") == 2
    assert text.count("ValueError again, with the same traceback") == 49


def test_the_causes_of_a_failure_are_told_oldest_first() -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error
    except ValueError as error:
        lines = failure_lines(error)
    assert (
        lines.index("KeyError: 'inner'")
        < lines.index("which was the cause of:")
        < lines.index("ValueError: outer")
    )


def test_a_circle_of_causes_has_an_end() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert sum("ValueError" in line for line in failure_lines(one)) == 2


def test_a_deep_recursion_takes_few_lines() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(failure_lines(caught.value)) < 200


def test_an_exception_that_cannot_be_shown_is_logged_all_the_same(path: Path) -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    start_log(path)
    assert log_failure("x", raised(OddError())) == path
    assert "OddError: (OddError that cannot be shown)" in written(path)


# -- only plain lines --------------------------------------------------------------------------------------


@given(st.text(max_size=60), st.text(max_size=60))
def test_text_from_data_never_makes_a_line_of_its_own(what: str, said: str) -> None:
    handler_lines = failure_lines(raised(ValueError(said)))
    assert all(line.isprintable() for line in handler_lines)
    assert one_line(what).isprintable()
    assert sum(line.startswith("ValueError") for line in handler_lines) == 1


def test_control_characters_and_line_breaks_are_escaped(path: Path) -> None:
    start_log(path, everything=True)
    evil = "a\n2026-01-01 00:00:00.000 1 ERROR x: forged\x1b[2J\x9b\u202e\u2028"
    log_event(evil)
    log_asked("frame", (evil,), 1.0)
    log_failure(evil, raised(ValueError(evil)))
    text = written(path)
    assert all(line.isprintable() for line in text.split("\n"))
    assert sum(not line.startswith("    ") for line in text.splitlines()) == 3


def test_a_long_text_is_cut(path: Path) -> None:
    start_log(path, everything=True)
    log_event("x" * 100_000)
    assert len(written(path)) < 3000


# -- bounded -----------------------------------------------------------------------------------------------


def sizes(path: Path) -> dict[str, int]:
    return {p.name: p.stat().st_size for p in path.parent.iterdir()}


LINE = "2026-01-01 00:00:00.000 1 INFO x: " + "y" * 65 + "\n"


def test_it_never_grows_beyond_three_files_of_their_size(path: Path) -> None:
    file = BoundedLogFile(path, 1000)
    file.open()
    for _ in range(100):
        file.write(LINE)
    assert sizes(path) == {"x.log": 1000, "x.log.1": 1000, "x.log.2": 1000}
    file.write("2026-01-01 00:00:00 last\n")
    assert path.read_text() == "2026-01-01 00:00:00 last\n"
    assert len(sizes(path)) == KEPT_FILES


def test_a_record_larger_than_the_file_is_cut(path: Path) -> None:
    file = BoundedLogFile(path, 1000)
    file.open()
    file.write("z" * 5000)
    assert sizes(path) == {"x.log": 1000}


def test_where_nothing_can_be_renamed_the_file_is_emptied(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(log_file.Path, "replace", refuse)
    file = BoundedLogFile(path, 1000)
    file.open()
    for _ in range(15):
        file.write(LINE)
    assert sizes(path) == {"x.log": 500}


def test_files_of_the_users_that_have_the_names_of_older_ones_are_left_alone(path: Path) -> None:
    Path(f"{path}.1").write_text("my thesis")
    file = BoundedLogFile(path, 1000)
    file.open()
    for _ in range(15):
        file.write(LINE)
    assert Path(f"{path}.1").read_text() == "my thesis"
    assert sizes(path) == {"x.log": 500, "x.log.1": 9}


def test_two_programs_share_a_file_and_it_stays_bounded(path: Path) -> None:
    files = [BoundedLogFile(path, 2000) for _ in range(2)]
    for turn in range(200):
        files[turn % 2].write(LINE)
    assert set(sizes(path)) == {"x.log", "x.log.1", "x.log.2"}
    assert max(sizes(path).values()) <= 2000
    for name in sizes(path):
        assert set((path.parent / name).read_text().splitlines()) == {LINE.rstrip()}


def test_a_file_that_was_removed_is_made_again(path: Path) -> None:
    file = BoundedLogFile(path)
    file.open()
    path.unlink()
    file.write(LINE)
    assert path.read_text() == LINE


def test_it_is_for_this_user_only_and_appended_to(path: Path) -> None:
    for _ in range(2):
        start_log(path)
        log_failure("x", raised(ValueError("y")))
        end_log(PATIENCE_S)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().count("ValueError: y") == 2


# -- in nobody's way ---------------------------------------------------------------------------------------


def test_a_file_that_is_no_log_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("SQLite format 3\0")
    with pytest.raises(UserFileError, match="no log of this program"):
        start_log(path)
    assert path.read_text() == "SQLite format 3\0"
    assert log_path() is None


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device"])
def test_what_is_no_ordinary_file_is_refused_and_not_waited_for(path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(path.with_name("elsewhere"))
    else:
        path = Path("/dev/full")
    with pytest.raises(UserFileError):
        start_log(path)
    assert not path.with_name("elsewhere").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserFileError, match="make its folder first"):
        start_log(tmp_path / "no" / "x.log")


def test_a_disk_that_fails_is_noticed_and_nothing_is_raised_or_printed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    start_log(path)
    with monkeypatch.context() as patch:

        def full(self: BoundedLogFile, text: str) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(BoundedLogFile, "write", full)
        assert log_failure("x", raised(ValueError("lost"))) is None
        assert log_path() is None
    assert log_failure("x", raised(ValueError("kept"))) == path
    text = written(path)
    assert "lost" not in text.splitlines()[0]
    assert "ValueError: kept" in text
    assert text.rstrip().endswith("records lost, as they could not be written: 1")
    assert capfd.readouterr() == ("", "")


def test_nobody_waits_for_a_disk_that_hangs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(BoundedLogFile, "write", lambda self, text: go.wait(PATIENCE_S))
    start_log(path, everything=True)
    begun = time.monotonic()
    for number in range(5000):
        log_asked("frame", number, 0.001)
    assert time.monotonic() - begun < PATIENCE_S / 2
    assert log_path() is None
    assert log_failure("x", raised(ValueError("y"))) is None
    end_log(0.01)
    go.set()


def test_where_no_thread_can_be_started_nothing_is_raised(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    start_log(path)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        log_failure("x", raised(ValueError("y")))
    assert path.read_text() == ""
