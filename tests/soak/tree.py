"""The state of the data's folder, to see whether anybody but the writer has touched it."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

State = dict[str, tuple[object, ...]]
_HALF_WRITTEN = re.compile(r"zarr\.[0-9a-f]{32}\.partial")


def state(folder: Path) -> State:
    """What a change of any file would show in; by content for what lies openly in the folder."""
    found: State = {}
    for path in [folder, *folder.rglob("*")]:
        info = path.lstat()
        open_file = path.parent == folder and stat.S_ISREG(info.st_mode)
        # not -shm: readers of a write-ahead log keep their marks in it, through memory
        digest = (
            hashlib.sha256(path.read_bytes()).hexdigest() if open_file and path.suffix != ".db-shm" else ""
        )
        times = () if path.suffix == ".db-shm" else (info.st_mtime_ns,)
        found[str(path.relative_to(folder))] = (info.st_ino, info.st_mode, info.st_size, *times, digest)
    return found


def differences(before: State, after: State) -> list[str]:
    """What was created, removed or changed, in words."""
    words = [f"created {name}" for name in after.keys() - before.keys()]
    words += [f"removed {name}" for name in before.keys() - after.keys()]
    words += [f"changed {name}" for name in before.keys() & after.keys() if before[name] != after[name]]
    return sorted(words)


def strangers(folder: Path, uids: set[str], *, wal: bool) -> list[str]:
    """Files that no writer of a beamtime makes."""
    allowed = {"live.db", "live.db-journal", "live.zarr"}
    allowed |= {"live.db-wal", "live.db-shm"} if wal else set()
    found = [path.name for path in folder.iterdir() if path.name not in allowed]
    runs = folder / "live.zarr" / "runs"
    if runs.is_dir():
        names = [p.name for p in runs.iterdir() if p.name not in uids and p.name != "zarr.json"]
        # what zarr had not yet renamed when its writer was killed; the untouched checks see any other writer
        found += [name for name in names if not _HALF_WRITTEN.fullmatch(name)]
    return found
