"""Where the user's files lie, and what happens where they cannot be."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from resonance_tui.user_files import locations as module
from resonance_tui.user_files.locations import HOME_VARIABLE, UserFolders, locations, make_folders, short_path

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders are Linux's")
XDG = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and nothing that says otherwise."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in (HOME_VARIABLE, *XDG):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def problems(folders: UserFolders) -> list[str]:
    return [folders.state.problem, folders.log.problem]


def test_the_tests_never_write_into_the_real_home(user_files_home: Path) -> None:
    assert os.environ[HOME_VARIABLE] == str(user_files_home)
    folders = make_folders()
    assert folders.state.usable == user_files_home / "state"
    assert folders.log.usable == user_files_home / "log"


def test_one_variable_puts_all_into_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "all"))
    assert {path.parent for path in locations()} == {tmp_path / "all"}
    assert len(set(locations())) == 5
    assert not (tmp_path / "all").exists(), "to ask makes nothing"


def test_a_relative_folder_is_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "../here/x")
    assert locations().state == tmp_path.parent / "here" / "x" / "state"


@ON_LINUX
def test_by_default_they_lie_where_the_system_wants_them(home: Path) -> None:
    found = locations()
    assert found.settings == home / ".config/resonance-tui"
    assert found.state == home / ".local/state/resonance-tui"
    assert found.notes == home / ".local/share/resonance-tui/notes"
    assert found.cache == home / ".cache/resonance-tui"
    assert found.log == home / ".local/state/resonance-tui/log"
    assert list(home.iterdir()) == []


@ON_LINUX
def test_only_what_is_in_use_is_made_and_for_this_user_only(home: Path) -> None:
    folders = make_folders()
    assert problems(folders) == ["", ""]
    made = sorted(str(path.relative_to(home)) for path in home.rglob("*"))
    assert made == [
        ".local", ".local/state", ".local/state/resonance-tui", ".local/state/resonance-tui/log"
    ]  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*")} == {0o700}
    assert make_folders() == folders


@ON_LINUX
@pytest.mark.parametrize("value", ["/nonexistent/of/nobody", "/dev/null", "/etc/hostname"])
def test_a_home_that_is_not_there_is_not_made(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HOME", value)
    folders = make_folders()
    assert problems(folders) == [f"there is no home directory {value}"] * 2
    assert (folders.state.usable, folders.log.usable) == (None, None)
    assert not Path("/nonexistent").exists()


@ON_LINUX
@pytest.mark.parametrize("value", ["", "relative/home"])
def test_a_home_that_is_no_absolute_path_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", value)
    assert all("HOME is" in problem for problem in problems(make_folders()))
    assert sorted(os.listdir(tmp_path)) == ["home"]


def test_without_any_home_nothing_is_made_in_the_current_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    def unknown(*_: object, **__: object) -> Path:
        raise RuntimeError("no home")

    import platformdirs

    monkeypatch.setattr(platformdirs, "user_state_path", unknown)
    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_, **__: Path("~/.local/state/x/log"))
    assert problems(make_folders()) == ["no home directory is known (HOME is not set)"] * 2
    assert sorted(os.listdir(tmp_path)) == ["home"]


@pytest.mark.parametrize("name", ["state", "log"])
def test_a_file_in_the_way_is_named_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / name).write_text("theirs")
    folder = getattr(make_folders(), name)
    assert (folder.usable, folder.problem) == (None, "there is a file of that name")
    assert (tmp_path / name).read_text() == "theirs"


def test_a_folder_below_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file" / "below"))
    assert problems(make_folders()) == ["Not a directory"] * 2


@pytest.mark.parametrize("reason", ["No space left on device", "Read-only file system"])
def test_a_full_or_read_only_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, reason)

    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "new"))
    monkeypatch.setattr(module.Path, "mkdir", fail)
    assert problems(make_folders()) == [reason] * 2


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    assert problems(make_folders()) == ["it cannot be written"] * 2


def test_a_folder_near_the_data_is_neither_made_nor_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "mine"))
    folders = make_folders(lambda folder: folder.name == "state")
    assert folders.state.usable is None
    assert "near the data" in folders.state.problem
    assert os.listdir(tmp_path / "mine") == ["log"]


@ON_LINUX
def test_a_path_in_the_home_is_shown_short(home: Path) -> None:
    assert short_path(home / ".local" / "x") == "~/.local/x"
    assert short_path(Path("/elsewhere")) == "/elsewhere"


def test_asking_imports_neither_textual_nor_logging(
    python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    code = (
        "import sys\nfrom resonance_tui.user_files import atomic, locations, log, state\n"
        "print({'textual', 'logging', 'platformdirs', 'rich'} & set(sys.modules))"
    )
    assert python(code).stdout == "set()\n"
