"""What the program remembers from one time to the next: a small JSON file, versioned.

It holds the beamtime that was opened last, and nothing else so far. A state that cannot be read never keeps the
program: it is set aside or left alone, and named.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .atomic import UserFileError, plain_error, write_bytes

FILE_NAME = "state.json"
VERSION = 1
MAX_BYTES = 64 * 1024
_KNOWN = ("version", "last_beamtime")


@dataclass(frozen=True, slots=True)
class LastBeamtime:
    """The beamtime opened last.

    Attributes
    ----------
    path : str
        Absolute.
    opened : float
        When, Unix seconds.
    """

    path: str
    opened: float


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered; `others` are the keys of the file that this version does not know, and keeps."""

    last_beamtime: LastBeamtime | None = None
    others: Mapping[str, Any] = field(default_factory=dict)


class _BrokenError(Exception):
    """The file is none of ours, or damaged; its text says how."""


class StateFile:
    """The file that holds the state.

    Parameters
    ----------
    path : pathlib.Path

    Attributes
    ----------
    problem : str
        Why what is there could not be read, in one plain line; empty where it could, or where nothing is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._keep_off = False

    def load(self) -> State:
        """Read the state; one that cannot be read counts as empty, and `problem` says why.

        A broken file is renamed to ``….broken``; what is no ordinary file, or was written by a newer version, is
        left alone.
        """
        self.problem, self._keep_off = "", False
        try:
            data = self._read()
            return State() if data is None else self._parse(data)
        except _BrokenError as error:
            self.problem = f"{self.path} {error}; it was set aside"
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_name(self.path.name + ".broken"))
        except (OSError, ValueError) as error:
            self.problem, self._keep_off = str(plain_error(self.path, error)), True
        return State()

    def save(self, state: State) -> None:
        """Write the state, whole or not at all.

        Raises
        ------
        UserFileError
            It cannot be written, or what `load` found there is to be left alone.
        """
        if self._keep_off:
            raise UserFileError(self.path, "it was left alone", self.problem)
        content: dict[str, Any] = {**state.others, "version": VERSION}
        if state.last_beamtime is not None:
            last = state.last_beamtime
            content["last_beamtime"] = {"path": last.path, "opened": last.opened}
        data = json.dumps(content, indent=1).encode("ascii") + b"\n"
        if len(data) > MAX_BYTES:
            raise UserFileError(self.path, f"it would be larger than {MAX_BYTES:,} bytes")
        write_bytes(self.path, data)

    def remember_beamtime(self, path: Path, opened: float | None = None) -> None:
        """Write down that a beamtime was opened; what else is in the file stays.

        Raises
        ------
        UserFileError
        """
        state = self.load()
        absolute = os.path.abspath(path)  # noqa: PTH100 - a link is remembered by its own name
        last = LastBeamtime(absolute, time.time() if opened is None else opened)
        self.save(replace(state, last_beamtime=last))

    def _read(self) -> bytes | None:
        """Read the file; None where there is none. What is no ordinary file is not opened."""
        try:
            status = self.path.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no ordinary file")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(self.path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _BrokenError(f"is larger than {MAX_BYTES:,} bytes")
        return data

    def _parse(self, data: bytes) -> State:
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            raise _BrokenError("is damaged") from None
        version = content.get("version") if isinstance(content, dict) else None
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise _BrokenError("is no state of this program")
        if version > VERSION:
            raise OSError(0, f"it was written by a newer version of this program (state {version})")
        others = {key: value for key, value in content.items() if key not in _KNOWN}
        return State(_last_beamtime(content.get("last_beamtime")), others)


def _last_beamtime(value: Any) -> LastBeamtime | None:
    """Take the beamtime from the file; None where what stands there makes no sense."""
    if not isinstance(value, dict):
        return None
    path, opened = value.get("path"), value.get("opened")
    if not isinstance(path, str) or not path or isinstance(opened, bool):
        return None
    if not isinstance(opened, int | float) or abs(opened) > 1e12 or not math.isfinite(opened):
        return None
    return LastBeamtime(path, float(opened))
