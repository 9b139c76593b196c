"""Files of the user's are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.user_files import atomic
from resonance_tui.user_files.atomic import UserFileError, remove_leftovers, write_bytes, write_text

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def fail_with(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_what_is_written_is_what_is_read_whatever_was_there(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for content in contents:
            write_bytes(path, content)
            assert path.read_bytes() == content
        assert os.listdir(folder) == ["file"]


def test_text_is_written_as_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "note", "270→369 µm\n")
    assert (tmp_path / "note").read_bytes() == "270→369 µm\n".encode()


def test_a_file_is_for_this_user_only_also_where_the_old_one_was_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o666)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_of_that_name_is_replaced_and_what_it_points_to_left_alone(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("theirs")
    (tmp_path / "file").symlink_to(tmp_path / "target")
    write_text(tmp_path / "file", "ours")
    assert (tmp_path / "target").read_text() == "theirs"
    assert (tmp_path / "file").read_text() == "ours"


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO], ids=errno.errorcode.get
)
@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_whatever_fails_the_old_file_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with monkeypatch.context() as patch:
        if step == "replace":
            patch.setattr(Path, "replace", fail_with(number))
        else:
            patch.setattr(atomic.os, step, fail_with(number))
        with pytest.raises(UserFileError) as caught:
            write_text(path, "new")
    assert (caught.value.path, caught.value.reason) == (path, os.strerror(number))
    assert caught.value.hint
    assert str(caught.value) == f"{path}: {os.strerror(number)}; {caught.value.hint}"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_write_in_several_pieces_is_brought_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(atomic.os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    write_bytes(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_being_interrupted_leaves_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "file", "new")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["no folder/file", "a\0b", "x" * 300, "folder"], ids=["folder", "nul", "long", "dir"]
)
def test_what_cannot_be_a_file_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserFileError) as caught:
        write_text(tmp_path / name, "x")
    assert str(caught.value).isprintable()
    assert os.listdir(tmp_path) == ["folder"]


def test_text_that_utf_8_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserFileError, match="UTF-8"):
        write_text(tmp_path / "file", "a\udc80b")
    assert os.listdir(tmp_path) == []


def test_a_name_with_control_characters_is_escaped_in_the_error() -> None:
    assert str(UserFileError(Path("/a\x1b[2J\nb"), "is\x07 bad")) == r"/a\x1b[2J\nb: is\x07 bad"


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserFileError, match="Permission denied; check who may write there"):
        write_text(tmp_path / "file", "x")


def test_many_writers_of_one_file_leave_one_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([65 + number]) * 20_000 for number in range(6)]
    failures: list[Exception] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(15):
                write_bytes(path, content)
                assert path.read_bytes() in contents
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["file"]


def test_a_program_that_is_killed_while_it_writes_leaves_the_old_file(
    tmp_path: Path, python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    code = """
import os, sys
from pathlib import Path
from resonance_tui.user_files import atomic
atomic.os.fsync = lambda descriptor: os._exit(9)
atomic.write_text(Path(sys.argv[1]), "new")
"""
    assert python(code, path).returncode == 9
    assert path.read_text() == "old"
    (left,) = set(os.listdir(tmp_path)) - {"file"}
    remove_leftovers(tmp_path)
    assert left in os.listdir(tmp_path), "another program may be writing it"
    long_ago = time.time() - 4000
    os.utime(tmp_path / left, (long_ago, long_ago))
    os.utime(path, (long_ago, long_ago))
    remove_leftovers(tmp_path)
    assert os.listdir(tmp_path) == ["file"]
