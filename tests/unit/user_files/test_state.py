"""The state: small, versioned, and never in the way."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.user_files import state as module
from resonance_tui.user_files.atomic import UserFileError
from resonance_tui.user_files.state import MAX_BYTES, LastBeamtime, State, StateFile

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state.json")


def test_without_a_file_the_state_is_empty_and_nothing_is_wrong(file: StateFile) -> None:
    assert file.load() == State()
    assert file.problem == ""
    assert not file.path.exists()


def test_the_beamtime_opened_last_is_remembered_by_its_absolute_path(
    file: StateFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file.remember_beamtime(Path("a.db"), 100.0)
    file.remember_beamtime(Path("b.db"), 200.0)
    assert StateFile(file.path).load().last_beamtime == LastBeamtime(str(tmp_path / "b.db"), 200.0)


def test_a_name_that_is_no_text_survives(file: StateFile) -> None:
    path = Path(os.fsdecode(b"/data/\xff\x1b.db"))
    file.remember_beamtime(path, 1.0)
    last = file.load().last_beamtime
    assert last is not None
    assert os.fsencode(last.path) == b"/data/\xff\x1b.db"


@given(st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_keys_that_this_version_does_not_know_are_kept(others: dict[str, Any]) -> None:
    others = {name: value for name, value in others.items() if name not in ("version", "last_beamtime")}
    with tempfile.TemporaryDirectory() as folder:
        file = StateFile(Path(folder) / "state.json")
        file.path.write_text(json.dumps({**others, "version": 1}))
        file.remember_beamtime(Path("/a.db"), 1.0)
        assert file.load() == State(LastBeamtime("/a.db", 1.0), others)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_stands_in_the_file_it_is_never_a_crash(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = StateFile(Path(folder) / "state.json")
        file.path.write_bytes(data)
        assert isinstance(file.load(), State)
        assert file.problem.isprintable()


BROKEN = {
    "empty": b"",
    "half": b'{"version": 1, "last',
    "a list": b"[1]",
    "no version": b"{}",
    "a version that is none": b'{"version": true}',
    "version 0": b'{"version": 0}',
    "deep": b"[" * 60_000,
    "a long number": b'{"version": ' + b"9" * 6000 + b"}",
    "not UTF-8": b'{"version": 1, "a": "\xff"}',
    "too large": b'{"version": 1}' + b" " * MAX_BYTES,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_set_aside_and_named(file: StateFile, data: bytes) -> None:
    file.path.write_bytes(data)
    assert file.load() == State()
    assert str(file.path) in file.problem
    assert "set aside" in file.problem
    assert file.path.with_name("state.json.broken").read_bytes() == data
    file.remember_beamtime(Path("/a.db"), 1.0)
    assert StateFile(file.path).load().last_beamtime == LastBeamtime("/a.db", 1.0)


def test_a_large_file_is_not_read_to_its_end(file: StateFile) -> None:
    with file.path.open("wb") as made:
        made.truncate(10**12)
    assert file.load() == State()
    assert f"larger than {MAX_BYTES:,} bytes" in file.problem


def test_a_file_of_a_newer_version_is_left_alone(file: StateFile) -> None:
    file.path.write_text('{"version": 2, "new": 1}')
    assert file.load() == State()
    assert "newer version" in file.problem
    with pytest.raises(UserFileError, match="left alone"):
        file.remember_beamtime(Path("/a.db"))
    assert file.path.read_text() == '{"version": 2, "new": 1}'


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device"])
def test_what_is_no_ordinary_file_is_neither_opened_nor_replaced(
    file: StateFile, tmp_path: Path, kind: str
) -> None:
    if kind == "pipe":
        os.mkfifo(file.path)
    elif kind == "folder":
        file.path.mkdir()
    else:
        (tmp_path / "target").write_text('{"version": 1}')
        file.path.symlink_to(tmp_path / "target" if kind == "link" else "/dev/zero")
    before = file.path.lstat()
    assert file.load() == State()
    assert "no ordinary file" in file.problem
    with pytest.raises(UserFileError):
        file.remember_beamtime(Path("/a.db"))
    assert os.path.samestat(before, file.path.lstat())


@pytest.mark.parametrize(
    "value", [None, 5, {}, {"path": 1, "opened": 2}, {"path": "/a"}, {"path": "/a", "opened": "x"},
              {"path": "", "opened": 1}, {"path": "/a", "opened": 10**400}, {"path": "/a", "opened": True}],
    ids=str,
)  # fmt: skip
def test_a_beamtime_that_makes_no_sense_is_none(file: StateFile, value: object) -> None:
    file.path.write_text(json.dumps({"version": 1, "last_beamtime": value, "other": [1]}))
    assert file.load() == State(None, {"other": [1]})
    assert file.problem == ""


def test_what_would_be_too_large_is_not_written(file: StateFile) -> None:
    with pytest.raises(UserFileError, match="larger"):
        file.save(State(others={"much": "x" * MAX_BYTES}))
    assert not file.path.exists()


def test_a_disk_that_is_full_is_said_and_the_old_state_stays(
    file: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.remember_beamtime(Path("/a.db"), 1.0)

    def fail(path: Path, data: bytes) -> None:
        raise UserFileError(path, "No space left on device")

    monkeypatch.setattr(module, "write_bytes", fail)
    with pytest.raises(UserFileError, match="No space"):
        file.remember_beamtime(Path("/b.db"), 2.0)
    assert file.load().last_beamtime == LastBeamtime("/a.db", 1.0)


def test_two_programs_under_one_account_do_not_harm_each_others_file(file: StateFile) -> None:
    def remember(number: int) -> None:
        for turn in range(20):
            StateFile(file.path).remember_beamtime(Path(f"/{number}.db"), float(turn))

    threads = [threading.Thread(target=remember, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = file.load().last_beamtime
    assert file.problem == ""
    assert last is not None
    assert last.opened == 19.0
    assert os.listdir(file.path.parent) == ["state.json"]
