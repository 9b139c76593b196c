"""Where the user's files lie: settings, state, notes, cache and log.

By default where the system wants them (platformdirs; on Linux the XDG folders below the home). With
``RESONANCE_TUI_HOME=/some/folder`` all of them lie in that one folder: for tests, and for accounts that many people
share. Only the folders of the state and of the log are in use so far.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .atomic import plain_error, remove_leftovers

HOME_VARIABLE = "RESONANCE_TUI_HOME"
_NAME = "resonance-tui"


class Locations(NamedTuple):
    """The folders of the user's files; None where no absolute path is known for one."""

    settings: Path | None
    state: Path | None
    notes: Path | None
    cache: Path | None
    log: Path | None


class UserFolder(NamedTuple):
    """A folder of the user's files, and what keeps it from being used."""

    path: Path | None
    problem: str = ""

    @property
    def usable(self) -> Path | None:
        """The folder where files can be written; None where they cannot."""
        return None if self.problem else self.path


class UserFolders(NamedTuple):
    """The folders that are in use."""

    state: UserFolder
    log: UserFolder


def locations() -> Locations:
    """Say where the user's files lie; nothing is looked at or made."""
    if chosen := os.environ.get(HOME_VARIABLE):
        base = Path(os.path.abspath(chosen))  # noqa: PTH100 - names are kept as they are: no link is followed
        return Locations(*(base / name for name in ("settings", "state", "notes", "cache", "log")))
    import platformdirs

    asked = (
        platformdirs.user_config_path,
        platformdirs.user_state_path,
        platformdirs.user_data_path,
        platformdirs.user_cache_path,
        platformdirs.user_log_path,
    )
    settings, state, data, cache, log = (_asked(where) for where in asked)
    return Locations(settings, state, data / "notes" if data else None, cache, log)


def _asked(where: Callable[..., Path]) -> Path | None:
    try:
        path = where(_NAME, appauthor=False)
    except (OSError, RuntimeError, ValueError):
        return None
    # without a home the path begins with ``~``, and would be made in the current folder, perhaps the data's
    return path if path.is_absolute() else None


def make_folders(is_closed: Callable[[Path], bool] = lambda folder: False) -> UserFolders:
    """Make the folders that are in use, for this user only (mode 0700); never raises.

    To be called before Landlock closes the folders near the data: what is made later would be refused there.

    Parameters
    ----------
    is_closed : callable
        Whether nothing may be written to a folder, because it lies near the data.
    """
    found = locations()
    return UserFolders(_made(found.state, is_closed), _made(found.log, is_closed))


def _made(path: Path | None, is_closed: Callable[[Path], bool]) -> UserFolder:
    if path is None or (problem := _home_problem(path)):
        return UserFolder(None, problem if path else "no home directory is known (HOME is not set)")
    try:
        if is_closed(path):
            return UserFolder(path, "it lies near the data, where nothing is written")
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not path.is_dir():
            return UserFolder(path, "there is a file of that name")
    except (OSError, ValueError) as error:
        return UserFolder(path, plain_error(path, error).reason)
    if not os.access(path, os.W_OK | os.X_OK):
        return UserFolder(path, "it cannot be written")
    remove_leftovers(path)
    return UserFolder(path)


def _home_problem(path: Path) -> str:
    """Why a folder below the home cannot be: the home itself is never made."""
    if os.environ.get(HOME_VARIABLE):
        return ""
    home = os.environ.get("HOME")
    if home is not None and not Path(home).is_absolute():
        return f"HOME is not an absolute path ({home!r})" if home else "HOME is empty"
    try:
        place = Path.home()
    except (RuntimeError, KeyError):
        return ""
    if not path.is_relative_to(place):
        return ""
    try:
        return "" if place.is_dir() else f"there is no home directory {place}"
    except OSError as error:
        return f"{place}: {error.strerror}"


def short_path(path: Path) -> str:
    """Write a path as it is shown, with ``~`` for the home."""
    try:
        return "~/" + path.relative_to(Path.home()).as_posix()
    except (RuntimeError, KeyError, ValueError):
        return str(path)
