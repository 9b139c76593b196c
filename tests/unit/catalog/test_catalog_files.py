"""What a file is, told before SQLite touches it, where the system's answers are unusual."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from resonance_tui.catalog.errors import (
    CatalogDamagedError,
    CatalogNotFoundError,
    CatalogPermissionError,
    NotACatalogError,
)
from resonance_tui.catalog.sqlite import files


def failing(error: OSError) -> Any:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), CatalogPermissionError, "ask its owner"),
        (OSError(errno.EIO, "Input/output error"), CatalogDamagedError, "Input/output error"),
    ],
    ids=["denied", "disk error"],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, kind: type[Exception], words: str
) -> None:
    monkeypatch.setattr(files.os, "pread", failing(error))
    with pytest.raises(kind, match=words) as caught:
        files.check_readable(small_beamtime)
    assert small_beamtime.name in str(caught.value)


def test_a_message_about_denied_access_names_the_owner_and_the_mode(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_beamtime.chmod(0o640)
    monkeypatch.setattr(files.os, "pread", failing(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(CatalogPermissionError) as caught:
        files.check_readable(small_beamtime)
    assert f"belongs to {files.owner(small_beamtime.stat())}, mode 0640" in str(caught.value)


def test_an_owner_without_a_name_is_told_by_number() -> None:
    nobody: Any = SimpleNamespace(st_uid=3_999_999_999)
    assert files.owner(nobody) == "user 3999999999"


@pytest.mark.skipif(os.name == "nt", reason="POSIX names its users")
def test_an_owner_is_told_by_name() -> None:
    import pwd

    ours: Any = SimpleNamespace(st_uid=os.getuid())
    assert files.owner(ours) == pwd.getpwuid(os.getuid()).pw_name


def test_a_folder_on_the_way_that_may_not_be_entered_is_told(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "stat", failing(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(CatalogPermissionError, match="a folder on the way to it"):
        files.check_readable(small_beamtime)


def test_a_path_that_cannot_be_asked_for_is_not_found(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "stat", failing(OSError(errno.ESTALE, "Stale file handle")))
    with pytest.raises(CatalogNotFoundError, match="Stale file handle"):
        files.check_readable(small_beamtime)


def test_a_missing_folder_is_named_and_not_the_file_in_it(tmp_path: Path) -> None:
    with pytest.raises(CatalogNotFoundError, match=r"there is no folder .*gone; check"):
        files.check_readable(tmp_path / "gone" / "deeper" / "beam.db")


def test_the_newest_beamtime_of_a_folder_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(["b.db", "a.DB", "c.db"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "d.db").touch()
    os.utime(tmp_path / "d.db", (1e9, 1e9))
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder.db").mkdir()
    assert [path.name for path in files.find_beamtimes(tmp_path)] == ["b.db", "d.db", "a.DB", "c.db"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), CatalogNotFoundError),
        (PermissionError(errno.EACCES, "Permission denied"), CatalogPermissionError),
        (OSError(errno.EIO, "Input/output error"), CatalogDamagedError),
    ],
    ids=["missing", "denied", "disk error"],
)
def test_a_folder_that_cannot_be_listed_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, kind: type[Exception]
) -> None:
    monkeypatch.setattr(Path, "iterdir", failing(error))
    with pytest.raises(kind, match=tmp_path.name):
        files.find_beamtimes(tmp_path)


def test_descriptors_of_deleted_files_are_closed_once_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_kept", {})
    monkeypatch.setattr(files, "_KEPT_AT_EASE", 2)
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path in paths:
        path.write_text(path.name)
    first, second = files.kept_descriptor(paths[0]), files.kept_descriptor(paths[1])
    assert files.kept_descriptor(paths[0]) == first
    paths[0].unlink()
    files.kept_descriptor(paths[2])
    assert os.pread(second, 1, 0) == b"b"
    kept = files._kept.values()
    assert len(kept) == 2
    assert {os.pread(descriptor, 1, 0) for descriptor in kept} == {b"b", b"c"}


def test_a_folder_that_cannot_be_asked_for_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def stat(self: Path, **how: Any) -> os.stat_result:
        if self == tmp_path:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, **how)

    monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(CatalogNotFoundError) as caught:
        files.check_readable(tmp_path / "missing.db")
    assert caught.value.reason == "no such file"


def test_a_header_that_sqlite_would_not_read_is_no_beamtime(small_beamtime: Path) -> None:
    with small_beamtime.open("r+b") as file:
        file.seek(18)
        file.write(b"\x03\x03")
    with pytest.raises(NotACatalogError, match="not a SQLite file this program can read"):
        files.check_readable(small_beamtime)
