"""Takes from this process the right to write anything near the data, by Landlock (Linux 5.13 and later).

Landlock knows only what is allowed, so everything is but the data's folder: each neighbour of it, and of every
folder on the way to it, keeps its rights. What is lost besides is making or removing entries of those folders on
the way themselves (beside a data folder in ``/tmp``, say). Where the data lies openly in a home or a temporary
folder, its subfolders stay writable, but for those with frames.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_CHANGES_IN_FOLDER = sum(1 << bit for bit in range(4, 13))  # remove and make, of every kind
_ASK_VERSION, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Protection:
    """Whether the kernel keeps this process from writing near the data, and if not, why."""

    holds: bool
    why: str = ""


def protect(data: Path) -> Protection:
    """Give up, for this process and its children for ever, the right to change anything near the data.

    To be called before any other thread is started: it binds the calling thread and those it starts.

    Parameters
    ----------
    data : pathlib.Path
        A database, or a folder of some.
    """
    if sys.platform != "linux":
        return Protection(False, f"there is no Landlock on {sys.platform}")
    if threading.active_count() > 1:
        return Protection(False, "other threads run already")
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return Protection(False, f"this kernel has no Landlock ({os.strerror(ctypes.get_errno())})")
    rights = _WRITE_FILE | _CHANGES_IN_FOLDER
    rights |= _REFER if version >= 2 else 0
    rights |= _TRUNCATE if version >= 3 else 0
    rules = call(_CREATE_RULESET, struct.pack("Q", rights), 8, 0)
    if rules < 0:
        return Protection(False, f"no rules can be made ({os.strerror(ctypes.get_errno())})")
    # a file server that does not answer must not keep the app: what it would allow is then not allowed
    enough = threading.Event()
    helper = threading.Thread(target=_allow, args=(call, rules, rights, data, enough), daemon=True)
    helper.start()
    helper.join(_PATIENCE_S)
    enough.set()
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or call(_RESTRICT_SELF, rules, 0):
        return Protection(False, f"it was refused ({os.strerror(ctypes.get_errno())})")
    if not helper.is_alive():
        os.close(rules)
    return Protection(True)


def lies_near(data: Path, path: Path) -> bool:
    """Tell whether a file lies in a folder that `protect` closes, or in a Zarr store: nothing is written there.

    Links and ``..`` are followed, and folders compared by what they are, not by their names.

    Parameters
    ----------
    data : pathlib.Path
        A database, or a folder of some.
    path : pathlib.Path
        A file; it need not be there.
    """
    protected, shared = _protected(data)
    closed = {_identity(folder): folder in shared for folder in protected}
    real = Path(os.path.realpath(path))
    for folder in (real, *real.parents):
        is_shared = closed.get(_identity(str(folder)))
        if is_shared is False or folder.suffix == ".zarr":
            return True
        # of a folder that more lies in, only its own files are closed, and folders with frames
        below = real.parts[len(folder.parts) :]
        if is_shared and (len(below) < 2 or ".zarr" in below[0]):
            return True
    return False


def _identity(folder: str) -> tuple[int, int] | str:
    """Return what tells a folder from all others, whatever its name: device and inode; its path without them."""
    try:
        status = os.stat(folder)  # noqa: PTH116 - as many of these as the path has parts
    except (OSError, ValueError):
        return folder
    return status.st_dev, status.st_ino


def _allow(call: ctypes._FuncPointer, rules: int, rights: int, data: Path, enough: threading.Event) -> None:
    for path, is_folder in _others(*_protected(data)):
        if enough.is_set():
            return
        allowed = rights if is_folder else rights & (_WRITE_FILE | _TRUNCATE)
        with suppress(OSError):
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, descriptor), 0)
            os.close(descriptor)


def _protected(data: Path) -> tuple[set[str], set[str]]:
    """Find the folders to protect; with them, those of them that hold more than data."""
    is_folder = False
    with suppress(OSError):  # even to ask may be forbidden
        is_folder = data.is_dir()
    files = [data] if is_folder else [data.parent, Path(os.path.realpath(data)).parent]
    found = {os.path.realpath(place) for place in files}
    for place in list(found):  # a store, or a database, may be a link to another disk
        with suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink() and entry.name.endswith((".zarr", ".db")):
                    real = os.path.realpath(entry.path)
                    found.add(real if entry.name.endswith(".zarr") else os.path.dirname(real))  # noqa: PTH120
    return found, {place for place in found if any(_is_within(other, place) for other in _places_of_others())}


def _places_of_others() -> Iterator[str]:
    yield os.path.realpath(tempfile.gettempdir())
    with suppress(RuntimeError):
        yield os.path.realpath(Path.home())


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _others(protected: set[str], shared: set[str]) -> Iterator[tuple[str, bool]]:
    """Go through all that keeps its rights, and whether it is a folder: what is needed most comes first."""
    for place in ("/dev", "/proc", *_places_of_others()):
        if not any(_is_within(folder, place) or _is_within(place, folder) for folder in protected):
            yield place, True
    waiting = ["/"]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if any(_is_within(place, entry.path) for place in protected):
                    if entry.path not in protected or entry.path in shared:
                        waiting.append(entry.path)
                elif entry.is_symlink() or (folder in shared and (not is_folder or ".zarr" in entry.name)):
                    continue
                else:
                    yield entry.path, is_folder
